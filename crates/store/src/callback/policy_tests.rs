use super::super::Family;
use super::*;

const PROFILES: [&str; 5] = ["cn", "intl", "eu", "saascenter", "sandbox"];

/// activity, attempts, seconds between two, success codes, pending codes, restart by hand.
type Row = (Interface, &'static str, u32, u64, &'static str, &'static str, bool);

const DOCUMENTED: [Row; 29] = [
    (Interface::NewInstance, "newInstance", 4, 3_600, "000000 000004", "", true),
    (Interface::QueryPoll, "queryInstance", 91, 120, "000000", "000004", true),
    (Interface::QueryView, "queryInstance", 1, 0, "000000", "", false),
    (Interface::Refresh, "refreshInstance", 7, 600, "000000", "", true),
    (Interface::UpdateStatus, "updateInstanceStatus", 7, 600, "000000", "", true),
    (Interface::Release, "releaseInstance", 7, 600, "000000", "", true),
    (Interface::Upgrade, "upgradeInstance", 4, 3_600, "000000", "", true),
    (Interface::ChangeCheck, "changeInstanceCheck", 1, 0, "000000", "", false),
    (Interface::V1NewInstance, "newInstance", 4, 3_600, "000000", "", true),
    (Interface::V1View, "newInstance", 1, 0, "000000", "", false),
    (Interface::V1Acceptance, "newInstance", 7, 600, "000000", "", true),
    (Interface::V1Upgrade, "upgrade", 4, 3_600, "000000", "", true),
    (Interface::V1Refresh, "refreshInstance", 7, 600, "000000", "", true),
    (Interface::V1Expire, "expireInstance", 7, 600, "000000", "", true),
    (Interface::V1Release, "releaseInstance", 7, 600, "000000", "", true),
    (Interface::V1Status, "instanceStatus", 7, 600, "000000", "", true),
    (Interface::V1Query, "queryInstance", 7, 600, "000000", "", true),
    (Interface::V1QueryView, "queryInstance", 1, 0, "000000", "", false),
    (Interface::KitV2TenantSync, "tenantSync", 5, 60, "000000", "", true),
    (Interface::KitV2ApplicationSync, "applicationSync", 5, 60, "000000", "", true),
    (Interface::KitV2AuthSync, "authSync", 5, 60, "000000", "", true),
    (Interface::KitV2SingleOrgSync, "singleOrgSync", 5, 60, "000000", "", true),
    (Interface::KitV2AllOrgSync, "allOrgSync", 5, 60, "000000", "", true),
    (Interface::KitV1TenantSync, "tenantSync", 5, 60, "000000", "", true),
    (Interface::KitV1ApplicationSync, "applicationSync", 5, 60, "000000", "", true),
    (Interface::KitV1AuthSync, "authSync", 5, 60, "000000", "", true),
    (Interface::KitV1SingleOrgSync, "singleOrgSync", 5, 60, "000000", "", true),
    (Interface::KitV1AllOrgSync, "allOrgSync", 5, 60, "000000", "", true),
    (Interface::OrderNotify, "orderNotify", 4, 3_600, "000000", "", true),
];

/// Interfaces that the industrial-software centre calls once only.
const CALLED_ONCE: [Interface; 3] = [Interface::V1Refresh, Interface::V1Expire, Interface::V1Release];

#[test]
fn the_table_holds_the_documented_numbers_on_every_site() {
    assert_eq!(DOCUMENTED.len(), Interface::ALL.len());
    for profile in PROFILES {
        let policies = Policies::load(profile).unwrap();
        for (interface, activity, attempts, seconds, success, pending, restart) in DOCUMENTED {
            let once = profile == "saascenter" && CALLED_ONCE.contains(&interface);
            let (attempts, seconds) = if once { (1, 0) } else { (attempts, seconds) };
            let policy = policies.of(interface);
            let found = (policy.activity.as_str(), policy.max_attempts, policy.interval_seconds);
            assert_eq!(found, (activity, attempts, seconds), "{profile} {}", interface.code());
            assert_eq!(policy.success.join(" "), success);
            assert_eq!(policy.pending.join(" "), pending);
            assert_eq!(policy.manual_restart, restart);
        }
        assert_eq!(policies.failed_orders_limit(), 5);
        assert_eq!(policies.v1_expire_zone(), Offset::constant(8));
        assert!(!policies.is_permanent("000100"));
    }
}

#[test]
fn the_kit_exists_on_the_china_sites_only() {
    for profile in PROFILES {
        let policies = Policies::load(profile).unwrap();
        for interface in Interface::ALL {
            let kit = matches!(interface.family(), Family::KitV2 | Family::KitV1);
            let abroad = ["intl", "eu"].contains(&profile);
            assert_eq!(policies.offers(*interface), !(kit && abroad), "{profile} {}", interface.code());
        }
    }
}

#[test]
fn exhaustion_refunds_creation_and_upgrade_only() {
    let policies = Policies::load("").unwrap();
    assert_eq!(policies.profile(), "sandbox");
    let after = |after: After| -> Vec<&str> {
        let found = Interface::ALL.iter().filter(|interface| policies.of(**interface).after == after);
        found.map(|interface| interface.code()).collect()
    };
    let refunded = [
        "saas_v2.new_instance",
        "saas_v2.query_instance.poll",
        "saas_v2.upgrade_instance",
        "saas_v1.new_instance",
        "saas_v1.upgrade",
    ];
    assert_eq!(after(After::FailOrder), refunded);
}

#[test]
fn failures_are_told_as_documented() {
    let policies = Policies::load("").unwrap();
    for interface in Interface::ALL {
        let told = match (interface, policies.of(*interface).kind) {
            (Interface::ChangeCheck | Interface::QueryPoll, _) => Notify::OnExhaustion,
            (_, Kind::Sync) => Notify::None,
            _ if matches!(interface.family(), Family::KitV2 | Family::KitV1) => Notify::OnExhaustion,
            _ => Notify::EachFailure,
        };
        assert_eq!(policies.of(*interface).notify, told, "{}", interface.code());
    }
}

#[test]
fn a_table_with_a_mistake_is_refused_with_its_place() {
    let fault = |from: &str, to: &str| Policies::parse(&TABLE.replace(from, to), "cn").unwrap_err().to_string();
    assert!(fault("\"like\": \"poll\"", "\"like\": \"pol\"").contains("unknown series 'pol'"));
    assert!(fault("\"+08:00\"", "\"Beijing\"").contains("no zone of expireTime"));
    assert!(fault("\"maxAttempts\": 91", "\"maxAttempts\": 1").contains("series 'poll'"));
    assert!(fault("saas_v2.release_instance", "saas_v2.release").contains("no row for 'saas_v2.release_instance'"));
    assert!(Policies::load("moon").unwrap_err().to_string().contains("cn, eu, intl"));
}
