//! The gateway's errors as problem documents.

use axum::response::{IntoResponse, Response};
use mercer_kernel::db::DbError;
use mercer_kernel::web::problem::FieldError;
use mercer_kernel::web::{Language, Problem};

use crate::error::{FieldFault, GatewayError, LineFault};

/// An error of a handler, told in the caller's language.
#[derive(Debug)]
pub(super) struct ApiError {
    error: GatewayError,
    language: Language,
}

/// What a handler returns.
pub(super) type ApiResult<T> = Result<T, ApiError>;

/// Adds the caller's language to an error.
pub(super) trait InLanguage<T> {
    /// The result with its error told in `language`.
    fn told_in(self, language: Language) -> ApiResult<T>;
}

impl<T, E: Into<GatewayError>> InLanguage<T> for Result<T, E> {
    fn told_in(self, language: Language) -> ApiResult<T> {
        self.map_err(|error| ApiError { error: error.into(), language })
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        problem(&self.error, self.language).in_language(self.language).into_response()
    }
}

/// The problem document of an error.
pub(crate) fn problem(error: &GatewayError, language: Language) -> Problem {
    match error {
        GatewayError::Database(DbError::Unavailable(reason)) => {
            tracing::error!(reason, "the database is not available");
            Problem::unavailable()
        }
        GatewayError::Database(DbError::Conflict { .. }) => Problem::conflict(
            "changed_meanwhile",
            "Somebody else changed the same thing at the same time. Nothing was changed; try again.",
            "同一对象刚被他人修改，未作任何更改，请重试。",
        ),
        GatewayError::Database(error) => {
            tracing::error!(%error, "the database refused a request of the management API");
            Problem::internal()
        }
        GatewayError::Vault(error) => {
            tracing::error!(%error, "a stored secret cannot be opened");
            Problem::internal()
        }
        GatewayError::UnknownId { kind, id } => Problem::not_found(
            &format!("{kind}.unknown"),
            format!("There is no {kind} with the id '{id}'."),
            format!("没有 ID 为“{id}”的{}。", noun_zh(kind)),
        ),
        GatewayError::Field(fault) => field(fault),
        GatewayError::Conflict { code, zh, en } => Problem::conflict(code, en.clone(), zh.clone()),
        GatewayError::Lines(lines) => of_lines(lines, language),
    }
}

fn field(fault: &FieldFault) -> Problem {
    Problem::invalid(
        "field.invalid",
        &fault.field,
        format!("{}: allowed is {}.", fault.field, fault.allowed_en),
        format!("{}：允许的取值：{}。", fault.field, fault.allowed_zh),
    )
}

fn of_lines(lines: &[LineFault], language: Language) -> Problem {
    let count = lines.len();
    let mut problem = Problem::invalid(
        "pool.lines",
        "csv",
        format!("{count} lines cannot be taken; nothing was imported. skipBad=true imports the others."),
        format!("有 {count} 行无法导入，未导入任何账号。使用 skipBad=true 可跳过这些行。"),
    );
    problem.errors = lines
        .iter()
        .map(|line| FieldError {
            field: match line.column.as_str() {
                "" => format!("line {}", line.line),
                column => format!("line {} column {column}", line.line),
            },
            message: language.pick(&line.en, &line.zh).to_owned(),
        })
        .collect();
    problem
}

fn noun_zh(kind: &str) -> &'static str {
    match kind {
        "merchant" => "商家",
        "instance" => "实例",
        "callback" => "回调",
        "delivery" => "投递",
        "connector" => "连接器",
        "key" => "密钥",
        _ => "对象",
    }
}
