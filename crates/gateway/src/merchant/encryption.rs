//! Bit length (加密位数) of the fields SaaS V1.0 encrypts: chosen for each product at publishing, and told by
//! no request. Source: SaaS V1.0 §2.4, decision D15.

use std::collections::BTreeMap;
use std::sync::Arc;

use mercer_kernel::args;
use mercer_kernel::db::{Batch, Db, DbError};
use mercer_protocol::cipher::KeySize;
use serde::{Deserialize, Serialize};

use crate::error::{FieldFault, GatewayError};
use crate::gateway::Gateway;

mercer_kernel::statements! {
    /// Bit lengths of a merchant's products; the empty product is the default.
    pub(crate) LIST = "SELECT product, bits FROM gw_encryption WHERE merchant_id = $1 ORDER BY product LIMIT 1001";
    /// Forgets them.
    pub(crate) CLEAR = "DELETE FROM gw_encryption WHERE merchant_id = $1";
    /// One of them.
    pub(crate) INSERT = "INSERT INTO gw_encryption (merchant_id, product, bits) VALUES ($1, $2, $3)";
}

/// Products with a length of their own, at most.
const PRODUCTS: usize = 1_000;
/// Longest product id or SKU code (Source: SaaS V1.0 §3.1).
const PRODUCT_CHARACTERS: usize = 64;

/// Bit lengths of a merchant's products.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Encryption {
    /// For every product that is not named: 256 or 128.
    #[serde(default = "usual_bits")]
    pub bits: u32,
    /// Product ids and SKU codes with another length.
    #[serde(default)]
    pub products: BTreeMap<String, u32>,
}

fn usual_bits() -> u32 {
    KeySize::Bits256.bits()
}

impl Default for Encryption {
    fn default() -> Self {
        Self { bits: usual_bits(), products: BTreeMap::new() }
    }
}

impl Encryption {
    /// The length of a product: its own, that of its SKU, or the default.
    pub(crate) fn of_product(&self, product_id: &str, sku_code: &str) -> KeySize {
        let own = self.products.get(product_id).or_else(|| self.products.get(sku_code));
        KeySize::of_bits(*own.unwrap_or(&self.bits)).unwrap_or_default()
    }

    fn check(&self) -> Result<(), FieldFault> {
        let fits = |bits: u32| KeySize::of_bits(bits).is_some();
        if !fits(self.bits) {
            return Err(FieldFault::new("bits", "256 or 128", "256 或 128"));
        }
        let is_named = |product: &String| (1..=PRODUCT_CHARACTERS).contains(&product.chars().count());
        let all_fit = self.products.iter().all(|(product, bits)| is_named(product) && fits(*bits));
        if !all_fit || self.products.len() > PRODUCTS {
            return Err(FieldFault::new(
                "products",
                "at most 1000 product ids or SKU codes of 1 to 64 characters, each with 256 or 128",
                "最多 1000 个商品或规格编号（1 到 64 个字符），取值 256 或 128",
            ));
        }
        Ok(())
    }
}

impl Gateway {
    /// Bit lengths of a merchant's products.
    ///
    /// # Errors
    /// The database.
    pub async fn encryption(&self, merchant_id: &str) -> Result<Encryption, GatewayError> {
        Ok(read(self.db(), merchant_id).await?)
    }

    /// Replaces the bit lengths of a merchant's products.
    ///
    /// # Errors
    /// A bad length or product, an unknown merchant, or the database.
    pub async fn set_encryption(&self, merchant_id: &str, new: &Encryption) -> Result<(), GatewayError> {
        self.merchant(merchant_id).await?;
        new.check()?;
        let mut batch = Batch::new();
        batch.any(CLEAR, args![merchant_id]);
        batch.one(INSERT, args![merchant_id, "", i64::from(new.bits)]);
        for (product, bits) in &new.products {
            batch.one(INSERT, args![merchant_id, product, i64::from(*bits)]);
        }
        self.db().apply(batch).await?;
        self.keyring().forget(merchant_id);
        Ok(())
    }
}

/// Reads the bit lengths of a merchant's products.
pub(super) async fn read(db: &Db, merchant_id: &str) -> Result<Encryption, DbError> {
    let mut encryption = Encryption::default();
    for row in db.query(LIST, args![merchant_id]).await? {
        let (product, bits) = (row.text(0)?, u32::try_from(row.int(1)?).unwrap_or(0));
        if product.is_empty() {
            encryption.bits = bits;
        } else {
            encryption.products.insert(product, bits);
        }
    }
    Ok(encryption)
}

/// Shared by every call of a merchant.
pub(super) type Shared = Arc<Encryption>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_product_may_differ_from_the_default_and_so_may_a_sku() {
        let products = BTreeMap::from([("P-1".to_owned(), 128), ("S-2".to_owned(), 128)]);
        let encryption = Encryption { products, ..Encryption::default() };
        assert_eq!(encryption.of_product("P-1", "S-1"), KeySize::Bits128);
        assert_eq!(encryption.of_product("P-2", "S-2"), KeySize::Bits128);
        assert_eq!(encryption.of_product("P-3", ""), KeySize::Bits256);
    }

    #[test]
    fn other_lengths_and_nameless_products_are_refused() {
        assert_eq!(Encryption { bits: 192, ..Encryption::default() }.check().unwrap_err().field, "bits");
        let products = BTreeMap::from([(String::new(), 128)]);
        assert_eq!(Encryption { products, ..Encryption::default() }.check().unwrap_err().field, "products");
    }
}
