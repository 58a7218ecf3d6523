-- +goose Up
-- The pull request of a branch, and what it was last told of the review.
ALTER TABLE branch_review ADD COLUMN pull_request TEXT NOT NULL DEFAULT '{}';
ALTER TABLE branch_review ADD COLUMN told TEXT NOT NULL DEFAULT '{}';

-- +goose Down
ALTER TABLE branch_review DROP COLUMN told;
ALTER TABLE branch_review DROP COLUMN pull_request;
