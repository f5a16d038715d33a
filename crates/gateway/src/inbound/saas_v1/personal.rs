//! Phone and mail of the buyer arrive encrypted with the Key; the app gets them in the clear.
//! Source: SaaS V1.0 §2.4.

use mercer_protocol::Wording;
use mercer_protocol::cipher::{self, Failure, KeySize};
use mercer_protocol::saas_v1::Request;

use super::super::answer::refuse;
use super::super::step::Step;
use crate::gateway::Gateway;
use crate::merchant::Encryption;

/// What was decrypted.
#[derive(Default)]
pub(super) struct Personal {
    pub(super) mobile_phone: Option<String>,
    pub(super) email: Option<String>,
    /// The bit length that fitted: the product's own. None when nothing was encrypted.
    pub(super) key_size: Option<KeySize>,
}

/// A field that does not decrypt.
pub(super) struct Unreadable {
    field: &'static str,
    failure: Failure,
}

impl Personal {
    /// Decrypts what a request carries, with the product's bit length first and the other one after it: no
    /// parameter of the request tells which it is.
    pub(super) fn open(request: &Request, key: &str, encryption: &Encryption) -> Result<Self, Unreadable> {
        let Request::NewInstance(new) = request else { return Ok(Self::default()) };
        let expected = encryption.of_product(&new.product_id, new.sku_code.as_deref().unwrap_or_default());
        let mut personal = Self::default();
        personal.mobile_phone = personal.decrypt(("mobilePhone", new.mobile_phone.as_ref()), key, expected)?;
        personal.email = personal.decrypt(("email", new.email.as_ref()), key, expected)?;
        Ok(personal)
    }

    fn decrypt(
        &mut self,
        (field, wire): (&'static str, Option<&String>),
        key: &str,
        expected: KeySize,
    ) -> Result<Option<String>, Unreadable> {
        let Some(wire) = wire.filter(|wire| !wire.is_empty()) else { return Ok(None) };
        let other = match expected {
            KeySize::Bits256 => KeySize::Bits128,
            KeySize::Bits128 => KeySize::Bits256,
        };
        for size in [expected, other] {
            if let Ok(text) = cipher::decrypt(key, size, wire) {
                self.key_size = Some(size);
                return Ok(Some(text));
            }
        }
        let failure = cipher::decrypt(key, expected, wire).err().unwrap_or(Failure::WrongPadding);
        Err(Unreadable { field, failure })
    }
}

impl Unreadable {
    /// The refusal, the field named.
    pub(super) fn step(&self, gateway: &Gateway, request: &Request) -> Step {
        let message = format!(
            "{} (AES-256-CBC and AES-128-CBC were tried with the Key that signed the call)",
            self.failure.message_for(self.field)
        );
        let rendered = refuse(self.failure.result_code(), Some(message), gateway.settings().text_form);
        let words = self.failure.wording();
        let detail = Wording::of(
            format!("字段 {} 无法解密（已尝试 256 位与 128 位）：{}", self.field, words.zh),
            format!("{} does not decrypt (256 and 128 bits were tried): {}", self.field, words.en),
        );
        let order_id = match request {
            Request::NewInstance(new) => new.order_id.clone(),
            _ => String::new(),
        };
        Step {
            activity: request.activity().as_str(),
            order_id,
            refusal: "request.field_undecryptable",
            detail: Some(detail),
            ..Step::refused(rendered)
        }
    }
}
