//! Calling the merchant: what is called when, how an answer is read, and what follows.
//!
//! A decision of the store queues a message (one series of calls) in the same commit. The outbox calls;
//! `judge` reads the answer in the order of the failure conditions; the retry table says what comes next;
//! `settle` writes what follows together with the attempt. What differs between the protocol versions
//! lies in `families`: how a message becomes a signed request, and how its answer is read. `verbs` and
//! `look` are the one place where the version of a product picks its calls. Source: SaaS V2.0 §1.4, §3.8.

mod ask;
mod call;
mod families;
mod interface;
mod judge;
mod look;
pub(crate) mod policy;
mod queue;
mod settle;
mod settled;
mod transport;
mod verbs;
mod work;

pub(crate) use ask::{Asked, ask};
pub(crate) use families::AppInfo;
pub(crate) use families::saas_v1::check_extend_params;
pub(crate) use interface::{Family, Interface};
pub(crate) use look::{
    ChangeTarget, change_instance_check, changes_on_renewal, check_changes_on_renewal, view_instance, view_usage,
};
pub use policy::TableFault;
pub(crate) use policy::{Notify, Policies, Policy};
pub(crate) use queue::{NewCall, put, supersede_orders};
pub(crate) use settled::give_back;
pub(crate) use transport::Transport;
pub(crate) use verbs::{
    Refresh, Status, accept_instance, collect_usage, freezes_by_expiry, new_instance, refresh_instance,
    release_instance, update_status, upgrade_instance,
};
pub(crate) use work::{PollSpacing, StoreWork};

pub(crate) use mercer_protocol::saas_v2::Scene;
