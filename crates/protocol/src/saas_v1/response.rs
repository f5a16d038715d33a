//! Answers of a merchant: how it writes them, how the store reads them.

use serde_json::{Map, Value};

use super::{AppInfo, InstanceInfo, ResponseFailure, TextForm};
use crate::cipher::KeySize;
use crate::result_code::ResultCode;
use crate::saas_v2::{head, read_head, write};

/// Answer of `newInstance`. Source: SaaS V1.0 §3.1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewInstanceResponse {
    /// Result code.
    pub result_code: ResultCode,
    /// Text; when absent the code's default text is sent (decision D14).
    pub result_msg: Option<String>,
    /// Which cipher the account is encrypted with; see [`NewInstanceResponse::key_size`].
    pub encrypt_type: Option<String>,
    /// The merchant's instance id.
    pub instance_id: Option<String>,
    /// Address and account, the account encrypted.
    pub app_info: Option<AppInfo>,
    /// Members this version does not know.
    pub unknown: Map<String, Value>,
}

/// Answer of `queryInstance`. Source: SaaS V1.0 §3.7.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueryInstanceResponse {
    /// Result code.
    pub result_code: ResultCode,
    /// Text; when absent the code's default text is sent.
    pub result_msg: Option<String>,
    /// Which cipher the accounts are encrypted with.
    pub encrypt_type: Option<String>,
    /// One entry per instance, the accounts encrypted.
    pub info: Vec<InstanceInfo>,
    /// Members this version does not know.
    pub unknown: Map<String, Value>,
}

impl NewInstanceResponse {
    /// A successful answer; `app_info` with the account already encrypted.
    pub fn opened(instance_id: impl Into<String>, app_info: AppInfo, key_size: KeySize) -> Self {
        Self {
            encrypt_type: Some(key_size.encrypt_type().to_owned()),
            instance_id: Some(instance_id.into()),
            app_info: Some(app_info),
            ..Self::refused(ResultCode::Success, None)
        }
    }

    /// An answer that opens nothing.
    pub fn refused(result_code: ResultCode, result_msg: Option<String>) -> Self {
        Self { result_code, result_msg, encrypt_type: None, instance_id: None, app_info: None, unknown: Map::new() }
    }

    /// The key length of the account; absent means 256, none an `encryptType` nobody knows.
    pub fn key_size(&self) -> Option<KeySize> {
        key_size(self.encrypt_type.as_deref())
    }

    /// The body to send.
    pub fn to_json(&self, form: TextForm) -> String {
        let mut members = head(&self.result_code, self.result_msg.as_deref());
        for (name, text) in [("encryptType", &self.encrypt_type), ("instanceId", &self.instance_id)] {
            if let Some(text) = text {
                members.insert(name.to_owned(), text.clone().into());
            }
        }
        if let Some(app_info) = &self.app_info {
            members.insert("appInfo".to_owned(), app_info.clone().into());
        }
        members.extend(self.unknown.clone());
        write(&members, form)
    }

    /// Reads an answer; with `000000` the instance id must be there.
    pub fn parse(body: &[u8]) -> Result<Self, ResponseFailure> {
        let (result_code, result_msg, mut members) = read_head(body)?;
        let encrypt_type = members.text("encryptType")?;
        let instance_id = members.text("instanceId")?;
        if instance_id.is_none() && result_code.is_success() {
            return Err(ResponseFailure::MissingField { field: "instanceId" });
        }
        let mut app_info = members.value("appInfo").map(AppInfo::try_from).transpose()?;
        // As in V2.0, some merchants put the address beside `appInfo` instead of into it.
        if let Some(url) = members.text("frontEndUrl")? {
            app_info.get_or_insert_default().front_end_url.get_or_insert(url);
        }
        Ok(Self { result_code, result_msg, encrypt_type, instance_id, app_info, unknown: members.rest() })
    }
}

impl QueryInstanceResponse {
    /// A successful answer with these entries, their accounts already encrypted.
    pub fn found(info: Vec<InstanceInfo>, key_size: KeySize) -> Self {
        Self {
            result_code: ResultCode::Success,
            result_msg: None,
            encrypt_type: Some(key_size.encrypt_type().to_owned()),
            info,
            unknown: Map::new(),
        }
    }

    /// The entry of one instance.
    pub fn entry(&self, instance_id: &str) -> Option<&InstanceInfo> {
        self.info.iter().find(|entry| entry.instance_id == instance_id)
    }

    /// The key length of the accounts; absent means 256, none an `encryptType` nobody knows.
    pub fn key_size(&self) -> Option<KeySize> {
        key_size(self.encrypt_type.as_deref())
    }

    /// The body to send.
    pub fn to_json(&self, form: TextForm) -> String {
        let mut members = head(&self.result_code, self.result_msg.as_deref());
        if let Some(encrypt_type) = &self.encrypt_type {
            members.insert("encryptType".to_owned(), encrypt_type.clone().into());
        }
        if !self.info.is_empty() {
            members.insert("info".to_owned(), self.info.iter().cloned().map(Value::from).collect());
        }
        members.extend(self.unknown.clone());
        write(&members, form)
    }

    /// Reads an answer; each entry must name its instance, each usage its value and time.
    pub fn parse(body: &[u8]) -> Result<Self, ResponseFailure> {
        let (result_code, result_msg, mut members) = read_head(body)?;
        let encrypt_type = members.text("encryptType")?;
        let info = members.list("info")?.into_iter().map(InstanceInfo::try_from).collect::<Result<_, _>>()?;
        Ok(Self { result_code, result_msg, encrypt_type, info, unknown: members.rest() })
    }
}

fn key_size(encrypt_type: Option<&str>) -> Option<KeySize> {
    encrypt_type.map_or(Some(KeySize::default()), KeySize::of_encrypt_type)
}
