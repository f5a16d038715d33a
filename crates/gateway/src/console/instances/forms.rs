//! What a person does to an instance: hands out the app information, or gives it up.

use axum::extract::{Path, State};
use mercer_protocol::saas_v2::AppInfo;

use super::super::fields::{Faults, Fields, Sent};
use super::super::refusal::{Outcome, and_go_to};
use super::super::visitor::Visitor;
use super::detail::{InfoForm, Showing, render};
use super::texts::Texts;
use crate::audit::Action;
use crate::error::GatewayError;
use crate::gateway::Gateway;

/// POST /instances/{id}/app-info
pub(in crate::console) async fn put_app_info(
    State(gateway): State<Gateway>,
    visitor: Visitor,
    Path(instance_id): Path<String>,
    Sent(sent): Sent,
) -> Outcome {
    let language = visitor.language;
    let info = app_info(&sent);
    let result = async {
        gateway.put_app_info(visitor.merchant_id(), &instance_id, &info).await?;
        visitor.record(&gateway, Action::PutAppInfo, (&instance_id, "")).await
    };
    match result.await {
        Err(GatewayError::Field(fault)) => {
            let showing =
                Showing { form: Some(typed(&sent)), faults: Faults::one(&fault, language), ..Showing::default() };
            render(&gateway, visitor, &instance_id, showing).await
        }
        result => {
            and_go_to(result, language, &format!("/instances/{instance_id}"), |()| Texts(language).saved().to_owned())
        }
    }
}

/// POST /instances/{id}/fail
pub(in crate::console) async fn fail(
    State(gateway): State<Gateway>,
    visitor: Visitor,
    Path(instance_id): Path<String>,
    Sent(sent): Sent,
) -> Outcome {
    let language = visitor.language;
    let reason = sent.text("reason");
    let result = async {
        gateway.fail_instance(visitor.merchant_id(), &instance_id, reason).await?;
        visitor.record(&gateway, Action::FailInstance, (&instance_id, reason)).await
    };
    match result.await {
        Err(GatewayError::Field(fault)) => {
            let showing =
                Showing { reason: reason.to_owned(), faults: Faults::one(&fault, language), ..Showing::default() };
            render(&gateway, visitor, &instance_id, showing).await
        }
        result => {
            and_go_to(result, language, &format!("/instances/{instance_id}"), |()| Texts(language).failed().to_owned())
        }
    }
}

fn app_info(sent: &Fields) -> AppInfo {
    AppInfo {
        front_end_url: sent.optional("frontEndUrl"),
        admin_url: sent.optional("adminUrl"),
        user_name: sent.optional("userName"),
        password: sent.optional("password"),
        memo: sent.optional("memo"),
        ..AppInfo::default()
    }
}

fn typed(sent: &Fields) -> InfoForm {
    InfoForm {
        front_end_url: sent.exact("frontEndUrl").to_owned(),
        admin_url: sent.exact("adminUrl").to_owned(),
        user_name: sent.exact("userName").to_owned(),
        password: sent.exact("password").to_owned(),
        memo: sent.exact("memo").to_owned(),
    }
}
