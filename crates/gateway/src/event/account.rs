//! Events about an enterprise. What they tell was decided with the change and lies sealed until it is
//! delivered: it holds client secrets, phones and mail addresses, old ones as well as new ones.

use mercer_kernel::args;
use mercer_kernel::clock::Instant;
use mercer_kernel::db::Batch;
use mercer_kernel::http::FailureReason;
use mercer_kernel::outbox::{AttemptRecord, Job, NewJob};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use super::cloud_event::{Head, envelope};
use crate::account::apply::Call;
use crate::account::{AccountEvent, seal};
use crate::connector::{Delivered, Parcel, Reaction};
use crate::error::GatewayError;
use crate::gateway::Gateway;
use crate::instance::{Specification, repo};

mercer_kernel::statements! {
    INSERT = "INSERT INTO gw_account_event (merchant_id, event_id, instance_id, data_sealed, written_at) VALUES ($1, $2, $3, $4, $5)";
    FIND = "SELECT data_sealed FROM gw_account_event WHERE merchant_id = $1 AND event_id = $2";
}

/// What the job carries.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Payload {
    at: Instant,
    tenant_id: String,
}

/// Adds an event to the batch of the change it tells; returns its id.
pub(crate) fn put_account(
    gateway: &Gateway,
    batch: &mut Batch,
    call: &Call,
    (kind, told): (AccountEvent, Map<String, Json>),
) -> Result<String, GatewayError> {
    let (now, scope) = (gateway.now(), &call.scope);
    let id = gateway.entropy().id("ev", now);
    let mut data = Map::new();
    data.insert("merchantId".to_owned(), scope.merchant_id.as_str().into());
    data.insert("instanceId".to_owned(), scope.instance_id.as_str().into());
    data.insert("tenantId".to_owned(), scope.tenant_id.as_str().into());
    data.insert("syncTime".to_owned(), call.at.as_str().into());
    data.extend(told);
    let sealed = seal::event(gateway.vault(), &id, &data.into())?;
    batch.one(INSERT, args![&scope.merchant_id, &id, &scope.instance_id, sealed, now]);
    let payload = Payload { at: now, tenant_id: scope.tenant_id.clone() };
    let job = NewJob {
        id: id.clone(),
        // The instance's lane: the app hears of the instance first, and of nothing out of order.
        lane: crate::instance::lane(&scope.merchant_id, &scope.instance_id),
        kind: kind.as_str().to_owned(),
        endpoint: format!("app/{}", scope.merchant_id),
        merchant_id: scope.merchant_id.clone(),
        subject: scope.instance_id.clone(),
        payload: serde_json::to_value(payload).expect("a payload is plain data"),
        due: now,
    };
    gateway.outbox().put(batch, job);
    Ok(id)
}

/// Offers an event to the app.
pub(super) async fn deliver(gateway: &Gateway, job: &Job, kind: AccountEvent) -> Result<Delivered, GatewayError> {
    let Ok(payload) = serde_json::from_value::<Payload>(job.payload.clone()) else {
        return Ok(Delivered::failed(FailureReason::Other, "the event cannot be read"));
    };
    let Some(row) = gateway.db().query_one(FIND, args![&job.merchant_id, &job.id]).await? else {
        let reason = "its data was removed when the instance was released".to_owned();
        return Ok(Delivered { reaction: Reaction::Refused(reason), record: AttemptRecord::default() });
    };
    let data = seal::open_event(gateway.vault(), &job.id, &row.text(0)?)?;
    let head = Head {
        id: &job.id,
        kind: kind.as_str(),
        merchant_id: &job.merchant_id,
        subject: &format!("{}/{}", job.subject, payload.tenant_id),
        at: payload.at,
    };
    let event = envelope(gateway, &head, data);
    // An instance that is not known, or not yet, is served by the default connector.
    let found = repo::find(gateway.db(), &job.merchant_id, &job.subject, None).await?;
    let served = found.map_or_else(Specification::default, |found| found.instance.specification);
    super::deliver::hand_over(gateway, &job.merchant_id, &served, &Parcel { id: &job.id, opens: false, event: &event })
        .await
}
