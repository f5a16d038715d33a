//! Filling a pool from a CSV file or pasted lines.

use axum::extract::{Multipart, Path, State};
use mercer_kernel::web::{Mood, Notice};

use super::super::fields::Faults;
use super::super::refusal::{Outcome, and_go_to};
use super::super::visitor::Visitor;
use super::edit::{Showing, render};
use super::texts::Texts;
use crate::audit::Action;
use crate::connector::BadLines;
use crate::error::{FieldFault, GatewayError};
use crate::gateway::Gateway;

/// Lines that are repeated on the page when they cannot be taken; more would be a page nobody can use.
const REPEATED_BYTES: usize = 64 * 1024;

/// POST /connectors/{id}/pool
pub(in crate::console) async fn import(
    State(gateway): State<Gateway>,
    visitor: Visitor,
    Path(connector_id): Path<String>,
    parts: Multipart,
) -> Outcome {
    let language = visitor.language;
    let (csv, bad_lines) = match read(parts).await {
        Ok((csv, bad_lines)) => (Ok(csv), bad_lines),
        Err(fault) => (Err(fault), BadLines::Refuse),
    };
    let result = async {
        let csv = csv.as_ref().map_err(Clone::clone)?;
        let import = gateway.import_pool(visitor.merchant_id(), &connector_id, csv, bad_lines).await?;
        let detail = format!("{} accounts imported, {} lines skipped", import.imported, import.skipped);
        visitor.record(&gateway, Action::ChangeConnector, (&connector_id, &detail)).await?;
        Ok(import)
    };
    let pasted = || {
        let text = csv.as_ref().map(|bytes| String::from_utf8_lossy(bytes).into_owned()).unwrap_or_default();
        if text.len() > REPEATED_BYTES { String::new() } else { text }
    };
    match result.await {
        Err(GatewayError::Field(fault)) => {
            let showing = Showing { faults: Faults::one(&fault, language), pasted: pasted(), ..Showing::default() };
            render(&gateway, visitor, &connector_id, showing).await
        }
        Err(GatewayError::Lines(lines)) => {
            let showing = Showing { lines, pasted: pasted(), ..Showing::default() };
            render(&gateway, visitor, &connector_id, showing).await
        }
        // What was left out is shown at once: a notice has no room for it.
        Ok(import) if import.skipped > 0 => {
            let text = Texts(language).imported_some(import.imported, import.skipped, import.stock.free);
            let notice = Some(Notice::new(Mood::Warning, text));
            let showing = Showing { skipped: import.faults, notice, ..Showing::default() };
            render(&gateway, visitor, &connector_id, showing).await
        }
        result => and_go_to(result, language, &format!("/connectors/{connector_id}"), |import| {
            Texts(language).imported(import.imported, import.stock.free)
        }),
    }
}

/// The file, or the pasted lines when no file was chosen; and what becomes of bad lines.
async fn read(mut parts: Multipart) -> Result<(Vec<u8>, BadLines), FieldFault> {
    let unreadable = || FieldFault::new("csv", "a file or pasted lines, at most 1 MiB", "文件或粘贴的内容，最多 1 MiB");
    let mut csv = Vec::new();
    let mut bad_lines = BadLines::Refuse;
    while let Some(part) = parts.next_field().await.map_err(|_| unreadable())? {
        if part.name() == Some("skipBad") {
            bad_lines = BadLines::Skip;
        }
        if !matches!(part.name(), Some("file" | "csv")) {
            continue;
        }
        let bytes = part.bytes().await.map_err(|_| unreadable())?;
        if csv.is_empty() && !bytes.trim_ascii().is_empty() {
            csv = bytes.to_vec();
        }
    }
    if csv.is_empty() { Err(unreadable()) } else { Ok((csv, bad_lines)) }
}
