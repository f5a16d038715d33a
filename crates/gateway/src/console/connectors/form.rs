//! The form of a connector: texts in, settings out, and back.

use mercer_kernel::web::Language;

use super::super::fields::Fields;
use super::super::words::Choice;
use super::texts::Texts;
use crate::connector::{ChangeCheck, Connector, ConnectorSettings, NewConnector};
use crate::error::FieldFault;

/// The kinds, in the order of the choice.
pub(super) const KINDS: [&str; 4] = ["webhook", "pool", "command", "manual"];
/// Time-out of a local program unless another is typed.
const COMMAND_TIMEOUT_MS: u64 = 30_000;
/// Warn below this many accounts unless another number is typed.
const LOW_MARK: u64 = 5;

/// What the form shows.
#[derive(Debug, Clone, Default)]
pub(super) struct Form {
    pub(super) kind: String,
    pub(super) name: String,
    pub(super) products: String,
    pub(super) url: String,
    pub(super) timeout_ms: String,
    pub(super) change_check: String,
    pub(super) low_mark: String,
    pub(super) program: String,
    pub(super) arguments: String,
}

impl Form {
    /// An empty form of a kind.
    pub(super) fn empty(kind: &str) -> Self {
        let (low_mark, timeout_ms) = match kind {
            "pool" => (LOW_MARK.to_string(), String::new()),
            "command" => (String::new(), COMMAND_TIMEOUT_MS.to_string()),
            _ => (String::new(), String::new()),
        };
        Self { kind: kind.to_owned(), low_mark, timeout_ms, ..Self::default() }
    }

    /// What was typed.
    pub(super) fn typed(sent: &Fields, kind: &str) -> Self {
        let text = |name: &str| sent.exact(name).to_owned();
        Self {
            kind: kind.to_owned(),
            name: text("name"),
            products: text("products"),
            url: text("url"),
            timeout_ms: text("timeoutMs"),
            change_check: text("changeCheck"),
            low_mark: text("lowMark"),
            program: text("program"),
            arguments: text("arguments"),
        }
    }

    /// A stored connector.
    pub(super) fn of(connector: &Connector) -> Self {
        let common = Self {
            kind: connector.settings.kind().to_owned(),
            name: connector.name.clone(),
            products: connector.products.join("\n"),
            ..Self::default()
        };
        match &connector.settings {
            ConnectorSettings::Webhook { url, timeout_ms, change_check } => Self {
                url: url.clone(),
                timeout_ms: timeout_ms.map_or_else(String::new, |value| value.to_string()),
                change_check: check_name(*change_check).to_owned(),
                ..common
            },
            ConnectorSettings::Pool { low_mark } => Self { low_mark: low_mark.to_string(), ..common },
            ConnectorSettings::Command { program, arguments, timeout_ms } => Self {
                program: program.clone(),
                arguments: arguments.join("\n"),
                timeout_ms: timeout_ms.to_string(),
                ..common
            },
            ConnectorSettings::Manual {} => common,
        }
    }

    /// The answers to `changeInstanceCheck`.
    pub(super) fn change_checks(&self, language: Language) -> Vec<Choice> {
        let texts = Texts(language);
        let chosen = if self.change_check.is_empty() { "ask" } else { &self.change_check };
        [("ask", texts.ask()), ("allow", texts.allow()), ("refuse", texts.refuse())]
            .into_iter()
            .map(|(value, text)| Choice::new(value, text, chosen))
            .collect()
    }

    /// The name of its kind.
    pub(super) fn kind_name(&self, language: Language) -> &'static str {
        kind_name(&self.kind, language)
    }
}

/// The name of a kind.
pub(super) fn kind_name(kind: &str, language: Language) -> &'static str {
    let texts = Texts(language);
    match kind {
        "webhook" => texts.webhook(),
        "pool" => texts.pool(),
        "command" => texts.command(),
        _ => texts.manual(),
    }
}

/// Reads the form of a kind. What the values may be is decided where the connector is written.
pub(super) fn read(sent: &Fields, kind: &str) -> Result<NewConnector, FieldFault> {
    let settings = match kind {
        "webhook" => ConnectorSettings::Webhook {
            url: sent.text("url").to_owned(),
            timeout_ms: Some(sent.number("timeoutMs", 0).map_err(named("settings.timeoutMs"))?)
                .filter(|value| *value > 0),
            change_check: match sent.text("changeCheck") {
                "allow" => ChangeCheck::Allow,
                "refuse" => ChangeCheck::Refuse,
                "" | "ask" => ChangeCheck::Ask,
                _ => {
                    return Err(FieldFault::new(
                        "settings.changeCheck",
                        "ask, allow or refuse",
                        "ask、allow 或 refuse",
                    ));
                }
            },
        },
        "pool" => {
            let low_mark = sent.number("lowMark", LOW_MARK).map_err(named("settings.lowMark"))?;
            ConnectorSettings::Pool { low_mark: u32::try_from(low_mark).unwrap_or(u32::MAX) }
        }
        "command" => ConnectorSettings::Command {
            program: sent.text("program").to_owned(),
            arguments: lines(sent.exact("arguments")),
            timeout_ms: sent.number("timeoutMs", COMMAND_TIMEOUT_MS).map_err(named("settings.timeoutMs"))?,
        },
        "manual" => ConnectorSettings::Manual {},
        _ => return Err(FieldFault::new("kind", KINDS.join(", "), KINDS.join("、"))),
    };
    Ok(NewConnector {
        name: sent.text("name").to_owned(),
        settings,
        products: lines(sent.exact("products")),
        secret: sent.optional("secret").map(|text| text.trim().to_owned()),
    })
}

/// Gives a fault the name that the management API uses.
fn named(field: &'static str) -> impl Fn(FieldFault) -> FieldFault {
    move |fault| FieldFault { field: field.to_owned(), ..fault }
}

fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

const fn check_name(check: ChangeCheck) -> &'static str {
    match check {
        ChangeCheck::Ask => "ask",
        ChangeCheck::Allow => "allow",
        ChangeCheck::Refuse => "refuse",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_come_one_a_line_and_an_empty_time_out_is_none() {
        let sent = Fields::read(b"name=app&url=https%3A%2F%2Fa.example.com&products=p1%0D%0A%0D%0A+p2+&timeoutMs=");
        let new = read(&sent, "webhook").unwrap();
        assert_eq!(new.products, ["p1", "p2"]);
        assert!(matches!(
            new.settings,
            ConnectorSettings::Webhook { timeout_ms: None, change_check: ChangeCheck::Ask, .. }
        ));
    }

    #[test]
    fn a_wrong_number_is_named_as_the_api_names_it() {
        let sent = Fields::read(b"name=p&lowMark=many");
        assert_eq!(read(&sent, "pool").unwrap_err().field, "settings.lowMark");
    }
}
