-- +goose Up
-- Whether the files of branches are tried in scratch databases, and on which instance.
ALTER TABLE project ADD COLUMN rehearse BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE project ADD COLUMN rehearsal_instance_id TEXT NOT NULL DEFAULT ''; -- '' is the first database's
ALTER TABLE branch_review ADD COLUMN rehearsal TEXT NOT NULL DEFAULT ''; -- of all rehearsals together

CREATE TABLE branch_rehearsal (
    review_id TEXT NOT NULL REFERENCES branch_review (id) ON DELETE CASCADE,
    position BIGINT NOT NULL,
    input_key TEXT NOT NULL, -- of all that the result depends on
    instance_id TEXT NOT NULL,
    database_id TEXT NOT NULL, -- whose schema the scratch database gets
    database_name TEXT NOT NULL,
    environment_id TEXT NOT NULL,
    environment TEXT NOT NULL,
    files TEXT NOT NULL, -- that are to run
    state TEXT NOT NULL,
    reason TEXT NOT NULL, -- '' for none
    result TEXT NOT NULL,
    wanted_at BIGINT NOT NULL,
    ended_at BIGINT,
    PRIMARY KEY (review_id, position)
);
CREATE INDEX branch_rehearsal_wanted ON branch_rehearsal (instance_id, wanted_at) WHERE state = 'wanted';

-- +goose Down
DROP TABLE branch_rehearsal;
ALTER TABLE branch_review DROP COLUMN rehearsal;
ALTER TABLE project DROP COLUMN rehearsal_instance_id;
ALTER TABLE project DROP COLUMN rehearse;
