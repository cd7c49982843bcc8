//! Times as SAML writes them: xs:dateTime in UTC (SAML Core §1.3.3).

/// A time that an assertion tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Time {
    /// Seconds since 1970.
    At(i64),
    /// It can't be read.
    Unreadable,
}

impl Time {
    /// Reads `YYYY-MM-DDThh:mm:ssZ`, with any fraction of a second.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        seconds(text).map_or(Self::Unreadable, Self::At)
    }

    /// Whether it lies after that time; one that can't be read does not.
    #[must_use]
    pub fn is_after(self, seconds: i64) -> bool {
        matches!(self, Self::At(at) if at > seconds)
    }

    /// Whether it is that time or before it; one that can't be read is not.
    #[must_use]
    pub fn is_no_later_than(self, seconds: i64) -> bool {
        matches!(self, Self::At(at) if at <= seconds)
    }
}

fn seconds(text: &str) -> Option<i64> {
    let (date, time) = text.strip_suffix('Z')?.split_once('T')?;
    let (time, fraction) = time.split_once('.').unwrap_or((time, "0"));
    if fraction.is_empty() || !fraction.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let [year, month, day] = numbers(date, '-', [4, 2, 2])?;
    let [hour, minute, second] = numbers(time, ':', [2, 2, 2])?;
    let is_real = (1..=12).contains(&month)
        && (1..=31).contains(&day)
        && hour < 24
        && minute < 60
        && second < 60;
    is_real.then(|| days(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second)
}

/// Three numbers of so many digits each.
fn numbers(text: &str, separator: char, digits: [usize; 3]) -> Option<[i64; 3]> {
    let mut parts = text.split(separator);
    let mut numbers = [0; 3];
    for (number, digits) in numbers.iter_mut().zip(digits) {
        let part = parts.next()?;
        if part.len() != digits || !part.bytes().all(|digit| digit.is_ascii_digit()) {
            return None;
        }
        *number = part.parse().ok()?;
    }
    parts.next().is_none().then_some(numbers)
}

/// Days since 1970 in the Gregorian calendar: years begin in March, so that the leap day is the last.
const fn days(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let (era, year) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * month + 2) / 5 + day - 1;
    era * 146_097 + year * 365 + year / 4 - year / 100 + of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_times_are_read() {
        for (text, seconds) in [
            ("1970-01-01T00:00:00Z", 0),
            ("2000-02-29T12:00:00Z", 951_825_600),
            ("2001-09-09T01:46:40.999Z", 1_000_000_000),
            ("2026-11-21T12:31:26Z", 1_795_264_286),
        ] {
            assert_eq!(Time::parse(text), Time::At(seconds), "{text}");
        }
    }

    #[test]
    fn what_is_no_time_in_utc_is_unreadable() {
        for text in [
            "",
            "soon",
            "2026-11-21",
            "2026-11-21T12:31:26",
            "2026-11-21T12:31:26+01:00",
            "2026-13-21T12:31:26Z",
            "2026-11-21T24:31:26Z",
            "2026-11-21T12:31:26.Z",
            "+026-11-21T12:31:26Z",
        ] {
            assert_eq!(Time::parse(text), Time::Unreadable, "{text}");
        }
        assert!(!Time::Unreadable.is_after(0) && !Time::Unreadable.is_no_later_than(0));
    }
}
