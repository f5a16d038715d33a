//! Members and departments from CSV files, and into them.

use axum::extract::{Multipart, Path, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, header};
use mercer_kernel::web::{Language, Mood, Notice};

use super::{own, path};
use crate::console::Console;
use crate::console::desk::Buyer;
use crate::console::fault::{Fault, refused};
use crate::console::view::{Block, Cell, Field, Form, Page, Table};
use crate::identity::csv::Column;
use crate::identity::enterprise::Tenant;
use crate::identity::{Imported, OnBadRows, department, member};
use crate::refusal::Refusal;

mercer_kernel::messages! {
    /// Texts of the pages.
    struct Texts;
    enterprises => "My enterprises", "我的企业";
    members => "Import members", "导入成员";
    departments => "Import departments", "导入部门";
    columns(names: &str) => "CSV in UTF-8 with these columns in the first line, in any order: {names}. What you export can be imported again.",
                            "UTF-8 编码的 CSV，首行为列名，顺序不限：{names}。导出的文件可直接再次导入。";
    file => "CSV file", "CSV 文件";
    skip => "Leave out bad rows and import the others", "跳过错误行，导入其余行";
    submit => "Import", "导入";
    choose => "Choose a CSV file.", "请选择 CSV 文件。";
    unreadable => "The file could not be read; it may be larger than 8 MiB.", "文件无法读取，可能超过 8 MiB。";
    nothing(bad: usize) => "Nothing was imported: {bad} rows are bad. Correct them, or tick the box to leave them out.",
                           "未导入任何内容：有 {bad} 行错误。请修正，或勾选跳过错误行。";
    empty => "The file has no rows.", "文件没有数据行。";
    bad => "Bad rows", "错误行";
    line => "Line", "行";
    column => "Column", "列";
    reason => "Why", "原因";
    done(count: usize) => "{count} imported.", "已导入 {count} 条。";
    done_with(count: usize, bad: usize) => "{count} imported, {bad} bad rows left out.", "已导入 {count} 条，跳过 {bad} 行错误。";
}

/// What is imported.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Members,
    Departments,
}

impl Kind {
    fn place(self) -> &'static str {
        match self {
            Self::Members => "/members",
            Self::Departments => "/departments",
        }
    }

    fn columns(self) -> &'static [Column] {
        match self {
            Self::Members => member::COLUMNS,
            Self::Departments => department::COLUMNS,
        }
    }

    fn title(self, language: Language) -> &'static str {
        match self {
            Self::Members => Texts(language).members(),
            Self::Departments => Texts(language).departments(),
        }
    }
}

/// The form for members.
pub(super) async fn members(
    State(console): State<Console>,
    buyer: Buyer,
    Path(tenant_id): Path<String>,
) -> Result<Response, Fault> {
    form_page(&console, buyer, (&tenant_id, Kind::Members)).await
}

/// The form for departments.
pub(super) async fn departments(
    State(console): State<Console>,
    buyer: Buyer,
    Path(tenant_id): Path<String>,
) -> Result<Response, Fault> {
    form_page(&console, buyer, (&tenant_id, Kind::Departments)).await
}

/// Imports members.
pub(super) async fn import_members(
    State(console): State<Console>,
    buyer: Buyer,
    Path(tenant_id): Path<String>,
    parts: Multipart,
) -> Result<Response, Fault> {
    import(&console, buyer, (&tenant_id, Kind::Members), parts).await
}

/// Imports departments.
pub(super) async fn import_departments(
    State(console): State<Console>,
    buyer: Buyer,
    Path(tenant_id): Path<String>,
    parts: Multipart,
) -> Result<Response, Fault> {
    import(&console, buyer, (&tenant_id, Kind::Departments), parts).await
}

/// All members as a file.
pub(super) async fn export_members(
    State(console): State<Console>,
    buyer: Buyer,
    Path(tenant_id): Path<String>,
) -> Result<Response, Fault> {
    let tenant = own(&console.core, &buyer, &tenant_id).await?;
    Ok(download(&tenant, "members", member::export(&console.core, &tenant_id).await?))
}

/// All departments as a file.
pub(super) async fn export_departments(
    State(console): State<Console>,
    buyer: Buyer,
    Path(tenant_id): Path<String>,
) -> Result<Response, Fault> {
    let tenant = own(&console.core, &buyer, &tenant_id).await?;
    Ok(download(&tenant, "departments", department::export(&console.core, &tenant_id).await?))
}

