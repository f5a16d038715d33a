CREATE TABLE gw_merchant (
    merchant_id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE gw_store_link (
    merchant_id TEXT PRIMARY KEY,
    site TEXT NOT NULL,
    base_url TEXT NOT NULL,
    access_key_id TEXT NOT NULL,
    secret_sealed TEXT NOT NULL,
    updated_at BIGINT NOT NULL,
    version BIGINT NOT NULL DEFAULT 1
);

CREATE TABLE gw_access_key (
    merchant_id TEXT NOT NULL,
    key_id TEXT NOT NULL,
    interface_type TEXT NOT NULL,
    key_sealed TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    last_used_at BIGINT,
    revoked_at BIGINT,
    PRIMARY KEY (merchant_id, key_id)
);

CREATE TABLE gw_connector (
    merchant_id TEXT NOT NULL,
    connector_id TEXT NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    config TEXT NOT NULL,
    secret_sealed TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    version BIGINT NOT NULL DEFAULT 1,
    PRIMARY KEY (merchant_id, connector_id)
);

CREATE TABLE gw_connector_product (
    merchant_id TEXT NOT NULL,
    product TEXT NOT NULL,
    connector_id TEXT NOT NULL,
    PRIMARY KEY (merchant_id, product)
);

CREATE TABLE gw_pool_account (
    merchant_id TEXT NOT NULL,
    connector_id TEXT NOT NULL,
    account_id TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    info_sealed TEXT NOT NULL,
    imported_at BIGINT NOT NULL,
    claimed_by TEXT,
    claimed_at BIGINT,
    PRIMARY KEY (merchant_id, connector_id, account_id)
);
CREATE UNIQUE INDEX gw_pool_account_once ON gw_pool_account (merchant_id, connector_id, fingerprint);
CREATE UNIQUE INDEX gw_pool_account_claim ON gw_pool_account (merchant_id, connector_id, claimed_by) WHERE claimed_by IS NOT NULL;
CREATE INDEX gw_pool_account_free ON gw_pool_account (merchant_id, connector_id, account_id) WHERE claimed_by IS NULL;

CREATE TABLE gw_instance (
    merchant_id TEXT NOT NULL,
    instance_id TEXT NOT NULL,
    order_id TEXT NOT NULL,
    order_line_id TEXT NOT NULL,
    product_id TEXT NOT NULL DEFAULT '',
    sku_code TEXT NOT NULL DEFAULT '',
    linear_value BIGINT,
    charging_mode TEXT NOT NULL DEFAULT '',
    period_type TEXT NOT NULL DEFAULT '',
    period_number BIGINT,
    expire_time BIGINT,
    expire_confirmed BIGINT NOT NULL DEFAULT 0,
    trial BIGINT NOT NULL DEFAULT 0,
    state TEXT NOT NULL,
    frozen BIGINT NOT NULL DEFAULT 0,
    failure TEXT NOT NULL DEFAULT '',
    app_info_sealed TEXT,
    order_sealed TEXT,
    snapshot_order_id TEXT NOT NULL DEFAULT '',
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    version BIGINT NOT NULL DEFAULT 1,
    PRIMARY KEY (merchant_id, instance_id)
);
CREATE UNIQUE INDEX gw_instance_order ON gw_instance (merchant_id, order_id, order_line_id);
CREATE INDEX gw_instance_created ON gw_instance (merchant_id, created_at);

CREATE TABLE gw_nonce (
    merchant_id TEXT NOT NULL,
    mark BYTEA NOT NULL,
    seen_at BIGINT NOT NULL,
    PRIMARY KEY (merchant_id, mark)
);
CREATE INDEX gw_nonce_seen ON gw_nonce (seen_at);

CREATE TABLE gw_callback (
    merchant_id TEXT NOT NULL,
    callback_id TEXT NOT NULL,
    received_at BIGINT NOT NULL,
    protocol TEXT NOT NULL,
    activity TEXT NOT NULL,
    instance_id TEXT NOT NULL,
    order_id TEXT NOT NULL,
    test BIGINT NOT NULL,
    verdict TEXT NOT NULL,
    refusal TEXT NOT NULL,
    detail TEXT NOT NULL,
    key_id TEXT NOT NULL,
    query TEXT NOT NULL,
    body BYTEA NOT NULL,
    result_code TEXT NOT NULL,
    answer TEXT NOT NULL,
    state_before TEXT NOT NULL,
    state_after TEXT NOT NULL,
    event_id TEXT NOT NULL,
    effect_key TEXT,
    effect_content TEXT,
    PRIMARY KEY (merchant_id, callback_id)
);
CREATE UNIQUE INDEX gw_callback_effect ON gw_callback (merchant_id, effect_key) WHERE effect_key IS NOT NULL;
CREATE INDEX gw_callback_instance ON gw_callback (merchant_id, instance_id, callback_id) WHERE instance_id <> '';
CREATE INDEX gw_callback_refused ON gw_callback (received_at) WHERE verdict = 'refused';

CREATE TABLE gw_audit (
    position BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    merchant_id TEXT NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail TEXT NOT NULL,
    previous_hash TEXT NOT NULL,
    hash TEXT NOT NULL
);
