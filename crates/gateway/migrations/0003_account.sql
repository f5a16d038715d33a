CREATE TABLE gw_tenant (
    merchant_id TEXT NOT NULL,
    instance_id TEXT NOT NULL,
    tenant_id TEXT NOT NULL,
    standing TEXT NOT NULL,
    set_by TEXT NOT NULL,
    is_known BIGINT NOT NULL,
    tenant_code TEXT NOT NULL,
    name TEXT NOT NULL,
    domain_name TEXT NOT NULL,
    order_id TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    version BIGINT NOT NULL DEFAULT 1,
    PRIMARY KEY (merchant_id, instance_id, tenant_id)
);
CREATE INDEX gw_tenant_id ON gw_tenant (merchant_id, tenant_id);

CREATE TABLE gw_application (
    merchant_id TEXT NOT NULL,
    instance_id TEXT NOT NULL,
    tenant_id TEXT NOT NULL,
    app_id TEXT NOT NULL,
    standing TEXT NOT NULL,
    set_by TEXT NOT NULL,
    is_known BIGINT NOT NULL,
    client_id TEXT NOT NULL,
    secret_sealed TEXT,
    updated_at BIGINT NOT NULL,
    version BIGINT NOT NULL DEFAULT 1,
    PRIMARY KEY (merchant_id, instance_id, tenant_id, app_id)
);
CREATE INDEX gw_application_client ON gw_application (merchant_id, tenant_id, app_id, set_by);

CREATE TABLE gw_department (
    merchant_id TEXT NOT NULL,
    instance_id TEXT NOT NULL,
    tenant_id TEXT NOT NULL,
    org_code TEXT NOT NULL,
    standing TEXT NOT NULL,
    set_by TEXT NOT NULL,
    is_known BIGINT NOT NULL,
    org_name TEXT NOT NULL,
    parent_code TEXT NOT NULL,
    updated_at BIGINT NOT NULL,
    version BIGINT NOT NULL DEFAULT 1,
    PRIMARY KEY (merchant_id, instance_id, tenant_id, org_code)
);
CREATE INDEX gw_department_level ON gw_department (merchant_id, instance_id, tenant_id, parent_code, org_name, org_code) WHERE is_known = 1;

CREATE TABLE gw_member (
    merchant_id TEXT NOT NULL,
    instance_id TEXT NOT NULL,
    tenant_id TEXT NOT NULL,
    app_id TEXT NOT NULL,
    user_name TEXT NOT NULL,
    standing TEXT NOT NULL,
    set_by TEXT NOT NULL,
    is_known BIGINT NOT NULL,
    name TEXT NOT NULL,
    org_code TEXT NOT NULL,
    role TEXT NOT NULL,
    enabled BIGINT NOT NULL,
    position TEXT NOT NULL,
    employee_code TEXT NOT NULL,
    employee_type TEXT NOT NULL,
    work_place TEXT NOT NULL,
    entry_date TEXT NOT NULL,
    private_sealed TEXT,
    updated_at BIGINT NOT NULL,
    version BIGINT NOT NULL DEFAULT 1,
    PRIMARY KEY (merchant_id, instance_id, tenant_id, app_id, user_name)
);
CREATE INDEX gw_member_department ON gw_member (merchant_id, instance_id, tenant_id, org_code, user_name) WHERE is_known = 1;

CREATE TABLE gw_account_sync (
    merchant_id TEXT NOT NULL,
    sync_id TEXT NOT NULL,
    instance_id TEXT NOT NULL,
    tenant_id TEXT NOT NULL,
    app_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    flag TEXT NOT NULL,
    set_by TEXT NOT NULL,
    entries BIGINT NOT NULL,
    slices BIGINT NOT NULL,
    applied_slices BIGINT NOT NULL DEFAULT 0,
    changed BIGINT NOT NULL DEFAULT 0,
    state TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    finished_at BIGINT,
    PRIMARY KEY (merchant_id, sync_id)
);
CREATE INDEX gw_account_sync_tenant ON gw_account_sync (merchant_id, instance_id, tenant_id, created_at);

CREATE TABLE gw_account_slice (
    merchant_id TEXT NOT NULL,
    sync_id TEXT NOT NULL,
    slice BIGINT NOT NULL,
    entries_sealed TEXT NOT NULL,
    staged_at BIGINT NOT NULL,
    PRIMARY KEY (merchant_id, sync_id, slice)
);
CREATE INDEX gw_account_slice_staged ON gw_account_slice (staged_at);

CREATE TABLE gw_account_event (
    merchant_id TEXT NOT NULL,
    event_id TEXT NOT NULL,
    instance_id TEXT NOT NULL,
    data_sealed TEXT NOT NULL,
    written_at BIGINT NOT NULL,
    PRIMARY KEY (merchant_id, event_id)
);
CREATE INDEX gw_account_event_instance ON gw_account_event (merchant_id, instance_id);
CREATE INDEX gw_account_event_written ON gw_account_event (written_at);
