//! Enclosing: the values of an open credential in an age file of their own that a passphrase opens, small enough for one code on
//! paper. The passphrase is made here and given back once; nothing keeps it.

use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use crate::{
    bundle::{Field, Hash},
    code::{Code, TYPED_UNIT, TypedLine, typed},
    export::sealed_code,
    key::{self, Passphrase, SealedError, WorkFactor, armour::AGE_FILE, words},
    team::{Credential, FieldKind, Id},
};

/// Words of a passphrase: 66 bits, of which each guess costs what scrypt asks for.
pub const PASSPHRASE_WORDS: usize = 6;
/// What age adds to a text that a passphrase seals: header, nonce and tag.
const AGE_BYTES: usize = 182;
/// The largest texts that phones read from paper: at level M, at level L, and at level L with `--dense`.
const PLAIN_BYTES_MAX: [usize; 3] = [343, 508, 706];

/// What is to stand in it.
pub struct Content<'a> {
    /// The credential.
    pub id: &'a Id<Credential>,
    /// Which value of it.
    pub version: u32,
    /// When it is put on paper.
    pub now: Timestamp,
    /// Its fields, or some of them.
    pub fields: Vec<&'a Field>,
}

/// Values in an age file that a passphrase opens.
pub struct Enclosed {
    /// The armoured age file as a code.
    pub code: Code,
    /// The age file as lines that are typed.
    pub lines: Vec<TypedLine>,
    /// The hash of the age file that the lines make.
    pub sha256: Hash,
    /// What opens it: shown once, kept nowhere.
    pub passphrase: Zeroizing<String>,
}

/// Why there is no such file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EncloseError {
    /// More than one code holds.
    #[error("it has {bytes} bytes, and a code that phones read from paper holds {most}")]
    TooLarge {
        /// How many bytes the text has.
        bytes: usize,
        /// How many it may have.
        most: usize,
        /// How many it may have in the densest code.
        dense: usize,
        /// What each field takes of it, in their order.
        fields: Vec<(String, usize)>,
    },
    /// It could not be sealed.
    #[error("it could not be sealed: {0}")]
    Seal(#[from] SealedError),
}

/// Makes the file, and its passphrase.
///
/// # Errors
/// [`EncloseError`].
pub fn enclose(content: &Content<'_>, work_factor: WorkFactor, dense: bool) -> Result<Enclosed, EncloseError> {
    let (text, sizes) = text(content);
    let bytes = text.expose_secret().len();
    let [_, most, densest] = PLAIN_BYTES_MAX;
    let too_large = || EncloseError::TooLarge { bytes, most: if dense { densest } else { most }, dense: densest, fields: sizes };
    // Before any work is done on it.
    if bytes > densest.saturating_mul(2) {
        return Err(too_large());
    }
    let passphrase = words::passphrase(PASSPHRASE_WORDS);
    let armoured = key::seal(&text, &Passphrase::new(passphrase.to_string()), work_factor)?;
    let Some(code) = sealed_code(&armoured, dense) else { return Err(too_large()) };
    let binary = AGE_FILE.decode(armoured.as_bytes()).map_err(|_| SealedError::Damaged)?;
    let lines = typed(&binary).ok_or(SealedError::Damaged)?;
    Ok(Enclosed { code, lines, sha256: Hash::of(&binary), passphrase })
}

/// What whoever opens it reads, and what each field takes of it. It is filled up with line ends so that the age file is whole
/// groups of letters.
fn text(content: &Content<'_>) -> (SecretString, Vec<(String, usize)>) {
    let head = format!("{}, version {}, {}\n", content.id, content.version, content.now.strftime("%Y-%m-%d %H:%M UTC"));
    // Sized at once: growing would leave copies of the values behind.
    let room: usize = content.fields.iter().map(|field| field.name.len() + 3 * field.value.expose_secret().len() + 32).sum();
    let mut text = Zeroizing::new(String::with_capacity(head.len() + room + TYPED_UNIT));
    text.push_str(&head);
    let mut sizes = Vec::new();
    for field in &content.fields {
        let before = text.len();
        text.push_str(&field.name);
        if field.kind == FieldKind::File {
            text.push_str(" (base64)");
        }
        text.push(':');
        let value = field.value.expose_secret().trim_end_matches('\n');
        if value.contains('\n') {
            for line in value.lines() {
                text.push_str("\n  ");
                text.push_str(line);
            }
        } else {
            text.push(' ');
            text.push_str(value);
        }
        text.push('\n');
        sizes.push((field.name.clone(), text.len() - before));
    }
    while !(text.len() + AGE_BYTES).is_multiple_of(TYPED_UNIT) {
        text.push('\n');
    }
    (SecretString::from(text.as_str()), sizes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::code::untyped;

    fn field(name: &str, kind: FieldKind, value: &str) -> Field {
        Field { name: name.to_owned(), kind, value: value.to_owned().into() }
    }

    fn made(fields: &[Field], dense: bool) -> Result<Enclosed, EncloseError> {
        let id = Id::parse("aws-root").expect("an id");
        let content = Content { id: &id, version: 3, now: Timestamp::UNIX_EPOCH, fields: fields.iter().collect() };
        enclose(&content, WorkFactor::MIN, dense)
    }

    #[test]
    fn the_code_and_the_lines_hold_the_same_and_the_words_open_it() {
        let fields = [field("user", FieldKind::Text, "root@example.com"), field("codes", FieldKind::Codes, "one\ntwo")];
        let enclosed = made(&fields, false).expect("short");
        assert_eq!(enclosed.passphrase.split('-').count(), PASSPHRASE_WORDS);
        let words = Passphrase::new(enclosed.passphrase.to_string());
        let binary = untyped(&enclosed.lines.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")).expect("typed well");
        assert_eq!(Hash::of(&binary), enclosed.sha256);
        for file in [binary.as_slice(), enclosed.code.text().as_bytes()] {
            let text = key::unseal(file, &words).expect("its own words");
            let text = text.expose_secret().trim_end();
            assert_eq!(text, "aws-root, version 3, 1970-01-01 00:00 UTC\nuser: root@example.com\ncodes:\n  one\n  two");
        }
    }

    /// What a code holds is what the table says: one byte more is refused, with the numbers.
    #[test]
    fn u63_what_is_too_large_is_refused_with_the_numbers() {
        let head = "aws-root, version 3, 1970-01-01 00:00 UTC\nnote: \n".len();
        let of = |bytes: usize, dense: bool| made(&[field("note", FieldKind::Secret, &"x".repeat(bytes - head))], dense);
        let [m, l, dense] = PLAIN_BYTES_MAX;
        assert_eq!(of(m, false).expect("fits").code.version(), 22);
        assert_eq!(of(l, false).expect("fits").code.version(), 22);
        assert!(of(dense, true).expect("fits").code.version() <= 25);
        let Err(EncloseError::TooLarge { most, fields, .. }) = of(l + 20, false) else { panic!("too large") };
        assert_eq!((most, fields.len()), (l, 1));
        assert!(of(dense + 20, true).is_err());
        assert!(of(20_000, true).is_err());
    }

    #[test]
    fn each_has_words_of_its_own() {
        let fields = [field("user", FieldKind::Text, "x")];
        let first = made(&fields, false).expect("short").passphrase;
        assert_ne!(*first, *made(&fields, false).expect("short").passphrase);
    }
}
