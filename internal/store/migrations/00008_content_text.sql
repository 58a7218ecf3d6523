-- +goose Up
-- Checksums of the same text with other line ends. They are kept as long as one of its contents.
CREATE TABLE content_text (
    content_id TEXT NOT NULL REFERENCES content (id) ON DELETE CASCADE,
    checksum TEXT NOT NULL,
    plain TEXT NOT NULL, -- what all of them share
    PRIMARY KEY (content_id, checksum)
);
CREATE INDEX content_text_checksum ON content_text (checksum);

-- +goose Down
DROP TABLE content_text;
