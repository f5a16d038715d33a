//! How a merchant reads verified parameters: liberal in what may be absent, strict in what must be there.
//!
//! A blank value counts as absent, unknown parameters are kept, lengths are not enforced (SaaS V2.0
//! decision D31) except for the ids of `queryInstance` (decision D22).

use jiff::tz::Offset;
use serde_json::Number;

use super::activity::Activity;
use super::extend_params::ExtendParams;
use super::parameters::Parameters;
use super::request::{
    ChangeStatus, ExpireInstance, LinearValues, NewInstance, QueryInstance, RefreshInstance, ReleaseInstance, Request,
    ResourceStatus, TrialFlag, Upgrade,
};
use super::write::charging_mode;
use super::{MAX_INSTANCE_ID_CHARACTERS, MAX_QUERIED_INSTANCES, TestFlag};
use crate::json::whole_number;
use crate::order_query::PeriodType;
use crate::parse_refusal::{ParseReason, ParseRefusal, refusal, unknown_value};
use crate::time::CompactTime;

impl Request {
    /// Reads the parameters of the reading that the token proved; `zone` is that of `expireTime`
    /// (decision D12). It never looks at the token; check that first.
    pub fn parse(parameters: &Parameters, zone: Offset) -> Result<Self, ParseRefusal> {
        let mut reader = Reader { parameters: parameters.clone(), zone };
        reader.parameters.remove("authToken");
        reader.parameters.remove("timeStamp");
        let name = reader.need("activity")?;
        let activity = Activity::parse(&name)
            .ok_or_else(|| unknown_value("activity", &name, "one of the seven base interfaces of V1.0"))?;
        match activity {
            Activity::NewInstance => reader.new_instance().map(Box::new).map(Self::NewInstance),
            Activity::RefreshInstance => reader.refresh_instance().map(Self::RefreshInstance),
            Activity::ExpireInstance => reader.expire_instance().map(Self::ExpireInstance),
            Activity::ReleaseInstance => reader.release_instance().map(Self::ReleaseInstance),
            Activity::Upgrade => reader.upgrade().map(Self::Upgrade),
            Activity::InstanceStatus => reader.change_status().map(Self::InstanceStatus),
            Activity::QueryInstance => reader.query_instance().map(Self::QueryInstance),
        }
    }
}

struct Reader {
    parameters: Parameters,
    zone: Offset,
}

impl Reader {
    fn new_instance(mut self) -> Result<NewInstance, ParseRefusal> {
        Ok(NewInstance {
            customer_id: self.need("customerId")?,
            customer_name: self.text("customerName"),
            user_id: self.text("userId"),
            user_name: self.text("userName"),
            mobile_phone: self.text("mobilePhone"),
            email: self.text("email"),
            business_id: self.need("businessId")?,
            order_id: self.need("orderId")?,
            sku_code: self.text("skuCode"),
            product_id: self.need("productId")?,
            trial_flag: self.trial_flag()?,
            expire_time: self.time("expireTime", self.zone)?,
            charging_mode: self.text("chargingMode").map(|text| charging_mode(text.trim())),
            extend_params: self.text("saasExtendParams").map(ExtendParams::read),
            linear: self.linear()?,
            period_type: self.period_type(),
            period_number: self.integer("periodNumber")?,
            order_amount: self.amount("orderAmount")?,
            provision_type: self.integer("provisionType")?,
            acceptance_time: self.time("acceptanceTime", Offset::UTC)?,
            test_flag: self.test_flag()?,
            unknown: self.parameters,
        })
    }

    fn refresh_instance(mut self) -> Result<RefreshInstance, ParseRefusal> {
        Ok(RefreshInstance {
            order_id: self.need("orderId")?,
            instance_id: self.need("instanceId")?,
            product_id: self.text("productId"),
            expire_time: self
                .time("expireTime", self.zone)?
                .ok_or_else(|| refusal("expireTime", ParseReason::Missing))?,
            trial_to_formal: self.text("trialToFormal"),
            period_type: self.period_type(),
            period_number: self.integer("periodNumber")?,
            order_amount: self.amount("orderAmount")?,
            test_flag: self.test_flag()?,
            unknown: self.parameters,
        })
    }

    fn expire_instance(mut self) -> Result<ExpireInstance, ParseRefusal> {
        Ok(ExpireInstance {
            instance_id: self.need("instanceId")?,
            order_id: self.text("orderId"),
            test_flag: self.test_flag()?,
            unknown: self.parameters,
        })
    }

    fn release_instance(mut self) -> Result<ReleaseInstance, ParseRefusal> {
        Ok(ReleaseInstance {
            instance_id: self.need("instanceId")?,
            order_id: self.text("orderId"),
            order_amount: self.amount("orderAmount")?,
            test_flag: self.test_flag()?,
            unknown: self.parameters,
        })
    }

