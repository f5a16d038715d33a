-- Who sells, with what secrets, from which address, and who buys.

CREATE TABLE st_merchant (
    merchant_id TEXT PRIMARY KEY,
    name        TEXT NOT NULL,
    name_en     TEXT NOT NULL,
    created_at  BIGINT NOT NULL,
    version     BIGINT NOT NULL
);

-- The shared secrets that sign callbacks. Only the sealed text is kept.
CREATE TABLE st_access_key (
    merchant_id    TEXT NOT NULL,
    key_id         TEXT NOT NULL,
    interface_type TEXT NOT NULL,
    sealed         TEXT NOT NULL,
    created_at     BIGINT NOT NULL,
    expires_at     BIGINT,
    PRIMARY KEY (merchant_id, key_id)
);

CREATE TABLE st_production_address (
    merchant_id  TEXT NOT NULL,
    address_id   TEXT NOT NULL,
    url          TEXT NOT NULL,
    state        TEXT NOT NULL,
    token        TEXT NOT NULL,
    created_at   BIGINT NOT NULL,
    certified_at BIGINT,
    version      BIGINT NOT NULL,
    PRIMARY KEY (merchant_id, address_id)
);

CREATE UNIQUE INDEX st_production_address_url ON st_production_address (merchant_id, url);

-- AK/SK of the open APIs. The secret is shown once and kept sealed.
CREATE TABLE st_credential (
    merchant_id TEXT NOT NULL,
    ak          TEXT NOT NULL,
    sealed_sk   TEXT NOT NULL,
    state       TEXT NOT NULL,
    created_at  BIGINT NOT NULL,
    PRIMARY KEY (merchant_id, ak)
);

-- A request names nothing but its AK, so an AK belongs to one merchant only.
CREATE UNIQUE INDEX st_credential_ak ON st_credential (ak);

CREATE TABLE st_buyer (
    customer_id        TEXT PRIMARY KEY,
    customer_name      TEXT NOT NULL,
    customer_real_name TEXT,
    customer_type      BIGINT NOT NULL,
    mobile_phone       TEXT,
    email              TEXT,
    user_id            TEXT,
    user_name          TEXT,
    created_at         BIGINT NOT NULL,
    version            BIGINT NOT NULL
);

CREATE UNIQUE INDEX st_buyer_name ON st_buyer (customer_name);

-- A repeated request with the same key gets the stored answer. The row commits together with its effect.
CREATE TABLE st_idempotency (
    scope      TEXT NOT NULL,
    key        TEXT NOT NULL,
    content    TEXT NOT NULL,
    answer     TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (scope, key)
);

CREATE INDEX st_idempotency_age ON st_idempotency (created_at);
