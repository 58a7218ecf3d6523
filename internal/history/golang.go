package history

// goForms are the tables of tools that are written in Go.
func goForms() []Form {
	return []Form{
		{
			Tool:    "golang-migrate",
			Table:   "schema_migrations",
			Columns: []string{"version", "dirty"},
			Order:   []string{"version"},
			read:    readGolangMigrate,
		},
		{
			Tool:    "goose",
			Table:   "goose_db_version",
			Columns: []string{"id", "version_id", "is_applied", "tstamp"},
			Order:   []string{"id"},
			read:    readGoose,
		},
		{
			Tool:    toolDbmate,
			Table:   "schema_migrations",
			Columns: []string{"version"},
			Order:   []string{"version"},
			read:    versions("version", ""),
		},
		{
			Tool:    "sql-migrate",
			Table:   "gorp_migrations",
			Columns: []string{"id", "applied_at"},
			Order:   []string{"applied_at", "id"},
			read:    names("id", "applied_at"),
		},
		{
			Tool:    "tern",
			Table:   "schema_version",
			Columns: []string{"version"},
			read:    readTern,
		},
		{
			Tool:  "Atlas",
			Table: "atlas_schema_revisions",
			Columns: []string{
				"version", "description", "type", "applied", "total", "executed_at", "hash",
			},
			Optional: []string{"error"},
			Unread:   []string{"error_stmt", "execution_time", "partial_hashes", "operator_version"},
			Order:    []string{"version"},
			read:     readAtlas,
		},
	}
}

// readGolangMigrate reads the one row that says how far a database is. A dirty version stopped
// halfway, and those before it are applied.
func readGolangMigrate(rows []Row) (entries []Entry) {
	for _, r := range rows {
		e := Entry{Version: r["version"], State: Unknown, UpTo: true}
		if isFalse(r["dirty"]) {
			e.State = Applied
		}
		entries = append(entries, e)
	}
	return entries
}

// readGoose reads the log of https://github.com/pressly/goose. Its first row has version 0 and is
// no migration. Older versions of goose add a row when they take a migration back.
func readGoose(rows []Row) (entries []Entry) {
	for _, r := range rows {
		if r["version_id"] == "0" {
			continue
		}
		entries = append(entries, Entry{
			Version: r["version_id"],
			State:   flag(r["is_applied"], Undone),
			At:      moment(r["tstamp"]),
		})
	}
	return latest(entries, versionOf)
}

// readTern reads the number of the newest migration.
func readTern(rows []Row) (entries []Entry) {
	for _, r := range rows {
		if r["version"] == "0" {
			continue
		}
		entries = append(entries, Entry{Version: r["version"], State: Applied, UpTo: true})
	}
	return entries
}

// readAtlas reads one entry for each revision. One that ran only some of its statements has stopped
// halfway.
func readAtlas(rows []Row) (entries []Entry) {
	for _, r := range rows {
		if r["version"] == ".atlas_cloud_identifier" {
			continue
		}
		e := Entry{
			Version: r["version"],
			Sum:     Sum{AtlasChain, r["hash"]},
			State:   Unknown,
			At:      moment(r["executed_at"]),
		}
		if r["applied"] == r["total"] && r["error"] == "" {
			e.State = Applied
		}
		if r["type"] == "1" { // a baseline
			e.UpTo, e.Sum = true, Sum{}
			if e.State == Applied {
				e.State = Baseline
			}
		}
		entries = append(entries, e)
	}
	return entries
}

// versions reads a table with a row for each applied version, and the time of it if there is one.
func versions(column, at string) func([]Row) []Entry {
	return func(rows []Row) (entries []Entry) {
		for _, r := range rows {
			entries = append(entries, Entry{Version: r[column], State: Applied, At: moment(r[at])})
		}
		return latest(entries, versionOf)
	}
}

// names reads a table with a row for each applied file.
func names(column, at string) func([]Row) []Entry {
	return func(rows []Row) (entries []Entry) {
		for _, r := range rows {
			entries = append(entries, Entry{Name: r[column], State: Applied, At: moment(r[at])})
		}
		return latest(entries, nameOf)
	}
}
