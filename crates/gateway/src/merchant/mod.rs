//! Merchants (商家): whose production address the store calls, with which access keys, and how the
//! merchant in turn reaches the store's open APIs.

mod address;
mod encryption;
mod keyring;
mod keys;
pub(crate) mod repo;
mod rsa;

pub use address::{PasteValues, paste_values};
pub use encryption::Encryption;
pub(crate) use encryption::STATEMENTS as ENCRYPTION_STATEMENTS;
pub(crate) use keyring::{Keyring, OpenedKey};
pub use keys::AddedKey;
pub use repo::{KeyRow, Merchant, StoreLink};

use serde::{Deserialize, Serialize};

use mercer_kernel::clock::Instant;

use crate::error::{FieldFault, GatewayError};
use crate::gateway::Gateway;

/// What an access key is bound to: one interface type, never two (Source: SaaS V2.0 §2.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InterfaceType {
    /// 基础接口: the seven base interfaces.
    Base,
    /// 联营SaaS同步接口.
    Kit,
    /// License授权码交付接口.
    LicenseCode,
    /// 通用接口: the order notification.
    General,
    /// The one Key of SaaS V1.0, base interfaces and kit (Source: SaaS V1.0 §2.1).
    SaasV1,
    /// RSA private key (PEM) that opens client secrets of the kit. Signs nothing.
    Rsa,
}

impl InterfaceType {
    /// Every type.
    pub const ALL: [Self; 6] = [Self::Base, Self::Kit, Self::LicenseCode, Self::General, Self::SaasV1, Self::Rsa];

    /// The name in the database and in our APIs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Base => "base",
            Self::Kit => "kit",
            Self::LicenseCode => "license_code",
            Self::General => "general",
            Self::SaasV1 => "saas_v1",
            Self::Rsa => "rsa",
        }
    }
}

impl std::str::FromStr for InterfaceType {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or(())
    }
}

/// Which site of the store a merchant sells on; decides the fallback host (Source: open APIs §1.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Site {
    /// 中国站: with a fallback host.
    Cn,
    /// 国际站.
    Intl,
    /// 欧洲站.
    Eu,
    /// A local store.
    Sandbox,
}

impl Site {
    /// Every site.
    pub const ALL: [Self; 4] = [Self::Cn, Self::Intl, Self::Eu, Self::Sandbox];

    /// The name in the database and in our APIs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Cn => "cn",
            Self::Intl => "intl",
            Self::Eu => "eu",
            Self::Sandbox => "sandbox",
        }
    }

    /// The documented address of the site's open APIs; none for a local store.
    #[must_use]
    pub const fn default_base_url(self) -> Option<&'static str> {
        match self {
            Self::Cn => Some("https://mkt.myhuaweicloud.com"),
            Self::Intl => Some("https://mkt-intl.myhuaweicloud.com"),
            Self::Eu => Some("https://mkt.myhuaweicloud.eu"),
            Self::Sandbox => None,
        }
    }
}

impl std::str::FromStr for Site {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|site| site.as_str() == text).ok_or(())
    }
}

/// A merchant to make sure of.
#[derive(Debug, Clone)]
pub struct NewMerchant {
    /// Part of the production address: letters, digits, `-`, `_`; 1 to 64 characters.
    pub merchant_id: String,
    /// For people.
    pub name: String,
}

/// The store's open API of a merchant, with the secret in the clear.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NewStoreLink {
    /// Which site.
    pub site: Site,
    /// Scheme and host; empty takes the site's documented address.
    #[serde(default)]
    pub base_url: String,
    /// AK.
    pub access_key_id: String,
    /// SK; empty keeps the one that is stored.
    #[serde(default)]
    pub secret_access_key: String,
}

