//! A look at JSON before serde reads it: strict RFC 8259, not too deep, no name twice in one object.
//!
//! serde would keep the last of two equal names, so two readers could see two different documents. Names are compared as
//! they are written: an escape in a name is refused.

use std::collections::HashSet;

use super::limits::JSON_DEPTH_MAX;

/// Up to this many names an object is searched one by one, which is faster than hashing.
const FEW_NAMES: usize = 24;

/// What is wrong with a JSON text, and at which byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{kind} (byte {offset})")]
pub struct JsonFault {
    /// The rule that is broken.
    pub kind: JsonFaultKind,
    /// Where, in bytes from the start.
    pub offset: usize,
}

/// The rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum JsonFaultKind {
    /// Not RFC 8259.
    #[error("it is not JSON")]
    Syntax,
    /// More than [`JSON_DEPTH_MAX`] levels.
    #[error("it is nested more than {JSON_DEPTH_MAX} levels deep")]
    Depth,
    /// The same name twice in one object.
    #[error("a name stands twice in one object")]
    Duplicate,
    /// An escape in a name.
    #[error("a name is written with an escape")]
    EscapedName,
}

/// Checks that `text` is exactly one JSON value, with white space around it at most.
pub(super) fn check(text: &[u8]) -> Result<(), JsonFault> {
    let mut scan = Scan { text, at: 0 };
    let result = scan.value(0).and_then(|()| {
        scan.space();
        if scan.at == text.len() { Ok(()) } else { Err(JsonFaultKind::Syntax) }
    });
    result.map_err(|kind| JsonFault { kind, offset: scan.at })
}

struct Scan<'a> {
    text: &'a [u8],
    at: usize,
}

impl<'a> Scan<'a> {
    fn value(&mut self, depth: usize) -> Result<(), JsonFaultKind> {
        self.space();
        match self.peek().ok_or(JsonFaultKind::Syntax)? {
            b'{' => self.object(depth + 1),
            b'[' => self.array(depth + 1),
            b'"' => self.string().map(|_| ()),
            b't' => self.word(b"true"),
            b'f' => self.word(b"false"),
            b'n' => self.word(b"null"),
            b'-' | b'0'..=b'9' => self.number(),
            _ => Err(JsonFaultKind::Syntax),
        }
    }

    fn object(&mut self, depth: usize) -> Result<(), JsonFaultKind> {
        if depth > JSON_DEPTH_MAX {
            return Err(JsonFaultKind::Depth);
        }
        self.at += 1;
        self.space();
        if self.take(b'}') {
            return Ok(());
        }
        let mut names = Names::default();
        loop {
            self.space();
            let (name, escaped) = self.string()?;
            if escaped {
                return Err(JsonFaultKind::EscapedName);
            }
            if !names.insert(name) {
                return Err(JsonFaultKind::Duplicate);
            }
            self.space();
            self.expect(b':')?;
            self.value(depth)?;
            self.space();
            if self.take(b'}') {
                return Ok(());
            }
            self.expect(b',')?;
        }
    }

    fn array(&mut self, depth: usize) -> Result<(), JsonFaultKind> {
        if depth > JSON_DEPTH_MAX {
            return Err(JsonFaultKind::Depth);
        }
        self.at += 1;
        self.space();
        if self.take(b']') {
            return Ok(());
        }
        loop {
            self.value(depth)?;
            self.space();
            if self.take(b']') {
                return Ok(());
            }
            self.expect(b',')?;
        }
    }

    /// The text between the quotes, and whether it has escapes. What escapes mean (surrogates) is for serde to check.
    fn string(&mut self) -> Result<(&'a [u8], bool), JsonFaultKind> {
        self.expect(b'"')?;
        let start = self.at;
        let mut escaped = false;
        loop {
            // Most of a text is in runs of plain characters: one tight loop over them.
            let rest = self.text.get(self.at..).unwrap_or_default();
            self.at += rest.iter().position(|&byte| byte == b'"' || byte == b'\\' || byte < 0x20).unwrap_or(rest.len());
            match self.next().ok_or(JsonFaultKind::Syntax)? {
                b'"' => return Ok((self.text.get(start..self.at - 1).unwrap_or_default(), escaped)),
                b'\\' => {
                    escaped = true;
                    self.next().ok_or(JsonFaultKind::Syntax)?;
                }
                0..=0x1f => return Err(JsonFaultKind::Syntax),
                _ => {}
            }
        }
    }

