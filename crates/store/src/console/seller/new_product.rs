//! Publishing a product from a form.

use axum::extract::State;
use axum::response::Response;
use mercer_kernel::web::{Mood, Notice};

use super::product::at_form_field;
use super::product_form;
use crate::Core;
use crate::catalog;
use crate::console::Console;
use crate::console::desk::Staff;
use crate::console::fault::{Fault, refused};
use crate::console::fields::{Fields, Sent};
use crate::console::view::{Block, Page};
use crate::identity::application;
use crate::merchant;
use crate::refusal::Refusal;
use crate::window::{WINDOW_LIMIT, Window};

mercer_kernel::messages! {
    /// Texts of the page.
    struct Texts;
    products => "Products", "商品管理";
    title => "Publish a product", "发布商品";
    lead => "Up to three specifications, each with a monthly, yearly, one-time or trial price. Graduated prices come by POST /api/v1/products.",
            "最多三个规格，每个规格可设包月、包年、按次或试用价格。阶梯价格请使用 POST /api/v1/products。";
    no_address => "Add a production address first; every product needs one.", "请先添加生产地址，每个商品都需要一个。";
    published => "The product is published.", "商品已发布。";
}

/// The form.
pub(super) async fn show(State(console): State<Console>, staff: Staff) -> Result<Response, Fault> {
    Ok(page(&console.core, staff, &Fields::default(), None).await?.answer())
}

/// Publishes.
pub(super) async fn create(State(console): State<Console>, staff: Staff, Sent(sent): Sent) -> Result<Response, Fault> {
    let core = &console.core;
    let published = match product_form::read(&sent, staff.merchant_id()) {
        Ok(wanted) => refused(catalog::create(core, wanted).await)?,
        Err(refusal) => Err(refusal),
    };
    match published {
        Ok(product) => {
            let path = format!("/seller/products/{}", product.product_code);
            Ok(Notice::new(Mood::Good, Texts(staff.language()).published()).and_go_to(&path))
        }
        Err(refusal) => Ok(page(core, staff, &sent, Some(refusal)).await?.answer_refused()),
    }
}

async fn page(core: &Core, staff: Staff, fields: &Fields, refusal: Option<Refusal>) -> Result<Page, Fault> {
    let language = staff.language();
    let texts = Texts(language);
    let addresses = merchant::addresses(&core.foundation, staff.merchant_id()).await?;
    let merchant_id = staff.merchant_id().to_owned();
    let page =
        Page::new(staff.frame(core), texts.title()).lead(texts.lead()).below("/seller/products", texts.products());
    if addresses.is_empty() {
        return Ok(page.block(Block::Note("warn", texts.no_address().to_owned())));
    }
    let apps = application::list(core, &merchant_id, Window::first(WINDOW_LIMIT)).await?;
    let apps: Vec<(String, String)> = apps.into_iter().map(|app| (app.app_id, app.name)).collect();
    let form = product_form::form(fields, &addresses, &apps, language);
    Ok(page.block(Block::Form(form.refused(refusal.map(at_form_field).as_ref(), language))))
}
