//! Reading and writing bytes: the server's own codecs. Reading is total: it never fails, what is
//! odd becomes a fact that a check may refuse later. Nothing here knows clients or grants.

pub mod base64url;
pub mod basic;
pub mod client_hello;
pub mod form;
pub mod json;
pub mod media_type;
pub mod raw_request;
pub mod response;
