//! The head: which content this is, for which root, how new. Plain and signed; it names nobody (docs/format.md, "Head").

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{
    ids::{Hash, KitId},
    json,
    limits::SEQ_END,
    refusal::{FieldFault, Place, Refusal},
    split::FORMAT,
};

/// The oldest release of kit that reads what this one writes.
const MIN_READER: Release = Release(0, 1, 0);

/// The signed facts about one bundle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// 1.
    pub format: u32,
    /// The kit.
    pub kit: KitId,
    /// The last root of the chain.
    pub root: RootRef,
    /// The sequence number: 1 and up, under each root version.
    pub seq: u64,
    /// When it was signed, by the publisher's clock.
    #[serde(with = "seconds")]
    pub created: Timestamp,
    /// When readers should begin to say that it is old.
    #[serde(with = "seconds")]
    pub refresh_by: Timestamp,
    /// The oldest release of kit that reads it: `0.1.0`.
    min_reader: Release,
    /// The payload section.
    pub payload: PayloadRef,
}

/// A root by version and hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RootRef {
    /// The version, from 1.
    pub version: u32,
    /// The SHA-256 of its line, LF included.
    pub sha256: Hash,
}

/// The payload section by length and hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PayloadRef {
    /// Bytes of the section, markers included.
    pub bytes: u64,
    /// The SHA-256 of the section, markers included.
    pub sha256: Hash,
}

/// A release of kit: three numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Release(u32, u32, u32);

/// The fields that say whether the others can be understood.
#[derive(Deserialize)]
struct Preface {
    format: u32,
    min_reader: Release,
}

#[derive(Serialize, Deserialize)]
struct Line<T> {
    head: T,
}

impl Head {
    /// The head of a new bundle. Times are cut to whole seconds.
    pub(super) fn new(kit: KitId, root: RootRef, seq: u64, times: (Timestamp, Timestamp), payload: PayloadRef) -> Self {
        let whole = |time: Timestamp| Timestamp::from_second(time.as_second()).unwrap_or(time);
        let (created, refresh_by) = (whole(times.0), whole(times.1));
        Self { format: FORMAT, kit, root, seq, created, refresh_by, min_reader: MIN_READER, payload }
    }

    /// The line that is signed, with its LF.
    pub(super) fn to_line(&self) -> String {
        let text = serde_json::to_string(&Line { head: self }).expect("a head has only strings and numbers");
        text + "\n"
    }

    /// Reads a line whose signatures were checked, and checks what it says by itself.
    pub(super) fn parse(line: &str) -> Result<Self, Refusal> {
        let under = Place::Head;
        let fields = |fault| Refusal::Fields { under, fault };
        let shape = |error: serde_json::Error| fields(FieldFault::Shape { column: error.column() });
        json::check(line.as_bytes()).map_err(|fault| Refusal::Json { under, fault })?;
        let Line { head: preface } = serde_json::from_str::<Line<Preface>>(line).map_err(shape)?;
        if preface.format != FORMAT {
            return Err(Refusal::NewerFormat { format: preface.format });
        }
        if preface.min_reader > Release::this() {
            return Err(Refusal::NewerKit { needs: preface.min_reader.to_string(), this: Release::this().to_string() });
        }
        let Line { head } = serde_json::from_str::<Line<Self>>(line).map_err(shape)?;
        if !(1..SEQ_END).contains(&head.seq) {
            return Err(fields(FieldFault::Seq));
        }
        if head.refresh_by < head.created {
            return Err(fields(FieldFault::Times));
        }
        Ok(head)
    }
}

impl Release {
    /// This program's.
    fn this() -> Self {
        Self::parse(env!("CARGO_PKG_VERSION")).unwrap_or(MIN_READER)
    }

    /// `1.2.3`, without leading zeros; what follows a `-` does not count.
    fn parse(text: &str) -> Option<Self> {
        let mut numbers = text.split('-').next()?.split('.').map(|number| {
            let plain = number.bytes().all(|b| b.is_ascii_digit()) && (number == "0" || !number.starts_with('0'));
            number.parse().ok().filter(|_| plain)
        });
        let release = Self(numbers.next()??, numbers.next()??, numbers.next()??);
        numbers.next().is_none().then_some(release)
    }
}

