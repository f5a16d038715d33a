//! Identity (联营kit): application credentials of merchants, enterprises of buyers, and the calls that tell the
//! merchants who may use what.
//!
//! - `application`: the application credential (应用凭证) and its test account
//! - `enterprise`: the enterprise (企业), which the protocol calls a tenant, and its admins
//! - `department`, `member`: who is in it
//! - `binding`: an instance of a joint product bound to an enterprise, and who is authorised to use it
//! - `sync`: the five calls in both versions: what they say and to whom they go
//! - `csv`: reading and writing tables of members and departments
//!
//! Every change of an enterprise's people raises the version of the enterprise, also when a binding takes up
//! its work: two of them at once meet as a conflict, and no member falls between "too late for the list at
//! binding" and "too early for a call of its own". Source: kit chapters 1, 2, 4, decisions D6–D22.

pub(crate) mod application;
pub(crate) mod binding;
pub(crate) mod csv;
pub(crate) mod department;
pub(crate) mod enterprise;
pub(crate) mod member;
pub(crate) mod sync;

pub(crate) use application::check_linkable;
pub(crate) use binding::{given_up, succeeded};
pub(crate) use csv::{Imported, OnBadRows};

use crate::Core;
use crate::codes::codes;
use crate::refusal::Refusal;

codes! {
    /// The version of the kit that a production address serves. Source: kit §1.2, decision D19.
    KitVersion {
        /// `/produceAPI/v2/…`, signed in headers.
        V2 = "kit_v2",
        /// `/produceAPI/…`, signed by `authToken`.
        V1 = "kit_v1",
    }
}

/// Every statement of identity with its name.
pub(crate) fn statements() -> Vec<(&'static str, &'static str)> {
    [
        application::repo::STATEMENTS,
        enterprise::repo::STATEMENTS,
        department::repo::STATEMENTS,
        member::repo::STATEMENTS,
        binding::repo::STATEMENTS,
        binding::authorised::STATEMENTS,
    ]
    .concat()
}

/// Checks that this site has the kit at all; the China site does. Source: kit D32.
///
/// # Errors
/// On another site.
pub(crate) fn check_site(core: &Core) -> Result<(), Refusal> {
    let profile = core.policies.profile();
    match profile {
        "intl" | "eu" => Err(Refusal::conflict(
            "identity.site",
            format!("站点 {profile} 没有联营kit；联营商品仅在中国站（cn）和本地商店（sandbox）提供"),
            format!(
                "the site {profile} has no joint-operation kit; joint products exist on the China site (cn) and in the \
                 local store (sandbox) only"
            ),
        )),
        _ => Ok(()),
    }
}
