//! What a target file says about sockets of this program.

use std::sync::Arc;

use super::usage::UsageError;
use crate::target::Target;
use crate::transport::CallbackHost;

/// The host that this program plays, where the target file has one.
///
/// # Errors
/// An address that can't be listened at.
pub(super) fn callback_host(target: &Target) -> Result<Option<Arc<CallbackHost>>, UsageError> {
    let Some(place) = &target.callback_host else {
        return Ok(None);
    };
    let host = CallbackHost::open(place.listen).map_err(|why| {
        let listen = place.listen;
        UsageError::Flags(format!(
            "`callback_host` of the target file: can't listen at {listen}: {why}"
        ))
    })?;
    Ok(Some(Arc::new(host)))
}
