//! Values taken out of a list, so that all comments but those behind them stay where they are.

use toml_edit::{Array, RawString, Value};

/// Takes out every text that `is_gone`; whether there was one.
pub(super) fn take_out(list: &mut Array, is_gone: impl Fn(&str) -> bool) -> bool {
    let mut any = false;
    loop {
        let at = list.iter().position(|value| value.as_str().is_some_and(&is_gone));
        let Some(at) = at else { return any };
        take(list, at);
        any = true;
    }
}

fn take(list: &mut Array, at: usize) {
    let (prefix, suffix) = list.get(at).map(decor).unwrap_or_default();
    let is_last = at + 1 == list.len();
    let trailing = list.trailing().as_str().unwrap_or_default().to_owned();
    let has_comma = list.trailing_comma();
    list.remove(at);
    if let Some(next) = list.get_mut(at) {
        let (behind, rest) = decor(next);
        next.decor_mut().set_prefix(joined(&prefix, &behind));
        next.decor_mut().set_suffix(rest);
        return;
    }
    debug_assert!(is_last, "nothing follows the last one");
    let end = if has_comma { trailing } else { format!("{suffix}{trailing}") };
    let is_in_one_line = !end.contains('\n') && !prefix.contains('#');
    let end = if is_in_one_line { end } else { joined(&prefix, &end) };
    // A comment reaches to the end of its line, so the bracket stands on the next one.
    let end = if open_comment(&end) { format!("{end}\n") } else { end };
    match list.iter_mut().last() {
        Some(last) if !has_comma => {
            let own = decor(last).1;
            last.decor_mut().set_suffix(own);
            list.set_trailing(end);
            list.set_trailing_comma(false);
        }
        Some(_) => {
            list.set_trailing(end);
            list.set_trailing_comma(true);
        }
        None => {
            list.set_trailing(if end.contains('#') { end } else { String::new() });
            list.set_trailing_comma(false);
        }
    }
}

/// What stands between the value before and what follows, where `before` stood before the one that goes and `behind` after it.
/// What is behind it on its own line spoke of it.
fn joined(before: &str, behind: &str) -> String {
    let Some((_, lines)) = behind.split_once('\n') else {
        return before.to_owned();
    };
    let kept = before.rsplit_once('\n').map_or_else(|| before.trim_end(), |(kept, _)| kept);
    format!("{kept}\n{lines}")
}

fn open_comment(text: &str) -> bool {
    text.rsplit('\n').next().is_some_and(|line| line.contains('#'))
}

fn decor(value: &Value) -> (String, String) {
    let text = |raw: Option<&RawString>| raw.and_then(RawString::as_str).unwrap_or_default().to_owned();
    (text(value.decor().prefix()), text(value.decor().suffix()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use toml_edit::{DocumentMut, Item};

    use super::*;

    fn without(text: &str, gone: &str) -> String {
        let mut document = text.parse::<DocumentMut>().expect("TOML");
        let list = document.get_mut("l").and_then(Item::as_array_mut).expect("a list");
        take_out(list, |value| value == gone);
        document.to_string()
    }

    #[test]
    fn a_list_shrinks_as_a_human_would_do_it() {
        for (text, gone, expected) in [
            ("l = [\"a\", \"b\", \"c\"] # x\n", "a", "l = [\"b\", \"c\"] # x\n"),
            ("l = [\"a\", \"b\", \"c\"]\n", "b", "l = [\"a\", \"c\"]\n"),
            ("l = [\"a\", \"b\", \"c\"]\n", "c", "l = [\"a\", \"b\"]\n"),
            ("l = [ \"a\", \"b\" ]\n", "b", "l = [ \"a\" ]\n"),
            ("l = [\"a\"]\n", "a", "l = []\n"),
            (
                "l = [\n  \"a\", # A\n  # of b\n  \"b\", # B\n  \"c\", # C\n]\n",
                "b",
                "l = [\n  \"a\", # A\n  # of b\n  \"c\", # C\n]\n",
            ),
            ("l = [\n  \"a\", # A\n  \"b\", # B\n]\n", "b", "l = [\n  \"a\", # A\n]\n"),
            ("l = [\n  \"a\", # A\n  \"b\"  # B\n]\n", "b", "l = [\n  \"a\" # A\n]\n"),
            ("l = [\n  \"a\", # A\n  \"b\"\n]\n", "a", "l = [\n  \"b\"\n]\n"),
        ] {
            assert_eq!(without(text, gone), expected, "{text}");
        }
    }

    fn gap() -> impl Strategy<Value = &'static str> {
        prop::sample::select(vec!["", " ", "\n", "\n    ", " # about the one before\n", "\n  # about the next\n  ", "\n\n\t"])
    }

    proptest! {
        #[test]
        fn what_is_left_is_what_was_there(gaps in prop::collection::vec((gap(), gap()), 1..5), end in gap(), comma: bool, at in 0_usize..5) {
            let at = at % gaps.len();
            let values: Vec<_> = gaps.iter().enumerate().map(|(n, (before, behind))| format!("{before}\"v{n}\"{behind}")).collect();
            let text = format!("l = [{}{}{end}] # behind\n", values.join(","), if comma { "," } else { "" });
            let after = without(&text, &format!("v{at}"));
            let read: DocumentMut = after.parse().unwrap_or_else(|e| panic!("{e}\n{text}{after}"));
            let found: Vec<_> = read.get("l").and_then(Item::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
            let all: Vec<String> = (0..gaps.len()).filter(|n| *n != at).map(|n| format!("v{n}")).collect();
            prop_assert_eq!(found, all, "{}", after);
            prop_assert!(after.ends_with("] # behind\n"), "{}", after);
        }
    }
}
