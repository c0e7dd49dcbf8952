//! The screen of `kit brief`: everything for one system or window, in at most a screenful.
//!
//! What has no room is left out by whole rows from the end, and the last line says how to see it.

use super::{
    Layout, Screen, Standing, Table,
    bridge::way_in,
    call::{act, called, dial, nobody, said, short},
    keep,
    tool::get_in,
};
use crate::{
    answer::{Brief, Card, Falls, Stage, SystemCard, ToolCard},
    team::Thing,
};

/// Lines of a screen (U03).
const LINES_MAX: usize = 24;
/// Most people in the table of calls while not all is asked for.
const CALLS_MAX: usize = 5;

/// A screen in rows that are shown or left out whole.
struct Rows {
    layout: Layout,
    rows: Vec<Vec<String>>,
    left_out: Vec<String>,
}

/// The screen of `kit brief`; with `all`, as long as it is. Where it is read aloud nothing is left out either.
pub(crate) fn brief(screen: &mut Screen, brief: &Brief, all: bool, standing: &Standing) {
    let layout = screen.layout();
    let all = all || layout.accessible;
    let mut rows = Rows { layout, rows: Vec::new(), left_out: Vec::new() };
    rows.add(|screen| {
        first_line(screen, brief, standing.old());
        way_in(screen, &brief.bridges, String::new());
        screen.blank();
        calls(screen, brief, all);
    });
    for skipped in &brief.call.skipped {
        rows.row("Skipped", format!("{}, {}", keep(&skipped.name), skipped.why.text()));
    }
    for unknown in &brief.call.unknown {
        rows.row("Unknown", unknown);
    }
    rows.row("What if", &brief.assumed);
    decisions(&mut rows, brief);
    window(&mut rows, brief);
    for card in &brief.needs {
        rows.row("If down", if_down(card));
    }
    for label in &brief.credentials {
        rows.row("Get in", get_in(label));
    }
    runbook(&mut rows, brief);
    rows.row("Also needs", brief.common_needs.join(", "));
    rows.row("Playbook", brief.playbook.as_deref().unwrap_or_default());
    rows.onto(screen, if all { usize::MAX } else { LINES_MAX }, &brief.about.id, standing);
}

impl Rows {
    /// A row of as many lines as it takes; nothing when there is nothing in it.
    fn add(&mut self, draw: impl FnOnce(&mut Screen)) {
        let mut screen = Screen::new(self.layout);
        draw(&mut screen);
        self.left_out.append(&mut screen.left_out);
        if !screen.lines.is_empty() {
            self.rows.push(screen.into_lines());
        }
    }

    fn row(&mut self, label: &str, text: impl AsRef<str>) {
        self.add(|screen| screen.row(label, text));
    }

    /// As many rows as fit beside the last lines of the screen; after the first that does not, none.
    fn onto(self, screen: &mut Screen, most: usize, id: &str, standing: &Standing) {
        self.left_out.iter().for_each(|head| screen.leave_out(head));
        let mut end = Screen::new(self.layout);
        end.lines.push("above".to_owned());
        end.left_out.clone_from(&screen.left_out);
        standing.close(&mut end);
        let end = end.lines.len() - 1;
        let whole: usize = self.rows.iter().map(Vec::len).sum();
        let mut cut = 0;
        for row in self.rows {
            // The last line, of what is left out, takes one more; the first row is the act and always there.
            let room = if whole + end <= most { most } else { most.saturating_sub(1) };
            if cut == 0 && (screen.lines.is_empty() || screen.lines.len() + row.len() + end <= room) {
                screen.lines.extend(row);
            } else {
                cut += row.len();
            }
        }
        standing.close(screen);
        if cut > 0 {
            screen.plain(&format!("{cut} more lines: {}", keep(&format!("kit brief {id} --all"))));
        }
    }
}

fn first_line(screen: &mut Screen, brief: &Brief, old: String) {
    match (brief.call.first(), &brief.fallback) {
        (Some(step), _) => {
            let does = brief.does.get(&step.call.id).cloned();
            let why = does.unwrap_or_else(|| format!("first for {}", brief.about.id));
            act(screen, &step.call, vec![old, why]);
        }
        (None, Some(call)) => act(screen, call, vec![old, format!("in charge; nobody of {} can be called", brief.about.id)]),
        (None, None) => nobody(screen, &format!("can be called for {}", brief.about.name), vec![old]),
    }
}

