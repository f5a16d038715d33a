//! Buyers: accounts that order.

use mercer_kernel::db::Batch;
use mercer_kernel::foundation::Foundation;
use serde::Deserialize;

use super::{Buyer, CustomerType, repo, rules};
use crate::error::StoreError;
use crate::refusal::Refusal;
use crate::window::Window;

/// What a buyer is made from.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct NewBuyer {
    /// A chosen id of 32 hexadecimal digits; generated when absent.
    #[serde(default)]
    pub(crate) customer_id: Option<String>,
    /// Account name, unique.
    pub(crate) customer_name: String,
    /// Real-name name.
    #[serde(default)]
    pub(crate) customer_real_name: Option<String>,
    /// Person or company; a person when absent.
    #[serde(default)]
    pub(crate) customer_type: Option<CustomerType>,
    /// Mobile number.
    #[serde(default)]
    pub(crate) mobile_phone: Option<String>,
    /// Mail address.
    #[serde(default)]
    pub(crate) email: Option<String>,
    /// IAM user id.
    #[serde(default)]
    pub(crate) user_id: Option<String>,
    /// IAM user name.
    #[serde(default)]
    pub(crate) user_name: Option<String>,
}

/// Adds a buyer.
///
/// # Errors
/// When a text breaks a rule, or id or name is taken.
pub(crate) async fn add_buyer(foundation: &Foundation, wanted: &NewBuyer) -> Result<Buyer, StoreError> {
    let customer_id = match wanted.customer_id.as_deref() {
        Some(given) => rules::check_customer_id(given)?,
        None => foundation.entropy.hex_upper(32).to_ascii_lowercase(),
    };
    let buyer = Buyer {
        customer_id,
        customer_name: rules::check_name("customerName", &wanted.customer_name)?,
        customer_real_name: rules::check_optional("customerRealName", wanted.customer_real_name.as_deref(), 255)?,
        customer_type: wanted.customer_type.unwrap_or(CustomerType::Individual),
        mobile_phone: rules::check_optional("mobilePhone", wanted.mobile_phone.as_deref(), 64)?,
        email: rules::check_email(wanted.email.as_deref())?,
        user_id: rules::check_optional("userId", wanted.user_id.as_deref(), 64)?,
        user_name: rules::check_optional("userName", wanted.user_name.as_deref(), 64)?,
        created_at: foundation.clock.now(),
    };
    let new = &buyer;
    foundation
        .db
        .transact(|| async move {
            let by_id = repo::find_buyer(&foundation.db, &new.customer_id).await?;
            let by_name = repo::find_buyer_by_name(&foundation.db, &new.customer_name).await?;
            if by_id.is_some() || by_name.is_some() {
                return Err(StoreError::from(Refusal::conflict(
                    "buyer.exists",
                    "该客户 ID 或账号名已存在",
                    "a buyer with this id or account name exists already",
                )));
            }
            let mut batch = Batch::new();
            repo::insert_buyer(&mut batch, new);
            Ok((batch, ()))
        })
        .await?;
    Ok(buyer)
}

/// The buyer with this id.
///
/// # Errors
/// When the database cannot answer.
pub(crate) async fn buyer(foundation: &Foundation, customer_id: &str) -> Result<Option<Buyer>, StoreError> {
    Ok(repo::find_buyer(&foundation.db, customer_id).await?)
}

/// The buyer with this id or account name.
///
/// # Errors
/// When the database cannot answer.
pub(crate) async fn buyer_by_id_or_name(foundation: &Foundation, text: &str) -> Result<Option<Buyer>, StoreError> {
    let by_id = repo::find_buyer(&foundation.db, text).await?;
    match by_id {
        Some(buyer) => Ok(Some(buyer)),
        None => Ok(repo::find_buyer_by_name(&foundation.db, text).await?),
    }
}

/// A page of buyers, oldest first.
///
/// # Errors
/// When the database cannot answer.
pub(crate) async fn buyers(foundation: &Foundation, window: Window) -> Result<Vec<Buyer>, StoreError> {
    Ok(repo::list_buyers(&foundation.db, window).await?)
}
