//! kill -9 while a long list of departments is being applied, then a start on the same data: the list is complete,
//! and the app hears of every department once.

use std::collections::BTreeMap;
use std::time::Duration;

use mercer_protocol::kit::{AllOrgSync, OrgInfo, Request, TestFlag};
use serde_json::{Map, Value};

use crate::support::kit::{TENANT, enterprise, now, send};
use crate::support::town::{Town, text};
use crate::support::wait::until;

/// Enough slices to be killed in the midst of them; the largest list is measured by `mercer bench`.
const DEPARTMENTS: usize = 20_000;
const WITHIN: Duration = Duration::from_secs(150);

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_during_a_long_list_of_departments_loses_nothing_and_tells_nothing_twice() {
    let town = Town::build(None, 1).await;
    let order_id = town.order().await;
    town.pay(&order_id).await;
    town.complete(&order_id, WITHIN).await;
    let instance_id = text(&town.store_api().await.get(&format!("/instances/{order_id}")).await["instanceId"]);
    let url = town.gateways[0].lock().await.url();
    for request in [enterprise(&instance_id, &order_id), list(&instance_id)] {
        assert_eq!(send(&url, &request).await["resultCode"], "000000");
    }
    for kill in 1..=2 {
        until("part of the list", WITHIN, async || {
            (progress(&town).await["percent"].as_i64()? >= kill * 20).then_some(())
        })
        .await;
        assert_ne!(progress(&town).await["state"], "done", "killed too late");
        town.gateways[0].lock().await.kill().await;
        town.restart(&town.gateways[0]).await;
    }
    until("the whole list", WITHIN, async || (progress(&town).await["state"] == "done").then_some(())).await;
    let path = format!("/tenants/{TENANT}/departments?text=department&pageSize=1");
    assert_eq!(town.gateway_api().await.get(&path).await["total"], DEPARTMENTS);
    until("every event", WITHIN, async || (told(&town).len() == DEPARTMENTS).then_some(())).await;
    assert!(told(&town).values().all(|times| *times == 1), "each department is told once");
}

async fn progress(town: &Town) -> Value {
    town.gateway_api().await.get(&format!("/tenants/{TENANT}")).await["syncs"][0].clone()
}

/// How often the app heard of each department in events it had not heard before.
fn told(town: &Town) -> BTreeMap<String, usize> {
    let mut departments = BTreeMap::new();
    for event in town.app.distinct().iter().filter(|event| event.kind == "mercer.departments.synced") {
        for department in event.data["departments"].as_array().into_iter().flatten() {
            *departments.entry(text(&department["orgCode"])).or_insert(0) += 1;
        }
    }
    departments
}

fn list(instance_id: &str) -> Request {
    let department = |number: usize| OrgInfo {
        org_code: format!("D{number:06}"),
        name: format!("department {number}"),
        parent_code: (number > 0).then(|| format!("D{:06}", (number - 1) / 10)),
        unknown: Map::new(),
    };
    Request::AllOrgSync(AllOrgSync {
        instance_id: Some(instance_id.to_owned()),
        tenant_id: TENANT.to_owned(),
        departments: (0..DEPARTMENTS).map(department).collect(),
        test_flag: TestFlag::Off,
        time_stamp: now(),
        unknown: Map::new(),
    })
}
