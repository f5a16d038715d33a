use super::*;
use mercer_kernel::clock::Instant;

fn configuration(id: &str, coverage: Coverage) -> Configuration {
    let ids = (id.to_owned(), "m".to_owned());
    Configuration::new(ids, coverage, format!("addr_{id}"), Instant::from_micros(0))
}

fn by_type(id: &str, access_type: AccessType) -> Configuration {
    configuration(id, Coverage::AccessType(access_type))
}

fn by_product(id: &str, code: &str) -> Configuration {
    configuration(id, Coverage::Product(code.to_owned()))
}

#[test]
fn every_kind_of_order_has_its_node() {
    let nodes: Vec<_> = OrderKind::ALL.iter().map(|kind| (kind.code(), node(*kind).code())).collect();
    assert_eq!(
        nodes,
        [
            ("NEW", "new"),
            ("TRIAL", "new"),
            ("TRIAL_TO_FORMAL", "renewal"),
            ("RENEW", "renewal"),
            ("RENEW_CHANGE", "renewal"),
            ("CHANGE", "change"),
            ("UNSUBSCRIBE", "unsubscription"),
            ("UNSUBSCRIBE_RENEWAL", "unsubscription"),
        ]
    );
}

#[test]
fn an_order_matched_twice_is_told_once_to_the_address_of_the_product() {
    let known = [by_type("a", AccessType::Saas), by_product("b", "board")];
    let chosen = |code, access| matching(&known, code, access).map(|one| one.notification_id.as_str());
    assert_eq!(chosen("board", Access::SaasV2), Some("b"));
    assert_eq!(chosen("wiki", Access::SaasV2), Some("a"));
    assert_eq!(chosen("wiki", Access::SaasV1), Some("a"));
    assert_eq!(chosen("wiki", Access::None), None, "a product without interfaces is of another access type");
    assert_eq!(matching(&[by_type("c", AccessType::Other)], "wiki", Access::None).unwrap().notification_id, "c");
}

#[test]
fn a_configuration_covers_either_an_access_type_or_a_product() {
    assert_eq!(coverage(Some(AccessType::Api), None), Ok(Coverage::AccessType(AccessType::Api)));
    assert_eq!(coverage(None, Some(" board ")), Ok(Coverage::Product("board".to_owned())));
    assert_eq!(coverage(None, Some(" ")).unwrap_err().field, "accessType");
    assert_eq!(coverage(Some(AccessType::Api), Some("board")).unwrap_err().field, "productCode");
}

#[test]
fn one_address_each_until_the_old_one_is_deleted() {
    let known = [by_type("a", AccessType::Saas), by_product("b", "saas")];
    for (coverage, address) in
        [(Coverage::AccessType(AccessType::Saas), "addr_a"), (Coverage::Product("saas".to_owned()), "addr_b")]
    {
        let refusal = check_new(&known, &coverage).unwrap_err();
        assert_eq!(refusal.code, "notification.taken");
        assert!(refusal.en.contains(address) && refusal.en.contains("delete that first"), "{refusal}");
        assert!(refusal.zh.contains("请先删除"), "{refusal}");
    }
    assert_eq!(check_new(&known, &Coverage::AccessType(AccessType::License)), Ok(()));
    let many =
        |count| (0..count).map(|number| by_product(&number.to_string(), &number.to_string())).collect::<Vec<_>>();
    let another = Coverage::Product("another".to_owned());
    assert_eq!(check_new(&many(MAX_CONFIGURATIONS - 1), &another), Ok(()));
    assert_eq!(check_new(&many(MAX_CONFIGURATIONS), &another).unwrap_err().code, "notification.too_many");
}
