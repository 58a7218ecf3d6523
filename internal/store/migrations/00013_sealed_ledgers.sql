-- +goose Up
ALTER TABLE "database" ADD COLUMN ledger_number BIGINT NOT NULL DEFAULT 0;
ALTER TABLE "database" ADD COLUMN ledger_seal TEXT NOT NULL DEFAULT '';
ALTER TABLE "database" ADD COLUMN ledger_trouble TEXT NOT NULL DEFAULT '';
ALTER TABLE "database" ADD COLUMN ledger_differs TEXT NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE "database" DROP COLUMN ledger_differs;
ALTER TABLE "database" DROP COLUMN ledger_trouble;
ALTER TABLE "database" DROP COLUMN ledger_seal;
ALTER TABLE "database" DROP COLUMN ledger_number;
