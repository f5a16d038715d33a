//! Large enterprises: 10,000 members in 5,000 departments stay usable.

use super::Campus;
use crate::identity::binding::{self, Grant};
use crate::identity::department;
use crate::identity::member::{self, MemberFilter};
use crate::identity::{OnBadRows, binding::authorised};
use crate::window::Window;

const MEMBERS: usize = 10_000;
const DEPARTMENTS: usize = 5_000;

#[tokio::test]
async fn ten_thousand_members_are_told_five_hundred_at_a_time_in_the_order_of_their_names() {
    let campus = Campus::found().await;
    let core = campus.world.core();
    let tenant_id = &campus.tenant.tenant_id;
    let parent = |at: usize| if at < 50 { "HQ".to_owned() } else { format!("D{}", at / 50) };
    let rows: String = (0..DEPARTMENTS).map(|at| format!("D{at},Department {at},{}\n", parent(at))).collect();
    let file = format!("orgCode,orgName,parentCode\n{rows}");
    let imported = department::import(core, tenant_id, file.as_bytes(), OnBadRows::Refuse).await.unwrap();
    assert_eq!((imported.added, imported.bad), (DEPARTMENTS, 0), "{:?}", imported.bad_rows.first());
    let rows: String = (0..MEMBERS).map(|at| format!("u{at:05},Name {at},D{}\n", at % DEPARTMENTS)).collect();
    let file = format!("userName,name,orgCode\n{rows}");
    let imported = member::import(core, tenant_id, file.as_bytes(), OnBadRows::Refuse).await.unwrap();
    assert_eq!((imported.added, imported.bad), (MEMBERS, 0));

    let bound = campus.bound().await;
    let everybody = Grant { users: Vec::new(), departments: vec!["HQ".to_owned()] };
    for one in &bound {
        binding::grant(core, &one.binding_id, &everybody).await.unwrap();
        assert_eq!(authorised::count(&core.foundation.db, one).await.unwrap(), 10_000);
    }
    campus.world.idle().await;
    for one in &bound {
        let calls: Vec<_> = campus
            .world
            .merchant
            .calls("authSync")
            .into_iter()
            .filter(|call| call.body["instanceId"] == one.instance_id)
            .collect();
        assert_eq!(calls.len(), MEMBERS / 500);
        let mut names = Vec::new();
        for call in &calls {
            let list = match &call.body["userList"] {
                serde_json::Value::String(text) => serde_json::from_str(text).unwrap(),
                other => other.clone(),
            };
            let list = list.as_array().unwrap().clone();
            assert_eq!(list.len(), 500);
            names.extend(list.into_iter().map(|user| user["userName"].as_str().unwrap().to_owned()));
            assert_eq!(call.body["currentSyncTime"], calls[0].body["currentSyncTime"], "counted once");
        }
        assert!(names.is_sorted() && names.len() == MEMBERS);
        let mut times: Vec<_> = calls.iter().map(|call| call.body["timeStamp"].as_str().unwrap()).collect();
        times.dedup();
        assert_eq!(times.len(), calls.len(), "each call has its own time");
        let all = campus.story(one).into_iter().find(|told| told.starts_with("allOrgSync")).unwrap();
        assert_eq!(all.matches(", ").count(), DEPARTMENTS);
    }
    let filter = MemberFilter { text: "U0777".to_owned(), ..MemberFilter::default() };
    assert_eq!(member::list(core, tenant_id, &filter, Window::first(50)).await.unwrap().len(), 10);
}
