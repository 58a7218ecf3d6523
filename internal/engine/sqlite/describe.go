package sqlite

import (
	"towpath"
	"towpath/internal/engine"
)

// Describe implements engine.Engine.
func (e *Engine) Describe() engine.Description {
	return engine.Description{
		Type: towpath.EngineSQLite, Name: "SQLite", AddressLabel: "Folder",
		AddressHelp: "A folder below the server's SQLite root, such as shop/test. " +
			"Each file in it that ends with .db, .sqlite or .sqlite3 is a database.",
	}
}
