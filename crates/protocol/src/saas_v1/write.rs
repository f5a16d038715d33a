//! How the store writes a request: its parameters for one attempt.

use jiff::Timestamp;
use jiff::tz::Offset;

use super::extend_params::ExtendParams;
use super::parameters::Parameters;
use super::request::{LinearValues, NewInstance, RefreshInstance, Request};
use crate::order_query::{ChargingMode, PeriodType};
use crate::time::CompactTime;

impl Request {
    /// The parameters of one attempt at `at`, without `authToken`; `zone` is that of `expireTime`
    /// (decision D12). The request itself has no time, because every attempt has its own (decision D4).
    pub fn to_parameters(&self, at: Timestamp, zone: Offset) -> Parameters {
        let mut writer = Writer { parameters: self.unknown().clone(), zone };
        writer.put("activity", self.activity().as_str());
        writer.put("timeStamp", &CompactTime::milliseconds(at).to_string());
        writer.put_if("testFlag", self.test_flag().to_text());
        match self {
            Self::NewInstance(new) => writer.new_instance(new),
            Self::RefreshInstance(refresh) => writer.refresh_instance(refresh),
            Self::ExpireInstance(expire) => {
                writer.put("instanceId", &expire.instance_id);
                writer.put_if("orderId", expire.order_id.as_deref());
            }
            Self::ReleaseInstance(release) => {
                writer.put("instanceId", &release.instance_id);
                writer.put_if("orderId", release.order_id.as_deref());
                writer.put_if("orderAmount", release.order_amount.as_ref());
            }
            Self::Upgrade(upgrade) => {
                writer.put("instanceId", &upgrade.instance_id);
                writer.put("orderId", &upgrade.order_id);
                writer.put("skuCode", &upgrade.sku_code);
                writer.put("productId", &upgrade.product_id);
                writer.linear(&upgrade.linear);
                writer.put_if("saasExtendParams", upgrade.extend_params.as_ref().map(ExtendParams::raw));
            }
            Self::InstanceStatus(change) => {
                writer.put("instanceId", &change.instance_id);
                writer.put("instanceStatus", change.status.as_str());
            }
            Self::QueryInstance(query) => writer.put("instanceId", &query.instance_ids.join(",")),
        }
        writer.parameters
    }
}

struct Writer {
    parameters: Parameters,
    zone: Offset,
}

impl Writer {
    fn put(&mut self, name: &str, value: &str) {
        self.parameters.set(name, value);
    }

    fn put_if(&mut self, name: &str, value: Option<impl ToString>) {
        if let Some(value) = value {
            self.parameters.set(name, value.to_string());
        }
    }

    fn new_instance(&mut self, new: &NewInstance) {
        self.put("customerId", &new.customer_id);
        self.put_if("customerName", new.customer_name.as_deref());
        self.put_if("userId", new.user_id.as_deref());
        self.put_if("userName", new.user_name.as_deref());
        self.put_if("mobilePhone", new.mobile_phone.as_deref());
        self.put_if("email", new.email.as_deref());
        self.put("businessId", &new.business_id);
        self.put("orderId", &new.order_id);
        self.put_if("skuCode", new.sku_code.as_deref());
        self.put("productId", &new.product_id);
        self.put_if("trialFlag", new.trial_flag.to_text());
        self.put_if("expireTime", new.expire_time.map(|time| time.format_at(self.zone)));
        self.put_if("chargingMode", new.charging_mode.as_ref().map(charging_code));
        self.put_if("saasExtendParams", new.extend_params.as_ref().map(ExtendParams::raw));
        self.linear(&new.linear);
        self.period(new.period_type.as_ref(), new.period_number);
        self.put_if("orderAmount", new.order_amount.as_ref());
        self.put_if("provisionType", new.provision_type);
        self.put_if("acceptanceTime", new.acceptance_time);
    }

    fn refresh_instance(&mut self, refresh: &RefreshInstance) {
        self.put("orderId", &refresh.order_id);
        self.put("instanceId", &refresh.instance_id);
        self.put_if("productId", refresh.product_id.as_deref());
        self.put("expireTime", &refresh.expire_time.format_at(self.zone));
        self.put_if("trialToFormal", refresh.trial_to_formal.as_deref());
        self.period(refresh.period_type.as_ref(), refresh.period_number);
        self.put_if("orderAmount", refresh.order_amount.as_ref());
    }

    fn linear(&mut self, linear: &LinearValues) {
        self.put_if("amount", linear.amount);
        self.put_if("diskSize", linear.disk_size);
        self.put_if("bandWidth", linear.band_width);
    }

    fn period(&mut self, period_type: Option<&PeriodType>, period_number: Option<i64>) {
        self.put_if("periodType", period_type);
        self.put_if("periodNumber", period_number);
    }
}

/// The number of a charging mode in V1.0. Source: SaaS V1.0 §3.1.
fn charging_code(mode: &ChargingMode) -> &str {
    match mode {
        ChargingMode::OnDemand => "0",
        ChargingMode::Period => "1",
        ChargingMode::OneTime => "3",
        ChargingMode::OnDemandPackage => "5",
        ChargingMode::Other(text) => text,
    }
}

/// Reads the number of a charging mode; another one is kept.
pub(super) fn charging_mode(text: &str) -> ChargingMode {
    let known = [ChargingMode::OnDemand, ChargingMode::Period, ChargingMode::OneTime, ChargingMode::OnDemandPackage];
    known.into_iter().find(|mode| charging_code(mode) == text).unwrap_or_else(|| ChargingMode::Other(text.to_owned()))
}
