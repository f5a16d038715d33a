//! What a buyer sees after logging in: the plan, and notes that can be written while it is active.

use askama::Template;
use axum::extract::{Form, State};
use axum::response::{IntoResponse, Redirect, Response};
use http::HeaderMap;
use mercer_kernel::clock::Instant;
use mercer_kernel::db::DbError;
use mercer_kernel::web::layout::Shell;
use mercer_kernel::web::moment::Moment;
use mercer_kernel::web::visit::Visit;
use serde::Deserialize;

use super::super::rules::{Account, State as AccountState};
use super::super::{SampleApp, repo};
use super::texts::Texts;
use super::{logged_in, shell, to_login, unavailable};

/// Longest note.
const NOTE_CHARACTERS: usize = 500;

#[derive(Template)]
#[template(path = "tea_home.html")]
struct HomePage {
    shell: Shell,
    texts: Texts,
    who: String,
    account: Account,
    expires: Option<Moment>,
    notes: Vec<Line>,
    events: Vec<Line>,
}

struct Line {
    text: String,
    when: Moment,
}

/// The plan and the notes.
pub(super) async fn show(State(app): State<SampleApp>, headers: HeaderMap, visit: Visit) -> Response {
    let language = visit.language;
    match page(&app, &headers, visit).await {
        Ok(Some(page)) => page.shell.render(&page),
        Ok(None) => to_login(),
        Err(error) => unavailable(&error, language),
    }
}

async fn page(app: &SampleApp, headers: &HeaderMap, visit: Visit) -> Result<Option<HomePage>, DbError> {
    let Some(account) = logged_in(app, headers).await? else { return Ok(None) };
    let texts = Texts(visit.language);
    let line = |(text, when): (String, Instant)| Line { text, when: Moment::of(when) };
    let notes = repo::notes(app.db(), &account.instance_id).await?;
    let events = repo::events(app.db(), &account.instance_id).await?;
    let named = |(kind, when): (String, Instant)| line((texts.event(&kind).to_owned(), when));
    let who = if account.buyer_name.is_empty() { account.user_name.clone() } else { account.buyer_name.clone() };
    Ok(Some(HomePage {
        shell: shell(visit, &account.user_name),
        texts,
        who,
        expires: account.expires_at.map(Moment::of),
        account,
        notes: notes.into_iter().map(line).collect(),
        events: events.into_iter().map(named).collect(),
    }))
}

#[derive(Debug, Deserialize)]
pub(super) struct Note {
    note: String,
}

/// Keeps a note; a frozen account keeps nothing.
pub(super) async fn write_note(
    State(app): State<SampleApp>,
    headers: HeaderMap,
    visit: Visit,
    Form(form): Form<Note>,
) -> Response {
    let written = async {
        let Some(account) = logged_in(&app, &headers).await? else { return Ok(to_login()) };
        let body: String = form.note.trim().chars().take(NOTE_CHARACTERS).collect();
        if account.state == AccountState::Active && !body.is_empty() {
            let now = app.wall().now();
            let note_id = app.entropy().id("note", now);
            repo::insert_note(app.db(), &note_id, (&account.instance_id, &body), now).await?;
        }
        Ok(Redirect::to("/").into_response())
    };
    written.await.unwrap_or_else(|error: DbError| unavailable(&error, visit.language))
}
