//! Forms: fields that know their range and their mistake, and buttons.

use crate::refusal::Refusal;
use mercer_kernel::web::Language;

/// One possibility of a choice.
#[derive(Debug, Clone)]
pub(in crate::console) struct Choice {
    /// What is sent.
    pub(in crate::console) value: String,
    /// What it says.
    pub(in crate::console) label: String,
    /// A remark below; empty for none.
    pub(in crate::console) note: String,
}

impl Choice {
    /// A possibility without remark.
    pub(in crate::console) fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self { value: value.into(), label: label.into(), note: String::new() }
    }
}

/// How a field is filled in.
#[derive(Debug, Clone)]
pub(in crate::console) enum Kind {
    /// One line; the type of the input.
    Line(&'static str),
    /// A whole number in a range.
    Number {
        /// Smallest.
        min: i64,
        /// Largest.
        max: i64,
        /// Distance.
        step: i64,
    },
    /// Several lines.
    Area,
    /// One of a list.
    Select(Vec<Choice>),
    /// One of a long list below headings; those before the first heading come first.
    Groups(Vec<Choice>, Vec<(String, Vec<Choice>)>),
    /// One of a few, all visible.
    Radio(Vec<Choice>),
    /// Yes or no; sent as `yes` when ticked.
    Check,
    /// A file of one of these types.
    File(&'static str),
}

/// One field.
#[derive(Debug, Clone)]
pub(in crate::console) struct Field {
    /// Its name, also its id.
    pub(in crate::console) name: String,
    /// What it asks for.
    pub(in crate::console) label: String,
    /// What is allowed; empty for nothing to say.
    pub(in crate::console) hint: String,
    /// What is wrong; empty for nothing.
    pub(in crate::console) error: String,
    /// What is in it.
    pub(in crate::console) value: String,
    /// Whether it must be filled in.
    pub(in crate::console) required: bool,
    /// How it is filled in.
    pub(in crate::console) kind: Kind,
}

impl Field {
    /// One line of text.
    pub(in crate::console) fn line(
        name: impl Into<String>,
        label: impl Into<String>,
        value: impl Into<String>,
    ) -> Self {
        Self {
            name: name.into(),
            label: label.into(),
            hint: String::new(),
            error: String::new(),
            value: value.into(),
            required: false,
            kind: Kind::Line("text"),
        }
    }

    /// A line of another type, for example `date` or `search`.
    pub(in crate::console) fn typed(mut self, input_type: &'static str) -> Self {
        self.kind = Kind::Line(input_type);
        self
    }

    /// A whole number.
    pub(in crate::console) fn number(mut self, min: i64, max: i64, step: i64) -> Self {
        self.kind = Kind::Number { min, max, step };
        self
    }

    /// Several lines.
    pub(in crate::console) fn area(mut self) -> Self {
        self.kind = Kind::Area;
        self
    }

    /// One of a list.
    pub(in crate::console) fn select(mut self, choices: Vec<Choice>) -> Self {
        self.kind = Kind::Select(choices);
        self
    }

    /// One of a long list below headings.
    pub(in crate::console) fn groups(mut self, first: Vec<Choice>, groups: Vec<(String, Vec<Choice>)>) -> Self {
        self.kind = Kind::Groups(first, groups);
        self
    }

    /// One of a few, all visible.
    pub(in crate::console) fn radio(mut self, choices: Vec<Choice>) -> Self {
        self.kind = Kind::Radio(choices);
        self
    }

    /// Yes or no; ticked when the value is `yes`.
    pub(in crate::console) fn check(mut self) -> Self {
        self.kind = Kind::Check;
        self
    }

    /// A file of one of these types, for example `.csv`.
    pub(in crate::console) fn file(mut self, types: &'static str) -> Self {
        self.kind = Kind::File(types);
        self
    }

    /// Says what is allowed.
    pub(in crate::console) fn hint(mut self, text: impl Into<String>) -> Self {
        self.hint = text.into();
        self
    }

    /// Whether it is several controls under one name.
    pub(in crate::console) fn is_group(&self) -> bool {
        matches!(self.kind, Kind::Radio(_))
    }

    /// Whether the label stands behind the control.
    pub(in crate::console) fn is_check(&self) -> bool {
        matches!(self.kind, Kind::Check)
    }

    /// Must be filled in.
    pub(in crate::console) fn required(mut self) -> Self {
        self.required = true;
        self
    }
}

/// A button of a form.
#[derive(Debug, Clone)]
pub(in crate::console) struct Button {
    /// What it says.
    pub(in crate::console) label: String,
    /// `primary`, `danger`, `quiet` or empty.
    pub(in crate::console) style: &'static str,
    /// Sends the form there instead, as a POST; empty for where the form goes.
    pub(in crate::console) posts_to: String,
    /// What the script asks first; empty for nothing.
    pub(in crate::console) confirm: String,
}

/// A form.
#[derive(Debug, Clone)]
pub(in crate::console) struct Form {
    /// Heading; empty for none.
    pub(in crate::console) title: String,
    /// A sentence below it; empty for none.
    pub(in crate::console) lead: String,
    /// `get` or `post`.
    pub(in crate::console) method: &'static str,
    /// Where it goes.
    pub(in crate::console) action: String,
    /// What is sent along.
    pub(in crate::console) hidden: Vec<(String, String)>,
    /// The fields.
    pub(in crate::console) fields: Vec<Field>,
    /// Fields that few people need: what they are for, the fields, whether they are unfolded.
    pub(in crate::console) folds: Vec<(String, Vec<Field>, bool)>,
    /// A mistake that belongs to no field; empty for none.
    pub(in crate::console) error: String,
    /// What it costs, above the buttons: amount and remark.
    pub(in crate::console) price: Option<(String, String)>,
    /// The buttons.
    pub(in crate::console) buttons: Vec<Button>,
    /// The way out without sending it: path and label.
    pub(in crate::console) link: Option<(String, String)>,
}

impl Form {
    /// A form that changes something.
    pub(in crate::console) fn post(action: impl Into<String>) -> Self {
        Self {
            title: String::new(),
            lead: String::new(),
            method: "post",
            action: action.into(),
            hidden: Vec::new(),
            fields: Vec::new(),
            folds: Vec::new(),
            error: String::new(),
            price: None,
            buttons: Vec::new(),
            link: None,
        }
    }

    /// A form that only asks.
    pub(in crate::console) fn get(action: impl Into<String>) -> Self {
        Self { method: "get", ..Self::post(action) }
    }

    /// Gives it a heading.
    pub(in crate::console) fn titled(mut self, title: impl Into<String>, lead: impl Into<String>) -> Self {
        self.title = title.into();
        self.lead = lead.into();
        self
    }

    /// Sends something along.
    pub(in crate::console) fn carrying(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.hidden.push((name.into(), value.into()));
        self
    }

    /// Adds a field.
    pub(in crate::console) fn field(mut self, field: Field) -> Self {
        self.fields.push(field);
        self
    }

    /// Adds fields that few people need; unfolded when `open`.
    pub(in crate::console) fn fold(mut self, summary: impl Into<String>, fields: Vec<Field>, open: bool) -> Self {
        self.folds.push((summary.into(), fields, open));
        self
    }

    /// Adds the button that sends it.
    pub(in crate::console) fn submit(self, label: impl Into<String>, style: &'static str) -> Self {
        self.button(Button { label: label.into(), style, posts_to: String::new(), confirm: String::new() })
    }

    /// Adds a button.
    pub(in crate::console) fn button(mut self, button: Button) -> Self {
        self.buttons.push(button);
        self
    }

    /// Adds the way out without sending it.
    pub(in crate::console) fn or_back(mut self, href: impl Into<String>, label: impl Into<String>) -> Self {
        self.link = Some((href.into(), label.into()));
        self
    }

    /// Shows what it costs.
    pub(in crate::console) fn costing(mut self, amount: impl Into<String>, remark: impl Into<String>) -> Self {
        self.price = Some((amount.into(), remark.into()));
        self
    }

    /// Whether a file is sent with it.
    pub(in crate::console) fn has_file(&self) -> bool {
        self.fields.iter().any(|field| matches!(field.kind, Kind::File(_)))
    }

    /// Shows a refusal at the field it is about, or above the buttons when it is about none of them.
    pub(in crate::console) fn refused(mut self, refusal: Option<&Refusal>, language: Language) -> Self {
        let Some(refusal) = refusal else { return self };
        let text = language.pick(&refusal.en, &refusal.zh).to_owned();
        let is_meant = |field: &Field| !refusal.field.is_empty() && field.name == refusal.field;
        if let Some(field) = self.fields.iter_mut().find(|field| is_meant(field)) {
            field.error = text;
            return self;
        }
        for (_, fields, open) in &mut self.folds {
            if let Some(field) = fields.iter_mut().find(|field| is_meant(field)) {
                field.error = text;
                *open = true;
                return self;
            }
        }
        self.error = text;
        self
    }
}
