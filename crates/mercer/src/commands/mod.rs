//! Commands that drive a running store through its control API.

pub(crate) mod application;
pub(crate) mod clock;
pub(crate) mod enterprise;
pub(crate) mod instance;
pub(crate) mod messages;
pub(crate) mod notification;
pub(crate) mod order;
mod products;

use clap::Args;
use serde_json::Value;

use crate::failure::{Exit, Failure};
use crate::language::Language;
use crate::output::{Column, table};
use crate::remote::Remote;

/// Which page of a list is shown.
#[derive(Debug, Clone, Args)]
pub(crate) struct Paging {
    /// Page to show, newest first (页码)
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    page: u32,
    /// Rows of a page, 1 to 200 (每页条数)
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u16).range(1..=200))]
    page_size: u16,
}

impl Paging {
    fn pairs(&self) -> [(&'static str, String); 2] {
        [("page", self.page.to_string()), ("pageSize", self.page_size.to_string())]
    }
}

/// The merchant that is meant when none is named.
///
/// # Errors
/// When the store is not reached, or has none.
async fn first_merchant(remote: &Remote) -> Result<String, Failure> {
    let merchants = remote.get("/merchants", &[("pageSize", "1".to_owned())]).await?;
    merchants["items"][0]["merchantId"].as_str().map(str::to_owned).ok_or_else(|| {
        Failure::new(Exit::Failed, "云商店里还没有商家", "the store has no merchant yet").next(
            "用 POST /api/v1/merchants 新增商家，或给出 --merchant-id",
            "add one with POST /api/v1/merchants, or give --merchant-id",
        )
    })
}

/// A page of a list, and how to get the next one.
fn page(language: Language, columns: &[Column], page: &Value) -> String {
    let rows = page["items"].as_array().map(Vec::as_slice).unwrap_or_default();
    let shown = table(language, columns, rows);
    match page["page"].as_i64() {
        Some(number) if page["hasMore"] == true => {
            format!("{shown}\n{} --page {}", language.pick("还有更多：", "more:"), number + 1)
        }
        Some(_) | None => shown,
    }
}

/// A name in the reader's language.
fn name_of(names: &Value, language: Language) -> String {
    let (first, second) = match language {
        Language::Zh => (&names["zh"], &names["en"]),
        Language::En => (&names["en"], &names["zh"]),
    };
    first.as_str().filter(|text| !text.is_empty()).or(second.as_str()).unwrap_or_default().to_owned()
}
