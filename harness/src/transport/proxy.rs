//! Through an HTTP proxy (RFC 9110 §7.1, §9.3.6).
//!
//! What goes to an `https` destination goes through a tunnel, untouched. A request to an `http`
//! destination is read by the proxy and written anew: what is wrong with it on purpose may not
//! survive.

use std::borrow::Cow;
use std::fmt;
use std::io;

use tokio::net::TcpStream;
use url::Url;

use crate::transport::destination::{Destination, DestinationError, Scheme};
use crate::transport::failure::Failure;
use crate::wire::http1::{Progress, ReadLimits, ResponseReader};
use crate::wire::response::AnswerTo;
use crate::wire::{basic, form};

/// An HTTP proxy, spoken to without TLS.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Proxy {
    /// Its host name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// The value of `Proxy-Authorization`.
    authorization: Option<String>,
}

/// Shows no credentials.
impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Proxy({}:{})", self.host, self.port)
    }
}

impl Proxy {
    /// The proxy of an `http` URL; user and password become Basic credentials.
    ///
    /// # Errors
    /// Another scheme, or no host.
    pub fn from_url(url: &Url) -> Result<Self, DestinationError> {
        if url.scheme() != "http" {
            return Err(DestinationError::ProxyScheme {
                scheme: url.scheme().to_owned(),
            });
        }
        let plain = Destination::from_url(url, &std::collections::BTreeMap::new())?;
        let decode = |text: &str| form::decode_component(text.replace('+', "%2B").as_bytes());
        let authorization = (!url.username().is_empty()).then(|| {
            let password = url.password().unwrap_or_default();
            basic::verbatim(&[decode(url.username()), decode(password)].join(&b':'))
        });
        Ok(Self {
            host: plain.host,
            port: plain.port,
            authorization,
        })
    }

    /// `Proxy-Authorization` as a line, or nothing.
    fn credentials(&self) -> String {
        let line = |value: &String| format!("Proxy-Authorization: {value}\r\n");
        self.authorization.as_ref().map(line).unwrap_or_default()
    }
}

/// The request as this destination's proxy must get it; unchanged where there is none, or a tunnel.
pub(super) fn addressed<'r>(request: Cow<'r, [u8]>, to: &Destination) -> Cow<'r, [u8]> {
    let Some(proxy) = to.proxy.as_ref().filter(|_| to.scheme == Scheme::Http) else {
        return request;
    };
    let line_end = request
        .iter()
        .position(|byte| *byte == b'\n')
        .map_or(request.len(), |at| at + 1);
    let (line, rest) = request
        .split_at_checked(line_end)
        .unwrap_or((&request, &[]));
    let Some(target) = line.windows(2).position(|pair| pair == b" /") else {
        return request;
    };
    let (method, target) = line.split_at_checked(target + 1).unwrap_or((line, &[]));
    let (origin, credentials) = (to.to_string(), proxy.credentials());
    Cow::Owned(
        [
            method,
            origin.as_bytes(),
            target,
            credentials.as_bytes(),
            rest,
        ]
        .concat(),
    )
}

/// Asks the proxy for a tunnel to the destination.
pub(super) async fn tunnel(
    socket: &TcpStream,
    proxy: &Proxy,
    to: &Destination,
) -> Result<(), Failure> {
    let host = to
        .connect_to
        .map_or_else(|| to.host.clone(), |address| address.to_string());
    let host = if host.contains(':') {
        format!("[{host}]")
    } else {
        host
    };
    let authority = format!("{host}:{}", to.port);
    let credentials = proxy.credentials();
    let request = format!("CONNECT {authority} HTTP/1.1\r\nHost: {authority}\r\n{credentials}\r\n");
    let refused = |cause: String| Failure::Proxy { cause };
    converse(socket, request.as_bytes()).await.map_err(refused)
}

/// Sends the request for a tunnel; fine is a 2xx, behind which the tunnel begins.
async fn converse(socket: &TcpStream, mut request: &[u8]) -> Result<(), String> {
    while !request.is_empty() {
        socket.writable().await.map_err(|error| error.to_string())?;
        match socket.try_write(request) {
            Ok(count) => request = request.get(count..).unwrap_or_default(),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(error.to_string()),
        }
    }
    // Like an answer to HEAD, one to CONNECT has no body.
    let mut reader = ResponseReader::new(
        AnswerTo::Head,
        ReadLimits {
            head: 16 * 1024,
            body: 0,
        },
    );
    // One byte at a time: what follows the head belongs to the tunnel.
    let mut byte = [0];
    loop {
        socket.readable().await.map_err(|error| error.to_string())?;
        match socket.try_read(&mut byte) {
            Ok(0) => return Err("it closed the connection".to_owned()),
            Ok(_) if reader.feed(&byte).map_err(|error| error.to_string())? == Progress::Done => {
                break;
            }
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(error.to_string()),
        }
    }
    let response = reader.into_response().ok_or("it gave no answer")?;
    match response.status {
        200..=299 => Ok(()),
        status => Err(format!(
            "{status} {}",
            String::from_utf8_lossy(&response.reason)
        )),
    }
}
