//! What a request of the API brings: who calls, which merchant, query parameters, a JSON body. Each
//! wrong value is refused by its name with what is allowed.

use std::collections::BTreeMap;

use axum::body::Bytes;
use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use mercer_kernel::clock::Instant;
use mercer_kernel::web::{Language, PageRequest, Problem};
use serde::de::DeserializeOwned;

use super::problem::{ApiResult, InLanguage as _};
use crate::error::{FieldFault, GatewayError};
use crate::gateway::Gateway;

/// A caller with a valid token, and its query.
pub(super) struct Caller {
    /// Name of the token.
    pub(super) name: String,
    /// Language of the answers.
    pub(super) language: Language,
    /// Which page of a list.
    pub(super) page: PageRequest,
    query: BTreeMap<String, String>,
}

impl FromRequestParts<Gateway> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, gateway: &Gateway) -> Result<Self, Problem> {
        let language = Language::of(&parts.uri, &parts.headers);
        let name = gateway.accounts().token_of(&parts.headers).await.map_err(|error| {
            tracing::error!(%error, "tokens cannot be read");
            Problem::unavailable().in_language(language)
        })?;
        let name = name.ok_or_else(|| Problem::unauthorized().in_language(language))?;
        let Query(query) = Query::try_from_uri(&parts.uri).unwrap_or_default();
        let Ok(page) = PageRequest::from_request_parts(parts, gateway).await;
        Ok(Self { name, language, page, query })
    }
}

/// Parameters every route understands.
const COMMON: [&str; 4] = ["merchantId", "page", "pageSize", "lang"];

impl Caller {
    /// Refuses parameters that the route does not know: a misspelt filter would show everything.
    pub(super) fn allow(&self, names: &[&str]) -> ApiResult<()> {
        let unknown =
            self.query.keys().find(|name| !names.contains(&name.as_str()) && !COMMON.contains(&name.as_str()));
        match unknown {
            None => Ok(()),
            Some(name) => {
                let known = [names, &COMMON].concat().join(", ");
                Err(FieldFault::new(name, format!("one of the parameters {known}"), format!("参数 {known} 之一")))
                    .told_in(self.language)
            }
        }
    }

    /// A text parameter; empty when it is not given.
    pub(super) fn text(&self, name: &str) -> String {
        self.query.get(name).cloned().unwrap_or_default()
    }

    /// A parameter with a closed list of values.
    pub(super) fn choice<T: std::str::FromStr>(&self, name: &str, allowed: &[&str]) -> ApiResult<Option<T>> {
        match self.text(name).as_str() {
            "" => Ok(None),
            text => match text.parse() {
                Ok(value) => Ok(Some(value)),
                Err(_) => {
                    let allowed = allowed.join(", ");
                    Err(FieldFault::new(name, format!("one of {allowed}"), format!("{allowed} 之一")))
                        .told_in(self.language)
                }
            },
        }
    }

    /// A time parameter.
    pub(super) fn instant(&self, name: &str) -> ApiResult<Option<Instant>> {
        match self.text(name).as_str() {
            "" => Ok(None),
            text => parse_instant(name, text).told_in(self.language).map(Some),
        }
    }

    /// A yes-or-no parameter.
    pub(super) fn flag(&self, name: &str) -> ApiResult<bool> {
        match self.text(name).as_str() {
            "" | "false" | "0" => Ok(false),
            "true" | "1" => Ok(true),
            _ => Err(FieldFault::new(name, "true or false", "true 或 false")).told_in(self.language),
        }
    }

    /// The merchant the request is about: the one named by `merchantId`, or the only one there is.
    pub(super) async fn merchant(&self, gateway: &Gateway) -> ApiResult<String> {
        self.merchant_named(gateway, &self.text("merchantId")).await
    }

    /// The same, for a name from the body; empty falls back to the parameter.
    pub(super) async fn merchant_named(&self, gateway: &Gateway, name: &str) -> ApiResult<String> {
        let name = if name.is_empty() { self.text("merchantId") } else { name.to_owned() };
        if !name.is_empty() {
            return gateway.merchant(&name).await.told_in(self.language).map(|merchant| merchant.merchant_id);
        }
        let merchants = gateway.merchants().await.told_in(self.language)?;
        if let [only] = merchants.as_slice() {
            return Ok(only.merchant_id.clone());
        }
        let known = merchants.iter().map(|merchant| merchant.merchant_id.as_str()).collect::<Vec<_>>().join(", ");
        let (en, zh) = (format!("one of the merchants: {known}"), format!("以下商家之一：{known}"));
        Err(FieldFault::new("merchantId", en, zh)).told_in(self.language)
    }

    /// The JSON body.
    pub(super) fn body<T: DeserializeOwned>(&self, bytes: &Bytes) -> ApiResult<T> {
        let parsed = if bytes.is_empty() { serde_json::from_slice(b"{}") } else { serde_json::from_slice(bytes) };
        parsed
            .map_err(|error| {
                let text = error.to_string();
                let field = named_field(&text).unwrap_or("body").to_owned();
                GatewayError::from(FieldFault::new(
                    &field,
                    format!("a fitting JSON value ({text})"),
                    format!("符合要求的 JSON 值（{text}）"),
                ))
            })
            .told_in(self.language)
    }
}

/// A time in RFC 3339.
pub(super) fn parse_instant(name: &str, text: &str) -> Result<Instant, FieldFault> {
    text.parse()
        .map_err(|_| FieldFault::new(name, "a time such as 2026-01-31T08:00:00Z", "形如 2026-01-31T08:00:00Z 的时间"))
}

/// The field a parser's message names in backticks.
fn named_field(message: &str) -> Option<&str> {
    let (_, rest) = message.split_once("field `")?;
    rest.split_once('`').map(|(field, _)| field)
}
