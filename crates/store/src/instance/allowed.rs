//! What the state and the billing of an instance allow. Pure.

use super::{Instance, InstanceState};
use crate::catalog::ChargingMode;
use crate::refusal::Refusal;

/// Checks that an instance can be renewed as it is.
///
/// # Errors
/// When it is one-time, on trial, or not active or frozen.
pub(crate) fn check_renewable(instance: &Instance) -> Result<(), Refusal> {
    check_usable(instance)?;
    if instance.trial {
        return Err(Refusal::conflict(
            "instance.trial",
            "试用实例请转商用，不能续费",
            "a trial is not renewed; turn it formal",
        ));
    }
    if instance.charging_mode == ChargingMode::Period { Ok(()) } else { Err(not_renewable()) }
}

/// Checks that an instance is a trial that can be turned formal.
///
/// # Errors
/// When it is no trial, or not active or frozen.
pub(crate) fn check_trial(instance: &Instance) -> Result<(), Refusal> {
    check_usable(instance)?;
    if instance.trial {
        return Ok(());
    }
    Err(Refusal::conflict("instance.not_trial", "该实例不是试用实例", "the instance is not on trial"))
}

/// Checks that an instance can be upgraded.
///
/// # Errors
/// When it is one-time, on trial, or not active.
pub(crate) fn check_upgradable(instance: &Instance) -> Result<(), Refusal> {
    check_renewable(instance)?;
    if instance.state == InstanceState::Active { Ok(()) } else { Err(wrong_state(instance.state)) }
}

/// Checks that an instance is active or frozen.
///
/// # Errors
/// When it is in another state.
pub(crate) fn check_usable(instance: &Instance) -> Result<(), Refusal> {
    match instance.state {
        InstanceState::Active | InstanceState::Frozen => Ok(()),
        other => Err(wrong_state(other)),
    }
}

/// Checks that the buyer can look at an instance or give it back: it is there, accepted or not.
///
/// # Errors
/// When it is in another state.
pub(crate) fn check_there(instance: &Instance) -> Result<(), Refusal> {
    if instance.state == InstanceState::AwaitingAcceptance { Ok(()) } else { check_usable(instance) }
}

/// The refusal that says where an instance stands.
pub(super) fn wrong_state(state: InstanceState) -> Refusal {
    let (zh, en) = match state {
        InstanceState::Opening => ("实例正在开通", "the instance is still being opened"),
        InstanceState::AwaitingAcceptance => ("请先确认验收", "the instance waits for your acceptance"),
        InstanceState::Active => ("实例正在使用中", "the instance is active"),
        InstanceState::Frozen => ("实例已冻结", "the instance is frozen"),
        InstanceState::Releasing | InstanceState::Released => ("实例已释放", "the instance is released"),
        InstanceState::Failed => ("实例开通失败", "the instance was never opened"),
    };
    Refusal::conflict("instance.state", zh, en)
}

/// The refusal of what only a period allows.
pub(super) fn not_renewable() -> Refusal {
    Refusal::conflict(
        "instance.one_time",
        "按次和按需商品不能续费或变更",
        "what is bought once or charged by use is neither renewed nor changed",
    )
}
