CREATE TABLE app_tenant (
    instance_id TEXT NOT NULL,
    tenant_id TEXT NOT NULL,
    tenant_code TEXT NOT NULL,
    name TEXT NOT NULL,
    domain_name TEXT NOT NULL,
    client_id TEXT NOT NULL,
    client_secret_sealed TEXT,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (instance_id, tenant_id)
);

CREATE TABLE app_member (
    instance_id TEXT NOT NULL,
    tenant_id TEXT NOT NULL,
    user_name TEXT NOT NULL,
    name TEXT NOT NULL,
    org_code TEXT NOT NULL,
    role TEXT NOT NULL,
    may_enter BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (instance_id, tenant_id, user_name)
);

CREATE TABLE app_department (
    instance_id TEXT NOT NULL,
    tenant_id TEXT NOT NULL,
    org_code TEXT NOT NULL,
    name TEXT NOT NULL,
    parent_code TEXT NOT NULL,
    PRIMARY KEY (instance_id, tenant_id, org_code)
);

CREATE TABLE app_order (
    order_id TEXT PRIMARY KEY,
    order_type TEXT NOT NULL,
    told_at BIGINT NOT NULL
);
