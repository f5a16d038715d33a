//! What may be said of a member. Pure.

use super::{NewMember, Profile};
use crate::refusal::Refusal;

/// Longest account name, as on the wire. Source: kit §2.5.
pub(crate) const MAX_USER_NAME_LENGTH: usize = 64;
/// Members of one enterprise.
pub(crate) const MAX_MEMBERS: i64 = 100_000;
/// Longest extension as JSON, in bytes; a batch of 500 members must stay far below 8 MiB.
pub(crate) const MAX_EXTENSION_BYTES: usize = 4_096;

/// The fields of a profile with a length: name, text, longest.
fn lengths(profile: &Profile) -> [(&'static str, &str, usize); 8] {
    [
        ("name", &profile.name, 64),
        ("orgCode", &profile.org_code, 64),
        ("position", &profile.position, 64),
        ("employeeCode", &profile.employee_code, 64),
        ("mobile", &profile.mobile, 32),
        ("email", &profile.email, 128),
        ("workPlace", &profile.work_place, 256),
        ("entryDate", &profile.entry_date, 20),
    ]
}

/// Checks a new member for himself.
///
/// # Errors
/// When a field breaks its rule; the refusal names it.
pub(crate) fn check_new(member: &NewMember) -> Result<(), Refusal> {
    let name = &member.user_name;
    let is_plain = name.chars().all(|one| one.is_alphanumeric() || matches!(one, '.' | '_' | '-'));
    if !is_plain || !(1..=MAX_USER_NAME_LENGTH).contains(&name.chars().count()) {
        return Err(Refusal::invalid(
            "member.user_name",
            "userName",
            format!("账号为 1 到 {MAX_USER_NAME_LENGTH} 个字母、数字、点、下划线或连字符，不含 @"),
            format!(
                "an account name is 1 to {MAX_USER_NAME_LENGTH} letters, digits, dots, underscores or hyphens, without @"
            ),
        ));
    }
    check(&member.profile)
}

/// Checks what is said of a member.
///
/// # Errors
/// When a field breaks its rule; the refusal names it.
pub(crate) fn check(profile: &Profile) -> Result<(), Refusal> {
    for (field, text, longest) in lengths(profile) {
        let length = text.chars().count();
        if length > longest || text.chars().any(char::is_control) {
            return Err(Refusal::invalid(
                "member.length",
                field,
                format!("最多 {longest} 个字符，不含控制字符，现为 {length} 个"),
                format!("at most {longest} characters, no control characters; this has {length}"),
            ));
        }
    }
    if profile.name.is_empty() {
        return Err(Refusal::invalid("member.name", "name", "请填写姓名", "a member has a name"));
    }
    if profile.org_code.is_empty() {
        return Err(Refusal::invalid("member.department", "orgCode", "请选择部门", "a member belongs to a department"));
    }
    if profile.employee_type.is_some_and(|kind| !(1..=4).contains(&kind)) {
        return Err(Refusal::invalid(
            "member.employee_type",
            "employeeType",
            "员工类型为 1（正式）、2（实习）、3（劳务派遣）或 4（外包）",
            "employeeType is 1 (regular), 2 (intern), 3 (labour dispatch) or 4 (outsourcing)",
        ));
    }
    if !profile.email.is_empty() && !is_mail_address(&profile.email) {
        return Err(Refusal::invalid(
            "member.email",
            "email",
            "邮箱格式不正确，如 li@example.com",
            "this is no mail address such as li@example.com",
        ));
    }
    if !profile.entry_date.is_empty() && !is_date(&profile.entry_date) {
        return Err(Refusal::invalid(
            "member.entry_date",
            "entryDate",
            "入职日期格式为 yyyy-MM-dd，如 2026-03-01",
            "the date of joining is written yyyy-MM-dd, such as 2026-03-01",
        ));
    }
    let extension = serde_json::to_string(&profile.extension).map_or(usize::MAX, |text| text.len());
    if extension > MAX_EXTENSION_BYTES {
        return Err(Refusal::invalid(
            "member.extension",
            "extension",
            format!("扩展字段最多 {MAX_EXTENSION_BYTES} 字节"),
            format!("the extension has at most {MAX_EXTENSION_BYTES} bytes"),
        ));
    }
    Ok(())
}

/// The refusal that the account name is taken.
pub(crate) fn name_taken(user_name: &str) -> Refusal {
    Refusal::invalid(
        "member.taken",
        "userName",
        format!("账号 {user_name} 已存在"),
        format!("there is a member {user_name} already"),
    )
}

/// The refusal that the department does not exist.
pub(crate) fn no_department(org_code: &str) -> Refusal {
    Refusal::invalid(
        "member.no_department",
        "orgCode",
        format!("没有编码为 {org_code} 的部门"),
        format!("there is no department {org_code}"),
    )
}

/// The refusal that there are too many members.
pub(crate) fn too_many() -> Refusal {
    Refusal::conflict(
        "member.too_many",
        format!("每个企业最多 {MAX_MEMBERS} 个成员"),
        format!("an enterprise has at most {MAX_MEMBERS} members"),
    )
}

fn is_mail_address(text: &str) -> bool {
    let mut parts = text.split('@');
    let (local, host, rest) = (parts.next(), parts.next(), parts.next());
    let is_there =
        |part: Option<&str>| part.is_some_and(|part| !part.is_empty() && !part.contains(char::is_whitespace));
    is_there(local) && is_there(host) && rest.is_none()
}

/// `yyyy-MM-dd`, where the vendor's own sample leaves out leading noughts (`2024-03-1`).
fn is_date(text: &str) -> bool {
    let numbers: Vec<Option<i16>> = text.split('-').map(|part| part.parse().ok().filter(|_| part.len() <= 4)).collect();
    let [Some(year), Some(month), Some(day)] = numbers[..] else { return false };
    let (Ok(month), Ok(day)) = (i8::try_from(month), i8::try_from(day)) else { return false };
    (1900..=9999).contains(&year) && jiff::civil::Date::new(year, month, day).is_ok()
}

#[cfg(test)]
mod tests {
    use super::super::Role;
    use super::*;

    fn profile() -> Profile {
        Profile {
            name: "Li Wei".to_owned(),
            org_code: "D1".to_owned(),
            position: String::new(),
            employee_code: String::new(),
            employee_type: None,
            role: Role::User,
            mobile: String::new(),
            email: String::new(),
            work_place: String::new(),
            entry_date: String::new(),
            extension: serde_json::Map::new(),
        }
    }

    fn wrong(edit: impl Fn(&mut Profile)) -> Option<&'static str> {
        let mut edited = profile();
        edit(&mut edited);
        check(&edited).err().map(|refusal| refusal.field)
    }

    #[test]
    fn every_text_ends_at_its_length_on_the_wire() {
        for (field, _, longest) in lengths(&profile()) {
            let set = |one: &mut Profile, text: String| match field {
                "name" => one.name = text,
                "orgCode" => one.org_code = text,
                "position" => one.position = text,
                "employeeCode" => one.employee_code = text,
                "mobile" => one.mobile = text,
                "email" => one.email = format!("a@{}", &text[2..]),
                "workPlace" => one.work_place = text,
                _ => one.entry_date = text,
            };
            if field != "entryDate" {
                assert_eq!(wrong(|one| set(one, "x".repeat(longest))), None, "{field}");
            }
            assert_eq!(wrong(|one| set(one, "x".repeat(longest + 1))), Some(field), "{field}");
        }
    }

    #[test]
    fn fields_with_a_form_are_checked() {
        for good in ["2026-03-01", "2024-3-1", "2024-02-29"] {
            assert_eq!(wrong(|one| one.entry_date = good.to_owned()), None, "{good}");
        }
        for bad in ["2026-02-30", "26-1-1", "2026/01/01", "today", "2026-1-1-1"] {
            assert_eq!(wrong(|one| one.entry_date = bad.to_owned()), Some("entryDate"), "{bad}");
        }
        for bad in ["a", "a@", "@b", "a@b@c", "a b@c"] {
            assert_eq!(wrong(|one| one.email = bad.to_owned()), Some("email"), "{bad}");
        }
        assert_eq!(wrong(|one| one.employee_type = Some(4)), None);
        assert_eq!(wrong(|one| one.employee_type = Some(5)), Some("employeeType"));
        assert_eq!(wrong(|one| one.name.clear()), Some("name"));
        assert_eq!(wrong(|one| one.org_code.clear()), Some("orgCode"));
        assert_eq!(wrong(|one| one.name.push('\n')), Some("name"));
    }

    #[test]
    fn an_account_name_has_no_at_sign() {
        let refused = |name: &str| {
            let member = NewMember { user_name: name.to_owned(), profile: profile() };
            check_new(&member).is_err()
        };
        for good in ["liwei", "li.wei_2-x", "李伟", &"a".repeat(MAX_USER_NAME_LENGTH)] {
            assert!(!refused(good), "{good}");
        }
        for bad in ["", "li@acme", "li wei", "a/b", &"a".repeat(MAX_USER_NAME_LENGTH + 1)] {
            assert!(refused(bad), "{bad}");
        }
    }

    #[test]
    fn an_extension_ends_at_its_limit() {
        let sized = |bytes: usize| {
            wrong(|one| {
                one.extension.insert("k".to_owned(), "x".repeat(bytes - 8).into());
            })
        };
        assert_eq!(sized(MAX_EXTENSION_BYTES), None);
        assert_eq!(sized(MAX_EXTENSION_BYTES + 1), Some("extension"));
    }
}
