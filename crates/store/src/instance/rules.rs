//! The life of an instance: what happens to it by itself, and what each command does. Pure.
//! Source: SaaS V2.0 §1.4; seller centre §3.4.

use mercer_kernel::clock::Instant;

pub(crate) use super::allowed::{check_renewable, check_there, check_trial, check_upgradable, check_usable};
use super::allowed::{not_renewable, wrong_state};
use super::calendar::{days_after, period_end};
use super::{Instance, InstanceState};
use crate::catalog::{ChargingMode, PeriodType};
use crate::refusal::Refusal;

/// How long an expired instance goes on and is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Lifecycle {
    /// Days after expiry during which it stays usable (宽限期).
    pub(crate) grace_days: i64,
    /// Days during which it is frozen with its data kept (保留期).
    pub(crate) retention_days: i64,
}

impl Lifecycle {
    /// When an instance with this expiry is frozen.
    pub(crate) fn freeze_at(self, expire_at: Instant) -> Instant {
        days_after(expire_at, self.grace_days)
    }

    /// When an instance with this expiry is released.
    pub(crate) fn release_at(self, expire_at: Instant) -> Instant {
        days_after(self.freeze_at(expire_at), self.retention_days)
    }
}

/// What the merchant is told about a status. Source: SaaS V2.0 §3.4.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Told {
    /// Nothing: it is frozen for another reason already, or still.
    Nothing,
    /// To freeze it.
    Freeze,
    /// To unfreeze it.
    Unfreeze,
}

/// What time has done to an instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Due {
    /// Nothing will ever happen by itself.
    Never,
    /// Nothing before this time.
    At(Instant),
    /// It is to be frozen now.
    Freeze,
    /// It is to be released now.
    Release,
}

/// What is due for an instance at `now`, and otherwise when to look again.
pub(crate) fn due(instance: &Instance, lifecycle: Lifecycle, now: Instant) -> Due {
    let Some(expire_at) = instance.expire_at else { return Due::Never };
    match instance.state {
        InstanceState::Active | InstanceState::Frozen => {}
        InstanceState::Opening
        | InstanceState::AwaitingAcceptance
        | InstanceState::Releasing
        | InstanceState::Released
        | InstanceState::Failed => return Due::Never,
    }
    let (freeze_at, release_at) = (lifecycle.freeze_at(expire_at), lifecycle.release_at(expire_at));
    if now >= release_at {
        Due::Release
    } else if now < freeze_at {
        Due::At(freeze_at)
    } else if instance.frozen_by_expiry {
        Due::At(release_at)
    } else {
        Due::Freeze
    }
}

/// The merchant has it ready: it is active, and its period begins; or it waits for the buyer's acceptance.
///
/// # Errors
/// When the period ends later than the store keeps dates.
pub(crate) fn activate(mut instance: Instance, periods: Option<i64>, now: Instant) -> Result<Instance, Refusal> {
    instance.activated_at = Some(now);
    if instance.acceptance {
        instance.state = InstanceState::AwaitingAcceptance;
        return Ok(instance);
    }
    begin(instance, periods, now)
}

/// The buyer accepts it (确认验收): its period begins. Source: SaaS V1.0 §3.1 row 26.
///
/// # Errors
/// When it does not wait for acceptance, or its period ends later than the store keeps dates.
pub(crate) fn accept(mut instance: Instance, periods: Option<i64>, now: Instant) -> Result<Instance, Refusal> {
    if instance.state != InstanceState::AwaitingAcceptance {
        return Err(Refusal::conflict(
            "instance.not_awaiting_acceptance",
            "该实例没有待确认的验收",
            "the instance does not wait for acceptance",
        ));
    }
    instance.accepted_at = Some(now);
    begin(instance, periods, now)
}

fn begin(mut instance: Instance, periods: Option<i64>, now: Instant) -> Result<Instance, Refusal> {
    instance.expire_at = match (instance.period_type, periods) {
        (Some(period), Some(number)) => Some(period_end(now, period, number).ok_or_else(too_late)?),
        (None, _) | (_, None) => None,
    };
    instance.state = InstanceState::Active;
    Ok(instance)
}

/// It expired and its grace is over.
pub(crate) fn expire(mut instance: Instance, lifecycle: Lifecycle, now: Instant) -> (Instance, Told) {
    let told = if instance.state == InstanceState::Active { Told::Freeze } else { Told::Nothing };
    instance.state = InstanceState::Frozen;
    instance.frozen_by_expiry = true;
    instance.frozen_at = instance.frozen_at.or(Some(now));
    instance.release_at = instance.expire_at.map(|expire_at| lifecycle.release_at(expire_at));
    (instance, told)
}

