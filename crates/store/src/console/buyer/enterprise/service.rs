//! One bound service: its three steps, who is authorised, and everything that can be done with it.

use axum::extract::{Path, State};
use axum::response::Response;
use mercer_kernel::web::{Language, PageRequest};

use super::grants::{departments_table, grant_form, members_table};
use super::{calls_table, own, own_binding, path, timeline};
use crate::Core;
use crate::console::desk::Buyer;
use crate::console::fault::{Fault, tell};
use crate::console::view::{Action, Block, Cell, Fact, Page};
use crate::console::{Console, words};
use crate::identity::application;
use crate::identity::binding::{self, Binding, BindingState};
use crate::identity::enterprise::Tenant;
use crate::instance;
use crate::message;

/// How often the page looks while the steps are under way.
const REFRESH_MS: u32 = 2_000;

mercer_kernel::messages! {
    /// Texts of the page.
    struct Texts;
    enterprises => "My enterprises", "我的企业";
    steps => "Telling the seller", "向商家同步";
    syncing => "The seller is being told. This page looks again by itself; you can authorise members already, they are told after the three steps.",
               "正在向商家同步，页面会自动刷新。您可以先授权成员，三步完成后会自动告知商家。";
    failed => "A step was not accepted by the seller's system. Its seller has been notified; try again when it is back.",
              "商家系统未接受同步，已通知商家。请在商家恢复后重试。";
    stopped => "The application is stopped: nobody can use it until you start it again.", "应用已停用，启用前任何成员都不能使用。";
    unbound => "This service is no longer bound to the enterprise.", "该服务已与企业解绑。";
    retry => "Try again", "重试";
    again => "Tell everything again", "重新同步";
    stop => "Stop", "停用应用";
    stop_really => "Withdraw everybody until you start it again?", "停用后所有成员的授权将被撤销，直到重新启用。确定停用？";
    start => "Start", "启用应用";
    unbind => "Unbind", "解绑";
    unbind_really => "Withdraw everybody and remove the enterprise at the seller? The service itself goes on.", "将撤销所有授权并在商家删除企业信息，服务本身不受影响。确定解绑？";
    release => "Release phone and mail", "提供手机和邮箱";
    keep => "No longer release phone and mail", "不再提供手机和邮箱";
    done => "Done.", "操作成功。";
    facts => "Details", "绑定信息";
    service => "Service", "服务";
    application => "Application", "应用";
    version => "Interface version", "接口版本";
    client => "Client id", "Client ID";
    login => "Application's address", "应用登录地址";
    instance => "Merchant's instance id", "商家实例 ID";
    personal => "Phone and mail", "手机和邮箱";
    released => "released to the seller", "提供给商家";
    kept => "not released", "不提供";
    bound => "Bound", "绑定时间";
}

/// The page.
pub(super) async fn show(
    State(console): State<Console>,
    buyer: Buyer,
    Path((tenant_id, binding_id)): Path<(String, String)>,
    page: PageRequest,
) -> Result<Response, Fault> {
    let core = &console.core;
    let language = buyer.language();
    let texts = Texts(language);
    let tenant = own(core, &buyer, &tenant_id).await?;
    let binding = own_binding(core, &tenant, &binding_id).await?;
    let base = path(&tenant, &format!("/services/{binding_id}"));
    let name = service_name(core, &binding, language).await?;
    let open = binding.state != BindingState::Unbound;
    let mut shown = Page::new(buyer.frame(core), name)
        .below("/enterprises", texts.enterprises())
        .below(path(&tenant, ""), &tenant.name)
        .badge(words::binding_state(binding.state, language))
        .maybe(standing(&binding, language));
    for action in actions(&binding, &base, language) {
        shown = shown.action(action);
    }
    if binding.state != BindingState::Bound {
        let events = timeline(core, &binding, language).await?;
        shown = shown.block(Block::Timeline(texts.steps().to_owned(), events));
    }
    if open {
        shown = shown
            .block(Block::Table(members_table(core, &binding, (&base, page), language).await?))
            .block(Block::Form(grant_form(core, &tenant, &base, language).await?))
            .block(Block::Table(departments_table(core, &binding, &base, language).await?));
    }
    let calls = calls_table(core, &binding, &format!("{base}/calls"), language).await?;
    let facts = facts(core, &tenant, &binding, language).await?;
    let shown = shown.block(Block::Table(calls)).aside(Block::Facts(texts.facts().to_owned(), facts));
    let moves = binding.state == BindingState::Syncing;
    Ok(shown.refreshing(if moves { REFRESH_MS } else { 0 }).answer())
}

