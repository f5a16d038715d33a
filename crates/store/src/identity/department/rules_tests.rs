//! The rules of departments, by example and by property.

use mercer_kernel::clock::Instant;
use proptest::prelude::*;

use super::*;

fn department(code: &str, name: &str, parent: &str) -> Department {
    Department {
        org_code: code.to_owned(),
        org_name: name.to_owned(),
        parent_code: parent.to_owned(),
        created_at: Instant::from_micros(0),
    }
}

fn office() -> Vec<Department> {
    vec![
        department("3", "Sales", "1"),
        department("2", "Research", "1"),
        department("4", "Lab", "2"),
        department("1", "Head office", ""),
        department("9", "Branch", ""),
    ]
}

fn codes(departments: &[Department]) -> Vec<&str> {
    departments.iter().map(|one| one.org_code.as_str()).collect()
}

#[test]
fn a_tree_has_parents_first_and_siblings_by_name() {
    let shown: Vec<(String, usize)> =
        tree(office()).into_iter().map(|one| (one.department.org_code, one.depth)).collect();
    let expected = [("9", 0), ("1", 0), ("2", 1), ("4", 2), ("3", 1)];
    assert_eq!(shown, expected.map(|(code, depth)| (code.to_owned(), depth)));
}

#[test]
fn children_are_deleted_before_their_parents() {
    assert_eq!(codes(&removal_order(&office(), "1")), ["3", "4", "2", "1"]);
    assert_eq!(codes(&removal_order(&office(), "9")), ["9"]);
}

#[test]
fn a_department_does_not_move_below_itself() {
    let refused = |code: &str, parent: &str| {
        let mut moved = office().into_iter().find(|one| one.org_code == code).unwrap();
        moved.parent_code = parent.to_owned();
        check(&office(), &moved).err().map(|refusal| refusal.code)
    };
    assert_eq!(refused("2", "4"), Some("department.circle"));
    assert_eq!(refused("2", "2"), Some("department.circle"));
    assert_eq!(refused("1", "4"), Some("department.circle"));
    assert_eq!(refused("1", "3"), Some("department.circle"));
    assert_eq!(refused("4", "3"), None);
    assert_eq!(refused("2", ""), None);
    assert_eq!(refused("2", "nowhere"), Some("department.parent"));
}

#[test]
fn a_name_is_unique_within_its_level_only() {
    assert_eq!(check(&office(), &department("5", "Sales", "1")).unwrap_err().code, "department.name_taken");
    assert_eq!(check(&office(), &department("5", "Sales", "2")), Ok(()));
    assert_eq!(check(&office(), &department("3", "Sales", "1")), Ok(()), "its own name");
}

#[test]
fn texts_and_depth_have_limits() {
    let long = |code: usize, name: usize| check_texts(&department(&"c".repeat(code), &"名".repeat(name), "")).is_ok();
    assert!(long(MAX_CODE_LENGTH, MAX_NAME_LENGTH));
    assert!(!long(MAX_CODE_LENGTH + 1, 1) && !long(1, MAX_NAME_LENGTH + 1) && !long(0, 1) && !long(1, 0));
    let chain: Vec<Department> = (0..MAX_DEPTH)
        .map(|at| department(&at.to_string(), "d", &at.checked_sub(1).map(|up| up.to_string()).unwrap_or_default()))
        .collect();
    let deepest = |above: usize| check(&chain, &department("new", "n", &(above - 1).to_string()));
    assert_eq!(deepest(MAX_DEPTH - 1), Ok(()));
    assert_eq!(deepest(MAX_DEPTH).unwrap_err().code, "department.depth");
    let mut root = chain[0].clone();
    root.parent_code = "other".to_owned();
    let with_other: Vec<Department> = chain.iter().cloned().chain([department("other", "o", "")]).collect();
    assert_eq!(check(&with_other, &root).unwrap_err().code, "department.depth", "a whole branch moves down");
}

proptest! {
    /// However departments are moved, as long as the rules agree: the tree holds each of them once, parents first.
    #[test]
    fn moves_never_lose_a_department(moves in prop::collection::vec((0_usize..12, 0_usize..13), 0..60)) {
        let mut all: Vec<Department> = (0..12).map(|at| department(&at.to_string(), &format!("n{at}"), "")).collect();
        for (which, parent) in moves {
            let mut moved = all[which].clone();
            moved.parent_code = if parent == 12 { String::new() } else { parent.to_string() };
            if check(&all, &moved).is_ok() {
                all[which] = moved;
            }
        }
        let placed = tree(all.clone());
        prop_assert_eq!(placed.len(), all.len());
        let mut seen = HashSet::new();
        for one in &placed {
            let parent = &one.department.parent_code;
            prop_assert!(parent.is_empty() || seen.contains(parent));
            seen.insert(one.department.org_code.clone());
        }
        for root in &all {
            let order = removal_order(&all, &root.org_code);
            prop_assert_eq!(order.last().map(|one| &one.org_code), Some(&root.org_code));
        }
    }
}
