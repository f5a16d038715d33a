CREATE TABLE app_account (
    instance_id TEXT PRIMARY KEY,
    user_name TEXT NOT NULL UNIQUE,
    password_salt TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    buyer_name TEXT NOT NULL,
    order_id TEXT NOT NULL,
    product_id TEXT NOT NULL,
    sku_code TEXT NOT NULL,
    seats BIGINT,
    trial BIGINT NOT NULL,
    expires_at BIGINT,
    state TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    version BIGINT NOT NULL
);

CREATE TABLE app_event (
    event_id TEXT PRIMARY KEY,
    instance_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    received_at BIGINT NOT NULL,
    answer_sealed TEXT
);
CREATE INDEX app_event_instance ON app_event (instance_id, received_at);

CREATE TABLE app_pending (
    instance_id TEXT PRIMARY KEY,
    merchant_id TEXT NOT NULL,
    answer_sealed TEXT NOT NULL,
    received_at BIGINT NOT NULL
);

CREATE TABLE app_session (
    token_hash TEXT PRIMARY KEY,
    instance_id TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE TABLE app_note (
    note_id TEXT PRIMARY KEY,
    instance_id TEXT NOT NULL,
    body TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX app_note_instance ON app_note (instance_id, note_id);

CREATE TABLE app_switch (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
);
