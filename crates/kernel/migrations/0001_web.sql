CREATE TABLE web_account (
    face TEXT NOT NULL,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    subject TEXT NOT NULL,
    display_name TEXT NOT NULL,
    password TEXT NOT NULL,
    failures BIGINT NOT NULL DEFAULT 0,
    blocked_until BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (face, name)
);
CREATE TABLE web_session (
    face TEXT NOT NULL,
    token_hash TEXT NOT NULL,
    account TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (face, token_hash)
);
CREATE INDEX web_session_account ON web_session (face, account);
CREATE INDEX web_session_expires ON web_session (face, expires_at);
CREATE TABLE web_api_token (
    face TEXT NOT NULL,
    token_hash TEXT NOT NULL,
    name TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (face, token_hash)
);
