//! Merchants: which one is looked at, and entering a new one. Accounts bound to a merchant see only theirs.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use mercer_kernel::web::{Moment, Mood, Notice, Problem, Shell};

use super::fields::{Faults, Sent};
use super::refusal::{Outcome, ToldIn as _};
use super::visitor::{Frame, MERCHANT_COOKIE, Staff};
use crate::error::GatewayError;
use crate::gateway::Gateway;
use crate::merchant::NewMerchant;

/// How long the choice is remembered; browsers cut it to 400 days.
const REMEMBERED_SECONDS: u32 = 400 * 86_400;

mercer_kernel::messages! {
    /// Texts of the page.
    struct Texts;
    title => "Merchants", "商家";
    lead => "One gateway serves several merchants. Each has its own production address, keys and connectors.", "一个网关可服务多个商家，各自拥有独立的生产地址、密钥与连接器。";
    name => "Name", "名称";
    name_hint => "For people, 1 to 128 characters", "供识别，1 到 128 个字符";
    id => "Merchant id", "商家 ID";
    id_hint => "Part of the production address: 1 to 64 of A-Z a-z 0-9 - _. It cannot be changed later.", "生产地址的一部分：1 到 64 个字符，限 A-Z a-z 0-9 - _，之后不可修改。";
    entered => "Entered", "添加时间";
    shown => "shown", "当前";
    show => "Show this one", "切换到此商家";
    add => "Add a merchant", "添加商家";
    none_title => "No merchant yet", "还没有商家";
    none_text => "Enter the first one below. The gateway then has a production address for it.", "请在下方添加第一个商家，网关会为其生成生产地址。";
    added(name: &str) => "Merchant {name} was added.", "商家“{name}”已添加。";
}

#[derive(Template)]
#[template(path = "console/merchants.html")]
struct MerchantsPage {
    shell: Shell,
    frame: Frame,
    texts: Texts,
    merchants: Vec<Row>,
    typed_id: String,
    typed_name: String,
    faults: Faults,
}

struct Row {
    merchant_id: String,
    name: String,
    entered: Moment,
    chosen: bool,
}

/// GET /merchants
pub(super) async fn list(staff: Staff) -> Outcome {
    Ok(render(unbound(staff)?, ("", ""), Faults::default()))
}

/// POST /merchants
pub(super) async fn add(State(gateway): State<Gateway>, staff: Staff, Sent(sent): Sent) -> Outcome {
    let staff = unbound(staff)?;
    let language = staff.language;
    let new = NewMerchant { merchant_id: sent.text("merchantId").to_owned(), name: sent.text("name").to_owned() };
    match gateway.ensure_merchant(&new).await {
        Ok(merchant) => {
            let notice = Notice::new(Mood::Good, Texts(language).added(&merchant.name));
            Ok(remembering(&merchant.merchant_id, notice.and_go_to("/")))
        }
        Err(GatewayError::Field(fault)) => {
            Ok(render(staff, (&new.merchant_id, &new.name), Faults::one(&fault, language)))
        }
        Err(error) => Err(error).told_in(language),
    }
}

/// POST /merchants/switch
pub(super) async fn switch(staff: Staff, Sent(sent): Sent) -> Response {
    let known = staff.merchants.iter().find(|merchant| merchant.merchant_id == sent.text("merchantId"));
    match known {
        Some(merchant) => remembering(&merchant.merchant_id, Redirect::to("/").into_response()),
        None => Redirect::to("/merchants").into_response(),
    }
}

fn unbound(staff: Staff) -> Outcome<Staff> {
    if staff.is_bound() {
        return Err(Problem::new(
            StatusCode::FORBIDDEN,
            "role",
            "Your account belongs to one merchant and does not see the others.",
            "您的账号只属于一个商家，不能查看其他商家。",
        )
        .in_language(staff.language));
    }
    Ok(staff)
}

fn remembering(merchant_id: &str, mut response: Response) -> Response {
    let cookie =
        format!("{MERCHANT_COOKIE}={merchant_id}; Path=/; HttpOnly; SameSite=Lax; Max-Age={REMEMBERED_SECONDS}");
    if let Ok(value) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    response
}

fn render(staff: Staff, (merchant_id, name): (&str, &str), faults: Faults) -> Response {
    let frame = staff.frame();
    let status = if faults.sentences().is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let merchants = staff.merchants.iter().map(|merchant| Row {
        merchant_id: merchant.merchant_id.clone(),
        name: merchant.name.clone(),
        entered: Moment::of(merchant.created_at),
        chosen: staff.is_chosen(merchant),
    });
    let page = MerchantsPage {
        merchants: merchants.collect(),
        texts: Texts(staff.language),
        typed_id: merchant_id.to_owned(),
        typed_name: name.to_owned(),
        faults,
        frame,
        shell: staff.shell,
    };
    page.shell.render_with(status, &page)
}
