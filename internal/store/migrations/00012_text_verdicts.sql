-- +goose Up
-- The verdict of an engine's rules about a stored text, so that each text is read once.
CREATE TABLE text_verdict (
    checksum TEXT NOT NULL REFERENCES content (checksum) ON DELETE CASCADE,
    engine TEXT NOT NULL,
    rules TEXT NOT NULL, -- which program has said so; another one reads it again
    refusal TEXT NOT NULL, -- '' for none
    PRIMARY KEY (checksum, engine)
);

-- +goose Down
DROP TABLE text_verdict;
