//! Errors of what is put on paper.

use crate::{
    cli::failure::{Failure, Kind},
    enclose::EncloseError,
    print::PrintError,
};

impl From<PrintError> for Failure {
    fn from(error: PrintError) -> Self {
        Self::new(Kind::Bug, format!("{error}; nothing was written."))
            .hint("Try again; if it stays so, tell whoever makes kit what it says here.")
    }
}

impl From<EncloseError> for Failure {
    fn from(error: EncloseError) -> Self {
        let text = format!("{error}; nothing was printed, and it is recorded as opened.");
        match error {
            EncloseError::Seal(_) => Self::new(Kind::Bug, text).hint("Try again."),
            EncloseError::TooLarge { most, dense, bytes, fields } => {
                let sizes: Vec<String> = fields.iter().map(|(name, size)| format!("{name} {size}")).collect();
                let failure = Self::usage(text).hint(format!("Bytes by field: {}", sizes.join(", ")));
                let failure = match fitting(&fields, bytes, most) {
                    kept if kept.is_empty() => failure.hint("Shorten the largest field: kit seal NAME --dir DIR"),
                    kept => failure.hint(format!("These fit: kit export sealed NAME {}", options(&kept))),
                };
                if most < dense && bytes <= dense {
                    failure.hint(format!("Or all of it, up to {dense} bytes, in a code that not every phone reads: --dense"))
                } else {
                    failure
                }
            }
        }
    }
}

/// What is left when the largest fields are left out, one by one, until it fits.
fn fitting(fields: &[(String, usize)], bytes: usize, most: usize) -> Vec<String> {
    let mut kept: Vec<&(String, usize)> = fields.iter().collect();
    let mut left = bytes;
    while left > most {
        let Some((at, size)) = kept.iter().enumerate().max_by_key(|(_, (_, size))| *size).map(|(at, (_, size))| (at, *size))
        else {
            break;
        };
        kept.remove(at);
        left = left.saturating_sub(size);
    }
    kept.into_iter().map(|(name, _)| name.clone()).collect()
}

fn options(fields: &[String]) -> String {
    fields.iter().map(|field| format!("--field {field}")).collect::<Vec<_>>().join(" ")
}
