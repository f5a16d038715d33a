//! Merchants, their access keys, production addresses and AK/SK.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use http::StatusCode;
use serde_json::{Value, json};

use super::fault::Fault;
use super::operation::Operation;
use super::params::Params;
use super::rim::{Checked, found, one_more, page, written};
use crate::Core;
use crate::merchant::{self, NewAddress, NewCredential, NewKey, NewMerchant};

/// What can be done with merchants.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/merchants", "listMerchants", list)
            .about("商家列表", "List merchants")
            .answers(200, "MerchantPage"),
        Operation::post("/merchants", "addMerchant", add)
            .about("商家入驻", "Add a merchant")
            .takes("NewMerchant")
            .answers(201, "Merchant"),
        Operation::get("/merchants/{merchantId}", "getMerchant", get)
            .about("商家详情", "One merchant")
            .answers(200, "Merchant"),
        Operation::get("/merchants/{merchantId}/keys", "listKeys", keys)
            .about("访问密钥列表（仅显示首尾）", "List access keys, masked")
            .answers(200, "KeyList"),
        Operation::post("/merchants/{merchantId}/keys", "addKey", add_key)
            .about(
                "新增或轮换某接口类型的访问密钥，明文只返回一次",
                "Add or rotate the access key of an interface type; its text is returned this once",
            )
            .takes("NewKey")
            .answers(201, "AddedKey"),
        Operation::get("/merchants/{merchantId}/production-addresses", "listAddresses", addresses)
            .about("生产地址列表", "List production addresses")
            .answers(200, "AddressList"),
        Operation::post("/merchants/{merchantId}/production-addresses", "addAddress", add_address)
            .about("新增生产地址", "Add a production address")
            .takes("NewAddress")
            .answers(201, "Address"),
        Operation::put("/merchants/{merchantId}/production-addresses/{addressId}", "moveAddress", move_address)
            .about("修改生产地址的 URL", "Change the URL of a production address")
            .takes("MovedAddress")
            .answers(200, "Address"),
        Operation::post(
            "/merchants/{merchantId}/production-addresses/{addressId}/certify",
            "certifyAddress",
            certify_address,
        )
        .about(
            "认证生产地址：读取 /.well-known/mercer-verify.txt",
            "Certify a production address: reads /.well-known/mercer-verify.txt",
        )
        .answers(200, "Address"),
        Operation::get("/merchants/{merchantId}/credentials", "listCredentials", credentials)
            .about("AK 列表", "List AK")
            .answers(200, "CredentialList"),
        Operation::post("/merchants/{merchantId}/credentials", "addCredential", add_credential)
            .about("新增 AK/SK，SK 只返回一次", "Add AK/SK; the SK is returned this once")
            .takes("NewCredential")
            .answers(201, "AddedCredential"),
    ]
}

type Shown = Result<Json<Value>, Fault>;
type Created = Result<(StatusCode, Json<Value>), Fault>;

async fn list(State(core): State<Arc<Core>>, RawQuery(query): RawQuery) -> Shown {
    let wanted = Params::read(query.as_deref())?.page()?;
    page(merchant::list(&core.foundation, one_more(wanted)).await?, wanted)
}

async fn add(State(core): State<Arc<Core>>, Checked { value, .. }: Checked<NewMerchant>) -> Created {
    created(written(&merchant::add_merchant(&core.foundation, &value).await?)?)
}

async fn get(State(core): State<Arc<Core>>, Path(merchant_id): Path<String>) -> Shown {
    Ok(Json(written(&known(&core, &merchant_id).await?)?))
}

async fn keys(State(core): State<Arc<Core>>, Path(merchant_id): Path<String>) -> Shown {
    known(&core, &merchant_id).await?;
    items(&merchant::keys(&core.foundation, &merchant_id).await?)
}

async fn add_key(
    State(core): State<Arc<Core>>,
    Path(merchant_id): Path<String>,
    Checked { value, .. }: Checked<NewKey>,
) -> Created {
    let overlap = core.settings.key_overlap_hours;
    let (key, text) = merchant::add_key(&core.foundation, &merchant_id, &value, overlap).await?;
    let mut shown = written(&key)?;
    shown["accessKey"] = json!(text);
    created(shown)
}

async fn addresses(State(core): State<Arc<Core>>, Path(merchant_id): Path<String>) -> Shown {
    known(&core, &merchant_id).await?;
    items(&merchant::addresses(&core.foundation, &merchant_id).await?)
}

async fn add_address(
    State(core): State<Arc<Core>>,
    Path(merchant_id): Path<String>,
    Checked { value, .. }: Checked<NewAddress>,
) -> Created {
    let policies = &core.policies;
    let address = merchant::add_address(&core.foundation, &merchant_id, &value, policies).await?;
    created(written(&address)?)
}

async fn move_address(
    State(core): State<Arc<Core>>,
    Path((merchant_id, address_id)): Path<(String, String)>,
    Checked { json, .. }: Checked<Value>,
) -> Shown {
    let wanted = (address_id.as_str(), json["url"].as_str().unwrap_or_default());
    let moved = merchant::move_address(&core.foundation, &merchant_id, wanted, &core.policies).await?;
    Ok(Json(written(&moved)?))
}

async fn certify_address(
    State(core): State<Arc<Core>>,
    Path((merchant_id, address_id)): Path<(String, String)>,
) -> Shown {
    let address = merchant::certify_address(&core.foundation, &merchant_id, &address_id).await?;
    Ok(Json(written(&address)?))
}

async fn credentials(State(core): State<Arc<Core>>, Path(merchant_id): Path<String>) -> Shown {
    known(&core, &merchant_id).await?;
    items(&merchant::credentials(&core.foundation, &merchant_id).await?)
}

async fn add_credential(
    State(core): State<Arc<Core>>,
    Path(merchant_id): Path<String>,
    Checked { value, .. }: Checked<NewCredential>,
) -> Created {
    let (pair, sk) = merchant::add_credential(&core.foundation, &merchant_id, &value).await?;
    let mut shown = written(&pair)?;
    shown["sk"] = json!(sk);
    created(shown)
}

async fn known(core: &Core, merchant_id: &str) -> Result<merchant::Merchant, Fault> {
    found(
        merchant::find(&core.foundation, merchant_id).await,
        "merchant.unknown",
        "没有这个商家",
        "there is no such merchant",
    )
}

/// A list that is bounded by a rule, so it needs no pages.
fn items<T: serde::Serialize>(all: &[T]) -> Shown {
    Ok(Json(json!({"items": written(&all)?})))
}

fn created(value: Value) -> Created {
    Ok((StatusCode::CREATED, Json(value)))
}
