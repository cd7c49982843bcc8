//! The media type of a request body (RFC 9110 §8.3.1): compared without regard to case, parameters
//! ignored.

/// What Content-Type says, as far as this server cares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MediaType {
    /// There is no such field, or it is empty.
    Absent,
    /// `application/x-www-form-urlencoded`.
    Form,
    /// `application/json`.
    Json,
    /// Anything else, several fields included.
    Other,
}

/// Reads all Content-Type fields of a request.
pub fn read<'a>(mut fields: impl Iterator<Item = &'a [u8]>) -> MediaType {
    let Some(field) = fields.next() else {
        return MediaType::Absent;
    };
    if fields.next().is_some() {
        return MediaType::Other;
    }
    let essence = field
        .split(|octet| *octet == b';')
        .next()
        .unwrap_or_default()
        .trim_ascii();
    if essence.eq_ignore_ascii_case(b"application/x-www-form-urlencoded") {
        MediaType::Form
    } else if essence.eq_ignore_ascii_case(b"application/json") {
        MediaType::Json
    } else if essence.is_empty() {
        MediaType::Absent
    } else {
        MediaType::Other
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(field: &str, expect: MediaType) {
        assert_eq!(read([field.as_bytes()].into_iter()), expect, "{field}");
    }

    #[test]
    fn case_and_parameters_do_not_matter() {
        check("application/x-www-form-urlencoded", MediaType::Form);
        check(
            "APPLICATION/x-WWW-form-urlencoded ; charset=\"utf-8\"",
            MediaType::Form,
        );
        check("application/x-www-form-urlencoded;", MediaType::Form);
    }

    #[test]
    fn anything_else_is_no_form() {
        check("application/x-www-form-urlencodedx", MediaType::Other);
        check("application/json; charset=utf-8", MediaType::Json);
        check("application/jsonp", MediaType::Other);
        check("", MediaType::Absent);
        assert_eq!(read(std::iter::empty()), MediaType::Absent);
        let twice = [b"application/x-www-form-urlencoded".as_slice(); 2];
        assert_eq!(read(twice.into_iter()), MediaType::Other);
    }
}
