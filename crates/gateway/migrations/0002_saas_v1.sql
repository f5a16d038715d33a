-- What SaaS V1.0 adds: the order lies in the request itself, personal data included.
ALTER TABLE gw_callback ADD COLUMN headers TEXT NOT NULL DEFAULT '';
ALTER TABLE gw_callback ADD COLUMN request_sealed TEXT;

ALTER TABLE gw_instance ADD COLUMN protocol TEXT NOT NULL DEFAULT 'saas_v2';
ALTER TABLE gw_instance ADD COLUMN billing_start BIGINT;
ALTER TABLE gw_instance ADD COLUMN encryption_bits BIGINT;

-- Orders that came with a call and cannot be asked for again.
CREATE TABLE gw_order_snapshot (
    merchant_id TEXT NOT NULL,
    instance_id TEXT NOT NULL,
    order_id TEXT NOT NULL,
    order_sealed TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (merchant_id, instance_id, order_id)
);

-- Bit length of the products that do not use the usual one. The empty product is the merchant's default.
CREATE TABLE gw_encryption (
    merchant_id TEXT NOT NULL,
    product TEXT NOT NULL,
    bits BIGINT NOT NULL,
    PRIMARY KEY (merchant_id, product)
);

-- Secrets of the gateway itself.
CREATE TABLE gw_secret (
    name TEXT PRIMARY KEY,
    secret_sealed TEXT NOT NULL
);