/// Does something with it.
pub(super) async fn act(
    State(console): State<Console>,
    buyer: Buyer,
    Path((tenant_id, binding_id, verb)): Path<(String, String, String)>,
) -> Result<Response, Fault> {
    let core = &console.core;
    let tenant = own(core, &buyer, &tenant_id).await?;
    own_binding(core, &tenant, &binding_id).await?;
    let done = match verb.as_str() {
        "retry" => binding::retry(core, &binding_id).await,
        "stop" => binding::stop(core, &binding_id).await,
        "start" => binding::start(core, &binding_id).await,
        "unbind" => binding::unbind(core, &binding_id).await,
        "release" => binding::release_personal(core, &binding_id, true).await,
        "keep" => binding::release_personal(core, &binding_id, false).await,
        _ => return Err(Fault::missing()),
    };
    let language = buyer.language();
    tell(done, language, Texts(language).done(), &path(&tenant, &format!("/services/{binding_id}")))
}

/// Makes a failed call once more.
pub(super) async fn retry_call(
    State(console): State<Console>,
    buyer: Buyer,
    Path((tenant_id, binding_id, message_id)): Path<(String, String, String)>,
) -> Result<Response, Fault> {
    let core = &console.core;
    let tenant = own(core, &buyer, &tenant_id).await?;
    own_binding(core, &tenant, &binding_id).await?;
    let known = message::find(core, &message_id).await?;
    if known.is_none_or(|known| known.message.subject.as_ref() != Some(&binding_id)) {
        return Err(Fault::missing());
    }
    let language = buyer.language();
    let done = message::restart(core, &message_id).await;
    tell(done, language, Texts(language).done(), &path(&tenant, &format!("/services/{binding_id}")))
}

fn standing(binding: &Binding, language: Language) -> Option<Block> {
    let texts = Texts(language);
    match binding.state {
        BindingState::Syncing => Some(Block::Note("info", texts.syncing().to_owned())),
        BindingState::Failed => Some(Block::Note("bad", texts.failed().to_owned())),
        BindingState::Stopped => Some(Block::Note("warn", texts.stopped().to_owned())),
        BindingState::Unbound => Some(Block::Note("info", texts.unbound().to_owned())),
        BindingState::Bound => None,
    }
}

fn actions(binding: &Binding, base: &str, language: Language) -> Vec<Action> {
    let texts = Texts(language);
    let post = |verb: &str, label: &str| Action::post(format!("{base}/{verb}"), label);
    let unbind = post("unbind", texts.unbind()).asking(texts.unbind_really()).styled("danger");
    let personal = if binding.release_personal { post("keep", texts.keep()) } else { post("release", texts.release()) };
    match binding.state {
        BindingState::Syncing => vec![unbind],
        BindingState::Failed => vec![post("retry", texts.retry()).styled("primary"), unbind],
        BindingState::Bound => {
            vec![post("retry", texts.again()), personal, post("stop", texts.stop()).asking(texts.stop_really()), unbind]
        }
        BindingState::Stopped => vec![post("start", texts.start()).styled("primary"), unbind],
        BindingState::Unbound => Vec::new(),
    }
}

async fn service_name(core: &Core, binding: &Binding, language: Language) -> Result<String, Fault> {
    let resource_id = binding.resource_id.as_deref().unwrap_or_default();
    let found = instance::find_resource(&core.foundation.db, resource_id).await?;
    Ok(found.map_or_else(|| binding.instance_id.clone(), |found| words::name(&found.names, language)))
}

async fn facts(core: &Core, tenant: &Tenant, binding: &Binding, language: Language) -> Result<Vec<Fact>, Fault> {
    let texts = Texts(language);
    let application = application::known(core, &binding.app_id).await?;
    let client = binding::client(core, &tenant.tenant_id, &binding.app_id).await?;
    let own_login = client.as_ref().map(|client| client.login_address.clone()).filter(|address| !address.is_empty());
    let login = own_login.unwrap_or_else(|| application.login_address.clone());
    let service = format!("/services/{}", binding.resource_id.as_deref().unwrap_or_default());
    Ok(vec![
        Fact::new(texts.service(), Cell::link(service, service_name(core, binding, language).await?)),
        Fact::text(texts.application(), &application.name),
        Fact::text(texts.version(), words::kit_version(binding.protocol)),
        Fact::new(texts.client(), Cell::code(client.as_ref().map(|client| client.client_id.as_str()))),
        Fact::new(texts.login(), Cell::Outside(login)),
        Fact::new(texts.instance(), Cell::Code(binding.instance_id.clone())),
        Fact::text(texts.personal(), if binding.release_personal { texts.released() } else { texts.kept() }),
        Fact::new(texts.bound(), Cell::time(binding.bound_at)),
    ])
}
