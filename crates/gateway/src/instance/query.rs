//! Instances as pages and APIs show them: lists, details, and the timeline.

use mercer_kernel::args;
use mercer_kernel::db::DbError;
use mercer_kernel::web::page::{PageRequest, Paged};
use mercer_protocol::order_query::OrderInfo;
use mercer_protocol::saas_v2::AppInfo;

use super::repo::{self, Found, SealedChange};
use super::rules::{self, Change, Known, Refusal};
use super::view::{
    InstanceDetail, InstanceFilter, InstanceSummary, TimelineEntry, TimelineKind, masked_app_info, masked_buyer,
    summary,
};
use super::{Command, Failure, State, check_app_info, seal};
use crate::error::{FieldFault, GatewayError};
use crate::event::EventType;
use crate::gateway::Gateway;
use crate::inbound::Family;

macro_rules! filter {
    () => {
        " FROM gw_instance WHERE merchant_id = $1 AND ($2 = '' OR state = $2) AND ($3 = '' OR product_id = $3 OR sku_code = $3) \
         AND ($4 = '' OR order_id = $4) AND ($5 = '' OR lower(instance_id) LIKE lower($5) OR lower(order_id) LIKE lower($5) \
         OR lower(product_id) LIKE lower($5) OR lower(sku_code) LIKE lower($5))"
    };
}

mercer_kernel::statements! {
    /// A page of instances, newest first.
    pub(crate) LIST = concat!("SELECT ", super::repo::instance_columns!(), ", NULL", filter!(), " ORDER BY created_at DESC, instance_id LIMIT $6 OFFSET $7");
    /// How many there are.
    pub(crate) COUNT = concat!("SELECT COUNT(*)", filter!());
    /// How many stand in each state.
    pub(crate) COUNT_BY_STATE = "SELECT state, COUNT(*) FROM gw_instance WHERE merchant_id = $1 GROUP BY state";
}

/// Longest account or password that still fits the protocol's 128 characters once it is encrypted.
const ENCRYPTABLE_BYTES: usize = 79;
/// Events of one instance that a timeline shows; a page of the deliveries shows them all.
const TIMELINE_JOBS: i64 = 100;

impl Gateway {
    /// A page of a merchant's instances, newest first.
    ///
    /// # Errors
    /// The database.
    pub async fn instances(
        &self,
        merchant_id: &str,
        filter: &InstanceFilter,
        page: PageRequest,
    ) -> Result<Paged<InstanceSummary>, GatewayError> {
        let pattern = if filter.text.is_empty() { String::new() } else { format!("%{}%", filter.text) };
        let state = filter.state.map_or("", State::as_str);
        let mut arguments = args![merchant_id, state, &filter.product, &filter.order_id, pattern];
        let total = self.db().query_one(COUNT, arguments.clone()).await?.map_or(Ok(0), |row| row.int(0))?;
        arguments.extend(args![page.limit(), page.offset()]);
        let rows = self.db().query(LIST, arguments).await?;
        let items = rows
            .iter()
            .map(|row| repo::found(row).map(|found| summary(found.instance)))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(Paged::new(items, u64::try_from(total).unwrap_or(0), page))
    }

    /// How many instances of a merchant stand in each state.
    ///
    /// # Errors
    /// The database.
    pub async fn instance_counts(&self, merchant_id: &str) -> Result<Vec<(State, i64)>, GatewayError> {
        let rows = self.db().query(COUNT_BY_STATE, args![merchant_id]).await?;
        Ok(rows.iter().map(|row| Ok((row.parse(0)?, row.int(1)?))).collect::<Result<_, DbError>>()?)
    }

    /// One instance with its timeline. `reveal` shows account, password and buyer in the clear; the
    /// caller records who asked.
    ///
    /// # Errors
    /// [`GatewayError::UnknownId`], or the database.
    pub async fn instance(
        &self,
        merchant_id: &str,
        instance_id: &str,
        reveal: bool,
    ) -> Result<InstanceDetail, GatewayError> {
        let found = self.found_instance(merchant_id, instance_id).await?;
        let app_info =
            found.app_info_sealed.as_deref().map(|sealed| seal::open_app_info(self.vault(), &found.instance, sealed));
        let app_info = app_info.transpose()?.map(|info| if reveal { info } else { masked_app_info(info) });
        let order = self.order_snapshot(&found).await?;
        let buyer = order.as_ref().and_then(|order| order.buyer_info.clone());
        let buyer = buyer.map(|buyer| if reveal { buyer } else { masked_buyer(buyer) });
        let order = order.map(|order| OrderInfo { buyer_info: None, ..order });
        let timeline = self.timeline(merchant_id, instance_id).await?;
        Ok(InstanceDetail { summary: summary(found.instance), app_info, buyer, order, timeline })
    }

    /// Hands out the app's information for an instance (PUT app-info).
    ///
    /// # Errors
    /// A bad field, [`GatewayError::UnknownId`], a released instance, or the database.
    pub async fn put_app_info(&self, merchant_id: &str, instance_id: &str, info: &AppInfo) -> Result<(), GatewayError> {
        check_app_info(info).map_err(|fault| field_fault(&fault))?;
        if self.found_instance(merchant_id, instance_id).await?.instance.family == Family::SaasV1 {
            check_encryptable(info)?;
        }
        self.act(merchant_id, instance_id, &Command::AppInfo, Some(info)).await
    }

