//! The server over a real socket, on loopback and a port that the system picks.

#[cfg(test)]
mod client;
#[cfg(test)]
mod files;
#[cfg(test)]
mod logs;
#[cfg(test)]
mod manager_keys;
#[cfg(test)]
mod mutual_tls;
#[cfg(test)]
mod notifications;
#[cfg(test)]
mod serving;
#[cfg(test)]
mod target;
