//! A timer of the user's own systemd, and the service that it starts (systemd.timer(5), systemd.service(5)).

use super::{File, MARK, Plan};

/// What is started.
///
/// The fences are those that hold without a user namespace, which many machines do not allow: a fence that keeps the kit from
/// being fetched would do more harm than good.
pub(super) fn service(plan: &Plan) -> File {
    let arguments: Vec<String> = plan.arguments().into_iter().map(quoted).collect();
    let home = plan.home.as_ref().map(|home| format!("Environment={}\n", quoted(&format!("KIT_HOME={home}"))));
    let text = format!(
        "# {MARK}
[Unit]
Description=Get the newest kit of the team (kit sync)

[Service]
Type=oneshot
ExecStart=:{program} {arguments}
{home}# Without a network nothing is wrong: the kit that is here goes on working.
SuccessExitStatus=7
TimeoutStartSec=3min
Nice=10
UMask=0077
NoNewPrivileges=yes
LockPersonality=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native
",
        program = quoted(&plan.program),
        arguments = arguments.join(" "),
        home = home.unwrap_or_default(),
    );
    File { name: "kit-sync.service", text }
}

/// When it is started. What was missed while the machine was off is made up for.
pub(super) fn timer(plan: &Plan) -> File {
    let (every, minutes) = (plan.every, plan.every.minutes());
    let calendar = match minutes {
        1440 => "*-*-* 00:00:00".to_owned(),
        60 => "*-*-* *:00:00".to_owned(),
        minutes if minutes > 60 => format!("*-*-* 00/{}:00:00", minutes / 60),
        minutes => format!("*:00/{minutes}"),
    };
    let text = format!(
        "# {MARK}
[Unit]
Description=Get the newest kit of the team every {words}

[Timer]
OnCalendar={calendar}
# Not everybody at once, but each machine always at its own time.
RandomizedDelaySec={jitter}min
FixedRandomDelay=yes
AccuracySec=1min
Persistent=yes

[Install]
WantedBy=timers.target
",
        words = every.words(),
        jitter = every.jitter_minutes(),
    );
    File { name: "kit-sync.timer", text }
}

/// One word of a line. `%` begins a specifier; `$` means nothing after the colon of `ExecStart=:`.
fn quoted(word: &str) -> String {
    format!("\"{}\"", word.replace('\\', "\\\\").replace('"', "\\\"").replace('%', "%%"))
}
