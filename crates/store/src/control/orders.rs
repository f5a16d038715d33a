//! Orders: placed, paid, cancelled, found.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use http::{HeaderMap, StatusCode};
use mercer_kernel::db::{Batch, DbError};
use serde::Deserialize;
use serde_json::{Value, json};

use super::fault::Fault;
use super::idempotency::Key;
use super::operation::Operation;
use super::params::Params;
use super::rim::{Checked, found, one_more, written};
use crate::Core;
use crate::error::StoreError;
use crate::message;
use crate::order::{self, ExtendParam, Order, OrderFilter, OrderKind, OrderState, PlaceOrder};

/// What can be done with orders.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/orders", "listOrders", list)
            .about("订单列表", "List orders")
            .filters(&[
                "merchantId",
                "buyerId",
                "productCode",
                "resourceId",
                "kind",
                "state",
                "text",
                "createdFrom",
                "createdTo",
            ])
            .answers(200, "OrderPage"),
        Operation::post("/orders", "placeOrder", place)
            .about("下单，可选同时支付", "Place an order and, if asked, pay it")
            .takes("PlaceOrder")
            .answers(201, "Order"),
        Operation::get("/orders/{orderId}", "getOrder", get).about("订单详情", "One order").answers(200, "Order"),
        Operation::post("/orders/{orderId}/pay", "payOrder", pay)
            .about("支付订单（模拟）", "Pay an order (simulated)")
            .answers(200, "Order"),
        Operation::post("/orders/{orderId}/cancel", "cancelOrder", cancel)
            .about("取消未支付的订单", "Cancel an order that is not paid")
            .answers(200, "Order"),
    ]
}

/// The body of `POST /orders`.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct OrderBody {
    buyer_id: String,
    product_id: String,
    #[serde(default)]
    quantity: Option<i64>,
    #[serde(default, alias = "periodNumber")]
    periods: Option<i64>,
    #[serde(default)]
    extend_params: Vec<ExtendParam>,
    #[serde(default)]
    pay: bool,
}

async fn list(State(core): State<Arc<Core>>, RawQuery(query): RawQuery) -> Result<Json<Value>, Fault> {
    let mut params = Params::read(query.as_deref())?;
    let filter = OrderFilter {
        merchant_id: params.text("merchantId").unwrap_or_default(),
        buyer_id: params.text("buyerId").unwrap_or_default(),
        product_code: params.text("productCode").unwrap_or_default(),
        resource_id: params.text("resourceId").unwrap_or_default(),
        kind: params.code("kind", &OrderKind::ALL.iter().map(|one| one.code()).collect::<Vec<_>>())?,
        state: params.code("state", &OrderState::ALL.iter().map(|one| one.code()).collect::<Vec<_>>())?,
        text: params.text("text").unwrap_or_default(),
        created_from: params.instant("createdFrom")?,
        created_to: params.instant("createdTo")?,
    };
    let wanted = params.page()?;
    let orders = order::list(&core, &filter, one_more(wanted)).await?;
    let shown: Result<Vec<Value>, Fault> = orders.iter().map(shown).collect();
    super::rim::page(shown?, wanted)
}

async fn place(
    State(core): State<Arc<Core>>,
    headers: HeaderMap,
    Checked { value, json }: Checked<OrderBody>,
) -> Result<(StatusCode, Json<Value>), Fault> {
    let wanted = PlaceOrder {
        buyer_id: value.buyer_id,
        product_id: value.product_id,
        quantity: value.quantity,
        period_number: value.periods,
        extend_params: value.extend_params,
        pay: value.pay,
    };
    let Some(header) = headers.get("idempotency-key") else {
        let placed = order::place_order(&core, &wanted, &|_| Batch::new()).await?;
        return Ok((StatusCode::CREATED, Json(shown(&placed)?)));
    };
    let key = Key::read("orders", header.to_str().unwrap_or_default(), &json)?;
    if let Some(stored) = key.stored(&core.foundation.db).await.map_err(StoreError::from)? {
        return Ok((StatusCode::CREATED, Json(key.replay(stored)?)));
    }
    let now = core.foundation.wall.now();
    let remember = |planned: &Order| match shown(planned) {
        Ok(answer) => key.remember(&answer, now),
        Err(_) => Batch::new(),
    };
    match order::place_order(&core, &wanted, &remember).await {
        Ok(placed) => Ok((StatusCode::CREATED, Json(shown(&placed)?))),
        // Somebody else used the key at the same moment; theirs is the answer.
        Err(StoreError::Database(DbError::Conflict { statement })) => {
            let stored = key.stored(&core.foundation.db).await.map_err(StoreError::from)?;
            let conflict = StoreError::Database(DbError::Conflict { statement });
            let stored = stored.ok_or(conflict)?;
            Ok((StatusCode::CREATED, Json(key.replay(stored)?)))
        }
        Err(other) => Err(other.into()),
    }
}

async fn get(State(core): State<Arc<Core>>, Path(order_id): Path<String>) -> Result<Json<Value>, Fault> {
    let order = found(order::by_id(&core, &order_id).await, "order.unknown", "没有这个订单", "there is no such order")?;
    message::hurry(&core, &order).await?;
    Ok(Json(shown(&order)?))
}

async fn pay(State(core): State<Arc<Core>>, Path(order_id): Path<String>) -> Result<Json<Value>, Fault> {
    Ok(Json(shown(&order::pay(&core, &order_id).await?)?))
}

async fn cancel(State(core): State<Arc<Core>>, Path(order_id): Path<String>) -> Result<Json<Value>, Fault> {
    Ok(Json(shown(&order::cancel(&core, &order_id).await?)?))
}

/// An order as the API shows it: with the id of its line.
pub(super) fn shown(order: &Order) -> Result<Value, Fault> {
    let mut shown = written(order)?;
    shown["orderLineId"] = json!(order.order_line_id());
    Ok(shown)
}
