//! Debug requests (`testFlag` 1): answered as if, with no effect on instances or the app.
//!
//! Their memory is a separate one (decision D21): keys under `test/`, so that repeating a debug case is
//! idempotent and never meets a real order.

use mercer_kernel::db::DbError;
use mercer_protocol::saas_v2::{AppInfo, InstanceInfo, Request};

use crate::gateway::Gateway;
use crate::instance::rules::{Answer, Effect, ResultKind};

/// What a debug request is answered with.
pub(super) struct Debugged {
    pub(super) answer: Answer,
    pub(super) info: Vec<InstanceInfo>,
    /// Remembered when the request is the first of its kind.
    pub(super) effect: Option<Effect>,
}

/// Decides a debug request.
pub(super) async fn decide(gateway: &Gateway, merchant_id: &str, request: &Request) -> Result<Debugged, DbError> {
    let done = |answer: Answer| Debugged { answer, info: Vec::new(), effect: None };
    let success = Answer::of(ResultKind::Success);
    match request {
        Request::NewInstance(new) => {
            let key = format!("test/new/{}/{}", new.order_id, new.order_line_id);
            let earlier = super::callback::find_effect(gateway.db(), merchant_id, &key).await?;
            let effect = earlier.is_none().then(|| Effect { key, content: new.business_id.clone() });
            // 000000 even though nothing is open: debugging accepts nothing else (decision D33).
            let instance_id = Some(earlier.unwrap_or_else(|| new.business_id.clone()));
            Ok(Debugged { effect, ..done(Answer { instance_id, ..success }) })
        }
        Request::QueryInstance(query) => {
            let info = query.instance_ids.iter().map(|id| InstanceInfo::with_app_info(id, sample(gateway))).collect();
            Ok(Debugged { info, ..done(success) })
        }
        Request::RefreshInstance(_)
        | Request::UpdateInstanceStatus(_)
        | Request::ReleaseInstance(_)
        | Request::UpgradeInstance(_)
        | Request::ChangeInstanceCheck(_) => Ok(done(success)),
    }
}

/// What a debug request is told about an instance.
pub(super) fn sample(gateway: &Gateway) -> AppInfo {
    AppInfo {
        front_end_url: Some(gateway.foundation().public_url.clone()),
        user_name: Some("debug".to_owned()),
        memo: Some("debug answer / 调试响应".to_owned()),
        ..AppInfo::default()
    }
}