    fn number(&mut self) -> Result<(), JsonFaultKind> {
        self.take(b'-');
        if !self.take(b'0') {
            self.digits()?;
        }
        if self.take(b'.') {
            self.digits()?;
        }
        if self.take(b'e') || self.take(b'E') {
            let _ = self.take(b'+') || self.take(b'-');
            self.digits()?;
        }
        Ok(())
    }

    fn digits(&mut self) -> Result<(), JsonFaultKind> {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        if self.at > start { Ok(()) } else { Err(JsonFaultKind::Syntax) }
    }

    fn word(&mut self, word: &[u8]) -> Result<(), JsonFaultKind> {
        let found = self.text.get(self.at..).is_some_and(|rest| rest.starts_with(word));
        self.at += if found { word.len() } else { 0 };
        if found { Ok(()) } else { Err(JsonFaultKind::Syntax) }
    }

    fn space(&mut self) {
        while self.peek().is_some_and(|byte| matches!(byte, b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
    }

    fn expect(&mut self, byte: u8) -> Result<(), JsonFaultKind> {
        if self.take(byte) { Ok(()) } else { Err(JsonFaultKind::Syntax) }
    }

    fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn next(&mut self) -> Option<u8> {
        let byte = self.peek();
        self.at += usize::from(byte.is_some());
        byte
    }

    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }
}

/// The names of one object so far.
#[derive(Default)]
struct Names<'a> {
    few: Vec<&'a [u8]>,
    many: HashSet<&'a [u8]>,
}

impl<'a> Names<'a> {
    /// Whether the name is new.
    fn insert(&mut self, name: &'a [u8]) -> bool {
        if self.few.len() < FEW_NAMES {
            let new = !self.few.contains(&name);
            self.few.push(name);
            return new;
        }
        if self.many.is_empty() {
            self.many.extend(&self.few);
        }
        self.many.insert(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(text: &str) -> Option<JsonFaultKind> {
        check(text.as_bytes()).err().map(|fault| fault.kind)
    }

    #[test]
    fn e1_depth_ends_at_sixteen() {
        for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
            let nested = |depth: usize| format!("{}1{}", open.repeat(depth), close.repeat(depth));
            assert_eq!(fault(&nested(JSON_DEPTH_MAX)), None);
            assert_eq!(fault(&nested(JSON_DEPTH_MAX + 1)), Some(JsonFaultKind::Depth));
        }
        assert_eq!(fault(&"[".repeat(100_000)), Some(JsonFaultKind::Depth));
    }

    #[test]
    fn e2_a_name_twice_is_found_in_small_and_large_objects() {
        assert_eq!(fault(r#"{"a":1,"b":{"a":1},"c":[{"a":1},{"a":1}]}"#), None);
        assert_eq!(fault(r#"{"a":1,"b":2,"a":1}"#), Some(JsonFaultKind::Duplicate));
        assert_eq!(fault(r#"{"a":1,"\u0061":1}"#), Some(JsonFaultKind::EscapedName));
        let many = |last: usize| {
            let names: Vec<_> = (0..1000).chain([last]).map(|name| format!("\"{name}\":0")).collect();
            fault(&format!("{{{}}}", names.join(",")))
        };
        assert_eq!(many(1000), None);
        for twice in [0, FEW_NAMES - 1, FEW_NAMES, FEW_NAMES + 1, 999] {
            assert_eq!(many(twice), Some(JsonFaultKind::Duplicate), "{twice}");
        }
    }

    #[test]
    fn e2_what_is_not_rfc_8259_is_refused() {
        for good in ["0", "-1.5e+3", " {} ", "[]\n", r#"["\ud83d\ude00","é"]"#, "[true,false,null]", r#"{"":[]}"#] {
            assert_eq!(fault(good), None, "{good}");
        }
        for bad in [
            "",
            " ",
            "01",
            "+1",
            "1.",
            ".5",
            "1e",
            "NaN",
            "Infinity",
            "[1,]",
            "[,1]",
            "{,}",
            "{\"a\":1,}",
            "{a:1}",
            "'a'",
            "\"\t\"",
            "[1 2]",
            "tru",
            "nul",
            "[",
            "{\"a\"",
            "\"a",
            "\"\\",
            "// x\n1",
            "\u{feff}1",
            "1 1",
            "{\"a\" 1}",
            "{1:1}",
            "0x1",
            "-",
        ] {
            assert_eq!(fault(bad), Some(JsonFaultKind::Syntax), "{bad}");
        }
        assert_eq!(check(b"[1, x]"), Err(JsonFault { kind: JsonFaultKind::Syntax, offset: 4 }));
    }
}
