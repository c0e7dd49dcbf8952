//! How long `kit lookup alice` takes as a kit grows, the whole process, beside `age -d` of the same payload to nowhere.
//!
//! The two run in turns, so that a busy machine slows both; what counts is the ratio. Run it with `benches/run`, which
//! needs the Debian packages age and time. It prints the first table of docs/benchmarks.md.

#![allow(clippy::disallowed_macros, clippy::disallowed_methods, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod made;

use std::{
    fs,
    process::{Command, Stdio},
};

use made::{Kit, checked, medians};

/// People and member devices, beside the fifteen people of the example team.
const CASES: [(usize, usize); 6] = [(500, 10), (10_000, 10), (100_000, 10), (500, 1_000), (500, 10_000), (100_000, 10_000)];

fn main() {
    println!("| people | devices | payload | `kit lookup alice` | `age -d` | ratio | memory of kit | of age | publish |");
    println!("|---|---|---|---|---|---|---|---|---|");
    for (people, devices) in CASES {
        println!("{}", measured(&Kit::published(people, devices), people, devices));
    }
}

fn measured(kit: &Kit, people: usize, devices: usize) -> String {
    let (lookup, decrypt) = (|| kit.run("lookup alice"), || kit.age());
    let answer = String::from_utf8(checked(lookup()).stdout).unwrap();
    assert!(answer.starts_with("CALL  Alice Okafor   +44 7700 900123"), "{answer}");
    let times = medians(&[&lookup, &decrypt]);
    let payload_kb = fs::metadata(&kit.payload).unwrap().len() / 1000;
    format!(
        "| {people} | {devices} | {payload_kb} kB | {:.1} ms | {:.1} ms | {:.2} | {} MB | {} MB | {:.1} s |",
        times[0],
        times[1],
        times[0] / times[1],
        memory_mb(&lookup()),
        memory_mb(&decrypt()),
        kit.publishing.as_secs_f64(),
    )
}

/// The most memory that a run ever had, as GNU time reports it.
fn memory_mb(command: &Command) -> u64 {
    let mut timed = Command::new("/usr/bin/time");
    timed.args(["-f", "%M"]).arg(command.get_program()).args(command.get_args()).stdin(Stdio::null());
    timed
        .current_dir(command.get_current_dir().unwrap())
        .envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let report = String::from_utf8(checked(timed).stderr).unwrap();
    report.lines().last().and_then(|kilobytes| kilobytes.trim().parse::<u64>().ok()).expect("GNU time prints a number") / 1000
}
