//! Files that make an operating system run `kit sync` by itself, at intervals: text only. Nothing is written or started here.
//!
//! Each begins with words that only kit writes ([`is_ours`]), so that nobody else's file is taken for kit's.

mod launchd;
mod systemd;
mod task;

/// What every file of kit's says of itself.
const MARK: &str = "Made by kit sync --install-timer; kit sync --remove-timer takes it away.";

/// What is to be run, and how often.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// This program, by its absolute path.
    pub program: String,
    /// The value of `KIT_HOME`, if it is set.
    pub home: Option<String>,
    /// Which kit, where it was named.
    pub kit: Option<String>,
    /// How often.
    pub every: Every,
}

/// An interval that a day is made of: the same minutes of every hour, or the same hours of every day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Every {
    minutes: u32,
}

/// What runs things at intervals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum System {
    /// Linux: a timer of the user's own systemd.
    Systemd,
    /// macOS: a launch agent.
    Launchd,
    /// Windows: a task of the Task Scheduler.
    TaskScheduler,
}

/// One file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Its name, in the system's folder for such files.
    pub name: &'static str,
    /// What it holds.
    pub text: String,
}

/// Why there can be no such file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TimerError {
    /// A path that a line of such a file cannot hold.
    #[error("a path with control characters cannot stand in a timer's file")]
    Control,
}

impl Every {
    /// The intervals there are, for whoever typed another.
    pub const WORDS: &str = "5m, 10m, 15m, 20m, 30m, 1h, 2h, 3h, 4h, 6h, 8h, 12h or 1d";

    /// This interval, if it is at least five minutes and divides an hour or a day evenly.
    pub fn of_seconds(seconds: u64) -> Option<Self> {
        let minutes = u32::try_from(seconds / 60).ok().filter(|_| seconds.is_multiple_of(60))?;
        let is_of_hour = (5..60).contains(&minutes) && 60_u32.is_multiple_of(minutes) && minutes.is_multiple_of(5);
        let is_of_day = minutes >= 60 && minutes.is_multiple_of(60) && 1440_u32.is_multiple_of(minutes);
        (is_of_hour || is_of_day).then_some(Self { minutes })
    }

    /// In minutes.
    pub fn minutes(self) -> u32 {
        self.minutes
    }

    /// The most that a start is put off by chance, in minutes, so that not everybody asks at once.
    fn jitter_minutes(self) -> u32 {
        (self.minutes / 3).clamp(1, 60)
    }

    /// `15 minutes`, `6 hours`.
    pub fn words(self) -> String {
        match self.minutes {
            60 => "hour".to_owned(),
            1440 => "day".to_owned(),
            minutes if minutes > 60 => format!("{} hours", minutes / 60),
            minutes => format!("{minutes} minutes"),
        }
    }
}

impl Plan {
    /// The files for a system.
    ///
    /// # Errors
    /// [`TimerError`] when a path cannot stand in one.
    pub fn files(&self, system: System) -> Result<Vec<File>, TimerError> {
        let texts = [Some(&self.program), self.home.as_ref(), self.kit.as_ref()];
        if texts.into_iter().flatten().any(|text| text.chars().any(char::is_control)) {
            return Err(TimerError::Control);
        }
        Ok(match system {
            System::Systemd => vec![systemd::service(self), systemd::timer(self)],
            System::Launchd => vec![launchd::agent(self)],
            System::TaskScheduler => vec![task::task(self)],
        })
    }

    /// What follows the program on its command line: nobody is there to read or to answer.
    fn arguments(&self) -> Vec<&str> {
        let kit = self.kit.iter().flat_map(|kit| ["--kit", kit.as_str()]);
        kit.chain(["sync", "--quiet", "--no-input"]).collect()
    }
}

impl System {
    /// The commands that put the files into effect; `at` is where the first of them is.
    pub fn start(self, at: &str) -> Vec<Vec<String>> {
        match self {
            Self::Systemd => vec![words("systemctl --user daemon-reload"), words("systemctl --user enable --now kit-sync.timer")],
            Self::Launchd => vec![[words("launchctl load -w"), vec![at.to_owned()]].concat()],
            Self::TaskScheduler => vec![[words("schtasks /Create /TN kit-sync /F /XML"), vec![at.to_owned()]].concat()],
        }
    }

    /// The commands that take them out of effect, before they are removed.
    pub fn stop(self, at: &str) -> Vec<Vec<String>> {
        match self {
            Self::Systemd => vec![words("systemctl --user disable --now kit-sync.timer")],
            Self::Launchd => vec![[words("launchctl unload -w"), vec![at.to_owned()]].concat()],
            Self::TaskScheduler => vec![words("schtasks /Delete /TN kit-sync /F")],
        }
    }

    /// The commands after they are removed.
    pub fn forget(self) -> Vec<Vec<String>> {
        if self == Self::Systemd { vec![words("systemctl --user daemon-reload")] } else { Vec::new() }
    }
}

/// Whether a file was made by kit.
pub fn is_ours(text: &str) -> bool {
    // A comment of XML holds no two hyphens in a row.
    text.lines().take(3).any(|line| line.contains(MARK) || line.contains(&launchd::xml_comment(MARK)))
}

fn words(line: &str) -> Vec<String> {
    line.split(' ').map(str::to_owned).collect()
}

/// A text as XML holds it.
fn xml(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_intervals_that_an_hour_or_a_day_is_made_of() {
        let minutes = |seconds: u64| Every::of_seconds(seconds).map(Every::minutes);
        for (given, expected) in [(300, 5), (900, 15), (1800, 30), (3600, 60), (21_600, 360), (86_400, 1440)] {
            assert_eq!(minutes(given), Some(expected));
        }
        for wrong in [0, 60, 240, 360, 420, 1500, 5400, 18_000, 172_800, 901] {
            assert_eq!(minutes(wrong), None, "{wrong}");
        }
        for text in Every::WORDS.replace(" or", ",").split(", ") {
            let (number, unit) = text.split_at(text.len() - 1);
            let unit = if unit == "m" {
                60
            } else if unit == "h" {
                3600
            } else {
                86_400
            };
            assert!(minutes(number.parse::<u64>().unwrap() * unit).is_some(), "{text}");
        }
    }

    #[test]
    fn a_path_that_could_add_a_line_is_refused() {
        let every = Every::of_seconds(900).unwrap();
        let plan = |program: &str| Plan { program: program.to_owned(), home: None, kit: None, every };
        assert_eq!(plan("/a\nExecStart=/b").files(System::Systemd), Err(TimerError::Control));
        let files = plan("/a & <b>\"%h\" $x\\").files(System::Systemd).unwrap();
        assert!(files[0].text.contains(r#"ExecStart=:"/a & <b>\"%%h\" $x\\" "sync""#), "{}", files[0].text);
    }
}
