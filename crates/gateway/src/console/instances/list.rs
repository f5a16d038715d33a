//! The list of instances.

use askama::Template;
use axum::extract::State;
use mercer_kernel::web::{Language, Moment, PageRequest, Paged, Shell};

use super::super::fields::{Asked, Faults};
use super::super::refusal::{Outcome, ToldIn as _};
use super::super::texts::CommonTexts;
use super::super::visitor::{Frame, Visitor};
use super::super::words::{self, Choice, Label};
use super::texts::Texts;
use crate::gateway::Gateway;
use crate::instance::{InstanceFilter, InstanceSummary, State as InstanceState};

#[derive(Template)]
#[template(path = "console/instances.html")]
struct ListPage {
    shell: Shell,
    frame: Frame,
    common: CommonTexts,
    texts: Texts,
    faults: Vec<String>,
    states: Vec<Choice>,
    product: String,
    text: String,
    is_filtered: bool,
    instances: Paged<Row>,
}

/// A row of the list.
struct Row {
    instance_id: String,
    order_id: String,
    state: Label,
    trial: bool,
    product_id: String,
    sku_code: String,
    seats: String,
    expires: Option<Moment>,
    created: Moment,
}

/// GET /instances
pub(in crate::console) async fn list(
    State(gateway): State<Gateway>,
    visitor: Visitor,
    page: PageRequest,
    Asked(asked): Asked,
) -> Outcome {
    let language = visitor.language;
    let mut faults = Faults::default();
    let state: Option<InstanceState> =
        faults.take(asked.choice("state", &InstanceState::ALL.map(InstanceState::as_str)), language);
    let filter = InstanceFilter {
        state,
        product: asked.text("product").to_owned(),
        order_id: asked.text("order").to_owned(),
        text: asked.text("text").to_owned(),
    };
    let instances = gateway.instances(visitor.merchant_id(), &filter, page).await.told_in(language)?;
    let page = ListPage {
        common: CommonTexts(language),
        texts: Texts(language),
        faults: faults.sentences(),
        states: state_choices(state, language),
        is_filtered: state.is_some()
            || !filter.product.is_empty()
            || !filter.text.is_empty()
            || !filter.order_id.is_empty(),
        product: filter.product,
        text: filter.text,
        instances: instances.map(|instance| row(instance, language)),
        shell: visitor.shell,
        frame: visitor.frame,
    };
    Ok(page.shell.render(&page))
}

fn state_choices(chosen: Option<InstanceState>, language: Language) -> Vec<Choice> {
    let chosen = chosen.map_or("", InstanceState::as_str);
    InstanceState::ALL
        .into_iter()
        .map(|state| Choice::new(state.as_str(), words::state(state, language).text, chosen))
        .collect()
}

fn row(instance: InstanceSummary, language: Language) -> Row {
    Row {
        state: words::state(instance.state, language),
        seats: instance.linear_value.map_or_else(String::new, |seats| seats.to_string()),
        expires: instance.expire_time.map(Moment::of),
        created: Moment::of(instance.created_at),
        instance_id: instance.instance_id,
        order_id: instance.order_id,
        trial: instance.trial,
        product_id: instance.product_id,
        sku_code: instance.sku_code,
    }
}
