-- +goose Up
CREATE TABLE link_progress (
    link_id TEXT PRIMARY KEY REFERENCES repository_link (id) ON DELETE CASCADE,
    since BIGINT NOT NULL,
    done BIGINT NOT NULL,
    total BIGINT NOT NULL, -- 0 until it is known
    seen_at BIGINT NOT NULL
);

-- +goose Down
DROP TABLE link_progress;
