//! What may be bound to what, who hears what, and who is authorised. Pure.

use std::collections::{HashMap, HashSet};

use mercer_kernel::clock::Instant;

use super::authorised::Authorisation;
use super::{Binding, BindingState};
use crate::catalog::{Access, Product};
use crate::identity::KitVersion;
use crate::identity::application::{Application, DomainKind};
use crate::instance::{Instance, InstanceState};
use crate::refusal::Refusal;

/// Bindings of one enterprise that have not ended.
pub(crate) const MAX_BINDINGS: usize = 200;

/// Whether the merchant is told edits of departments. As long as it has not been told the whole list, the list
/// will hold the edit.
pub(crate) fn hears_departments(binding: &Binding) -> bool {
    match binding.state {
        BindingState::Bound | BindingState::Stopped => true,
        BindingState::Syncing | BindingState::Failed => binding.departments_call.is_some(),
        BindingState::Unbound => false,
    }
}

/// Whether the merchant is told grants and changes of members. Before, they are in the list that follows the
/// three steps; while stopped, nobody is authorised. Source: kit D21, D22.
pub(crate) fn hears_members(binding: &Binding) -> bool {
    match binding.state {
        BindingState::Bound => true,
        BindingState::Syncing | BindingState::Failed | BindingState::Stopped | BindingState::Unbound => false,
    }
}

/// Whether the merchant is told that a member was deleted.
pub(crate) fn hears_deletions(binding: &Binding) -> bool {
    match binding.state {
        BindingState::Bound | BindingState::Stopped => true,
        BindingState::Syncing | BindingState::Failed | BindingState::Unbound => false,
    }
}

/// The kit version of a product's production address. Source: kit D19.
///
/// # Errors
/// When its instances have no production interface at all.
pub(crate) fn kit_version(product: &Product) -> Result<KitVersion, Refusal> {
    match product.integration.access {
        Access::SaasV2 => Ok(KitVersion::V2),
        Access::SaasV1 => Ok(KitVersion::V1),
        Access::None => Err(Refusal::conflict(
            "binding.not_joint",
            "该商品没有生产接口，不能绑定企业",
            "this product has no production interface; it cannot be bound to an enterprise",
        )),
    }
}

/// The application of a joint product.
///
/// # Errors
/// When the product is a general one, which has no kit. Source: kit §1.1.
pub(crate) fn application_of(product: &Product) -> Result<&str, Refusal> {
    product.integration.app_id.as_deref().filter(|_| product.integration.joint).ok_or_else(|| {
        Refusal::conflict(
            "binding.not_joint",
            "只有联营商品可以绑定企业，该商品不是联营商品",
            "only joint products are bound to an enterprise; this is a general one",
        )
    })
}

/// Checks that an instance can be bound: usable, and known to the merchant.
///
/// # Errors
/// When it cannot; the refusal gives the merchant's id otherwise missing.
pub(crate) fn check_instance(instance: &Instance) -> Result<&str, Refusal> {
    let usable = matches!(instance.state, InstanceState::Active | InstanceState::Frozen);
    instance.instance_id.as_deref().filter(|_| usable).ok_or_else(|| {
        Refusal::conflict(
            "binding.instance",
            "服务开通后才能绑定企业，已结束的服务不能绑定",
            "a service is bound once it is open, and not after it has ended",
        )
    })
}

/// Checks an instance against what is bound already.
///
/// # Errors
/// When it is bound, or its application is and does not allow several.
pub(crate) fn check_free(
    application: &Application,
    bound_elsewhere: Option<&Binding>,
    of_tenant: &[Binding],
) -> Result<(), Refusal> {
    if bound_elsewhere.is_some() {
        return Err(Refusal::conflict(
            "binding.bound",
            "该服务已绑定企业，请先解绑",
            "this service is bound to an enterprise already; unbind it first",
        ));
    }
    let open: Vec<&Binding> = of_tenant.iter().filter(|one| one.state != BindingState::Unbound).collect();
    if !application.multi_instance && open.iter().any(|one| one.app_id == application.app_id) {
        return Err(Refusal::conflict(
            "binding.single_instance",
            "该应用不支持多实例绑定，企业已绑定它的另一个订单；请绑定到其他企业，或由商家在应用凭证中开启多实例绑定",
            "this application allows one instance per enterprise, and another one is bound already; bind this one to \
             another enterprise, or have the seller allow several instances in the application credential",
        ));
    }
    if open.len() < MAX_BINDINGS {
        return Ok(());
    }
    Err(Refusal::conflict(
        "binding.too_many",
        format!("每个企业最多绑定 {MAX_BINDINGS} 个服务"),
        format!("at most {MAX_BINDINGS} services are bound to one enterprise"),
    ))
}

/// Checks that somebody can be authorised: the customer has its own login address where it needs one.
/// Source: kit §4.1.
///
/// # Errors
/// When the seller has not set it yet.
pub(crate) fn check_login_address(application: &Application, of_customer: &str) -> Result<(), Refusal> {
    match application.domain_kind {
        DomainKind::Shared => Ok(()),
        DomainKind::Independent if !of_customer.is_empty() => Ok(()),
        DomainKind::Independent => Err(Refusal::conflict(
            "binding.login_address",
            "该应用使用独立域名，商家还没有为本企业设置登录地址，暂不能授权，请联系商家",
            "this application has a login address per customer, and the seller has not set that of your enterprise yet; \
             nobody can be authorised until then. Please contact the seller",
        )),
    }
}

/// What a new count of the authorised changes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Recount {
    /// Rows to write.
    pub(crate) rows: Vec<Authorisation>,
    /// Who is authorised now and was not.
    pub(crate) granted: Vec<String>,
    /// Who was authorised and is no more.
    pub(crate) withdrawn: Vec<String>,
}

impl Recount {
    /// Notes that the row of a member becomes `after`.
    pub(crate) fn note(&mut self, before: Option<&Authorisation>, after: Authorisation) {
        let (was, is) = (before.is_some_and(Authorisation::is_valid), after.is_valid());
        if !was && is {
            self.granted.push(after.user_name.clone());
        }
        if was && !is {
            self.withdrawn.push(after.user_name.clone());
        }
        let same = before.is_some_and(|before| (before.manual, before.automatic) == (after.manual, after.automatic));
        if !same && (before.is_some() || is) {
            self.rows.push(after);
        }
    }
}

/// Counts anew who is authorised by department. `places` are all members with their departments, `covered` the
/// departments that count, `rows` what stands. Source: kit §1.7, 自动授权.
pub(crate) fn recounted(
    places: &[(String, String)],
    rows: &[Authorisation],
    covered: &HashSet<String>,
    now: Instant,
) -> Recount {
    let by_name: HashMap<&str, &Authorisation> = rows.iter().map(|row| (row.user_name.as_str(), row)).collect();
    let mut recount = Recount::default();
    for (user_name, org_code) in places {
        let before = by_name.get(user_name.as_str()).copied();
        let after = Authorisation {
            user_name: user_name.clone(),
            manual: before.is_some_and(|before| before.manual),
            automatic: covered.contains(org_code),
            created_at: before.map_or(now, |before| before.created_at),
        };
        recount.note(before, after);
    }
    recount
}

#[cfg(test)]
#[path = "rules_tests.rs"]
mod tests;
