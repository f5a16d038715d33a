//! How a merchant reads a request: liberal in kinds, strict in what must be there.
//!
//! Numbers and booleans are accepted where a text is meant, unknown members are kept, lengths are not
//! enforced (decision D31) except for the ids of `queryInstance` (decision D19).

use serde_json::{Map, Value};

use super::activity::Activity;
use super::request::{
    ChangeInstanceCheck, InstanceStatus, NewInstance, ProductInfo, ProductInfoForm, QueryInstance, RefreshInstance,
    ReleaseInstance, Request, Scene, TestFlag, UpdateInstanceStatus, UpgradeInstance,
};
use super::{MAX_INSTANCE_ID_CHARACTERS, MAX_QUERIED_INSTANCES};
use crate::json::Members;
use crate::parse_refusal::{ParseReason, ParseRefusal, mandatory, refusal, test_flag, unknown_value};
use crate::time::CompactTime;

impl Request {
    /// Reads a body. It never looks at the signature; check that first.
    pub fn parse(body: &[u8]) -> Result<Self, ParseRefusal> {
        let mut members = Members::of_body(body).ok_or_else(|| refusal("body", ParseReason::NotAnObject))?;
        let name = mandatory(&mut members, "activity")?;
        let activity = Activity::parse(&name)
            .ok_or_else(|| unknown_value("activity", &name, "one of the seven base interfaces"))?;
        let test_flag = test_flag(&mut members)?;
        let reader = Reader { members, test_flag };
        match activity {
            Activity::NewInstance => reader.new_instance().map(Self::NewInstance),
            Activity::QueryInstance => reader.query_instance().map(Self::QueryInstance),
            Activity::RefreshInstance => reader.refresh_instance().map(Self::RefreshInstance),
            Activity::UpdateInstanceStatus => reader.update_instance_status().map(Self::UpdateInstanceStatus),
            Activity::ReleaseInstance => reader.release_instance().map(Self::ReleaseInstance),
            Activity::UpgradeInstance => reader.upgrade_instance().map(Self::UpgradeInstance),
            Activity::ChangeInstanceCheck => reader.change_instance_check().map(Self::ChangeInstanceCheck),
        }
    }
}

struct Reader {
    members: Members,
    test_flag: TestFlag,
}

impl Reader {
    fn need(&mut self, field: &'static str) -> Result<String, ParseRefusal> {
        mandatory(&mut self.members, field)
    }

    fn new_instance(mut self) -> Result<NewInstance, ParseRefusal> {
        Ok(NewInstance {
            order_id: self.need("orderId")?,
            order_line_id: self.need("orderLineId")?,
            business_id: self.need("businessId")?,
            test_flag: self.test_flag,
            unknown: self.members.rest(),
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
        Ok(QueryInstance { instance_ids, test_flag: self.test_flag, unknown: self.members.rest() })
    }

    fn refresh_instance(mut self) -> Result<RefreshInstance, ParseRefusal> {
        let scene = self.need("scene")?;
        let order_id = self.need("orderId")?;
        let order_line_id = self.need("orderLineId")?;
        let instance_id = self.need("instanceId")?;
        let expire_time = self.need("expireTime")?;
        Ok(RefreshInstance {
            scene: Scene::parse(&scene).ok_or_else(|| {
                unknown_value("scene", &scene, "TRIAL_TO_FORMAL, RENEWAL, UNSUBSCRIBE_RENEWAL_PERIOD, RENEWAL_CHANGE")
            })?,
            order_id,
            order_line_id,
            instance_id,
            product_id: self.members.text("productId")?,
            expire_time: CompactTime::parse(&expire_time)
                .map_err(|_| unknown_value("expireTime", &expire_time, "yyyyMMddHHmmss or yyyyMMddHHmmssSSS, UTC"))?,
            test_flag: self.test_flag,
            unknown: self.members.rest(),
        })
    }

    fn update_instance_status(mut self) -> Result<UpdateInstanceStatus, ParseRefusal> {
        let instance_id = self.need("instanceId")?;
        let status = self.need("status")?;
        Ok(UpdateInstanceStatus {
            instance_id,
            status: InstanceStatus::parse(&status)
                .ok_or_else(|| unknown_value("status", &status, "FREEZE, UNFREEZE"))?,
            test_flag: self.test_flag,
            unknown: self.members.rest(),
        })
    }

    fn release_instance(mut self) -> Result<ReleaseInstance, ParseRefusal> {
        Ok(ReleaseInstance {
            instance_id: self.need("instanceId")?,
            order_id: self.members.text("orderId")?,
            order_line_id: self.members.text("orderLineId")?,
            test_flag: self.test_flag,
            unknown: self.members.rest(),
        })
    }

    fn upgrade_instance(mut self) -> Result<UpgradeInstance, ParseRefusal> {
        Ok(UpgradeInstance {
            instance_id: self.need("instanceId")?,
            order_id: self.need("orderId")?,
            order_line_id: self.need("orderLineId")?,
            test_flag: self.test_flag,
            unknown: self.members.rest(),
        })
    }

    fn change_instance_check(mut self) -> Result<ChangeInstanceCheck, ParseRefusal> {
        let instance_id = self.need("instanceId")?;
        let value = self.members.value("productInfo").ok_or_else(|| refusal("productInfo", ParseReason::Missing))?;
        let (product, product_info_form) = match value {
            Value::Object(map) => (map, ProductInfoForm::Object),
            Value::String(text) => {
                let map: Map<String, Value> =
                    serde_json::from_str(&text).map_err(|_| refusal("productInfo", ParseReason::WrongKind))?;
                (map, ProductInfoForm::Text)
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => {
                return Err(refusal("productInfo", ParseReason::WrongKind));
            }
        };
        Ok(ChangeInstanceCheck {
            instance_id,
            product_info: product_info(product)?,
            product_info_form,
            test_flag: self.test_flag,
            unknown: self.members.rest(),
        })
    }
}

fn product_info(map: Map<String, Value>) -> Result<ProductInfo, ParseRefusal> {
    let within = |name: &str, reason| {
        let field = match name {
            "productId" => "productInfo.productId",
            "skuCode" => "productInfo.skuCode",
            _ => "productInfo.linearValue",
        };
        refusal(field, reason)
    };
    let mut members =
        Members::of_value(Value::Object(map)).ok_or_else(|| refusal("productInfo", ParseReason::WrongKind))?;
    let mut need = |name: &'static str| match members.text(name) {
        Ok(Some(text)) => Ok(text),
        Ok(None) => Err(within(name, ParseReason::Missing)),
        Err(_) => Err(within(name, ParseReason::WrongKind)),
    };
    Ok(ProductInfo {
        product_id: need("productId")?,
        sku_code: need("skuCode")?,
        linear_value: members.number("linearValue").map_err(|wrong| within(wrong.name, ParseReason::WrongKind))?,
        unknown: members.rest(),
    })
}
