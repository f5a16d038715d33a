//! Making an enterprise: with a top department and, if wanted, its first member, so that it can be used at once.

use mercer_kernel::db::Batch;
use serde::{Deserialize, Serialize};

use super::{Admin, Tenant, TenantKind, TenantState, repo, rules};
use crate::Core;
use crate::error::{Answer, StoreError};
use crate::identity::check_site;
use crate::identity::department::{self, Department};
use crate::identity::member::{self, Member, MemberState, NewMember, Profile, Role};
use crate::merchant::{self, Buyer};
use crate::refusal::Refusal;

/// Code of the department that every enterprise begins with.
pub(crate) const TOP_DEPARTMENT: &str = "HQ";

/// An enterprise to make.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct NewEnterprise {
    /// The buyer who makes it.
    pub(crate) buyer_id: String,
    /// Its name.
    pub(crate) name: String,
    /// Its code.
    pub(crate) tenant_code: String,
    /// Account name of its first member; none without one.
    #[serde(default)]
    pub(crate) first_member: Option<String>,
}

/// Makes an enterprise.
pub(crate) async fn create(core: &Core, wanted: &NewEnterprise) -> Answer<Tenant> {
    check_site(core)?;
    let (name, code) = (wanted.name.trim(), wanted.tenant_code.trim());
    rules::check_new(name, code)?;
    let foundation = &core.foundation;
    let buyer = merchant::buyer(foundation, &wanted.buyer_id)
        .await?
        .ok_or_else(|| Refusal::invalid("enterprise.buyer", "buyerId", "没有这个客户", "there is no such buyer"))?;
    let first = wanted.first_member.as_ref().map(|user_name| first_member(core, user_name, &buyer)).transpose()?;
    let tenant = tenant(core, (name, code), TenantKind::Enterprise, &buyer.customer_id);
    let (tenant_ref, first) = (&tenant, &first);
    foundation
        .db
        .transact(|| async move {
            if repo::find_code(&foundation.db, code).await?.is_some() {
                return Err(Refusal::invalid(
                    "enterprise.code_taken",
                    "tenantCode",
                    format!("企业域名 {code} 已被使用，请换一个"),
                    format!("the code {code} is taken; choose another one"),
                )
                .into());
            }
            if repo::count_of_buyer(&foundation.db, &tenant_ref.buyer_id).await? >= rules::MAX_ENTERPRISES {
                return Err(too_many().into());
            }
            let mut batch = Batch::new();
            let creator =
                Admin { buyer_id: tenant_ref.buyer_id.clone(), creator: true, created_at: tenant_ref.created_at };
            insert(core, &mut batch, tenant_ref);
            repo::insert_admin(&mut batch, &tenant_ref.tenant_id, &creator);
            if let Some(member) = first {
                member::repo::insert(core, &mut batch, &tenant_ref.tenant_id, member);
            }
            Ok::<_, StoreError>((batch, ()))
        })
        .await?;
    Ok(tenant)
}

/// What to fill into the form of a buyer's first enterprise.
pub(crate) async fn suggest(core: &Core, buyer_id: &str) -> Answer<NewEnterprise> {
    let buyer = merchant::buyer(&core.foundation, buyer_id).await?;
    let Some(buyer) = buyer else { return Ok(NewEnterprise::default()) };
    let name = buyer.customer_real_name.clone().unwrap_or_else(|| buyer.customer_name.clone());
    let plain = rules::suggested_code(&buyer.customer_name);
    let mut tenant_code = plain.clone();
    for number in 2..=rules::MAX_ENTERPRISES {
        if repo::find_code(&core.foundation.db, &tenant_code).await?.is_none() {
            break;
        }
        tenant_code = format!("{plain}{number}");
    }
    Ok(NewEnterprise { buyer_id: buyer.customer_id, name, tenant_code, first_member: Some(buyer.customer_name) })
}

/// Adds the enterprise of a credential's test, with one department.
pub(crate) fn test_tenant(core: &Core, batch: &mut Batch, application_name: &str) -> Tenant {
    let code = format!("test-{}", core.foundation.entropy.hex_upper(10).to_ascii_lowercase());
    let name = format!("{application_name} 测试企业");
    let tenant = tenant(core, (&name, &code), TenantKind::Test, "");
    insert(core, batch, &tenant);
    tenant
}

fn insert(core: &Core, batch: &mut Batch, tenant: &Tenant) {
    repo::insert(core, batch, tenant);
    let top = Department {
        org_code: TOP_DEPARTMENT.to_owned(),
        org_name: tenant.name.chars().take(department::rules::MAX_NAME_LENGTH).collect(),
        parent_code: String::new(),
        created_at: tenant.created_at,
    };
    department::repo::insert(core, batch, &tenant.tenant_id, &top);
}

fn tenant(core: &Core, (name, code): (&str, &str), kind: TenantKind, buyer_id: &str) -> Tenant {
    let foundation = &core.foundation;
    Tenant {
        tenant_id: foundation.entropy.hex_upper(32).to_ascii_lowercase(),
        tenant_code: code.to_owned(),
        name: name.to_owned(),
        domain_name: rules::domain_name(&foundation.public_url, code),
        kind,
        state: TenantState::Active,
        buyer_id: buyer_id.to_owned(),
        created_at: foundation.clock.now(),
        version: 1,
    }
}

/// The first member is filled in from the buyer's own data. Source: kit §1.7.
fn first_member(core: &Core, user_name: &str, buyer: &Buyer) -> Result<Member, Refusal> {
    let name = buyer.customer_real_name.as_ref().unwrap_or(&buyer.customer_name);
    let new = NewMember {
        user_name: user_name.trim().to_owned(),
        profile: Profile {
            name: name.chars().take(64).collect(),
            org_code: TOP_DEPARTMENT.to_owned(),
            position: String::new(),
            employee_code: String::new(),
            employee_type: None,
            role: Role::Admin,
            mobile: buyer.mobile_phone.clone().unwrap_or_default(),
            email: buyer.email.clone().unwrap_or_default(),
            work_place: String::new(),
            entry_date: String::new(),
            extension: serde_json::Map::new(),
        },
    };
    member::rules::check_new(&new).map_err(|refusal| Refusal { field: "firstMember", ..refusal })?;
    Ok(Member {
        user_name: new.user_name,
        state: MemberState::Enabled,
        profile: new.profile,
        created_at: core.foundation.clock.now(),
    })
}

fn too_many() -> Refusal {
    let most = rules::MAX_ENTERPRISES;
    Refusal::conflict(
        "enterprise.too_many",
        format!("每个客户最多创建 {most} 个企业"),
        format!("a buyer makes at most {most} enterprises"),
    )
}