/// Everybody who can be called, in order: with their part in a window, else with the time to call them.
fn calls(screen: &mut Screen, brief: &Brief, all: bool) {
    let is_window = !brief.does.is_empty();
    let heads = if is_window { ["There now", "Does"] } else { ["From", "There now"] };
    let mut table = Table::new([keep("   Call").as_str(), "Number", heads[0], heads[1]], 2)
        .spilling([if is_window { "" } else { "from" }, ""]);
    let most = if all { usize::MAX } else { CALLS_MAX };
    for (index, step) in brief.call.steps.iter().take(most).enumerate() {
        let there = &step.call.there;
        let last = match brief.does.get(&step.call.id) {
            Some(does) => {
                [format!("{}  {}", keep(&format!("{} {}", there.time, there.weekday)), there.part.word()), does.clone()]
            }
            None if is_window => [short(there), String::new()],
            None => [if index == 0 { "now".to_owned() } else { keep(&step.from_clock) }, short(there)],
        };
        let [third, fourth] = last;
        table.row([keep(&format!("{}  {}", index + 1, said(&step.call))), dial(&step.call), third, fourth]);
    }
    if !table.is_empty() {
        screen.table(&table);
    }
    let others: Vec<String> = brief.call.steps.iter().skip(most).map(|step| called(&step.call)).collect();
    screen.row("Then", others.join(", "));
    screen.blank();
}

fn decisions(rows: &mut Rows, brief: &Brief) {
    for it in &brief.decides {
        let is_above = |id: &str| brief.call.steps.iter().take(CALLS_MAX).any(|step| step.call.id == id);
        let names: Vec<String> = it.line.steps.iter().map(|step| keep(&step.call.name)).collect();
        let who = match (it.line.first(), names.as_slice()) {
            (Some(step), [_, rest @ ..]) => {
                let first = if is_above(&step.call.id) { keep(&step.call.name) } else { called(&step.call) };
                std::iter::once(first).chain(rest.iter().cloned()).collect::<Vec<_>>().join(", then ")
            }
            _ => "nobody who can be called".to_owned(),
        };
        let limits = it.limits.as_ref().map(|limits| format!("; {limits}")).unwrap_or_default();
        rows.row("Decides", format!("{}: {who}{limits}", it.id));
    }
    let others: Vec<&str> = brief.else_decided.iter().map(|it| it.id.as_str()).collect();
    if !others.is_empty() {
        rows.row("Else decided", format!("{}   {}", others.join(", "), keep("kit authority")));
    }
}

fn window(rows: &mut Rows, brief: &Brief) {
    let Some(window) = &brief.window else { return };
    let line = &window.line;
    if brief.about.kind == Thing::System {
        let more = keep(&format!("kit brief {}", line.id));
        return rows.row("Window", format!("{} until {}   {more}", line.stage.word(), keep(&line.end_clock)));
    }
    let state = if line.stage == Stage::Ahead { "not begun" } else { line.stage.word() };
    rows.row("Window", format!("{}, {state}: {} to {}", line.name, keep(&line.start_clock), keep(&line.end_clock)));
    rows.row("Roll back if", window.rollback.join("; or "));
    rows.row("Go or no-go", window.go_no_go.as_deref().unwrap_or_default());
    rows.row("Announced", window.announce.as_deref().unwrap_or_default());
}

/// The first line of the runbook comes with its head; each other one is a row of its own.
fn runbook(rows: &mut Rows, brief: &Brief) {
    let mut lines = brief.runbook.as_deref().unwrap_or_default().lines();
    if let Some(first) = lines.next() {
        rows.add(|screen| {
            screen.row("Runbook", "works offline:");
            screen.quote(first);
        });
    }
    for line in lines {
        rows.add(|screen| screen.quote(line));
    }
}

/// What to do when something needed is down, in one row.
fn if_down(card: &Card) -> String {
    let falls = |falls: Option<&Falls>| falls.map(|falls| format!(" ({})", falls.text)).unwrap_or_default();
    match card {
        Card::Tool(card) => format!("{}{}: {}", card.name, falls(card.falls.as_ref()), instead(card)),
        Card::Vendor(card) => {
            let number = card.numbers.first().map_or("no number".to_owned(), |number| format!("call {}", keep(&number.shown)));
            let asked = [("account", &card.account), ("contract", &card.contract)];
            let asked = asked.iter().find_map(|(what, text)| Some(format!("   {what} {}", keep(text.as_deref()?))));
            format!("{}{}: {number}{}", card.name, falls(card.falls.as_ref()), asked.unwrap_or_default())
        }
        Card::System(card) => format!("{}: {}", card.name, owner(card)),
        _ => String::new(),
    }
}

fn instead(card: &ToolCard) -> String {
    match (card.instead.first(), &card.ask) {
        (Some(way), _) => {
            let reach = way.number.as_ref().map(|number| keep(number)).or_else(|| way.reach.clone()).unwrap_or_default();
            format!("use {}   {reach}", keep(&way.name))
        }
        (None, Some(ask)) => format!("no backup, ask {}", called(&ask.call)),
        (None, None) => "no backup".to_owned(),
    }
}

fn owner(card: &SystemCard) -> String {
    let first = card.line.first().map(|step| &step.call).or(card.fallback.as_ref());
    first.map_or_else(|| "nobody can be called".to_owned(), |call| format!("call {}", called(call)))
}
