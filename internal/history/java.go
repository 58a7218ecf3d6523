package history

import "strconv"

// javaForms are the tables of Flyway and Liquibase.
func javaForms() []Form {
	flyway := Form{
		Tool: "Flyway",
		Columns: []string{
			"installed_rank", "version", "description", "type", "script", "checksum", "installed_by",
			"installed_on", "execution_time", "success",
		},
		Unread: []string{"version_rank"},
		Order:  []string{"installed_rank"},
		read:   readFlyway,
	}
	old := flyway
	flyway.Table, old.Table = "flyway_schema_history", "schema_version"
	return []Form{flyway, old, {
		Tool:    "Liquibase",
		Table:   "databasechangelog",
		Columns: []string{"id", "author", "filename", "dateexecuted", "orderexecuted", "exectype", "md5sum"},
		Unread: []string{
			"description", "comments", "tag", "liquibase", "contexts", "labels", "deployment_id",
		},
		Order: []string{"orderexecuted"},
		read:  readLiquibase,
	}}
}

// readFlyway reads the rows of https://documentation.red-gate.com/flyway/. A repeatable migration
// has no version. An undo script takes its version back, and so does a repair of a file that is gone.
func readFlyway(rows []Row) []Entry {
	var entries []Entry
	for _, r := range rows {
		e := Entry{
			Version: r["version"],
			Name:    r["script"],
			State:   flag(r["success"], Unknown),
			At:      moment(r["installed_on"]),
		}
		if n, err := strconv.ParseInt(r["checksum"], 10, 32); err == nil {
			e.Sum = Sum{FlywayCRC32, strconv.FormatInt(n, 10)}
		}
		switch r["type"] {
		case "SQL", "JDBC", "SPRING_JDBC", "SCRIPT":
		case "SCHEMA":
			continue
		case "BASELINE", "SQL_BASELINE":
			if e.UpTo = true; e.State == Applied {
				e.State = Baseline
			}
		case "UNDO_SQL", "UNDO_JDBC", "UNDO_SCRIPT", "DELETE":
			if e.State == Applied {
				e.State = Undone
			}
		default:
			e.State = Unknown
		}
		entries = append(entries, e)
	}
	return latest(entries, func(e Entry) string {
		if e.Version == "" {
			return "script " + e.Name
		}
		return "version " + e.Version
	})
}

// readLiquibase reads one entry for each changeset. Its checksum differs between versions of
// Liquibase, so it is not read.
func readLiquibase(rows []Row) []Entry {
	var entries []Entry
	for _, r := range rows {
		e := Entry{
			Version: r["author"] + ":" + r["id"],
			Name:    r["filename"],
			State:   Unknown,
			At:      moment(r["dateexecuted"]),
		}
		switch r["exectype"] {
		case "EXECUTED", "RERAN", "MARK_RAN":
			e.State = Applied
		}
		entries = append(entries, e)
	}
	return latest(entries, func(e Entry) string { return e.Name + "\x00" + e.Version })
}
