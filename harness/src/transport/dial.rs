//! TCP connections on which nothing has been said yet.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use tokio::net::TcpStream;

use crate::transport::destination::Destination;
use crate::transport::failure::Failure;
use crate::transport::proxy::tunnel;

/// A TCP connection to the destination, through the tunnel of its proxy where there is one.
pub(super) async fn dial(to: &Destination, limit: Duration) -> Result<TcpStream, Failure> {
    let socket = dial_hop(to, limit).await?;
    if let Some(proxy) = &to.proxy {
        tunnel(&socket, proxy, to).await?;
    }
    Ok(socket)
}

/// A TCP connection to the next hop: the destination, or its proxy.
pub(super) async fn dial_hop(to: &Destination, limit: Duration) -> Result<TcpStream, Failure> {
    let connected = reach(to, limit).await;
    match &to.proxy {
        Some(_) => connected.map_err(|failure| failure.of_proxy()),
        None => connected,
    }
}

async fn reach(to: &Destination, limit: Duration) -> Result<TcpStream, Failure> {
    let deadline = tokio::time::Instant::now() + limit;
    let mut failure = None;
    for address in addresses(to, limit).await? {
        let refused = match tokio::time::timeout_at(deadline, TcpStream::connect(address)).await {
            Ok(Ok(socket)) => {
                socket.set_nodelay(true).map_err(|error| Failure::Connect {
                    address,
                    cause: error.to_string(),
                })?;
                return Ok(socket);
            }
            Ok(Err(error)) if error.kind() == io::ErrorKind::ConnectionRefused => {
                Failure::ConnectRefused { address }
            }
            Ok(Err(error)) => Failure::Connect {
                address,
                cause: error.to_string(),
            },
            Err(_) => Failure::ConnectTimeout {
                address,
                after: limit,
            },
        };
        failure = Some(refused);
    }
    let none = || Failure::Resolve {
        host: to.host.clone(),
        cause: "no address".to_owned(),
    };
    Err(failure.unwrap_or_else(none))
}

/// The addresses of the next hop: the destination's, or those of its proxy.
async fn addresses(to: &Destination, limit: Duration) -> Result<Vec<SocketAddr>, Failure> {
    let (host, port, known) = match &to.proxy {
        Some(proxy) => (&proxy.host, proxy.port, None),
        None => (&to.host, to.port, to.connect_to),
    };
    if let Some(address) = known.or_else(|| host.parse::<IpAddr>().ok()) {
        return Ok(vec![SocketAddr::new(address, port)]);
    }
    let unresolved = |cause: String| Failure::Resolve {
        host: host.clone(),
        cause,
    };
    let lookup = tokio::net::lookup_host((host.as_str(), port));
    match tokio::time::timeout(limit, lookup).await {
        Ok(Ok(addresses)) => Ok(addresses.collect()),
        Ok(Err(error)) => Err(unresolved(error.to_string())),
        Err(_) => Err(unresolved(format!(
            "no answer within {} s",
            limit.as_secs_f64()
        ))),
    }
}
