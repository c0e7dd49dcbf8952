//! A launch agent of macOS (launchd.plist(5)). Its beginning, when the user logs in, is what spreads the machines out.

use super::{File, MARK, Plan, xml};

/// The agent.
pub(super) fn agent(plan: &Plan) -> File {
    let words = std::iter::once(plan.program.as_str()).chain(plan.arguments());
    let words: String = words.map(|word| format!("    <string>{}</string>\n", xml(word))).collect();
    let home = plan.home.as_ref().map(|home| {
        format!("  <key>EnvironmentVariables</key>\n  <dict><key>KIT_HOME</key><string>{}</string></dict>\n", xml(home))
    });
    let text = format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<!-- {mark} -->
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>Label</key><string>org.outage-kit.sync</string>
  <key>ProgramArguments</key>
  <array>
{words}  </array>
{home}  <key>StartInterval</key><integer>{seconds}</integer>
  <key>RunAtLoad</key><true/>
  <key>ProcessType</key><string>Background</string>
  <key>Umask</key><integer>63</integer>
</dict>
</plist>
"#,
        mark = xml_comment(MARK),
        home = home.unwrap_or_default(),
        seconds = plan.every.minutes() * 60,
    );
    File { name: "org.outage-kit.sync.plist", text }
}

/// A comment of XML has no two hyphens in a row: they stand apart.
pub(super) fn xml_comment(text: &str) -> String {
    text.replace("--", "- -")
}
