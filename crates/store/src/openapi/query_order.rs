//! Query order (查询订单): what a merchant asks after every call that names an order.
//!
//! Source: open APIs §3.1, decisions D13 and D37.

use mercer_protocol::order_query::{MktCode, OrderInfo, Query, Response, Surplus, mock_order};

use super::OpenApi;
use crate::error::Answer;
use crate::{merchant, order};

/// Mock orders that the European site does not have. Source: open APIs §3.1.
const NOT_IN_EUROPE: [&str; 2] = ["MOCKONDEMAND", "MOCKONDEMANDPKG"];

/// Answers the query of an authenticated merchant.
///
/// # Errors
/// When the database cannot answer.
pub(super) async fn query_order(
    open_api: &OpenApi,
    merchant_id: &str,
    raw_query: &str,
    surplus: Surplus,
) -> Answer<Response> {
    let query = match Query::parse(raw_query, surplus) {
        Ok(query) => query,
        Err(refusal) => {
            let detail = refusal.wording().en;
            return Ok(Response::refused(refusal.code(), &detail));
        }
    };
    let core = &open_api.core;
    let in_europe = core.policies.profile() == "eu";
    let is_offered = !(in_europe && NOT_IN_EUROPE.contains(&query.order_id.as_str()));
    let now = core.foundation.clock.now().to_jiff();
    if let Some(mock) = mock_order(&query.order_id, now).filter(|_| is_offered) {
        return Ok(narrowed(mock, &query));
    }
    let Some(order) = order::by_id(core, &query.order_id).await? else {
        return Ok(unknown_order(&query));
    };
    if order.merchant_id != merchant_id {
        return Ok(refused(MktCode::IllegalOperation, "not published by this merchant", &query.order_id));
    }
    let Some(buyer) = merchant::buyer(&core.foundation, &order.buyer_id).await? else {
        tracing::error!(order_id = %order.order_id, "the buyer of an order does not exist");
        return Ok(Response::refused(MktCode::InternalError, ""));
    };
    Ok(narrowed(order::describe(&order, &buyer), &query))
}

/// The order with the asked line only, or all of them.
fn narrowed(mut order: OrderInfo, query: &Query) -> Response {
    let Some(line_id) = &query.order_line_id else {
        return Response::found(order);
    };
    order.order_line.retain(|line| line.order_line_id == *line_id);
    if order.order_line.is_empty() {
        return refused(MktCode::BadInput, "order line not found", line_id);
    }
    Response::found(order)
}

fn unknown_order(query: &Query) -> Response {
    refused(MktCode::BadInput, "order not found", &query.order_id)
}

/// A refusal whose text says what is wrong and whose `extra_info` says with which id. Decision D13.
fn refused(code: MktCode, detail: &str, id: &str) -> Response {
    Response { extra_info: Some(id.to_owned()), ..Response::refused(code, detail) }
}
