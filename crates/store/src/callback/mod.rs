//! Calling the merchant: what is called when, how an answer is read, and what follows.
//!
//! A decision of the store queues a message (one series of calls) in the same commit. The outbox calls;
//! `judge` reads the answer in the order of the failure conditions; the retry table says what comes next;
//! `settle` writes what follows together with the attempt. Source: SaaS V2.0 §1.4, §3.8.

mod ask;
mod call;
mod judge;
pub(crate) mod policy;
mod queue;
mod settle;
mod settled;
mod transport;
mod work;

pub(crate) use ask::{ChangeTarget, change_instance_check, query_instance};
pub use policy::TableFault;
pub(crate) use policy::{Interface, Notify, Policies, Policy};
pub(crate) use queue::{
    Refresh, new_instance, refresh_instance, release_instance, supersede_orders, update_status, upgrade_instance,
};
pub(crate) use transport::Transport;
pub(crate) use work::{PollSpacing, StoreWork};

pub(crate) use mercer_protocol::saas_v2::{InstanceStatus as Status, Scene};
