//! Errors of the API gateway in front of the open APIs (APIGW网关错误码). Source: open APIs §2.4.

use serde::{Deserialize, Serialize};

/// Body of a gateway error.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GatewayError {
    /// Text.
    #[serde(default)]
    pub error_msg: String,
    /// `APIGW.xxxx`.
    pub error_code: String,
    /// Same value as the header `X-Request-Id`.
    #[serde(default)]
    pub request_id: String,
}

/// One row of the table of gateway errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ApigwFault {
    /// `APIGW.xxxx`.
    pub error_code: &'static str,
    /// HTTP status.
    pub http_status: u16,
    /// Text.
    pub message: &'static str,
}

const fn fault(error_code: &'static str, http_status: u16, message: &'static str) -> ApigwFault {
    ApigwFault { error_code, http_status, message }
}

/// The table. Source: open APIs §2.4.
pub const APIGW_FAULTS: &[ApigwFault] = &[
    fault("APIGW.0101", 404, "The API does not exist or has not been published in the environment."),
    fault("APIGW.0103", 404, "The backend does not exist."),
    fault("APIGW.0104", 400, "The plug-ins do not exist."),
    fault("APIGW.0105", 400, "The backend configurations do not exist."),
    fault("APIGW.0106", 400, "Orchestration error."),
    fault("APIGW.0201", 400, "API request error."),
    fault("APIGW.0201", 413, "Request entity too large."),
    fault("APIGW.0201", 414, "Request URI too large."),
    fault("APIGW.0201", 494, "Request headers too large."),
    fault("APIGW.0201", 502, "Backend unavailable."),
    fault("APIGW.0201", 504, "Backend timeout."),
    fault("APIGW.0301", 401, "Incorrect IAM authentication information."),
    fault("APIGW.0302", 403, "The IAM user is not authorized to access the API."),
    fault("APIGW.0303", 401, "Incorrect app authentication information."),
    fault("APIGW.0308", 429, "The throttling threshold has been reached."),
    fault("APIGW.0310", 403, "The project is unavailable."),
];

impl ApigwFault {
    /// The row of a status and code.
    pub fn find(error_code: &str, http_status: u16) -> Option<&'static Self> {
        APIGW_FAULTS.iter().find(|fault| fault.error_code == error_code && fault.http_status == http_status)
    }

    /// The body of this fault.
    pub fn body(&self, request_id: impl Into<String>) -> GatewayError {
        GatewayError {
            error_msg: self.message.to_owned(),
            error_code: self.error_code.to_owned(),
            request_id: request_id.into(),
        }
    }
}

impl GatewayError {
    /// Reads a body; none when it is not a gateway error.
    pub fn parse(body: &[u8]) -> Option<Self> {
        let error: Self = serde_json::from_slice(body).ok()?;
        error.error_code.starts_with("APIGW.").then_some(error)
    }

    /// The body to send.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("three texts can always be written")
    }
}
