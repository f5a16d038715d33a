-- SaaS V1.0 beside V2.0, products that enterprises share, calls that concern no product.

ALTER TABLE st_product ADD COLUMN access TEXT NOT NULL DEFAULT 'saasV2';
ALTER TABLE st_product ADD COLUMN joint BIGINT NOT NULL DEFAULT 0;
ALTER TABLE st_product ADD COLUMN app_id TEXT;
ALTER TABLE st_product ADD COLUMN acceptance BIGINT NOT NULL DEFAULT 0;
ALTER TABLE st_product ADD COLUMN encryption_bits BIGINT NOT NULL DEFAULT 256;
ALTER TABLE st_product ADD COLUMN buyer_authorization TEXT NOT NULL DEFAULT 'none';

ALTER TABLE st_sku ADD COLUMN linear_kind TEXT;

ALTER TABLE st_instance ADD COLUMN acceptance BIGINT NOT NULL DEFAULT 0;
ALTER TABLE st_instance ADD COLUMN accepted_at BIGINT;

ALTER TABLE st_message ADD COLUMN address_id TEXT;
ALTER TABLE st_message ADD COLUMN subject TEXT;

CREATE INDEX st_message_subject ON st_message (subject, created_at, position);
