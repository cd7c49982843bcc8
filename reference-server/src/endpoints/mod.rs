//! The endpoints beside the token endpoint: what their requests have to satisfy, and their answers.

pub mod authorization;
pub mod backchannel;
pub mod decision;
pub mod device;
pub mod introspection;
pub mod metadata;
pub mod protected_resource;
pub mod pushed_authorization;
pub mod registration;
pub mod revocation;
