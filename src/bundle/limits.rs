//! The limits of the format, each with its unit and its reason (docs/format.md, "Limits"). A file beyond one is refused.

/// Bytes of a whole bundle. 100,000 people with a thousand capsules take about 40 MiB; more does not fit a mail or a phone.
pub const BUNDLE_BYTES_MAX: usize = 64 * 1024 * 1024;

/// Versions of the root in one bundle: a rotation each month for five years, and room.
pub const ROOTS_MAX: usize = 64;

/// Signatures under one line: nobody gathers more than 16 people for one signature.
pub const SIGNATURES_MAX: usize = 16;

/// Bytes of one armoured signature with its markers; a hardware key's takes about 450.
pub const SIGNATURE_BYTES_MAX: usize = 2 * 1024;

/// Bytes of the line of a root or head with its LF: 500 keys and thresholds fit.
pub const LINE_BYTES_MAX: usize = 64 * 1024;

/// Member devices a payload is sealed to: 10,000 and room. Each costs 107 bytes of header, and a stranger's try of all is seconds.
pub const DEVICES_MAX: usize = 16 * 1024;

/// Bytes of the age header: [`DEVICES_MAX`] stanzas of 107 bytes, the first and last line, and one grease stanza.
pub const AGE_HEADER_BYTES_MAX: usize = DEVICES_MAX * 107 + 1024;

/// Nesting of JSON, in arrays and objects: the team model needs 8.
pub const JSON_DEPTH_MAX: usize = 16;

/// Shifts of one rota: a large rota has ten. Each is asked for each day that is looked ahead.
pub const SHIFTS_MAX: usize = 100;

/// Swaps of one rota: one a day for almost three years.
pub const OVERRIDES_MAX: usize = 1000;

/// Sequence numbers are below 2^53: the largest that every JSON reader keeps exact.
pub const SEQ_END: u64 = 1 << 53;

/// Bytes of an invite or join request as text: what fits one chat message, and room.
pub const PASTED_BYTES_MAX: usize = 8 * 1024;

/// Bytes up to which a payload is padded to whole steps of [`PAYLOAD_STEP_BYTES`]; above, Padmé.
pub const PAYLOAD_STEPS_END_BYTES: usize = 64 * 1024;

/// Bytes of a padding step: a page; small teams look alike.
pub const PAYLOAD_STEP_BYTES: usize = 4 * 1024;

/// Bytes of a letter, armour and all: [`LETTER_PLAIN_BYTES_MAX`] and a stanza for each of [`LETTER_READERS_MAX`], and room.
pub const LETTER_BYTES_MAX: usize = 64 * 1024;

/// Bytes of what is in a letter: an acknowledgement takes 800, a record of what somebody opened and why some thousands.
pub const LETTER_PLAIN_BYTES_MAX: usize = 16 * 1024;

/// Devices that a letter is sealed to: those who publish and those who lead, not everybody.
pub const LETTER_READERS_MAX: usize = 64;

/// Bytes of a padding step of a letter: all acknowledgements look alike.
pub const LETTER_STEP_BYTES: usize = 1024;

/// Numbers of letters are below this: ten digits stand in the name.
pub const LETTER_NUMBER_END: u64 = 10_000_000_000;

/// Devices that one box of a tier is sealed to: all of one holder's, or those of all holders where any opens alone.
pub const BOX_OPENERS_MAX: usize = 256;

/// Bytes of what is in a box: a key or a share, and what it is for.
pub const BOX_PLAIN_BYTES_MAX: usize = 4 * 1024;

/// Bytes of a box, armour and all.
pub const BOX_BYTES_MAX: usize = 64 * 1024;

/// Bytes of a padding step of a box: all look alike.
pub const BOX_STEP_BYTES: usize = 512;

/// How far the version of a key or a value may be above that of the kit before: some may be made between two kits.
pub const VERSION_STEP_MAX: u32 = 64;

/// Values of one credential.
pub const CAPSULE_FIELDS_MAX: usize = 64;

/// Bytes of a padding step of a share on its way: what is in it takes some 250, and less of it makes a smaller code.
pub const SHARE_STEP_BYTES: usize = 256;

/// Bytes of what is in a capsule: a key file or a runbook with it; no archive.
pub const CAPSULE_PLAIN_BYTES_MAX: usize = 64 * 1024;

/// Bytes of a capsule, armour and all.
pub const CAPSULE_BYTES_MAX: usize = 128 * 1024;

/// Bytes of a padding step of a capsule: passwords look alike.
pub const CAPSULE_STEP_BYTES: usize = 512;

/// Bytes of a line of a journal.
pub const JOURNAL_LINE_BYTES_MAX: usize = 14 * 1024;

/// Bytes of what is in an entry of a journal.
pub const ENTRY_PLAIN_BYTES_MAX: usize = 4 * 1024;

/// Bytes of a padding step of an entry.
pub const ENTRY_STEP_BYTES: usize = 512;

/// Devices that an entry of a journal is sealed to: one's own, and those who read journals.
pub const ENTRY_READERS_MAX: usize = 64;

/// Characters of the reason of an opening, and of an incident's name.
pub const REASON_CHARS_MAX: usize = 256;
