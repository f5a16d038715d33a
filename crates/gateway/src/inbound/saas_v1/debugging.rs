//! Debug requests (`testFlag` 1): the whole way but for the effect on instances and the app, with the
//! fields the debugger insists on. Source: SaaS V1.0 §6.2, decision D8.

use mercer_protocol::saas_v1::{QueryInstanceResponse, Request};
use mercer_protocol::saas_v2::InstanceInfo;

use super::super::callback::{Verdict, find_effect};
use super::super::debugging::sample;
use super::super::step::{Rendered, Step};
use super::command::Talk;
use super::order;
use crate::error::GatewayError;
use crate::instance::rules::{Answer, Effect, ResultKind};

/// Decides a debug request. Its memory is a separate one: repeating a case gives the same instance id and never
/// meets a real order.
pub(super) async fn decide(talk: &Talk<'_>, request: &Request) -> Result<Step, GatewayError> {
    let mut effect = None;
    let (instance_id, order_id, rendered) = match request {
        Request::NewInstance(new) => {
            let key = format!("test/v1/new/{}/{}", new.order_id, order::line_of(new));
            let earlier = find_effect(talk.gateway.db(), talk.merchant_id(), &key).await?;
            if earlier.is_none() {
                effect = Some(Effect { key, content: new.business_id.clone() });
            }
            let instance_id = earlier.unwrap_or_else(|| new.business_id.clone());
            let sku_code = new.sku_code.as_deref().unwrap_or_default();
            let size = talk.personal.key_size;
            let size = size.unwrap_or_else(|| talk.encryption.of_product(&new.product_id, sku_code));
            let rendered = talk.opened(&instance_id, Some(&sample(talk.gateway)), size);
            (instance_id, new.order_id.clone(), rendered)
        }
        Request::QueryInstance(query) => {
            let size = talk.encryption.of_product("", "");
            let info = |id: &String| InstanceInfo::with_app_info(id, talk.encrypted(&sample(talk.gateway), size));
            let response = QueryInstanceResponse::found(query.instance_ids.iter().map(info).collect(), size);
            let success = talk.plain_answer(&Answer::of(ResultKind::Success));
            let body = response.to_json(talk.gateway.settings().text_form);
            (query.instance_ids.join(","), String::new(), Rendered { body, ..success })
        }
        Request::RefreshInstance(refresh) => done(talk, &refresh.instance_id, &refresh.order_id),
        Request::ExpireInstance(expire) => {
            done(talk, &expire.instance_id, expire.order_id.as_deref().unwrap_or_default())
        }
        Request::ReleaseInstance(release) => {
            done(talk, &release.instance_id, release.order_id.as_deref().unwrap_or_default())
        }
        Request::Upgrade(upgrade) => done(talk, &upgrade.instance_id, &upgrade.order_id),
        Request::InstanceStatus(change) => done(talk, &change.instance_id, ""),
    };
    Ok(Step {
        activity: request.activity().as_str(),
        instance_id,
        order_id,
        test: true,
        verdict: Verdict::Accepted,
        effect,
        kept_answer: Some(mercer_protocol::saas_v1::redacted(rendered.body.as_bytes())),
        ..Step::refused(rendered)
    })
}

fn done(talk: &Talk<'_>, instance_id: &str, order_id: &str) -> (String, String, Rendered) {
    let rendered = talk.plain_answer(&Answer::of(ResultKind::Success));
    (instance_id.to_owned(), order_id.to_owned(), rendered)
}
