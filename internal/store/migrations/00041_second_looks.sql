-- +goose Up
-- Starts past a gate, at which a second person looks. A row outlives its link, as its rollout does.
CREATE TABLE second_look (
    id TEXT PRIMARY KEY, -- of the start
    project_id TEXT NOT NULL REFERENCES project (id),
    link_id TEXT NOT NULL,
    rollout_id TEXT NOT NULL,
    environment_id TEXT NOT NULL,
    member_id TEXT NOT NULL,
    why TEXT NOT NULL,
    authors TEXT NOT NULL, -- ids of members as JSON
    started_at BIGINT NOT NULL,
    looked_by TEXT NOT NULL,
    looked_at BIGINT,
    note TEXT NOT NULL
);
CREATE INDEX second_look_rollout ON second_look (rollout_id);
CREATE INDEX second_look_open ON second_look (id) WHERE looked_at IS NULL;

-- +goose Down
DROP TABLE second_look;
