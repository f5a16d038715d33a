//! The web shell's SQL.

use crate::db::Migration;

/// The web shell's tables.
pub(super) const MIGRATIONS: &[Migration] =
    &[Migration { version: 1, name: "accounts, sessions, tokens", sql: include_str!("../../migrations/0001_web.sql") }];

crate::statements! {
    pub(super) INSERT_ACCOUNT = "INSERT INTO web_account (face, name, role, subject, display_name, password, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (face, name) DO NOTHING";
    pub(super) FIND_ACCOUNT = "SELECT name, role, subject, display_name, password, failures, blocked_until
        FROM web_account WHERE face = $1 AND name = $2";
    pub(super) LIST_ACCOUNTS = "SELECT name, role, subject, display_name, password, failures, blocked_until
        FROM web_account WHERE face = $1 ORDER BY created_at, name LIMIT 200";
    pub(super) SET_PASSWORD = "UPDATE web_account SET password = $3, failures = 0, blocked_until = 0
        WHERE face = $1 AND name = $2";
    pub(super) COUNT_FAILURE = "UPDATE web_account SET failures = failures + 1, blocked_until = $3
        WHERE face = $1 AND name = $2";
    pub(super) CLEAR_FAILURES = "UPDATE web_account SET failures = 0, blocked_until = 0
        WHERE face = $1 AND name = $2";
    pub(super) INSERT_SESSION = "INSERT INTO web_session (face, token_hash, account, created_at, expires_at)
        VALUES ($1, $2, $3, $4, $5)";
    pub(super) FIND_SESSION = "SELECT a.name, a.role, a.subject, a.display_name FROM web_session s
        JOIN web_account a ON a.face = s.face AND a.name = s.account
        WHERE s.face = $1 AND s.token_hash = $2 AND s.expires_at > $3";
    pub(super) DELETE_SESSION = "DELETE FROM web_session WHERE face = $1 AND token_hash = $2";
    pub(super) DELETE_SESSIONS_OF = "DELETE FROM web_session WHERE face = $1 AND account = $2";
    pub(super) PRUNE_SESSIONS = "DELETE FROM web_session WHERE face = $1 AND expires_at <= $2";
    pub(super) INSERT_TOKEN = "INSERT INTO web_api_token (face, token_hash, name, created_at)
        VALUES ($1, $2, $3, $4) ON CONFLICT (face, token_hash) DO NOTHING";
    pub(super) FIND_TOKEN = "SELECT name FROM web_api_token WHERE face = $1 AND token_hash = $2";
}
