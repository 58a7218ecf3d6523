-- +goose Up
-- What environments put into files, as an object of names and values in JSON.
ALTER TABLE environment ADD COLUMN variables TEXT NOT NULL DEFAULT '{}';
ALTER TABLE repository_link ADD COLUMN placeholders TEXT NOT NULL DEFAULT 'none';
-- What was put into the file of an attempt.
ALTER TABLE attempt ADD COLUMN filling TEXT NOT NULL DEFAULT '{}';
-- The same text may run with some values and not with others. All texts are read again.
DROP TABLE text_verdict;
CREATE TABLE text_verdict (
    checksum TEXT NOT NULL REFERENCES content (checksum) ON DELETE CASCADE,
    engine TEXT NOT NULL,
    filling TEXT NOT NULL, -- the digest of what was put into it; '' for nothing
    rules TEXT NOT NULL,
    refusal TEXT NOT NULL,
    roles TEXT NOT NULL,
    names TEXT NOT NULL,
    PRIMARY KEY (checksum, engine, filling)
);

-- +goose Down
DROP TABLE text_verdict;
CREATE TABLE text_verdict (
    checksum TEXT NOT NULL REFERENCES content (checksum) ON DELETE CASCADE,
    engine TEXT NOT NULL,
    rules TEXT NOT NULL,
    refusal TEXT NOT NULL,
    roles TEXT NOT NULL DEFAULT '',
    names TEXT NOT NULL DEFAULT 'null',
    PRIMARY KEY (checksum, engine)
);
ALTER TABLE attempt DROP COLUMN filling;
ALTER TABLE repository_link DROP COLUMN placeholders;
ALTER TABLE environment DROP COLUMN variables;
