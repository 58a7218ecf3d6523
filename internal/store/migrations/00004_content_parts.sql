-- +goose Up
DROP INDEX content_put;
ALTER TABLE content RENAME TO content_whole;
CREATE TABLE content (
    id TEXT PRIMARY KEY,
    checksum TEXT NOT NULL UNIQUE, -- the id once more, until all parts are there
    put_at BIGINT NOT NULL, -- last, give or take; what was put long ago and nothing refers to is garbage
    size BIGINT NOT NULL
);
CREATE INDEX content_put ON content (put_at);
CREATE TABLE content_part (
    content_id TEXT NOT NULL REFERENCES content (id) ON DELETE CASCADE,
    position BIGINT NOT NULL, -- from 0; an empty content has one part, too
    bytes BYTEA NOT NULL, -- 1 MiB of each but the last
    PRIMARY KEY (content_id, position)
);
INSERT INTO content (id, checksum, put_at, size) SELECT 'content-' || checksum, checksum, put_at, length(bytes) FROM content_whole;
INSERT INTO content_part (content_id, position, bytes)
    WITH RECURSIVE part (checksum, position) AS (
        SELECT checksum, 0 FROM content_whole
        UNION ALL
        SELECT c.checksum, p.position + 1 FROM part p JOIN content_whole c ON c.checksum = p.checksum
            WHERE (p.position + 1) * 1048576 < length(c.bytes)
    )
    SELECT 'content-' || p.checksum, p.position, coalesce(substr(c.bytes, p.position * 1048576 + 1, 1048576), c.bytes) -- SQLite cuts NULL out of nothing
        FROM part p JOIN content_whole c ON c.checksum = p.checksum;
DROP TABLE content_whole;

-- +goose Down
-- Longer contents are dropped; the next sync of their repository stores them again.
DROP INDEX content_put;
ALTER TABLE content RENAME TO content_named;
CREATE TABLE content (
    checksum TEXT PRIMARY KEY,
    put_at BIGINT NOT NULL,
    bytes BYTEA NOT NULL
);
CREATE INDEX content_put ON content (put_at);
INSERT INTO content (checksum, put_at, bytes)
    SELECT n.checksum, n.put_at, p.bytes FROM content_named n JOIN content_part p ON p.content_id = n.id AND p.position = 0
        WHERE n.size <= 1048576 AND n.checksum <> n.id;
DROP TABLE content_part;
DROP TABLE content_named;
