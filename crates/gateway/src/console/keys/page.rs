//! The page of keys and addresses.

use std::time::Duration;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use mercer_kernel::web::{Language, Moment, Mood, Notice, Shell};

use super::super::fields::{Asked, Faults, Fields};
use super::super::refusal::{Outcome, ToldIn as _};
use super::super::texts::CommonTexts;
use super::super::visitor::{Frame, Visitor};
use super::super::words::{self, Choice, Label};
use super::texts::Texts;
use crate::audit::Action;
use crate::error::GatewayError;
use crate::gateway::Gateway;
use crate::merchant::{Encryption, InterfaceType, KeyRow, PasteValues, Site, StoreLink, paste_values};

/// How long a new key is shown unasked to whoever may change things.
const FRESH: Duration = Duration::from_secs(300);

#[derive(Template)]
#[template(path = "console/keys.html")]
struct KeysPage {
    shell: Shell,
    frame: Frame,
    common: CommonTexts,
    texts: Texts,
    certified: String,
    production: String,
    warning: &'static str,
    pastes: Vec<Paste>,
    has_base_key: bool,
    keys: Vec<Row>,
    kinds: Vec<Choice>,
    key_text: String,
    encryption: EncryptionForm,
    bits: Vec<Choice>,
    sites: Vec<Choice>,
    link: LinkForm,
    link_updated: Option<Moment>,
    faults: Faults,
}

/// A key among the values to paste.
struct Paste {
    label: String,
    key_id: String,
    masked: String,
    clear: String,
    /// Of an RSA key, which is pasted instead of the key itself; empty otherwise.
    public_key: String,
}

struct Row {
    key_id: String,
    kind: &'static str,
    masked: String,
    clear: String,
    public_key: String,
    added: Moment,
    last_used: Option<Moment>,
    status: Label,
    is_valid: bool,
}

/// The store link as texts.
#[derive(Debug, Clone, Default)]
pub(super) struct LinkForm {
    pub(super) site: String,
    pub(super) base_url: String,
    pub(super) access_key_id: String,
}

impl LinkForm {
    /// What was typed.
    pub(super) fn typed(sent: &Fields) -> Self {
        Self {
            site: sent.text("site").to_owned(),
            base_url: sent.text("baseUrl").to_owned(),
            access_key_id: sent.text("accessKeyId").to_owned(),
        }
    }

    fn of(link: Option<&StoreLink>) -> Self {
        link.map_or_else(
            || Self { site: Site::Cn.as_str().to_owned(), ..Self::default() },
            |link| Self {
                site: link.site.as_str().to_owned(),
                base_url: link.base_url.clone(),
                access_key_id: link.access_key_id.clone(),
            },
        )
    }
}

/// Bit lengths of SaaS V1.0 as texts.
#[derive(Debug, Clone, Default)]
pub(super) struct EncryptionForm {
    pub(super) bits: String,
    /// Products with the other length, one a line.
    pub(super) others: String,
}

impl EncryptionForm {
    fn of(encryption: &Encryption) -> Self {
        let others = encryption.products.iter().filter(|(_, bits)| **bits != encryption.bits);
        Self {
            bits: encryption.bits.to_string(),
            others: others.map(|(product, _)| product.as_str()).collect::<Vec<_>>().join("\n"),
        }
    }
}

/// How the page is shown: plainly, or again after a form.
#[derive(Debug, Default)]
pub(super) struct Showing {
    /// A key in the clear: its id and text; already recorded.
    pub(super) clear: Option<(String, String)>,
    pub(super) notice: Option<Notice>,
    pub(super) faults: Faults,
    pub(super) link: Option<LinkForm>,
    pub(super) encryption: Option<EncryptionForm>,
    /// The chosen kind and text of the key form.
    pub(super) key: Option<(String, String)>,
}

/// GET /keys, and GET /keys?added= right after a key was added.
pub(in crate::console) async fn show(State(gateway): State<Gateway>, visitor: Visitor, Asked(asked): Asked) -> Outcome {
    let texts = Texts(visitor.language);
    let added = fresh(&gateway, &visitor, asked.text("added")).await.told_in(visitor.language)?;
    let notice = match &added {
        Some(_) => Some(Notice::new(Mood::Good, texts.added_notice())),
        None if !asked.text("made").is_empty() => Some(Notice::new(Mood::Good, texts.added_rsa_notice())),
        None => None,
    };
    render(&gateway, visitor, Showing { clear: added, notice, ..Showing::default() }).await
}

/// A key that was added a moment ago, in the clear. Who sees it is recorded.
async fn fresh(gateway: &Gateway, visitor: &Visitor, key_id: &str) -> Result<Option<(String, String)>, GatewayError> {
    if key_id.is_empty() || !visitor.frame.may_change {
        return Ok(None);
    }
    let keys = gateway.keys(visitor.merchant_id()).await?;
    let now = gateway.now();
    let is_fresh = |key: &&KeyRow| {
        key.key_id == key_id
            && key.revoked_at.is_none()
            && key.interface_type != InterfaceType::Rsa
            && now.since(key.created_at) < FRESH
    };
    match keys.iter().find(is_fresh) {
        Some(key) => clear(gateway, visitor, &key.key_id).await.map(Some),
        None => Ok(None),
    }
}

