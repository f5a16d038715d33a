//! What a person does about keys and the store link.

use axum::extract::{Path, State};
use axum::response::{IntoResponse as _, Redirect};
use mercer_kernel::web::{Mood, Notice};

use super::super::fields::{Faults, Fields, Sent};
use super::super::refusal::{Outcome, ToldIn as _, and_go_to};
use super::super::visitor::Visitor;
use super::page::{EncryptionForm, LinkForm, Showing, clear, render};
use super::texts::Texts;
use crate::audit::Action;
use crate::error::{FieldFault, GatewayError};
use crate::gateway::Gateway;
use crate::merchant::{AddedKey, Encryption, InterfaceType, NewStoreLink, Site};

/// POST /keys: the text stands on the page that follows, for five minutes.
pub(in crate::console) async fn add(State(gateway): State<Gateway>, visitor: Visitor, Sent(sent): Sent) -> Outcome {
    let language = visitor.language;
    match add_key(&gateway, &visitor, &sent).await {
        // Nobody needs the text of a private key: its public key stands on the page.
        Ok(added) if added.interface_type == InterfaceType::Rsa => Ok(Redirect::to("/keys?made=rsa").into_response()),
        Ok(added) => Ok(Redirect::to(&format!("/keys?added={}", added.key_id)).into_response()),
        Err(GatewayError::Field(fault)) => {
            let key = Some((sent.text("interfaceType").to_owned(), sent.text("text").to_owned()));
            let showing = Showing { faults: Faults::one(&fault, language), key, ..Showing::default() };
            render(&gateway, visitor, showing).await
        }
        Err(error) => and_go_to(Err::<(), _>(error), language, "/keys", |()| String::new()),
    }
}

async fn add_key(gateway: &Gateway, visitor: &Visitor, sent: &Fields) -> Result<AddedKey, GatewayError> {
    let kinds = InterfaceType::ALL.map(InterfaceType::as_str);
    let kind = sent.choice("interfaceType", &kinds)?.unwrap_or(InterfaceType::Base);
    let text = Some(sent.text("text")).filter(|text| !text.is_empty());
    let added = gateway.add_key(visitor.merchant_id(), kind, text).await?;
    visitor.record(gateway, Action::ChangeKey, (&added.key_id, &format!("added for {}", kind.as_str()))).await?;
    Ok(added)
}

/// POST /keys/{id}/reveal: the clear text stands in this one answer only.
pub(in crate::console) async fn reveal(
    State(gateway): State<Gateway>,
    visitor: Visitor,
    Path(key_id): Path<String>,
) -> Outcome {
    let language = visitor.language;
    let keys = gateway.keys(visitor.merchant_id()).await.told_in(language)?;
    if !keys.iter().any(|key| key.key_id == key_id) {
        return Err(GatewayError::UnknownId { kind: "key", id: key_id }).told_in(language);
    }
    let clear = clear(&gateway, &visitor, &key_id).await.told_in(language)?;
    let notice = Some(Notice::new(Mood::Info, Texts(language).revealed()));
    render(&gateway, visitor, Showing { clear: Some(clear), notice, ..Showing::default() }).await
}

/// POST /keys/{id}/revoke
pub(in crate::console) async fn revoke(
    State(gateway): State<Gateway>,
    visitor: Visitor,
    Path(key_id): Path<String>,
) -> Outcome {
    let result = async {
        gateway.revoke_key(visitor.merchant_id(), &key_id).await?;
        visitor.record(&gateway, Action::ChangeKey, (&key_id, "revoked")).await
    };
    and_go_to(result.await, visitor.language, "/keys", |()| Texts(visitor.language).revoked_notice().to_owned())
}

/// POST /keys/encryption
pub(in crate::console) async fn put_encryption(
    State(gateway): State<Gateway>,
    visitor: Visitor,
    Sent(sent): Sent,
) -> Outcome {
    let language = visitor.language;
    match save_encryption(&gateway, &visitor, &sent).await {
        Err(GatewayError::Field(fault)) => {
            let form = EncryptionForm { bits: sent.text("bits").to_owned(), others: sent.text("products").to_owned() };
            let showing =
                Showing { faults: Faults::one(&fault, language), encryption: Some(form), ..Showing::default() };
            render(&gateway, visitor, showing).await
        }
        result => and_go_to(result, language, "/keys#encryption", |()| Texts(language).encryption_saved().to_owned()),
    }
}

async fn save_encryption(gateway: &Gateway, visitor: &Visitor, sent: &Fields) -> Result<(), GatewayError> {
    let bits: u32 = sent.choice("bits", &["256", "128"])?.unwrap_or(256);
    let other = if bits == 256 { 128 } else { 256 };
    let lines = sent.text("products").lines().map(str::trim).filter(|line| !line.is_empty());
    let new = Encryption { bits, products: lines.map(|product| (product.to_owned(), other)).collect() };
    gateway.set_encryption(visitor.merchant_id(), &new).await?;
    let detail = format!("{bits} bits, {} products with {other}", new.products.len());
    visitor.record(gateway, Action::ChangeKey, ("encryption", &detail)).await
}

/// POST /keys/store-link
pub(in crate::console) async fn put_link(
    State(gateway): State<Gateway>,
    visitor: Visitor,
    Sent(sent): Sent,
) -> Outcome {
    let language = visitor.language;
    match save_link(&gateway, &visitor, &sent).await {
        Err(GatewayError::Field(fault)) => {
            let showing = Showing {
                faults: Faults::one(&fault, language),
                link: Some(LinkForm::typed(&sent)),
                ..Showing::default()
            };
            render(&gateway, visitor, showing).await
        }
        result => and_go_to(result, language, "/keys#store-link", |()| Texts(language).link_saved().to_owned()),
    }
}

async fn save_link(gateway: &Gateway, visitor: &Visitor, sent: &Fields) -> Result<(), GatewayError> {
    let sites = Site::ALL.map(Site::as_str);
    let allowed = sites.join(", ");
    let site = sent.choice("site", &sites)?;
    let new = NewStoreLink {
        site: site.ok_or_else(|| FieldFault::new("site", format!("one of {allowed}"), format!("{allowed} 之一")))?,
        base_url: sent.text("baseUrl").to_owned(),
        access_key_id: sent.text("accessKeyId").to_owned(),
        secret_access_key: sent.text("secretAccessKey").to_owned(),
    };
    gateway.ensure_store_link(visitor.merchant_id(), &new).await?;
    visitor.record(gateway, Action::ChangeStoreLink, (visitor.merchant_id(), "")).await
}
