//! Who sells and who buys: merchants with their secrets and addresses, and buyers.
//!
//! A merchant (商家) is only a name until it has three things: access keys that sign the store's calls,
//! one per interface type; production addresses that the store calls; and AK/SK credentials with which
//! it calls the store's open APIs. Secrets are sealed before they reach a column and leave this piece
//! only to sign, to verify, or once to the person who asked for them.

mod addresses;
mod buyers;
mod credentials;
mod keys;
mod merchants;
mod repo;
pub(crate) mod rules;

pub(crate) use addresses::{NewAddress, add_address, address, addresses, certify_address, move_address};
pub(crate) use buyers::{NewBuyer, add_buyer, buyer, buyer_by_id_or_name, buyers};
pub(crate) use credentials::{NewCredential, add_credential, caller_by_ak, credentials, replace_secret};
pub(crate) use keys::{NewKey, add_key, keys, knows_key, signing_key};
pub(crate) use merchants::{NewMerchant, add_merchant, find, list};
pub(crate) use repo::STATEMENTS as MERCHANT_STATEMENTS;

use mercer_kernel::clock::Instant;
use serde::Serialize;

use crate::codes::codes;

/// The account that sells (商家).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Merchant {
    /// Its id, `m_…` unless given.
    pub(crate) merchant_id: String,
    /// Its name in Chinese.
    pub(crate) name: String,
    /// Its name in English.
    pub(crate) name_en: String,
    /// When it joined.
    pub(crate) created_at: Instant,
    /// Grows with every change.
    #[serde(skip)]
    pub(crate) version: i64,
}

codes! {
    /// What an access key signs; one key belongs to exactly one type (密钥绑定接口类型). Source: SaaS V2.0 §2.1.
    InterfaceType {
        /// Base interfaces (基础接口).
        Base = "base",
        /// Joint-operation kit (联营SaaS同步接口).
        Kit = "kit",
        /// Delivery of licence codes (License授权码交付接口).
        License = "license",
        /// General interface: order notification (通用接口).
        General = "general",
        /// The one V1.0 key: base interfaces and kit of SaaS V1.0 (Key). Source: SaaS V1.0 §2.1.
        SaasV1 = "saas_v1",
    }
}

/// An access key (访问密钥) as lists show it: never its text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AccessKey {
    /// Id of the key.
    pub(crate) key_id: String,
    /// The merchant it belongs to.
    pub(crate) merchant_id: String,
    /// What it signs.
    pub(crate) interface_type: InterfaceType,
    /// The text with all but its ends hidden.
    pub(crate) masked: String,
    /// When it was added.
    pub(crate) created_at: Instant,
    /// When it stops being valid; set by a rotation.
    pub(crate) expires_at: Option<Instant>,
}

/// An access key with its text, for signing and verifying.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct SigningKey {
    /// Id of the key.
    pub(crate) key_id: String,
    /// The text, used as it is.
    pub(crate) text: String,
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "SigningKey({})", self.key_id)
    }
}

codes! {
    /// Whether the store has proof that the merchant controls an address (生产地址认证).
    AddressState {
        /// Saved, not yet proved.
        Unverified = "unverified",
        /// Proved; products can use it.
        Certified = "certified",
    }
}

/// The URL the store calls (生产系统接口地址). Source: SaaS V2.0 §1.2.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ProductionAddress {
    /// Id of the address.
    pub(crate) address_id: String,
    /// The merchant it belongs to.
    pub(crate) merchant_id: String,
    /// The URL, without signature parameters.
    pub(crate) url: String,
    /// Whether it is proved.
    pub(crate) state: AddressState,
    /// What the file `/.well-known/mercer-verify.txt` of the address's host must hold.
    pub(crate) verification_token: String,
    /// When it was added.
    pub(crate) created_at: Instant,
    /// When it was proved.
    pub(crate) certified_at: Option<Instant>,
    /// Grows with every change.
    #[serde(skip)]
    pub(crate) version: i64,
}

/// AK/SK of the open APIs as lists show them: never the SK.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Credential {
    /// The access key id, AK.
    pub(crate) ak: String,
    /// The merchant it belongs to.
    pub(crate) merchant_id: String,
    /// When it was added.
    pub(crate) created_at: Instant,
}

/// The account that buys (客户). Source: open APIs §3.1 BuyerInfo.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Buyer {
    /// Cloud account id, 32 hexadecimal digits; our APIs also call it `buyerId`.
    pub(crate) customer_id: String,
    /// Account name.
    pub(crate) customer_name: String,
    /// Real-name name.
    pub(crate) customer_real_name: Option<String>,
    /// Person or company.
    pub(crate) customer_type: CustomerType,
    /// Mobile number.
    pub(crate) mobile_phone: Option<String>,
    /// Mail address.
    pub(crate) email: Option<String>,
    /// IAM user id.
    pub(crate) user_id: Option<String>,
    /// IAM user name.
    pub(crate) user_name: Option<String>,
    /// When the account was made.
    pub(crate) created_at: Instant,
}

codes! {
    /// Person or company (客户类型). Source: open APIs decision D8.
    CustomerType {
        /// A person.
        Individual = "individual",
        /// A company.
        Enterprise = "enterprise",
    }
}

impl CustomerType {
    /// The number used on the wire and in the database.
    pub(crate) fn number(self) -> i64 {
        match self {
            Self::Individual => 0,
            Self::Enterprise => 1,
        }
    }

    /// From the number; anything but 1 is a person.
    pub(crate) fn from_number(number: i64) -> Self {
        if number == 1 { Self::Enterprise } else { Self::Individual }
    }
}
