//! The rules of bindings, by example and by property.

use std::collections::{BTreeSet, HashSet};

use mercer_kernel::clock::Instant;
use proptest::prelude::*;

use super::*;
use crate::identity::application::AuthMode;
use crate::instance::fixtures;

fn binding(state: BindingState) -> Binding {
    Binding {
        binding_id: "bnd_1".to_owned(),
        merchant_id: "m".to_owned(),
        tenant_id: "t".to_owned(),
        app_id: "app".to_owned(),
        resource_id: Some("ins_1".to_owned()),
        instance_id: "a-1".to_owned(),
        order_id: "CS1".to_owned(),
        product_code: "prd".to_owned(),
        protocol: KitVersion::V2,
        state,
        release_personal: false,
        tenant_call: Some("msg_1".to_owned()),
        application_call: None,
        departments_call: None,
        bound_at: None,
        ended_at: None,
        created_at: Instant::from_micros(0),
        version: 1,
    }
}

fn application(multi_instance: bool, domain_kind: DomainKind) -> Application {
    Application {
        app_id: "app".to_owned(),
        merchant_id: "m".to_owned(),
        name: "App".to_owned(),
        auth_mode: AuthMode::OAuth2,
        protocol: KitVersion::V2,
        address_id: "addr".to_owned(),
        domain_kind,
        login_address: "https://app.example.com/login".to_owned(),
        multi_instance,
        public_key: String::new(),
        platforms: Vec::new(),
        personal_fields: false,
        test_tenant_id: "test".to_owned(),
        test_account: None,
        created_at: Instant::from_micros(0),
        version: 1,
    }
}

fn row(user_name: &str, manual: bool, automatic: bool) -> Authorisation {
    Authorisation { user_name: user_name.to_owned(), manual, automatic, created_at: Instant::from_micros(0) }
}

fn code<T>(result: Result<T, Refusal>) -> Option<&'static str> {
    result.err().map(|refusal| refusal.code)
}

#[test]
fn nobody_hears_of_members_before_the_three_steps_or_after_the_end() {
    let heard = |hears: fn(&Binding) -> bool| {
        BindingState::ALL.iter().copied().filter(|state| hears(&binding(*state))).collect::<Vec<_>>()
    };
    assert_eq!(heard(hears_members), [BindingState::Bound]);
    assert_eq!(heard(hears_deletions), [BindingState::Bound, BindingState::Stopped]);
    assert_eq!(heard(hears_departments), [BindingState::Bound, BindingState::Stopped]);
}

#[test]
fn an_edit_of_a_department_is_told_once_the_list_was_decided() {
    for state in [BindingState::Syncing, BindingState::Failed] {
        let listed = Binding { departments_call: Some("msg_3".to_owned()), ..binding(state) };
        assert!(!hears_departments(&binding(state)), "the list will hold the edit");
        assert!(hears_departments(&listed), "the list is on its way without the edit");
    }
}

#[test]
fn the_access_of_a_product_decides_the_version() {
    let mut product = fixtures::offer("basic", crate::catalog::PeriodType::Month, 10).product;
    for (access, version) in [(Access::SaasV2, KitVersion::V2), (Access::SaasV1, KitVersion::V1)] {
        product.integration.access = access;
        assert_eq!(kit_version(&product).ok(), Some(version));
    }
    product.integration.access = Access::None;
    assert_eq!(code(kit_version(&product)), Some("binding.not_joint"));
    product.integration.app_id = Some("app".to_owned());
    product.integration.joint = false;
    assert_eq!(code(application_of(&product)), Some("binding.not_joint"));
    product.integration.joint = true;
    assert_eq!(application_of(&product).ok(), Some("app"));
}

#[test]
fn only_an_open_instance_is_bound() {
    let with = |state: InstanceState| crate::instance::Instance { state, ..fixtures::instance() };
    for state in InstanceState::ALL.iter().copied() {
        let usable = matches!(state, InstanceState::Active | InstanceState::Frozen);
        assert_eq!(check_instance(&with(state)).is_ok(), usable, "{state:?}");
    }
    let unknown = crate::instance::Instance { instance_id: None, ..fixtures::instance() };
    assert_eq!(code(check_instance(&unknown)), Some("binding.instance"));
}