impl Gateway {
    /// Makes sure that a merchant exists; an existing one keeps its name.
    ///
    /// # Errors
    /// A bad id or name, or the database.
    pub async fn ensure_merchant(&self, new: &NewMerchant) -> Result<Merchant, GatewayError> {
        let fits = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
        if !(1..=64).contains(&new.merchant_id.len()) || !fits(&new.merchant_id) {
            return Err(FieldFault::new(
                "merchantId",
                "1 to 64 of A-Z a-z 0-9 - _",
                "1 到 64 个字符，限 A-Z a-z 0-9 - _",
            )
            .into());
        }
        if !(1..=128).contains(&new.name.chars().count()) {
            return Err(FieldFault::new("name", "1 to 128 characters", "1 到 128 个字符").into());
        }
        repo::insert_merchant(self.db(), new, self.now()).await?;
        self.keyring().forget(&new.merchant_id);
        self.merchant(&new.merchant_id).await
    }

    /// One merchant.
    ///
    /// # Errors
    /// [`GatewayError::UnknownId`], or the database.
    pub async fn merchant(&self, merchant_id: &str) -> Result<Merchant, GatewayError> {
        repo::find_merchant(self.db(), merchant_id)
            .await?
            .ok_or_else(|| GatewayError::UnknownId { kind: "merchant", id: merchant_id.to_owned() })
    }

    /// Every merchant, by id.
    ///
    /// # Errors
    /// The database.
    pub async fn merchants(&self) -> Result<Vec<Merchant>, GatewayError> {
        Ok(repo::list_merchants(self.db()).await?)
    }

    /// Stores how a merchant reaches the store's open APIs; for seeding and for the management API.
    ///
    /// # Errors
    /// A bad field, an unknown merchant, or the database.
    pub async fn ensure_store_link(&self, merchant_id: &str, new: &NewStoreLink) -> Result<StoreLink, GatewayError> {
        self.merchant(merchant_id).await?;
        let base_url = match (new.base_url.trim(), new.site.default_base_url()) {
            ("", Some(documented)) => documented.to_owned(),
            (given, _) => given.trim_end_matches('/').to_owned(),
        };
        let is_address =
            url::Url::parse(&base_url).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
        if !is_address || base_url.len() > 512 {
            return Err(FieldFault::new(
                "baseUrl",
                "an absolute http or https address, at most 512 characters",
                "完整的 http 或 https 地址，最多 512 字符",
            )
            .into());
        }
        if !(1..=128).contains(&new.access_key_id.len()) {
            return Err(FieldFault::new("accessKeyId", "1 to 128 characters", "1 到 128 个字符").into());
        }
        let present = repo::find_store_link(self.db(), merchant_id).await?;
        let sealed = match (new.secret_access_key.as_str(), present) {
            ("", Some((_, sealed))) => sealed,
            (text, _) if (1..=256).contains(&text.len()) => self.vault().seal(repo::link_place(merchant_id), text)?,
            _ => return Err(FieldFault::new("secretAccessKey", "1 to 256 characters", "1 到 256 个字符").into()),
        };
        let link = StoreLink {
            merchant_id: merchant_id.to_owned(),
            site: new.site,
            base_url,
            access_key_id: new.access_key_id.clone(),
            updated_at: self.now(),
        };
        repo::put_store_link(self.db(), &link, &sealed).await?;
        Ok(link)
    }

    /// How a merchant reaches the store; none while nobody entered it.
    ///
    /// # Errors
    /// The database.
    pub async fn store_link(&self, merchant_id: &str) -> Result<Option<StoreLink>, GatewayError> {
        Ok(repo::find_store_link(self.db(), merchant_id).await?.map(|(link, _)| link))
    }

    /// Links of all merchants.
    ///
    /// # Errors
    /// The database.
    pub async fn store_links(&self) -> Result<Vec<StoreLink>, GatewayError> {
        Ok(repo::list_store_links(self.db()).await?)
    }

    pub(crate) fn now(&self) -> Instant {
        self.foundation().clock.now()
    }
}

/// How a row of a merchant is named where secrets are bound to their place.
pub(crate) fn row_of(merchant_id: &str, id: &str) -> String {
    format!("{merchant_id}/{id}")
}
