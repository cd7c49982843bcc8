//! The built program from outside, over real sockets.
#![cfg(unix)]

mod program;
mod stub;
