CREATE TABLE outbox_job (
    owner TEXT NOT NULL,
    id TEXT NOT NULL,
    position BIGINT NOT NULL,
    lane TEXT NOT NULL,
    kind TEXT NOT NULL,
    endpoint TEXT NOT NULL,
    merchant_id TEXT NOT NULL,
    subject TEXT NOT NULL,
    payload TEXT NOT NULL,
    state TEXT NOT NULL,
    due_at BIGINT NOT NULL,
    attempt BIGINT NOT NULL DEFAULT 0,
    automatic BIGINT NOT NULL DEFAULT 0,
    manual BIGINT NOT NULL DEFAULT 0,
    first_attempt_at BIGINT,
    last_attempt_at BIGINT,
    lease_token TEXT,
    lease_until BIGINT,
    reason TEXT,
    detail TEXT,
    created_at BIGINT NOT NULL,
    finished_at BIGINT,
    PRIMARY KEY (owner, id)
);
CREATE INDEX outbox_job_due ON outbox_job (owner, due_at, position) WHERE state IN ('waiting', 'retrying');
CREATE INDEX outbox_job_lane ON outbox_job (owner, lane, position) WHERE state IN ('waiting', 'retrying', 'running');
CREATE INDEX outbox_job_running ON outbox_job (owner, lease_until) WHERE state = 'running';
CREATE INDEX outbox_job_subject ON outbox_job (owner, subject, position);
CREATE INDEX outbox_job_created ON outbox_job (owner, created_at);
CREATE TABLE outbox_attempt (
    owner TEXT NOT NULL,
    job_id TEXT NOT NULL,
    attempt BIGINT NOT NULL,
    started_at BIGINT NOT NULL,
    duration_ms BIGINT NOT NULL,
    outcome TEXT NOT NULL,
    reason TEXT,
    detail TEXT NOT NULL,
    http_status BIGINT,
    result_code TEXT,
    request TEXT NOT NULL,
    answer TEXT NOT NULL,
    PRIMARY KEY (owner, job_id, attempt)
);
