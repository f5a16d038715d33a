//! Draws every piece of the design system in both languages and checks what every page must keep.
//!
//! The pages are left in `target/gallery`, so that a person can look at them.

use std::collections::BTreeSet;

use askama::Template;
use http::StatusCode;

use super::layout::{Face, NavItem, Shell};
use super::visit::{Mood, Notice, Theme, Visit};
use super::{Language, Moment, PageRequest, Paged};

#[derive(Template)]
#[template(path = "gallery.html")]
struct Gallery {
    shell: Shell,
    at: Moment,
    states: Vec<(&'static str, &'static str)>,
    list: Paged<u8>,
}

pub(super) fn visit(language: Language, theme: Theme, path: &str) -> Visit {
    Visit { language, theme, path: path.to_owned(), notice: None }
}

fn gallery(language: Language, theme: Theme) -> Gallery {
    let t = |en, zh| language.pick(en, zh);
    let navigation = vec![
        NavItem::new("/", t("Overview", "概览")),
        NavItem::new("/orders", t("Orders", "订单")),
        NavItem::new("/instances", t("Instances", "实例")),
        NavItem::new("/messages", t("Messages", "生产接口消息")).with_waiting(4),
        NavItem::new("/keys", t("Keys", "密钥管理")).under(t("Settings", "设置")),
    ];
    let mut shell = Shell::new(visit(language, theme, "/orders/CS2411250001?page=2&state=a"), Face::Store)
        .with_navigation(navigation)
        .with_notice(Notice::new(
            Mood::Good,
            t("Paid 1,200.00 CNY. The account is being opened.", "已支付 1,200.00 元，正在开通。"),
        ));
    shell.user = t("Lin Xiaoyu", "林晓雨").to_owned();
    Gallery {
        shell,
        at: Moment::of("2026-11-25T08:00:05Z".parse().unwrap()),
        states: vec![
            ("ok", t("Succeeded", "成功")),
            ("busy", t("Running", "执行中")),
            ("warn", t("Retrying", "重试中")),
            ("bad", t("Failed", "失败")),
            ("idle", t("Cancelled", "已取消")),
        ],
        list: Paged::new(vec![1], 130, PageRequest::new(2, 50)),
    }
}

/// Leaves a page for a person to look at.
pub(super) fn keep(name: &str, html: &str) {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/gallery");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join(format!("{name}.html")), html).unwrap();
}

/// What every page keeps, whoever wrote it.
pub(super) fn check(html: &str) {
    for forbidden in [" style=", "<style", " onclick=", "<script>", "javascript:", "{{", "{%"] {
        assert!(!html.contains(forbidden), "{forbidden} in a page");
    }
    let values = |attribute: &str| -> Vec<String> {
        html.split(&format!(" {attribute}=\"")).skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
    };
    let ids = values("id");
    assert_eq!(ids.len(), ids.iter().collect::<BTreeSet<_>>().len(), "an id is used twice: {ids:?}");
    for target in values("for") {
        assert!(ids.contains(&target), "label for {target} names no input");
    }
    for landmark in ["<header class=\"bar\"", "<main id=\"content\"", "<footer", "class=\"skip\" href=\"#content\""] {
        assert!(html.contains(landmark), "{landmark} is missing");
    }
    assert_eq!(html.matches("<h1").count(), 1);
}

#[test]
fn every_piece_is_drawn_in_both_languages_and_every_theme() {
    for language in Language::ALL {
        for theme in Theme::ALL {
            let html = gallery(language, theme).render().unwrap();
            check(&html);
            assert!(html.contains(&format!("<html lang=\"{}\" data-theme=\"{}\">", language.tag(), theme.code())));
            let current = "<a href=\"/orders\" aria-current=\"page\">";
            assert_eq!(html.matches(current).count(), 1, "the section of the page is marked once");
            assert!(html.contains("?state=a&#38;page=1"), "a page link keeps the filter");
            keep(&format!("{}-{}", language.code(), theme.code()), &html);
        }
    }
}

#[test]
fn every_text_of_the_shell_is_there_in_both_languages() {
    for language in Language::ALL {
        for face in Face::ALL {
            assert!(!face.name(language).is_empty());
            for code in [400, 401, 403, 404, 405, 409, 413, 415, 422, 429, 500, 503, 502] {
                let status = StatusCode::from_u16(code).unwrap();
                let page = super::failure::page(visit(language, Theme::Auto, "/x"), face, status, None);
                assert_eq!(page.status(), status);
                assert_eq!(page.headers()["content-language"], language.tag());
            }
        }
    }
}

#[test]
fn names_from_outside_are_escaped() {
    let mut page = gallery(Language::En, Theme::Auto);
    page.shell.user = "<script>alert(1)</script>".to_owned();
    page.shell.notice = Some(Notice::new(Mood::Bad, "\"><img src=x>"));
    let html = page.render().unwrap();
    assert!(!html.contains("<script>alert") && !html.contains("<img"));
}
