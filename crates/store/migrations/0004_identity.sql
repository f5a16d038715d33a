-- Application credentials of merchants, enterprises of buyers with their people, and what is granted to whom.

CREATE TABLE st_application (
    merchant_id     TEXT NOT NULL,
    app_id          TEXT NOT NULL,
    name            TEXT NOT NULL,
    auth_mode       TEXT NOT NULL,
    protocol        TEXT NOT NULL,
    address_id      TEXT NOT NULL,
    domain_kind     TEXT NOT NULL,
    login_address   TEXT NOT NULL,
    multi_instance  BIGINT NOT NULL,
    public_key      TEXT NOT NULL,
    platforms       TEXT NOT NULL,
    personal_fields BIGINT NOT NULL,
    sealed_secret   TEXT NOT NULL,
    test_tenant_id  TEXT NOT NULL,
    test_account    TEXT,
    sealed_password TEXT,
    created_at      BIGINT NOT NULL,
    position        BIGINT NOT NULL,
    version         BIGINT NOT NULL,
    PRIMARY KEY (merchant_id, app_id)
);
CREATE UNIQUE INDEX st_application_id ON st_application (app_id);
CREATE UNIQUE INDEX st_application_login ON st_application (merchant_id, login_address);

CREATE TABLE st_tenant (
    tenant_id   TEXT NOT NULL PRIMARY KEY,
    tenant_code TEXT NOT NULL,
    name        TEXT NOT NULL,
    domain_name TEXT NOT NULL,
    kind        TEXT NOT NULL,
    state       TEXT NOT NULL,
    buyer_id    TEXT NOT NULL,
    created_at  BIGINT NOT NULL,
    position    BIGINT NOT NULL,
    version     BIGINT NOT NULL
);
CREATE UNIQUE INDEX st_tenant_code ON st_tenant (tenant_code);
CREATE INDEX st_tenant_kind ON st_tenant (kind, created_at, position);

CREATE TABLE st_tenant_admin (
    tenant_id  TEXT NOT NULL,
    buyer_id   TEXT NOT NULL,
    creator    BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, buyer_id)
);
CREATE INDEX st_tenant_admin_buyer ON st_tenant_admin (buyer_id);

-- A top department has the parent code ''.
CREATE TABLE st_department (
    tenant_id   TEXT NOT NULL,
    org_code    TEXT NOT NULL,
    org_name    TEXT NOT NULL,
    parent_code TEXT NOT NULL,
    created_at  BIGINT NOT NULL,
    position    BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, org_code)
);
CREATE UNIQUE INDEX st_department_name ON st_department (tenant_id, parent_code, org_name);

CREATE TABLE st_member (
    tenant_id     TEXT NOT NULL,
    user_name     TEXT NOT NULL,
    name          TEXT NOT NULL,
    org_code      TEXT NOT NULL,
    job           TEXT NOT NULL,
    employee_code TEXT NOT NULL,
    employee_type BIGINT,
    role          TEXT NOT NULL,
    state         TEXT NOT NULL,
    mobile        TEXT NOT NULL,
    email         TEXT NOT NULL,
    work_place    TEXT NOT NULL,
    entry_date    TEXT NOT NULL,
    extension     TEXT NOT NULL,
    created_at    BIGINT NOT NULL,
    position      BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, user_name)
);
CREATE INDEX st_member_state ON st_member (tenant_id, state);
CREATE INDEX st_member_department ON st_member (tenant_id, org_code);

-- The client of one application in one enterprise. Only the sealed secret is kept.
CREATE TABLE st_oauth_client (
    tenant_id     TEXT NOT NULL,
    app_id        TEXT NOT NULL,
    client_id     TEXT NOT NULL,
    sealed_secret TEXT NOT NULL,
    login_address TEXT NOT NULL,
    created_at    BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, app_id)
);
CREATE UNIQUE INDEX st_oauth_client_id ON st_oauth_client (client_id);
CREATE INDEX st_oauth_client_app ON st_oauth_client (app_id);

-- A test binding has no resource.
CREATE TABLE st_binding (
    merchant_id      TEXT NOT NULL,
    binding_id       TEXT NOT NULL,
    tenant_id        TEXT NOT NULL,
    app_id           TEXT NOT NULL,
    resource_id      TEXT,
    instance_id      TEXT NOT NULL,
    order_id         TEXT NOT NULL,
    product_code     TEXT NOT NULL,
    protocol         TEXT NOT NULL,
    state            TEXT NOT NULL,
    release_personal BIGINT NOT NULL,
    tenant_call      TEXT,
    application_call TEXT,
    departments_call TEXT,
    bound_at         BIGINT,
    ended_at         BIGINT,
    created_at       BIGINT NOT NULL,
    position         BIGINT NOT NULL,
    version          BIGINT NOT NULL,
    PRIMARY KEY (merchant_id, binding_id)
);
CREATE UNIQUE INDEX st_binding_id ON st_binding (binding_id);
CREATE UNIQUE INDEX st_binding_resource ON st_binding (resource_id) WHERE state <> 'unbound';
CREATE INDEX st_binding_tenant ON st_binding (tenant_id, created_at, position);
CREATE INDEX st_binding_app ON st_binding (app_id, created_at, position);

CREATE TABLE st_binding_department (
    tenant_id  TEXT NOT NULL,
    binding_id TEXT NOT NULL,
    org_code   TEXT NOT NULL,
    PRIMARY KEY (tenant_id, binding_id, org_code)
);

CREATE TABLE st_authorisation (
    tenant_id  TEXT NOT NULL,
    binding_id TEXT NOT NULL,
    user_name  TEXT NOT NULL,
    manual     BIGINT NOT NULL,
    automatic  BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, binding_id, user_name)
);
CREATE INDEX st_authorisation_member ON st_authorisation (tenant_id, user_name);
