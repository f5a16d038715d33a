CREATE TABLE st_product (
    merchant_id TEXT NOT NULL,
    product_code TEXT NOT NULL,
    address_id TEXT NOT NULL,
    state TEXT NOT NULL,
    name_zh TEXT NOT NULL,
    name_en TEXT NOT NULL,
    description_zh TEXT NOT NULL,
    description_en TEXT NOT NULL,
    currency TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (merchant_id, product_code)
);
CREATE UNIQUE INDEX st_product_code ON st_product (product_code);
CREATE INDEX st_product_shop ON st_product (state, created_at);

CREATE TABLE st_sku (
    merchant_id TEXT NOT NULL,
    product_code TEXT NOT NULL,
    sku_code TEXT NOT NULL,
    position BIGINT NOT NULL,
    name_zh TEXT NOT NULL,
    name_en TEXT NOT NULL,
    linear_name_zh TEXT,
    linear_name_en TEXT,
    linear_min BIGINT,
    linear_max BIGINT,
    linear_step BIGINT,
    PRIMARY KEY (merchant_id, sku_code)
);
CREATE UNIQUE INDEX st_sku_code ON st_sku (sku_code);
CREATE INDEX st_sku_product ON st_sku (product_code, position);

CREATE TABLE st_price (
    merchant_id TEXT NOT NULL,
    product_code TEXT NOT NULL,
    sku_code TEXT NOT NULL,
    product_id TEXT NOT NULL,
    position BIGINT NOT NULL,
    charging_mode TEXT NOT NULL,
    period_type TEXT,
    price_mode TEXT NOT NULL,
    brackets TEXT NOT NULL,
    trial_days BIGINT,
    on_sale BIGINT NOT NULL,
    PRIMARY KEY (merchant_id, product_id)
);
CREATE UNIQUE INDEX st_price_product_id ON st_price (product_id);
CREATE INDEX st_price_product ON st_price (product_code, position);

CREATE TABLE st_order (
    merchant_id TEXT NOT NULL,
    order_id TEXT NOT NULL,
    buyer_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    product_code TEXT NOT NULL,
    sku_code TEXT NOT NULL,
    product_id TEXT NOT NULL,
    product_name TEXT NOT NULL,
    name_zh TEXT NOT NULL,
    name_en TEXT NOT NULL,
    charging_mode TEXT NOT NULL,
    period_type TEXT,
    period_number BIGINT,
    quantity BIGINT,
    currency TEXT NOT NULL,
    amount BIGINT NOT NULL,
    payable BIGINT NOT NULL,
    refunded BIGINT NOT NULL,
    resource_id TEXT,
    related_order_id TEXT,
    expire_before BIGINT,
    expire_after BIGINT,
    reference_expire_at BIGINT,
    extend_params TEXT NOT NULL,
    failure TEXT NOT NULL,
    quota_slot TEXT,
    created_at BIGINT NOT NULL,
    position BIGINT NOT NULL,
    paid_at BIGINT,
    finished_at BIGINT,
    version BIGINT NOT NULL,
    PRIMARY KEY (merchant_id, order_id)
);
CREATE UNIQUE INDEX st_order_id ON st_order (order_id);
CREATE UNIQUE INDEX st_order_quota ON st_order (quota_slot);
CREATE INDEX st_order_buyer ON st_order (buyer_id, created_at, position);
CREATE INDEX st_order_created ON st_order (created_at, position);
CREATE INDEX st_order_resource ON st_order (resource_id, created_at, position);

CREATE TABLE st_instance (
    merchant_id TEXT NOT NULL,
    resource_id TEXT NOT NULL,
    instance_id TEXT,
    buyer_id TEXT NOT NULL,
    order_id TEXT NOT NULL,
    product_code TEXT NOT NULL,
    sku_code TEXT NOT NULL,
    product_id TEXT NOT NULL,
    name_zh TEXT NOT NULL,
    name_en TEXT NOT NULL,
    charging_mode TEXT NOT NULL,
    period_type TEXT,
    quantity BIGINT,
    trial BIGINT NOT NULL,
    state TEXT NOT NULL,
    frozen_by_expiry BIGINT NOT NULL,
    frozen_by_violation BIGINT NOT NULL,
    activated_at BIGINT,
    formal_at BIGINT,
    expire_at BIGINT,
    frozen_at BIGINT,
    release_at BIGINT,
    released_at BIGINT,
    created_at BIGINT NOT NULL,
    position BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (merchant_id, resource_id)
);
CREATE UNIQUE INDEX st_instance_resource ON st_instance (resource_id);
CREATE UNIQUE INDEX st_instance_order ON st_instance (order_id);
CREATE INDEX st_instance_merchant_id ON st_instance (instance_id);
CREATE INDEX st_instance_buyer ON st_instance (buyer_id, created_at, position);
CREATE INDEX st_instance_created ON st_instance (created_at, position);

CREATE TABLE st_message (
    merchant_id TEXT NOT NULL,
    message_id TEXT NOT NULL,
    order_id TEXT,
    order_line_id TEXT,
    resource_id TEXT,
    instance_id TEXT,
    product_code TEXT NOT NULL,
    interface TEXT NOT NULL,
    body TEXT NOT NULL,
    scene TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    first_call_at BIGINT,
    last_call_at BIGINT,
    next_attempt_at BIGINT,
    http_status BIGINT,
    result_code TEXT,
    reason TEXT,
    exception TEXT NOT NULL,
    warning TEXT NOT NULL,
    single_attempt TEXT,
    created_at BIGINT NOT NULL,
    position BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (merchant_id, message_id)
);
CREATE UNIQUE INDEX st_message_id ON st_message (message_id);
CREATE INDEX st_message_created ON st_message (created_at, position);
CREATE INDEX st_message_resource ON st_message (resource_id, created_at, position);
CREATE INDEX st_message_order ON st_message (order_id);
CREATE INDEX st_message_unfinished ON st_message (next_attempt_at) WHERE state IN ('waiting', 'retrying');

CREATE TABLE st_notice (
    merchant_id TEXT NOT NULL,
    notice_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    message_id TEXT,
    order_id TEXT,
    text_zh TEXT NOT NULL,
    text_en TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    position BIGINT NOT NULL,
    PRIMARY KEY (merchant_id, notice_id)
);
CREATE INDEX st_notice_created ON st_notice (created_at, position);

CREATE TABLE st_failed_month (
    merchant_id TEXT NOT NULL,
    product_code TEXT NOT NULL,
    month TEXT NOT NULL,
    failed_orders BIGINT NOT NULL,
    PRIMARY KEY (merchant_id, product_code, month)
);

CREATE TABLE st_clock (
    name TEXT NOT NULL PRIMARY KEY,
    reading TEXT NOT NULL
);
