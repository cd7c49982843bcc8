//! The built program from outside, over real sockets.

#![cfg(test)]
#![cfg(unix)]

mod bad_input;
mod bad_server;
mod canary;
mod doctor;
mod exit_code;
mod fuzz;
mod program;
mod recorder;
mod rules;
mod rules_files;
mod stub;
mod written_target;
