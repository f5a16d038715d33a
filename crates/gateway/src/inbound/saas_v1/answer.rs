//! Answers in the words of V1.0: the account of the buyer encrypted, and always an address for him.
//! Source: SaaS V1.0 §2.4, §3.1, §3.7, decisions D13, D15, D19.

use mercer_protocol::ResultCode;
use mercer_protocol::cipher::{KeySize, MAX_ACCOUNT_WIRE_CHARACTERS};
use mercer_protocol::saas_v1::{NewInstanceResponse, QueryInstanceResponse, encrypt_account};
use mercer_protocol::saas_v2::{AppInfo, InstanceInfo};

use super::super::answer::{code_of, refuse};
use super::super::step::Rendered;
use super::command::Talk;
use crate::instance::rules::{self, Answer, ResultKind};
use crate::instance::{Instance, State};
use crate::settings::Pending;

impl Talk<'_> {
    pub(super) fn merchant_id(&self) -> &str {
        &self.call.merchant_id
    }

    /// An answer of a code and its text.
    pub(super) fn plain_answer(&self, answer: &Answer) -> Rendered {
        let message = (!answer.detail.is_empty()).then(|| answer.detail.clone());
        refuse(code_of(answer.result), message, self.gateway.settings().text_form)
    }

    /// The answer of `newInstance` about an instance as it stands.
    pub(super) fn new_instance_answer(
        &self,
        answer: &Answer,
        instance: Option<&Instance>,
        app_info: Option<&AppInfo>,
    ) -> Rendered {
        let Some(instance) = instance else { return self.plain_answer(answer) };
        match instance.state {
            State::Active | State::Frozen if app_info.is_some() => {
                self.opened(&instance.instance_id, app_info, self.key_size(instance))
            }
            State::Provisioning if self.gateway.settings().saas_v1.pending == Pending::Retry => {
                self.unopened(instance, ResultCode::Processing, "")
            }
            // The buyer finds out there what is going on: V1.0 has no answer that says it.
            State::Provisioning | State::Active | State::Frozen | State::Released => {
                self.opened(&instance.instance_id, Some(&self.page_of(instance)), self.key_size(instance))
            }
            State::Failed => self.unopened(instance, code_of(ResultKind::InternalError), &instance.failure),
        }
    }

    /// The answer of `queryInstance`; `shown` holds what was found, with what the app handed out.
    pub(super) fn query_answer(&self, found: &[Instance], shown: &[(&Instance, Option<AppInfo>)]) -> Rendered {
        let form = self.gateway.settings().text_form;
        // One encryptType for all of them.
        let size = found.first().map_or(KeySize::Bits256, |instance| self.key_size(instance));
        let info: Vec<InstanceInfo> = shown
            .iter()
            .filter_map(|(instance, app_info)| {
                let app_info = match (instance.state, app_info) {
                    (State::Active | State::Frozen, Some(info)) => self.encrypted(info, size),
                    (State::Provisioning, _) if self.gateway.settings().saas_v1.pending == Pending::InstancePage => {
                        self.page_of(instance)
                    }
                    _ => return None,
                };
                Some(InstanceInfo::with_app_info(&instance.instance_id, app_info))
            })
            .collect();
        if info.is_empty() {
            return self.plain_answer(&rules::query_answer(found));
        }
        let body = QueryInstanceResponse::found(info, size).to_json(form);
        Rendered { body, code: ResultCode::Success }
    }

    /// Success with an address; the account is encrypted here.
    pub(super) fn opened(&self, instance_id: &str, app_info: Option<&AppInfo>, size: KeySize) -> Rendered {
        let app_info = app_info.map(|info| self.encrypted(info, size)).unwrap_or_default();
        let response = NewInstanceResponse::opened(instance_id, app_info, size);
        Rendered { body: response.to_json(self.gateway.settings().text_form), code: ResultCode::Success }
    }

    /// The account encrypted with the Key of the call, a random IV for each value.
    pub(super) fn encrypted(&self, info: &AppInfo, size: KeySize) -> AppInfo {
        let entropy = self.gateway.entropy();
        let mut wire = encrypt_account(info, &self.key.text, size, &mut |target| entropy.fill(target));
        for (field, value) in [("userName", &mut wire.user_name), ("password", &mut wire.password)] {
            if value.as_ref().is_some_and(|text| text.chars().count() > MAX_ACCOUNT_WIRE_CHARACTERS) {
                tracing::warn!(
                    merchant_id = self.merchant_id(),
                    field,
                    "the app's value is too long once encrypted (79 bytes are the most) and was left out"
                );
                *value = None;
            }
        }
        wire
    }

    /// The bit length an instance's account is encrypted with.
    pub(super) fn key_size(&self, instance: &Instance) -> KeySize {
        let shown = instance.encryption_bits.and_then(|bits| u32::try_from(bits).ok()).and_then(KeySize::of_bits);
        let bought = &instance.specification;
        shown
            .or(self.personal.key_size)
            .unwrap_or_else(|| self.encryption.of_product(&bought.product_id, &bought.sku_code))
    }

    fn unopened(&self, instance: &Instance, code: ResultCode, detail: &str) -> Rendered {
        let message = (!detail.is_empty()).then(|| detail.to_owned());
        let response = NewInstanceResponse {
            instance_id: Some(instance.instance_id.clone()),
            ..NewInstanceResponse::refused(code.clone(), message)
        };
        Rendered { body: response.to_json(self.gateway.settings().text_form), code }
    }

    fn page_of(&self, instance: &Instance) -> AppInfo {
        let url = self.gateway.instance_page(self.merchant_id(), &instance.instance_id);
        AppInfo { front_end_url: Some(url), ..AppInfo::default() }
    }
}
