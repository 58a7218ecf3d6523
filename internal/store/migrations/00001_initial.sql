-- +goose Up
-- One text for SQLite and PostgreSQL: TEXT ids, BIGINT for times (microseconds since 1970, UTC) and counters, JSON as TEXT.

CREATE TABLE meta (
    key TEXT PRIMARY KEY,
    value BYTEA NOT NULL
);

CREATE TABLE member (
    id TEXT PRIMARY KEY,
    email TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('owner', 'dba', 'member')),
    deactivated_at BIGINT,
    created_at BIGINT NOT NULL
);

CREATE TABLE credential (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('session', 'api-token', 'invitation')),
    member_id TEXT NOT NULL REFERENCES member (id),
    name TEXT NOT NULL,
    hash BYTEA NOT NULL UNIQUE,
    created_at BIGINT NOT NULL,
    expires_at BIGINT,
    last_used_at BIGINT
);
CREATE INDEX credential_member ON credential (member_id, kind);

CREATE TABLE audit_event (
    id TEXT PRIMARY KEY,
    at BIGINT NOT NULL,
    member_id TEXT NOT NULL,
    action TEXT NOT NULL,
    subject TEXT NOT NULL,
    project_id TEXT NOT NULL,
    detail TEXT NOT NULL
);
CREATE INDEX audit_event_project ON audit_event (project_id, id);

CREATE TABLE project (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    created_at BIGINT NOT NULL
);

CREATE TABLE project_member (
    project_id TEXT NOT NULL REFERENCES project (id) ON DELETE CASCADE,
    member_id TEXT NOT NULL REFERENCES member (id),
    role TEXT NOT NULL CHECK (role IN ('owner', 'developer')),
    created_at BIGINT NOT NULL,
    PRIMARY KEY (project_id, member_id)
);
CREATE INDEX project_member_member ON project_member (member_id);