/// A key in the clear: first the record, then the secret.
pub(super) async fn clear(
    gateway: &Gateway,
    visitor: &Visitor,
    key_id: &str,
) -> Result<(String, String), GatewayError> {
    visitor.record(gateway, Action::Reveal, (key_id, "access key")).await?;
    Ok((key_id.to_owned(), gateway.reveal_key(visitor.merchant_id(), key_id).await?))
}

/// The page; with 422 when a form has faults.
pub(super) async fn render(gateway: &Gateway, visitor: Visitor, showing: Showing) -> Outcome {
    let language = visitor.language;
    let keys = gateway.keys(visitor.merchant_id()).await.told_in(language)?;
    let link = gateway.store_link(visitor.merchant_id()).await.told_in(language)?;
    let encryption = gateway.encryption(visitor.merchant_id()).await.told_in(language)?;
    let encryption = showing.encryption.unwrap_or_else(|| EncryptionForm::of(&encryption));
    let values = paste_values(&gateway.foundation().public_url, visitor.merchant_id(), &keys);
    let visitor = visitor.at("/keys");
    let texts = Texts(language);
    let status = if showing.faults.sentences().is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let (chosen_kind, key_text) =
        showing.key.unwrap_or_else(|| (InterfaceType::Base.as_str().to_owned(), String::new()));
    let form = showing.link.unwrap_or_else(|| LinkForm::of(link.as_ref()));
    let page = KeysPage {
        common: CommonTexts(language),
        warning: warning(&values, texts),
        has_base_key: values.keys.iter().any(|key| key.interface_type == InterfaceType::Base),
        pastes: values.keys.iter().map(|key| paste(key, showing.clear.as_ref(), language)).collect(),
        keys: keys.iter().map(|key| row(key, showing.clear.as_ref(), language)).collect(),
        kinds: kind_choices(&chosen_kind, language),
        key_text,
        bits: ["256", "128"].map(|bits| Choice::new(bits, format!("AES-{bits}-CBC"), &encryption.bits)).to_vec(),
        encryption,
        sites: site_choices(&form.site, language),
        link: form,
        link_updated: link.map(|link| Moment::of(link.updated_at)),
        faults: showing.faults,
        certified: values.certified_address,
        production: values.production_address,
        shell: match showing.notice {
            Some(notice) => visitor.shell.with_notice(notice),
            None => visitor.shell,
        },
        frame: visitor.frame,
        texts,
    };
    Ok(page.shell.render_with(status, &page))
}

fn warning(values: &PasteValues, texts: Texts) -> &'static str {
    if values.fits_real_store {
        ""
    } else if values.production_address.starts_with("https://") {
        texts.not_fitting()
    } else {
        texts.not_https()
    }
}

fn clear_of(key: &KeyRow, clear: Option<&(String, String)>) -> String {
    clear.filter(|(key_id, _)| *key_id == key.key_id).map(|(_, text)| text.clone()).unwrap_or_default()
}

fn paste(key: &KeyRow, clear: Option<&(String, String)>, language: Language) -> Paste {
    Paste {
        label: match key.interface_type {
            InterfaceType::Rsa => Texts(language).public_key().to_owned(),
            other => Texts(language).key_of(words::interface_type(other, language)),
        },
        key_id: key.key_id.clone(),
        masked: key.masked.clone(),
        clear: clear_of(key, clear),
        public_key: key.public_key.clone().unwrap_or_default(),
    }
}

fn row(key: &KeyRow, clear: Option<&(String, String)>, language: Language) -> Row {
    let texts = Texts(language);
    let is_valid = key.revoked_at.is_none();
    Row {
        key_id: key.key_id.clone(),
        kind: words::interface_type(key.interface_type, language),
        masked: key.masked.clone(),
        clear: clear_of(key, clear),
        public_key: key.public_key.clone().unwrap_or_default(),
        added: Moment::of(key.created_at),
        last_used: key.last_used_at.map(Moment::of),
        status: if is_valid { Label::new("ok", texts.valid()) } else { Label::new("idle", texts.revoked()) },
        is_valid,
    }
}

fn kind_choices(chosen: &str, language: Language) -> Vec<Choice> {
    let choice = |kind: InterfaceType| Choice::new(kind.as_str(), words::interface_type(kind, language), chosen);
    InterfaceType::ALL.into_iter().map(choice).collect()
}

fn site_choices(chosen: &str, language: Language) -> Vec<Choice> {
    let choice = |site: Site| {
        let name = words::site(site, language);
        let text = site.default_base_url().map_or_else(|| name.to_owned(), |address| format!("{name} · {address}"));
        Choice::new(site.as_str(), text, chosen)
    };
    Site::ALL.into_iter().map(choice).collect()
}
