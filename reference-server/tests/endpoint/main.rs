//! The endpoint without a socket: request and state in, answer and state out.

#[cfg(test)]
mod algorithms;
#[cfg(test)]
mod assertion;
#[cfg(test)]
mod authorization;
#[cfg(test)]
mod client;
#[cfg(test)]
mod code;
#[cfg(test)]
mod defects;
#[cfg(test)]
mod every_check;
#[cfg(test)]
mod examples;
#[cfg(test)]
mod fixture;
#[cfg(test)]
mod jwt_bearer;
#[cfg(test)]
mod locations;
#[cfg(test)]
mod managers;
#[cfg(test)]
mod message;
#[cfg(test)]
mod notified;
#[cfg(test)]
mod password;
#[cfg(test)]
mod polled;
#[cfg(test)]
mod pushed_authorization;
#[cfg(test)]
mod refresh;
#[cfg(test)]
mod registration;
#[cfg(feature = "saml")]
#[cfg(test)]
mod saml2_bearer;
#[cfg(feature = "saml")]
#[cfg(test)]
mod saml2_client_auth;
#[cfg(test)]
mod token_exchange;
#[cfg(test)]
mod tokens;
#[cfg(test)]
mod validate_bearer;
