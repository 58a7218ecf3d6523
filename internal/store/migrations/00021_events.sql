-- +goose Up
CREATE TABLE event (
    id TEXT PRIMARY KEY,
    at BIGINT NOT NULL,
    kind TEXT NOT NULL,
    audit BOOLEAN NOT NULL, -- an act of a person, which stays for good
    actor_id TEXT NOT NULL,
    member_id TEXT NOT NULL,
    project_id TEXT NOT NULL,
    link_id TEXT NOT NULL,
    rollout_id TEXT NOT NULL,
    task_id TEXT NOT NULL,
    database_id TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    from_state TEXT NOT NULL,
    to_state TEXT NOT NULL,
    times BIGINT NOT NULL,
    params TEXT NOT NULL
);
CREATE INDEX event_audit ON event (id) WHERE audit;
CREATE INDEX event_project_audit ON event (project_id, id) WHERE audit;
CREATE INDEX event_old ON event (at) WHERE NOT audit;

-- +goose Down
DROP TABLE event;
