//! `kit`: people and numbers, bridges and their fallbacks, who decides, and break-glass credentials of a team, in one signed and
//! encrypted file that answers with no network.
//!
//! ```text
//!  team directory ─read─> Draft ─check─> Team ─seal─> Sealed ─sign─> bundle ─publish─> source
//!                                                                                        │ fetch
//!                    Card <─answer─ Team <─open─ Generation <─accept─ Verified <─verify─ bytes
//! ```
//!
//! Each stage is a type, and one function makes it.
//!
//! | module | does | may use |
//! |---|---|---|
//! | [`team`] | what a team knows; no I/O, no clock, no cryptography | |
//! | [`program`] | other programs as caged children | |
//! | [`key`] | identities, device keys, signatures, keyrings, in stock formats | program |
//! | [`disk`] | the one reader and writer of files | |
//! | [`source`] | where bundles come from and go to: bytes only | disk, program |
//! | [`bundle`] | the format (docs/format.md): seal, sign, verify, open; no I/O | team, key |
//! | [`authored`] | the directory that people write: read, check, edit | team, key, disk, program |
//! | [`answer`] | the emergency questions, pure functions of a team and a moment | team |
//! | [`code`] | codes for a camera, drawn and read | |
//! | [`paper`] | pages as data, and as a PDF | code |
//! | [`export`] | what a team knows in other shapes | team, answer, code, paper |
//! | [`import`] | address books and password managers' items, as proposals | team, otp |
//! | [`otp`] | one-time codes: seeds, addresses, the code of a moment | |
//! | [`store`] | this machine's memory of a kit | team, bundle, key, disk, source |
//! | procedures | verbs that tie things together, one file each | all above |
//! | [`cli`] | the human side: arguments, screens, questions, failures | all |

pub mod acknowledge;
pub mod admit;
pub mod adopt;
pub mod answer;
pub mod appoint;
pub mod approve;
pub mod audit;
pub mod authored;
pub mod bundle;
pub mod carry;
pub mod cli;
pub mod code;
pub mod collect;
pub mod compare;
pub mod deliver;
pub mod disband;
pub mod disk;
pub mod enclose;
pub mod enrol;
pub mod export;
pub mod fill;
pub mod gather;
pub mod hold;
pub mod import;
pub mod infer;
pub mod init;
pub mod join;
pub mod judge;
pub mod key;
pub mod leave;
pub mod mirror;
pub mod open;
pub mod otp;
pub mod paper;
pub mod permit;
pub mod prepare;
pub mod print;
pub mod probe;
pub mod program;
pub mod publish;
pub mod reach;
pub mod recall;
pub mod record;
pub mod recount;
pub mod refresh;
pub mod rekey;
pub mod remember;
pub mod republish;
pub mod request;
pub mod rescue;
pub mod reveal;
pub mod scan;
pub mod schedule;
pub mod seal;
mod sift;
pub mod sound;
pub mod source;
pub mod store;
pub mod succeed;
pub mod survey;
pub mod sync;
pub mod take_out;
pub mod tally;
pub mod team;
pub mod timer;
mod transcribe;
pub mod unbox;
pub mod undo;
pub mod unlock;
pub mod unseal;
pub mod vouch;