async fn form_page(console: &Console, buyer: Buyer, (tenant_id, kind): (&str, Kind)) -> Result<Response, Fault> {
    let tenant = own(&console.core, &buyer, tenant_id).await?;
    Ok(page(console, buyer, (&tenant, kind), (None, None)).answer())
}

async fn import(
    console: &Console,
    buyer: Buyer,
    (tenant_id, kind): (&str, Kind),
    parts: Multipart,
) -> Result<Response, Fault> {
    let core = &console.core;
    let texts = Texts(buyer.language());
    let tenant = own(core, &buyer, tenant_id).await?;
    let (file, on_bad_rows) = match read(parts).await {
        Ok(read) => read,
        Err(refusal) => return Ok(page(console, buyer, (&tenant, kind), (Some(&refusal), None)).answer_refused()),
    };
    let done = match kind {
        Kind::Members => member::import(core, tenant_id, &file, on_bad_rows).await,
        Kind::Departments => department::import(core, tenant_id, &file, on_bad_rows).await,
    };
    match refused(done)? {
        Ok(imported) if imported.added > 0 => {
            let told = match imported.bad {
                0 => texts.done(imported.added),
                bad => texts.done_with(imported.added, bad),
            };
            let mood = if imported.bad == 0 { Mood::Good } else { Mood::Warning };
            Ok(Notice::new(mood, told).and_go_to(&path(&tenant, kind.place())))
        }
        Ok(imported) => Ok(page(console, buyer, (&tenant, kind), (None, Some(&imported))).answer_refused()),
        Err(refusal) => Ok(page(console, buyer, (&tenant, kind), (Some(&refusal), None)).answer_refused()),
    }
}

/// The file and whether bad rows are left out.
async fn read(mut parts: Multipart) -> Result<(Vec<u8>, OnBadRows), Refusal> {
    let refuse = |of: fn(&Texts) -> &'static str| {
        Refusal::invalid("import.file", "file", of(&Texts(Language::Zh)), of(&Texts(Language::En)))
    };
    let (mut file, mut on_bad_rows) = (Vec::new(), OnBadRows::Refuse);
    while let Some(part) = parts.next_field().await.map_err(|_| refuse(Texts::unreadable))? {
        match part.name() {
            Some("file") => file = part.bytes().await.map_err(|_| refuse(Texts::unreadable))?.to_vec(),
            Some("skip") => on_bad_rows = OnBadRows::Skip,
            Some(_) | None => {}
        }
    }
    if file.is_empty() { Err(refuse(Texts::choose)) } else { Ok((file, on_bad_rows)) }
}

fn page(
    console: &Console,
    buyer: Buyer,
    (tenant, kind): (&Tenant, Kind),
    (refusal, imported): (Option<&Refusal>, Option<&Imported>),
) -> Page {
    let language = buyer.language();
    let texts = Texts(language);
    let names: Vec<&str> = kind.columns().iter().map(|column| column.name).collect();
    let base = path(tenant, kind.place());
    let form = Form::post(format!("{base}/import"))
        .titled("", texts.columns(&names.join(", ")))
        .field(Field::line("file", texts.file(), "").file(".csv,text/csv").required())
        .field(Field::line("skip", texts.skip(), "").check())
        .submit(texts.submit(), "primary")
        .or_back(&base, tenant.name.clone())
        .refused(refusal, language);
    let mut page = Page::new(buyer.frame(&console.core), kind.title(language))
        .below("/enterprises", texts.enterprises())
        .below(path(tenant, ""), &tenant.name);
    if let Some(imported) = imported {
        page = match imported.bad {
            0 => page.block(Block::Note("warn", texts.empty().to_owned())),
            bad => page.block(Block::Note("bad", texts.nothing(bad))).block(Block::Table(bad_rows(imported, language))),
        };
    }
    page.block(Block::Form(form))
}

fn bad_rows(imported: &Imported, language: Language) -> Table {
    let texts = Texts(language);
    let rows = imported.bad_rows.iter().map(|bad| {
        vec![
            Cell::text(bad.line.to_string()),
            Cell::text(&bad.column),
            Cell::text(language.pick(&bad.reason.en, &bad.reason.zh)),
        ]
    });
    Table::new(&[texts.line(), texts.column(), texts.reason()]).titled(texts.bad()).rows(rows)
}

fn download(tenant: &Tenant, what: &str, text: String) -> Response {
    let name = format!("attachment; filename=\"{}-{what}.csv\"", tenant.tenant_code);
    let mut response = text.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
    if let Ok(name) = HeaderValue::from_str(&name) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    response
}
