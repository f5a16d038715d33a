//! Changing a credential, and carrying the change over to what is bound already (订单修改设置). Source: kit §4.2.

use mercer_kernel::db::Batch;

use super::create::{check_address, public_key};
use super::{Application, ApplicationChange, known, repo, rules};
use crate::Core;
use crate::error::{Answer, StoreError};
use crate::identity::binding::{self, BindingState, Client};
use crate::identity::enterprise;
use crate::identity::sync::{self, Flag};
use crate::refusal::Refusal;
use crate::window::Window;

/// Changes a credential. When the merchant sees the change, its test calls are made again.
pub(crate) async fn change(core: &Core, app_id: &str, wanted: &ApplicationChange) -> Answer<Application> {
    let db = &core.foundation.db;
    let new_key = wanted.public_key.as_deref().map(public_key).transpose()?;
    let new_key = &new_key;
    db.transact(|| async move {
        let before = known(core, app_id).await?;
        let mut after = rules::changed(before.clone(), wanted)?;
        if let Some(key) = new_key {
            after.public_key.clone_from(key);
        }
        check_address(&core.foundation, &after.merchant_id, &after.address_id).await?;
        if repo::login_taken(db, &after).await? {
            return Err(rules::login_address_taken().into());
        }
        let mut batch = Batch::new();
        repo::update(&mut batch, &after);
        if rules::needs_new_test(&before, &after) {
            let test = binding::repo::test_of(db, app_id).await?;
            let tenant = enterprise::find(core, &after.test_tenant_id).await?;
            if let (Some(mut test), Some(tenant)) = (test, tenant) {
                test.protocol = after.protocol;
                binding::start_over(core, &mut batch, (test, &after), &tenant).await?;
            }
        }
        after.version += 1;
        Ok::<_, StoreError>((batch, after))
    })
    .await
}

/// Tells the application anew for everything bound to it, encrypted for the present public key: flag 2, in V1
/// flag 1. Returns for how many bindings. Source: kit §4.2, D10.
pub(crate) async fn push(core: &Core, app_id: &str) -> Answer<usize> {
    let db = &core.foundation.db;
    db.transact(|| async {
        let application = known(core, app_id).await?;
        let mut batch = Batch::new();
        let (mut told, mut offset) = (0, 0);
        loop {
            let page = binding::repo::of_application(db, app_id, Window::new(i64::MAX, offset)).await?;
            if page.is_empty() {
                return Ok::<_, StoreError>((batch, told));
            }
            offset += i64::try_from(page.len()).unwrap_or(i64::MAX);
            for one in page.iter().filter(|one| matches!(one.state, BindingState::Bound | BindingState::Stopped)) {
                if let Some(client) = binding::client(core, &one.tenant_id, app_id).await? {
                    sync::tell_application(core, &mut batch, (one, &application), (&client, Flag::Modify));
                    told += 1;
                }
            }
        }
    })
    .await
}

/// Sets the login address of one customer (独立域名); nobody of it can be authorised before. Source: kit §4.1.
pub(crate) async fn set_login_address(core: &Core, app_id: &str, tenant_id: &str, address: &str) -> Answer<Client> {
    rules::check_login_address("loginAddress", address)?;
    core.foundation
        .db
        .transact(|| async {
            let mut client = binding::client(core, tenant_id, app_id).await?.ok_or_else(|| {
                Refusal::not_found(
                    "application.no_customer",
                    "该企业没有绑定此应用",
                    "this enterprise has not bound the application",
                )
            })?;
            address.clone_into(&mut client.login_address);
            let mut batch = Batch::new();
            binding::set_login_address(&mut batch, &client);
            Ok::<_, StoreError>((batch, client))
        })
        .await
}