#[test]
fn an_instance_is_bound_once_and_an_application_once_unless_it_allows_more() {
    let (single, several) = (application(false, DomainKind::Shared), application(true, DomainKind::Shared));
    let bound = binding(BindingState::Bound);
    assert_eq!(code(check_free(&several, Some(&bound), &[])), Some("binding.bound"));
    assert_eq!(code(check_free(&single, None, std::slice::from_ref(&bound))), Some("binding.single_instance"));
    assert_eq!(code(check_free(&several, None, std::slice::from_ref(&bound))), None);
    assert_eq!(code(check_free(&single, None, &[binding(BindingState::Unbound)])), None);
    let other = Binding { app_id: "other".to_owned(), ..binding(BindingState::Bound) };
    assert_eq!(code(check_free(&single, None, &[other])), None);
    assert_eq!(code(check_free(&several, None, &vec![bound.clone(); MAX_BINDINGS - 1])), None);
    assert_eq!(code(check_free(&several, None, &vec![bound; MAX_BINDINGS])), Some("binding.too_many"));
}

#[test]
fn a_login_address_per_customer_must_be_set_before_anybody_is_authorised() {
    let independent = application(false, DomainKind::Independent);
    assert_eq!(code(check_login_address(&independent, "")), Some("binding.login_address"));
    assert_eq!(code(check_login_address(&independent, "https://acme.example.com")), None);
    assert_eq!(code(check_login_address(&application(false, DomainKind::Shared), "")), None);
}

#[test]
fn who_moves_out_of_a_covered_department_keeps_what_was_granted_by_hand() {
    let places =
        [("liwei", "D2"), ("hana", "D2"), ("otto", "D1")].map(|(name, place)| (name.to_owned(), place.to_owned()));
    let rows = [row("liwei", false, true), row("hana", true, true)];
    let covered = HashSet::from(["D1".to_owned()]);
    let recount = recounted(&places, &rows, &covered, Instant::from_micros(7));
    assert_eq!(recount.granted, ["otto"]);
    assert_eq!(recount.withdrawn, ["liwei"]);
    let kept = recount.rows.iter().find(|one| one.user_name == "hana").unwrap();
    assert!(kept.manual && !kept.automatic);
}

proptest! {
    /// Whatever stood before: afterwards exactly those are authorised whom a hand or a covered department
    /// authorises, who was told is the difference, and counting again changes nothing.
    #[test]
    fn a_recount_tells_the_difference_and_is_idempotent(
        people in proptest::collection::btree_map("[a-f]", (0_u8..4, any::<bool>(), any::<bool>(), any::<bool>()), 0..6),
        covered in proptest::collection::hash_set(0_u8..4, 0..4),
    ) {
        let covered: HashSet<String> = covered.into_iter().map(|at| format!("D{at}")).collect();
        let places: Vec<(String, String)> =
            people.iter().map(|(name, (at, ..))| (name.clone(), format!("D{at}"))).collect();
        let rows: Vec<Authorisation> = people
            .iter()
            .filter(|(_, (_, known, ..))| *known)
            .map(|(name, (_, _, manual, automatic))| row(name, *manual, *automatic))
            .collect();
        let now = Instant::from_micros(9);
        let recount = recounted(&places, &rows, &covered, now);
        let valid = |rows: &[Authorisation]| -> BTreeSet<String> {
            rows.iter().filter(|one| one.is_valid()).map(|one| one.user_name.clone()).collect()
        };
        let mut after = rows.clone();
        for changed in &recount.rows {
            after.retain(|one| one.user_name != changed.user_name);
            after.push(changed.clone());
        }
        let expected: BTreeSet<String> = people
            .iter()
            .filter(|(_, (at, known, manual, _))| (*known && *manual) || covered.contains(&format!("D{at}")))
            .map(|(name, _)| name.clone())
            .collect();
        prop_assert_eq!(valid(&after), expected.clone());
        let before = valid(&rows);
        prop_assert_eq!(recount.granted.iter().cloned().collect::<BTreeSet<_>>(), &expected - &before);
        prop_assert_eq!(recount.withdrawn.iter().cloned().collect::<BTreeSet<_>>(), &before - &expected);
        prop_assert_eq!(recounted(&places, &after, &covered, now), Recount::default());
    }
}
