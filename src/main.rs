//! The `kit` program: this process becomes a context, the command line runs in it, and its result is the exit status.

use std::process::ExitCode;

use outage_kit::cli;

fn main() -> ExitCode {
    cli::main(cli::Context::of_process(), cli::arguments())
}