    /// Says that an instance cannot be opened (POST fail).
    ///
    /// # Errors
    /// A bad reason, [`GatewayError::UnknownId`], an instance that is open or released, or the database.
    pub async fn fail_instance(&self, merchant_id: &str, instance_id: &str, reason: &str) -> Result<(), GatewayError> {
        if !(1..=255).contains(&reason.chars().count()) {
            return Err(FieldFault::new("reason", "1 to 255 characters", "1 到 255 个字符").into());
        }
        let failure = Failure { reason: reason.to_owned() };
        self.act(merchant_id, instance_id, &Command::Fail(failure), None).await
    }

    async fn act(
        &self,
        merchant_id: &str,
        instance_id: &str,
        command: &Command,
        info: Option<&AppInfo>,
    ) -> Result<(), GatewayError> {
        self.db()
            .transact(|| async move {
                let found = self.found_instance(merchant_id, instance_id).await?;
                let app_info = info.map(|info| seal::app_info(self.vault(), &found.instance, info)).transpose()?;
                let known = Known { instance: Some(found.instance), earlier_content: None };
                let decision = rules::decide(&known, command, self.now());
                let mut batch = mercer_kernel::db::Batch::new();
                match (decision.change, decision.verdict) {
                    (Some(Change::Update(next) | Change::Insert(next)), _) => {
                        repo::update(&mut batch, &next, SealedChange { app_info, ..SealedChange::default() });
                    }
                    (None, rules::Verdict::Refused(refusal)) => return Err(refused(refusal)),
                    (None, rules::Verdict::Accepted | rules::Verdict::Repeated) => {}
                }
                Ok((batch, ()))
            })
            .await
    }

    async fn found_instance(&self, merchant_id: &str, instance_id: &str) -> Result<Found, GatewayError> {
        repo::find(self.db(), merchant_id, instance_id, None)
            .await?
            .ok_or_else(|| GatewayError::UnknownId { kind: "instance", id: instance_id.to_owned() })
    }

    async fn order_snapshot(&self, found: &Found) -> Result<Option<OrderInfo>, GatewayError> {
        let Some(sealed) = repo::order_of(self.db(), &found.instance).await? else { return Ok(None) };
        let json = seal::open_order(self.vault(), &found.instance, &sealed)?;
        Ok(Some(serde_json::from_str(&json).map_err(|error| seal::unreadable("order", &error))?))
    }

    /// Callback → verdict → state change → event → attempts, joined by the instance id.
    async fn timeline(&self, merchant_id: &str, instance_id: &str) -> Result<Vec<TimelineEntry>, GatewayError> {
        let mut entries = Vec::new();
        for callback in self.callbacks_of_instance(merchant_id, instance_id).await? {
            entries.push(TimelineEntry {
                at: callback.received_at,
                kind: TimelineKind::Callback { callback: Box::new(callback) },
            });
        }
        for job in self.outbox().of_lane(&super::lane(merchant_id, instance_id), TIMELINE_JOBS).await? {
            // What the gateway does for itself, like removing accounts, is no event.
            if job.kind.parse::<EventType>().is_err() {
                continue;
            }
            for attempt in self.outbox().attempts(&job.id).await? {
                let kind = TimelineKind::Attempt { delivery_id: job.id.clone(), attempt: Box::new(attempt.clone()) };
                entries.push(TimelineEntry { at: attempt.started_at, kind });
            }
            entries.push(TimelineEntry { at: job.created_at, kind: TimelineKind::Event { delivery: Box::new(job) } });
        }
        for action in crate::audit::of_subject(self.db(), merchant_id, instance_id).await? {
            entries.push(TimelineEntry { at: action.at, kind: TimelineKind::Action { action: Box::new(action) } });
        }
        entries.sort_by_key(|entry| (entry.at, rank(&entry.kind)));
        Ok(entries)
    }
}

/// Cause before effect where the clock does not tell them apart.
fn rank(kind: &TimelineKind) -> u8 {
    match kind {
        TimelineKind::Callback { .. } => 0,
        TimelineKind::Event { .. } => 1,
        TimelineKind::Attempt { .. } => 2,
        TimelineKind::Action { .. } => 3,
    }
}

/// SaaS V1.0 limits account and password in their encrypted form (Source: SaaS V1.0 §2.4).
fn check_encryptable(info: &AppInfo) -> Result<(), FieldFault> {
    for (field, value) in [("userName", &info.user_name), ("password", &info.password)] {
        if value.as_ref().is_some_and(|text| text.len() > ENCRYPTABLE_BYTES) {
            return Err(FieldFault::new(
                field,
                format!("at most {ENCRYPTABLE_BYTES} bytes: SaaS V1.0 sends it encrypted"),
                format!("最多 {ENCRYPTABLE_BYTES} 字节：SaaS V1.0 以加密形式返回"),
            ));
        }
    }
    Ok(())
}

fn refused(refusal: Refusal) -> GatewayError {
    let words = refusal.wording("");
    GatewayError::Conflict { code: refusal.code(), zh: words.zh.into_owned(), en: words.en.into_owned() }
}

fn field_fault(fault: &super::AppInfoFault) -> FieldFault {
    use super::AppInfoFault::{Missing, NotAnAddress, TooLong};
    match fault {
        Missing(field) => FieldFault::new(field, "a value; it is mandatory", "必填"),
        TooLong { field, limit, .. } => {
            FieldFault::new(field, format!("at most {limit} characters"), format!("最多 {limit} 个字符"))
        }
        NotAnAddress(field) => FieldFault::new(field, "an absolute http or https address", "完整的 http 或 https 地址"),
    }
}