impl std::fmt::Display for Release {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}.{}", self.0, self.1, self.2)
    }
}

impl Serialize for Release {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Release {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let release = Self::parse(&text).filter(|release| release.to_string() == text);
        release.ok_or_else(|| serde::de::Error::custom("not a release such as 0.1.0"))
    }
}

/// Times as RFC 3339 in UTC with whole seconds: `2026-11-18T02:12:00Z`, in no other spelling.
pub(super) mod seconds {
    use super::{Deserialize, Deserializer, Serializer, Timestamp};

    pub(in crate::bundle) fn serialize<S: Serializer>(time: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(time)
    }

    pub(in crate::bundle) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
        let text = String::deserialize(deserializer)?;
        let time = text.parse::<Timestamp>().ok().filter(|time| time.to_string() == text && time.subsec_nanosecond() == 0);
        time.ok_or_else(|| serde::de::Error::custom("not a time such as 2026-11-18T02:12:00Z"))
    }

    /// The same where there may be none.
    pub(in crate::bundle) mod or_none {
        use super::{Deserializer, Serializer, Timestamp};

        pub(in crate::bundle) fn serialize<S: Serializer>(time: &Option<Timestamp>, serializer: S) -> Result<S::Ok, S::Error> {
            match time {
                Some(time) => super::serialize(time, serializer),
                None => serializer.serialize_none(),
            }
        }

        pub(in crate::bundle) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Timestamp>, D::Error> {
            super::deserialize(deserializer).map(Some)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head() -> Head {
        let time = |text: &str| text.parse().unwrap();
        let kit = KitId::parse("aaaaaaaaaaaaaaaaaaaaaaaaaa").unwrap();
        let (root, payload) = (RootRef { version: 1, sha256: Hash::of(b"r") }, PayloadRef { bytes: 9, sha256: Hash::of(b"p") });
        Head::new(kit, root, 42, (time("2026-11-18T02:12:00.5Z"), time("2026-12-02T02:12:00Z")), payload)
    }

    #[test]
    fn a_head_goes_round() {
        let line = head().to_line();
        assert_eq!(Head::parse(&line), Ok(head()));
        assert!(line.contains(r#""created":"2026-11-18T02:12:00Z""#), "{line}");
        // What a newer kit adds is passed over.
        assert_eq!(Head::parse(&line.replacen("\"format\":1,", "\"format\":1,\"new\":[{}],", 1)), Ok(head()));
    }

    #[test]
    fn each_field_has_one_spelling_and_a_range() {
        let line = head().to_line();
        let refused = |from: &str, to: &str| {
            assert!(line.contains(from), "{from}");
            Head::parse(&line.replacen(from, to, 1)).unwrap_err()
        };
        assert_eq!(refused("\"format\":1", "\"format\":2"), Refusal::NewerFormat { format: 2 });
        assert_eq!(
            refused("\"0.1.0\"", "\"99.0.0\"").to_string(),
            format!("the bundle needs kit >= 99.0.0; this is kit {}", env!("CARGO_PKG_VERSION"))
        );
        for seq in ["0", "9007199254740992"] {
            assert_eq!(
                refused("\"seq\":42", &format!("\"seq\":{seq}")),
                Refusal::Fields { under: Place::Head, fault: FieldFault::Seq }
            );
        }
        assert_eq!(refused("2026-12-02", "2026-11-02"), Refusal::Fields { under: Place::Head, fault: FieldFault::Times });
        for (from, to) in [
            ("\"seq\":42", "\"seq\":42.0"),
            ("\"seq\":42", "\"seq\":\"42\""),
            ("\"seq\":42,", ""),
            ("02:12:00Z", "03:12:00+01:00"),
            ("02:12:00Z", "02:12:00.000Z"),
            ("2026-11-18T", "2026-11-18 "),
            ("\"0.1.0\"", "\"0.1\""),
            ("\"0.1.0\"", "\"0.01.0\""),
            ("aaaaaaaaaaaaaaaaaaaaaaaaaa", "AAAAAAAAAAAAAAAAAAAAAAAAAA"),
        ] {
            assert_eq!(refused(from, to).layer(), "fields", "{to}");
        }
        assert_eq!(refused("\"seq\":42", "\"seq\":1,\"seq\":42").layer(), "json");
    }
}