CREATE TABLE environment (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    position BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE instance (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    engine TEXT NOT NULL,
    environment_id TEXT NOT NULL REFERENCES environment (id),
    address TEXT NOT NULL,
    username TEXT NOT NULL,
    sealed_password BYTEA,
    options TEXT NOT NULL,
    checked_at BIGINT,
    check_error TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE "database" (
    id TEXT PRIMARY KEY,
    instance_id TEXT NOT NULL REFERENCES instance (id),
    environment_id TEXT NOT NULL REFERENCES environment (id),
    name TEXT NOT NULL,
    project_id TEXT NOT NULL, -- '' while unassigned
    assigned_at BIGINT,
    missing_at BIGINT,
    ledger_at BIGINT,
    ledger_error TEXT NOT NULL,
    ledger_populated BOOLEAN NOT NULL,
    lease_owner TEXT NOT NULL,
    lease_epoch BIGINT NOT NULL,
    lease_until BIGINT,
    created_at BIGINT NOT NULL,
    UNIQUE (instance_id, name)
);
CREATE INDEX database_project ON "database" (project_id);

CREATE TABLE ledger_entry (
    database_id TEXT NOT NULL REFERENCES "database" (id) ON DELETE CASCADE,
    version TEXT NOT NULL,
    type TEXT NOT NULL,
    state TEXT NOT NULL,
    description TEXT NOT NULL,
    path TEXT NOT NULL,
    checksum TEXT NOT NULL,
    commit_hash TEXT NOT NULL,
    epoch BIGINT NOT NULL,
    server_id TEXT NOT NULL,
    target_id TEXT NOT NULL,
    statements_total BIGINT NOT NULL,
    statements_done BIGINT NOT NULL,
    started_at BIGINT NOT NULL,
    finished_at BIGINT,
    PRIMARY KEY (database_id, version, type)
);

-- Few ledgers were written for another database, and each list of databases reads them.
CREATE INDEX ledger_entry_cloned ON ledger_entry (database_id) WHERE target_id <> '' AND target_id <> database_id;

CREATE TABLE git_provider (
    id TEXT PRIMARY KEY,
    type TEXT NOT NULL,
    instance_url TEXT NOT NULL,
    display_name TEXT NOT NULL,
    application_id TEXT NOT NULL,
    sealed_secret BYTEA NOT NULL,
    created_by TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE verification (
    id TEXT PRIMARY KEY,
    purpose TEXT NOT NULL CHECK (purpose IN ('add-provider', 'replace-secret', 'grant')),
    state TEXT NOT NULL CHECK (state IN ('pending', 'verified', 'failed', 'used')),
    reason TEXT NOT NULL,
    message TEXT NOT NULL,
    member_id TEXT NOT NULL,
    session_id TEXT NOT NULL,
    state_hash BYTEA NOT NULL UNIQUE,
    provider_id TEXT NOT NULL,
    type TEXT NOT NULL,
    instance_url TEXT NOT NULL,
    display_name TEXT NOT NULL,
    application_id TEXT NOT NULL,
    sealed_secret BYTEA,
    account_id TEXT NOT NULL,
    account_name TEXT NOT NULL,
    scopes TEXT NOT NULL,
    missing TEXT NOT NULL,
    grant_id TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE TABLE "grant" (
    id TEXT PRIMARY KEY,
    provider_id TEXT NOT NULL REFERENCES git_provider (id),
    member_id TEXT NOT NULL REFERENCES member (id),
    account_id TEXT NOT NULL,
    account_name TEXT NOT NULL,
    sealed_access_token BYTEA NOT NULL,
    sealed_refresh_token BYTEA NOT NULL,
    scopes TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    refreshed_at BIGINT NOT NULL,
    broken_reason TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (provider_id, member_id, account_id)
);

CREATE TABLE repository_link (
    id TEXT PRIMARY KEY,
    project_id TEXT NOT NULL REFERENCES project (id),
    provider_id TEXT NOT NULL REFERENCES git_provider (id),
    grant_id TEXT NOT NULL REFERENCES "grant" (id),
    repository_id TEXT NOT NULL,
    repository_name TEXT NOT NULL,
    repository_url TEXT NOT NULL,
    branch TEXT NOT NULL,
    base_directory TEXT NOT NULL,
    file_path_template TEXT NOT NULL,
    schema_path_template TEXT NOT NULL,
    late_policy TEXT NOT NULL CHECK (late_policy IN ('hold', 'apply', 'refuse')),
    hook_key TEXT NOT NULL UNIQUE,
    hook_id TEXT NOT NULL,
    sealed_hook_secret BYTEA NOT NULL,
    hook_url TEXT NOT NULL,
    hook_state TEXT NOT NULL CHECK (hook_state IN ('active', 'polling', 'missing')),
    hook_reason TEXT NOT NULL,
    head_commit TEXT NOT NULL,
    synced_commit TEXT NOT NULL,
    synced_at BIGINT,
    baselined_up_to TEXT NOT NULL,
    attention_reason TEXT NOT NULL,
    last_delivery_at BIGINT,
    untold_at BIGINT,
    last_poll_at BIGINT,
    next_poll_at BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (project_id, repository_id, branch, base_directory)
);

CREATE INDEX repository_link_grant ON repository_link (grant_id);
CREATE INDEX repository_link_provider ON repository_link (provider_id);
CREATE INDEX repository_link_poll ON repository_link (next_poll_at);

CREATE TABLE delivery (
    id TEXT PRIMARY KEY,
    link_id TEXT NOT NULL REFERENCES repository_link (id) ON DELETE CASCADE,
    request_id TEXT NOT NULL,
    event TEXT NOT NULL,
    verdict TEXT NOT NULL CHECK (verdict IN ('accepted', 'ignored')),
    reason TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    received_at BIGINT NOT NULL,
    payload BYTEA NOT NULL,
    UNIQUE (link_id, request_id)
);
CREATE INDEX delivery_link ON delivery (link_id, id);
CREATE INDEX delivery_received ON delivery (received_at);

CREATE TABLE manifest_file (
    link_id TEXT NOT NULL REFERENCES repository_link (id) ON DELETE CASCADE,
    path TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('matched', 'ignored')),
    reason TEXT NOT NULL,
    size BIGINT NOT NULL,
    version TEXT NOT NULL,
    type TEXT NOT NULL,
    label TEXT NOT NULL,
    description TEXT NOT NULL,
    checksum TEXT NOT NULL,
    environment TEXT NOT NULL,
    database_name TEXT NOT NULL,
    PRIMARY KEY (link_id, path)
);

CREATE TABLE content (
    checksum TEXT PRIMARY KEY,
    put_at BIGINT NOT NULL, -- last, give or take; what was put long ago and nothing refers to is garbage
    bytes BYTEA NOT NULL
);
CREATE INDEX content_put ON content (put_at);

CREATE TABLE rollout (
    id TEXT PRIMARY KEY,
    project_id TEXT NOT NULL REFERENCES project (id),
    link_id TEXT NOT NULL, -- outlives its link
    commit_hash TEXT NOT NULL,
    message TEXT NOT NULL,
    author TEXT NOT NULL,
    commit_url TEXT NOT NULL,
    state TEXT NOT NULL,
    superseded_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    finished_at BIGINT
);
CREATE INDEX rollout_project ON rollout (project_id, id);
CREATE INDEX rollout_link ON rollout (link_id, id);
CREATE UNIQUE INDEX rollout_open ON rollout (link_id) WHERE finished_at IS NULL;

CREATE TABLE task (
    id TEXT PRIMARY KEY,
    rollout_id TEXT NOT NULL REFERENCES rollout (id),
    project_id TEXT NOT NULL,
    database_id TEXT NOT NULL REFERENCES "database" (id),
    environment_id TEXT NOT NULL,
    stage BIGINT NOT NULL,
    sequence BIGINT NOT NULL,
    action TEXT NOT NULL CHECK (action IN ('apply', 'record')),
    version TEXT NOT NULL,
    type TEXT NOT NULL,
    label TEXT NOT NULL,
    description TEXT NOT NULL,
    path TEXT NOT NULL,
    checksum TEXT NOT NULL,
    environment TEXT NOT NULL,
    database_name TEXT NOT NULL,
    covers TEXT NOT NULL,
    commit_hash TEXT NOT NULL,
    state TEXT NOT NULL,
    released BOOLEAN NOT NULL,
    reason TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    total BIGINT NOT NULL,
    finished BIGINT NOT NULL,
    started_at BIGINT,
    finished_at BIGINT,
    created_at BIGINT NOT NULL
);
CREATE INDEX task_rollout ON task (rollout_id);
CREATE INDEX task_commit ON task (commit_hash);
CREATE INDEX task_database ON task (database_id);
CREATE INDEX task_skipped ON task (project_id) WHERE state = 'skipped';
-- A database has at most one open task for a migration, across all rollouts.
CREATE UNIQUE INDEX task_open ON task (database_id, version, type)
    WHERE state IN ('pending', 'held', 'running', 'failed', 'unknown');

CREATE TABLE attempt (
    id TEXT PRIMARY KEY,
    task_id TEXT NOT NULL REFERENCES task (id),
    number BIGINT NOT NULL,
    state TEXT NOT NULL,
    message TEXT NOT NULL,
    line BIGINT NOT NULL,
    col BIGINT NOT NULL,
    total BIGINT NOT NULL,
    started_at BIGINT NOT NULL,
    finished_at BIGINT,
    UNIQUE (task_id, number)
);

CREATE TABLE statement_log (
    attempt_id TEXT NOT NULL REFERENCES attempt (id),
    position BIGINT NOT NULL,
    line BIGINT NOT NULL,
    col BIGINT NOT NULL,
    summary TEXT NOT NULL,
    affected BIGINT NOT NULL,
    micros BIGINT NOT NULL,
    error TEXT NOT NULL,
    PRIMARY KEY (attempt_id, position)
);

CREATE TABLE change_history (
    id TEXT PRIMARY KEY,
    database_id TEXT NOT NULL REFERENCES "database" (id),
    project_id TEXT NOT NULL,
    task_id TEXT NOT NULL,
    rollout_id TEXT NOT NULL,
    version TEXT NOT NULL,
    type TEXT NOT NULL,
    label TEXT NOT NULL,
    description TEXT NOT NULL,
    path TEXT NOT NULL,
    checksum TEXT NOT NULL,
    environment TEXT NOT NULL,
    database_name TEXT NOT NULL,
    state TEXT NOT NULL,
    commit_hash TEXT NOT NULL,
    author TEXT NOT NULL,
    repository TEXT NOT NULL,
    started_at BIGINT NOT NULL,
    finished_at BIGINT NOT NULL,
    statements BIGINT NOT NULL,
    rows_affected BIGINT NOT NULL,
    schema_before TEXT NOT NULL,
    schema_after TEXT NOT NULL
);
CREATE INDEX change_history_database ON change_history (database_id, id);

CREATE TABLE posted_status (
    link_id TEXT NOT NULL REFERENCES repository_link (id) ON DELETE CASCADE,
    commit_hash TEXT NOT NULL,
    key TEXT NOT NULL,
    digest TEXT NOT NULL, -- of what was posted last; equal means nothing to do
    posted_at BIGINT NOT NULL,
    PRIMARY KEY (link_id, commit_hash, key)
);

CREATE TABLE job (
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    wanted BIGINT NOT NULL,
    seen BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    last_error TEXT NOT NULL,
    lease_owner TEXT NOT NULL,
    lease_epoch BIGINT NOT NULL,
    lease_until BIGINT,
    PRIMARY KEY (kind, subject)
);
CREATE INDEX job_due ON job (due_at) WHERE wanted > seen;
CREATE INDEX job_leased ON job (lease_until) WHERE lease_until IS NOT NULL;
CREATE INDEX job_failing ON job (attempts) WHERE attempts > 0;
CREATE INDEX job_subject ON job (subject);

-- +goose Down
DROP TABLE job;
DROP TABLE posted_status;
DROP TABLE change_history;
DROP TABLE statement_log;
DROP TABLE attempt;
DROP TABLE task;
DROP TABLE rollout;
DROP TABLE content;
DROP TABLE manifest_file;
DROP TABLE delivery;
DROP TABLE repository_link;
DROP TABLE "grant";
DROP TABLE verification;
DROP TABLE git_provider;
DROP TABLE ledger_entry;
DROP TABLE "database";
DROP TABLE instance;
DROP TABLE environment;
DROP TABLE project_member;
DROP TABLE project;
DROP TABLE audit_event;
DROP TABLE credential;
DROP TABLE member;
DROP TABLE meta;
