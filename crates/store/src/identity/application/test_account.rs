//! The test account of a credential (测试账号): one, not deletable, told to the merchant by authSync.
//! Source: kit §4.3.

use mercer_kernel::db::Batch;
use mercer_kernel::vault::Place;
use serde::Serialize;
use serde_json::Map;

use super::{Application, known, repo};
use crate::Core;
use crate::error::{Answer, StoreError};
use crate::identity::binding;
use crate::identity::enterprise::{self, TOP_DEPARTMENT};
use crate::identity::member::{self, Member, MemberState, Profile, Role};
use crate::refusal::Refusal;

/// Length of the password.
const PASSWORD_LENGTH: usize = 16;

/// What a seller needs to sign in as the test account.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TestAccount {
    /// Base address of the sign-in centre (域名).
    pub(crate) domain_name: String,
    /// The test enterprise (租户ID).
    pub(crate) tenant_id: String,
    /// Its code.
    pub(crate) tenant_code: String,
    /// The account (账号).
    pub(crate) user_name: String,
    /// Its password (密码).
    pub(crate) password: String,
}

/// Makes the test account of a credential.
pub(crate) async fn open_test_account(core: &Core, app_id: &str) -> Answer<TestAccount> {
    let foundation = &core.foundation;
    let password = foundation.entropy.alphanumeric(PASSWORD_LENGTH);
    let sealed = foundation.vault.seal(place(app_id), &password)?;
    let sealed = &sealed;
    foundation
        .db
        .transact(|| async move {
            let mut application = known(core, app_id).await?;
            if application.test_account.is_some() {
                return Err(exists().into());
            }
            let tenant = enterprise::active(core, &application.test_tenant_id).await?;
            let member = tester(core, &application);
            application.test_account = Some(member.user_name.clone());
            let mut batch = Batch::new();
            repo::update(&mut batch, &application);
            repo::set_password(&mut batch, app_id, sealed);
            enterprise::repo::touch(&mut batch, &tenant);
            member::repo::insert(core, &mut batch, &tenant.tenant_id, &member);
            binding::authorise_tester(core, &mut batch, &application, &member).await?;
            Ok::<_, StoreError>((batch, ()))
        })
        .await?;
    let made = test_account(core, app_id).await?;
    made.ok_or_else(|| StoreError::Broken(format!("credential {app_id} lost its test account")))
}

/// The test account of a credential, if there is one.
pub(crate) async fn test_account(core: &Core, app_id: &str) -> Answer<Option<TestAccount>> {
    let application = known(core, app_id).await?;
    let Some(user_name) = application.test_account else { return Ok(None) };
    let sealed = repo::password(&core.foundation.db, app_id).await?;
    let tenant = enterprise::find(core, &application.test_tenant_id).await?;
    let (Some(sealed), Some(tenant)) = (sealed, tenant) else { return Ok(None) };
    let password = core.foundation.vault.open_at(place(app_id), &sealed)?;
    Ok(Some(TestAccount {
        domain_name: tenant.domain_name,
        tenant_id: tenant.tenant_id,
        tenant_code: tenant.tenant_code,
        user_name,
        password,
    }))
}

fn tester(core: &Core, application: &Application) -> Member {
    Member {
        user_name: "tester".to_owned(),
        state: MemberState::Enabled,
        profile: Profile {
            name: application.name.clone(),
            org_code: TOP_DEPARTMENT.to_owned(),
            position: String::new(),
            employee_code: String::new(),
            employee_type: None,
            role: Role::Admin,
            mobile: String::new(),
            email: String::new(),
            work_place: String::new(),
            entry_date: String::new(),
            extension: Map::new(),
        },
        created_at: core.foundation.clock.now(),
    }
}

fn exists() -> Refusal {
    Refusal::conflict(
        "application.test_account",
        "每个应用凭证只有一个测试账号，且不能删除；需要另一个时请新建应用凭证",
        "a credential has one test account, which cannot be deleted; make a new credential for another",
    )
}

fn place(app_id: &str) -> Place<'_> {
    Place { table: "st_application", row: app_id, column: "sealed_password" }
}