    fn upgrade(mut self) -> Result<Upgrade, ParseRefusal> {
        Ok(Upgrade {
            instance_id: self.need("instanceId")?,
            order_id: self.need("orderId")?,
            sku_code: self.need("skuCode")?,
            product_id: self.need("productId")?,
            linear: self.linear()?,
            extend_params: self.text("saasExtendParams").map(ExtendParams::read),
            test_flag: self.test_flag()?,
            unknown: self.parameters,
        })
    }

    fn change_status(mut self) -> Result<ChangeStatus, ParseRefusal> {
        let instance_id = self.need("instanceId")?;
        let status = self.need("instanceStatus")?;
        Ok(ChangeStatus {
            instance_id,
            status: ResourceStatus::parse(&status)
                .ok_or_else(|| unknown_value("instanceStatus", &status, "FREEZE, NORMAL"))?,
            test_flag: self.test_flag()?,
            unknown: self.parameters,
        })
    }

    fn query_instance(mut self) -> Result<QueryInstance, ParseRefusal> {
        let field = "instanceId";
        let text = self.need(field)?;
        let instance_ids: Vec<String> =
            text.split(',').map(str::trim).filter(|id| !id.is_empty()).map(str::to_owned).collect();
        if instance_ids.is_empty() {
            return Err(refusal(field, ParseReason::Missing));
        }
        if instance_ids.len() > MAX_QUERIED_INSTANCES {
            return Err(refusal(field, ParseReason::TooMany { count: instance_ids.len(), max: MAX_QUERIED_INSTANCES }));
        }
        let longest = instance_ids.iter().map(|id| id.chars().count()).max().unwrap_or(0);
        if longest > MAX_INSTANCE_ID_CHARACTERS {
            return Err(refusal(field, ParseReason::TooLong { characters: longest, max: MAX_INSTANCE_ID_CHARACTERS }));
        }
        Ok(QueryInstance { instance_ids, test_flag: self.test_flag()?, unknown: self.parameters })
    }

    fn text(&mut self, field: &'static str) -> Option<String> {
        self.parameters.remove(field).filter(|text| !text.trim().is_empty())
    }

    fn need(&mut self, field: &'static str) -> Result<String, ParseRefusal> {
        self.text(field).ok_or_else(|| refusal(field, ParseReason::Missing))
    }

    fn time(&mut self, field: &'static str, zone: Offset) -> Result<Option<CompactTime>, ParseRefusal> {
        let Some(text) = self.text(field) else { return Ok(None) };
        CompactTime::parse_at(text.trim(), zone)
            .map(Some)
            .map_err(|_| unknown_value(field, &text, "yyyyMMddHHmmss or yyyyMMddHHmmssSSS"))
    }

    fn amount(&mut self, field: &'static str) -> Result<Option<Number>, ParseRefusal> {
        let Some(text) = self.text(field) else { return Ok(None) };
        text.trim().parse().map(Some).map_err(|_| unknown_value(field, &text, "a decimal number"))
    }

    fn integer(&mut self, field: &'static str) -> Result<Option<i64>, ParseRefusal> {
        let Some(text) = self.text(field) else { return Ok(None) };
        let number = text.trim().parse().ok().and_then(|number| whole_number(&number));
        number.map(Some).ok_or_else(|| unknown_value(field, &text, "a whole number"))
    }

    fn linear(&mut self) -> Result<LinearValues, ParseRefusal> {
        let mut value = |field| match self.integer(field)? {
            Some(number) if number < 0 => {
                Err(unknown_value(field, &number.to_string(), "a whole number that is not negative"))
            }
            other => Ok(other),
        };
        Ok(LinearValues { amount: value("amount")?, disk_size: value("diskSize")?, band_width: value("bandWidth")? })
    }

    fn period_type(&mut self) -> Option<PeriodType> {
        self.text("periodType").map(|text| PeriodType::parse(text.trim()))
    }

    fn trial_flag(&mut self) -> Result<TrialFlag, ParseRefusal> {
        match self.text("trialFlag").as_deref().map(str::trim) {
            None => Ok(TrialFlag::Absent),
            Some("0") => Ok(TrialFlag::No),
            Some("1") => Ok(TrialFlag::Yes),
            Some(other) => Err(unknown_value("trialFlag", other, "0, 1")),
        }
    }

    fn test_flag(&mut self) -> Result<TestFlag, ParseRefusal> {
        match self.text("testFlag").as_deref().map(str::trim) {
            None => Ok(TestFlag::Absent),
            Some("0") => Ok(TestFlag::Off),
            Some("1") => Ok(TestFlag::On),
            Some(other) => Err(unknown_value("testFlag", other, "0, 1")),
        }
    }
}
