//! One file of a team directory as a document that keeps what it is not asked to change.

use toml_edit::{ArrayOfTables, DocumentMut, Item, TableLike, Value};

use super::EditError;

#[derive(Debug, Clone)]
pub(super) struct File {
    pub(super) before: Option<String>,
    /// `None` when the file goes.
    pub(super) document: Option<DocumentMut>,
    pub(super) bom: bool,
    pub(super) crlf: bool,
    pub(super) touched: bool,
}

impl File {
    pub(super) fn parse(name: &str, text: String) -> Result<Self, EditError> {
        let bom = text.starts_with('\u{feff}');
        let plain = text.trim_start_matches('\u{feff}');
        let crlf = plain.contains("\r\n") && plain.matches('\n').count() == plain.matches("\r\n").count();
        let plain = plain.replace("\r\n", "\n");
        let syntax = |error: toml_edit::TomlError| EditError::Syntax { file: name.to_owned(), why: error.message().to_owned() };
        let document = plain.parse::<DocumentMut>().map_err(syntax)?;
        Ok(Self { before: Some(text), document: Some(document), bom, crlf, touched: false })
    }

    pub(super) fn text(&self) -> Option<String> {
        if !self.touched {
            return self.before.clone();
        }
        let text = self.document.as_ref()?.to_string();
        let text = if self.crlf { text.replace('\n', "\r\n") } else { text };
        Some(if self.bom { format!("\u{feff}{text}") } else { text })
    }

    pub(super) fn tables(&self, list: &str) -> Option<&ArrayOfTables> {
        self.document.as_ref()?.get(list)?.as_array_of_tables()
    }

    /// The ids of a list, whether it is written as tables or inline.
    pub(super) fn ids(&self, list: &str) -> Vec<(usize, String)> {
        let id = |(at, table): (usize, &dyn TableLike)| Some((at, table.get("id")?.as_str()?.to_owned()));
        match self.document.as_ref().and_then(|document| document.get(list)) {
            Some(Item::ArrayOfTables(tables)) => tables.iter().map(|t| t as &dyn TableLike).enumerate().filter_map(id).collect(),
            Some(Item::Value(Value::Array(array))) => {
                let inline = array.iter().filter_map(|value| value.as_inline_table().map(|t| t as &dyn TableLike));
                inline.enumerate().filter_map(id).collect()
            }
            _ => Vec::new(),
        }
    }
}
