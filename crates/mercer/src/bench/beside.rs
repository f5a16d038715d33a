//! The same load twice on one gateway with its workers: alone, then beside the background.

use std::time::Duration;

use mercer_protocol::Wording;

use super::call::Caller;
use super::full_sync::{self, Synced};
use super::process::{ServerProcess, Usage, Workers};
use super::report::Measurement;
use super::server::Face;
use super::{GatewayBench, check, load_of};
use crate::failure::Failure;
use crate::output::Output;

/// Measures both.
///
/// # Errors
/// As a measurement alone; besides when a list is refused or not applied.
pub(super) async fn measure(
    bench: &GatewayBench,
    database_url: &str,
    run_id: &str,
    output: Output,
) -> Result<([Measurement; 2], Synced), Failure> {
    let mut server = ServerProcess::start(Face::Gateway, database_url, Workers::Run).await?;
    let load = load_of(bench, Face::Gateway);
    let caller_of = |suffix: &str| {
        let key = (bench.protocol, server.key(bench.protocol));
        Caller::new(server.url(), key, &format!("{run_id}{suffix}"))
    };
    let (first, second) = (caller_of("a")?, caller_of("b")?);
    let prepared = load.prepare(&first).await?;
    let before = server.usage().await;
    let alone = load.run(&first, &prepared, output).await?;
    let between = server.usage().await;
    output.remark(&Wording::fixed(
        "再测一次，同时另一商家全量同步 100,000 个部门",
        "measuring again while another merchant synchronises 100,000 departments",
    ));
    let prepared = load.prepare(&second).await?;
    let until = load.clock.now().plus(Duration::from_secs(bench.seconds));
    let (beside, synced) = tokio::join!(
        load.run(&second, &prepared, output),
        full_sync::keep_syncing(server.kit(), server.statistics_url(), (&load.clock, until)),
    );
    let (beside, synced) = (beside?, synced?);
    let after = server.usage().await;
    server.kill().await;
    let synced = full_sync::check(database_url, server.kit(), synced).await?;
    let mut measurements = Vec::new();
    for (name, measured, caller, usage) in [
        ("alone", alone, &first, Usage::between(before, between)),
        ("beside", beside, &second, Usage::between(between, after)),
    ] {
        let checked = check::exactly_once(database_url, Face::Gateway, &measured, caller).await?;
        measurements.push(Measurement { name, measured, usage, checked: Some(checked) });
    }
    let both = <[Measurement; 2]>::try_from(measurements).ok().expect("two were pushed above");
    Ok((both, synced))
}