/// The merchant has confirmed a new expiry: an instance frozen by expiry comes back.
pub(crate) fn refreshed(mut instance: Instance, lifecycle: Lifecycle, now: Instant) -> (Instance, Told) {
    let in_time = instance.expire_at.is_none_or(|expire_at| now < lifecycle.freeze_at(expire_at));
    if instance.state != InstanceState::Frozen || !instance.frozen_by_expiry || !in_time {
        return (instance, Told::Nothing);
    }
    instance.frozen_by_expiry = false;
    instance.release_at = None;
    thaw(instance)
}

/// The operator freezes it because of a violation (违规冻结).
///
/// # Errors
/// When its state or billing mode does not allow it.
pub(crate) fn freeze(mut instance: Instance, now: Instant) -> Result<(Instance, Told), Refusal> {
    if instance.charging_mode == ChargingMode::OneTime {
        return Err(Refusal::conflict(
            "instance.one_time",
            "按次商品没有冻结状态",
            "a one-time product has no frozen state",
        ));
    }
    let told = match instance.state {
        InstanceState::Active => Told::Freeze,
        InstanceState::Frozen if !instance.frozen_by_violation => Told::Nothing,
        InstanceState::Frozen => {
            return Err(Refusal::conflict(
                "instance.frozen",
                "实例已被违规冻结",
                "the instance is already frozen by a violation",
            ));
        }
        other => return Err(wrong_state(other)),
    };
    instance.state = InstanceState::Frozen;
    instance.frozen_by_violation = true;
    instance.frozen_at = instance.frozen_at.or(Some(now));
    Ok((instance, told))
}

/// The violation is cleared (解除冻结).
///
/// # Errors
/// When it is not frozen by a violation.
pub(crate) fn unfreeze(mut instance: Instance) -> Result<(Instance, Told), Refusal> {
    if instance.state != InstanceState::Frozen || !instance.frozen_by_violation {
        return Err(Refusal::conflict(
            "instance.not_frozen",
            "实例没有被违规冻结；到期冻结请续费",
            "the instance is not frozen by a violation; renew it when it expired",
        ));
    }
    instance.frozen_by_violation = false;
    Ok(thaw(instance))
}

fn thaw(mut instance: Instance) -> (Instance, Told) {
    if instance.frozen_by_expiry || instance.frozen_by_violation {
        return (instance, Told::Nothing);
    }
    instance.state = InstanceState::Active;
    instance.frozen_at = None;
    (instance, Told::Unfreeze)
}

/// The merchant is to be told to release it.
pub(crate) fn release(mut instance: Instance) -> Instance {
    instance.state = InstanceState::Releasing;
    instance
}

/// The merchant has released it.
pub(crate) fn released(mut instance: Instance, now: Instant) -> Instance {
    if instance.state == InstanceState::Releasing {
        instance.state = InstanceState::Released;
        instance.released_at = Some(now);
    }
    instance
}

/// It was never opened.
pub(crate) fn fail(mut instance: Instance) -> Instance {
    instance.state = InstanceState::Failed;
    instance
}

/// The expiry before and after a renewal that is paid now. It goes on from the original expiry, also when
/// the instance is frozen already. Source: seller centre §3.4.
///
/// # Errors
/// When the instance has no expiry, or the new one would be over already or too far away.
pub(crate) fn renewed_expiry(
    instance: &Instance,
    period: PeriodType,
    number: i64,
    now: Instant,
) -> Result<(Instant, Instant), Refusal> {
    let Some(before) = instance.expire_at else { return Err(not_renewable()) };
    let after = period_end(before, period, number).ok_or_else(too_late)?;
    if after > now {
        return Ok((before, after));
    }
    let enough = (number..=number + 400).find(|more| period_end(before, period, *more).is_some_and(|end| end > now));
    let enough = enough.unwrap_or(number);
    Err(Refusal::invalid(
        "order.period_number",
        "periodNumber",
        format!("续费从原到期时间起算，至少需要 {enough} 个周期"),
        format!("a renewal counts from the original expiry; at least {enough} periods are needed"),
    ))
}

fn too_late() -> Refusal {
    Refusal::invalid(
        "order.period_number",
        "periodNumber",
        format!("到期时间不能晚于 {} 年", super::calendar::LATEST_YEAR),
        format!("an instance expires in the year {} at the latest", super::calendar::LATEST_YEAR),
    )
}

#[cfg(test)]
#[path = "rules_tests.rs"]
mod tests;
