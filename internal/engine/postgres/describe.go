package postgres

import (
	"towpath"
	"towpath/internal/engine"
)

// Describe implements engine.Engine.
func (e *Engine) Describe() engine.Description {
	return engine.Description{
		Type:         towpath.EnginePostgres,
		Name:         "PostgreSQL",
		AddressLabel: "Address",
		AddressHelp:  "Host, or host:port; the port is 5432 otherwise.",
		Login:        true,
		Rights: `CREATE ROLE "migrate_shop" LOGIN PASSWORD 'replace this';
GRANT CONNECT, CREATE, TEMPORARY ON DATABASE "shop" TO "migrate_shop";
-- In the database shop:
GRANT USAGE, CREATE ON SCHEMA public TO "migrate_shop";
-- For tables of another role: let the user act for it, and enter that role as Owner.
-- GRANT "shop_owner" TO "migrate_shop";`,
		Options: append(engine.TLSOptions(), engine.Option{
			Key: OptionLedgerSchema, Label: "Schema of the ledger",
			Help: "Where Towpath keeps its table in each database: towpath_ledger, unless you say otherwise.",
		}, engine.Option{
			Key: OptionRole, Label: "Owner",
			Help: "Role that runs the statements of files and owns what they make; " +
				"the user must be a member. Empty: the user.",
		}, engine.Option{
			Key:    OptionPooler,
			Label:  "Mode of a connection pooler",
			Values: []string{"transaction", "session"},
			Help: "Of a pooler such as PgBouncer at this address. " +
				"In session mode, statements that commit by themselves can run.",
		}),
	}
}
