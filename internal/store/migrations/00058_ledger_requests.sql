-- +goose Up
-- How often a new reading of the ledger was requested, and the last of those that a reading began
-- after.
ALTER TABLE "database" ADD COLUMN ledger_requested BIGINT NOT NULL DEFAULT 0;
ALTER TABLE "database" ADD COLUMN ledger_served BIGINT NOT NULL DEFAULT 0;

-- +goose Down
ALTER TABLE "database" DROP COLUMN ledger_served;
ALTER TABLE "database" DROP COLUMN ledger_requested;
