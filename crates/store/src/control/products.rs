//! Products and buyers: what is sold and to whom.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use http::StatusCode;
use serde::Deserialize;
use serde_json::Value;

use super::fault::Fault;
use super::operation::Operation;
use super::params::Params;
use super::rim::{Checked, found, one_more, page, written};
use crate::Core;
use crate::catalog::{self, NewProduct, ProductFilter, ProductState};
use crate::merchant::{self, NewBuyer};

/// What can be done with products and buyers.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/products", "listProducts", list)
            .about("商品列表", "List products")
            .filters(&["merchantId", "state", "text"])
            .answers(200, "ProductPage"),
        Operation::post("/products", "addProduct", add)
            .about(
                "发布商品：规格、计费模式、价格和生产地址",
                "Publish a product: specifications, charging modes, prices and production address",
            )
            .takes("NewProduct")
            .answers(201, "Product"),
        Operation::get("/products/{productCode}", "getProduct", get)
            .about("商品详情", "One product")
            .answers(200, "Product"),
        Operation::post("/products/{productCode}/state", "setProductState", set_state)
            .about("上架、隐藏、停售或下架", "Put on sale, hide, stop the sale, or delist")
            .takes("ProductStateBody")
            .answers(200, "Product"),
        Operation::get("/buyers", "listBuyers", buyers).about("客户列表", "List buyers").answers(200, "BuyerPage"),
        Operation::post("/buyers", "addBuyer", add_buyer)
            .about("新增客户", "Add a buyer")
            .takes("NewBuyer")
            .answers(201, "Buyer"),
        Operation::get("/buyers/{customerId}", "getBuyer", get_buyer)
            .about("客户详情", "One buyer")
            .answers(200, "Buyer"),
    ]
}

type Shown = Result<Json<Value>, Fault>;
type Created = Result<(StatusCode, Json<Value>), Fault>;

#[derive(Debug, Clone, Copy, Deserialize)]
struct StateBody {
    state: ProductState,
}

async fn list(State(core): State<Arc<Core>>, RawQuery(query): RawQuery) -> Shown {
    let mut params = Params::read(query.as_deref())?;
    let states: Vec<&str> = ProductState::ALL.iter().map(|one| one.code()).collect();
    let filter = ProductFilter {
        merchant_id: params.text("merchantId").unwrap_or_default(),
        state: params.code("state", &states)?,
        text: params.text("text").unwrap_or_default(),
    };
    let wanted = params.page()?;
    page(catalog::products(&core, &filter, one_more(wanted)).await?, wanted)
}

async fn add(State(core): State<Arc<Core>>, Checked { value, .. }: Checked<NewProduct>) -> Created {
    let product = catalog::create(&core, value).await?;
    Ok((StatusCode::CREATED, Json(written(&product)?)))
}

async fn get(State(core): State<Arc<Core>>, Path(product_code): Path<String>) -> Shown {
    let product = found(
        catalog::product(&core, &product_code).await,
        "product.unknown",
        "没有这个商品",
        "there is no such product",
    )?;
    Ok(Json(written(&product)?))
}

async fn set_state(
    State(core): State<Arc<Core>>,
    Path(product_code): Path<String>,
    Checked { value, .. }: Checked<StateBody>,
) -> Shown {
    let product = catalog::set_state(&core, &product_code, value.state).await?;
    Ok(Json(written(&product)?))
}

async fn buyers(State(core): State<Arc<Core>>, RawQuery(query): RawQuery) -> Shown {
    let wanted = Params::read(query.as_deref())?.page()?;
    page(merchant::buyers(&core.foundation, one_more(wanted)).await?, wanted)
}

async fn add_buyer(State(core): State<Arc<Core>>, Checked { value, .. }: Checked<NewBuyer>) -> Created {
    let buyer = merchant::add_buyer(&core.foundation, &value).await?;
    Ok((StatusCode::CREATED, Json(written(&buyer)?)))
}

async fn get_buyer(State(core): State<Arc<Core>>, Path(customer_id): Path<String>) -> Shown {
    let buyer = found(
        merchant::buyer(&core.foundation, &customer_id).await,
        "buyer.unknown",
        "没有这个客户",
        "there is no such buyer",
    )?;
    Ok(Json(written(&buyer)?))
}
