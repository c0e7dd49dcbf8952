//! Lengths of time as people type them: `15m`, `1h`, `2d`.

/// Longest, in seconds: ten years.
const SECONDS_MAX: u64 = 3650 * 86_400;

/// A length of time, with what was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Length {
    /// In seconds.
    pub(super) seconds: u64,
    /// As it was typed.
    pub(super) text: String,
}

/// Reads a whole number and a unit: m (minutes), h (hours) or d (days).
///
/// # Errors
/// What would be right, for whoever typed it.
pub(super) fn parse(text: &str) -> Result<Length, String> {
    let wrong = || "a number and m, h or d, for example 15m, 1h or 2d".to_owned();
    let text = text.trim();
    let (number, unit) = text.split_at_checked(text.len().saturating_sub(1)).ok_or_else(wrong)?;
    let unit = match unit {
        "m" => 60,
        "h" => 3600,
        "d" => 86_400,
        _ => return Err(wrong()),
    };
    let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    let number: u64 = number.parse().ok().filter(|_| is_number).ok_or_else(wrong)?;
    let seconds = number.checked_mul(unit).filter(|seconds| (1..=SECONDS_MAX).contains(seconds));
    let seconds = seconds.ok_or_else(|| "from 1m to 3650d".to_owned())?;
    Ok(Length { seconds, text: text.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_have_one_unit() {
        let seconds = |text: &str| parse(text).map(|length| length.seconds).ok();
        assert_eq!((seconds("15m"), seconds("1h"), seconds(" 2d ")), (Some(900), Some(3600), Some(172_800)));
        for wrong in ["", "m", "15", "0m", "-1h", "+1h", "1.5h", "1 h", "h1", "1h30m", "99999999999999999999d", "4000d", "1é"] {
            assert_eq!(seconds(wrong), None, "{wrong:?}");
        }
    }
}
