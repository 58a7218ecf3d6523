package history

// otherForms are the tables of tools in Rust, Perl and Ruby.
func otherForms() []Form {
	return []Form{
		{
			Tool:  "sqlx",
			Table: "_sqlx_migrations",
			Columns: []string{
				"version", "description", "installed_on", "success", "checksum", "execution_time",
			},
			Order: []string{"version"},
			Bytes: []string{"checksum"},
			read:  readSqlx,
		},
		{
			Tool:    "Diesel",
			Table:   "__diesel_schema_migrations",
			Columns: []string{"version", "run_on"},
			Order:   []string{"version"},
			read:    versions("version", "run_on"),
		},
		{
			Tool:   "Sqitch",
			Schema: "sqitch",
			Table:  "changes",
			Columns: []string{
				"change_id", "script_hash", "change", "project", "committed_at", "committer_name",
			},
			Unread: []string{
				"note", "committer_email", "planned_at", "planner_name", "planner_email",
			},
			Order: []string{"committed_at", "change_id"},
			read:  readSqitch,
		},
		{
			Tool:    toolRails,
			Table:   "schema_migrations",
			Columns: []string{"version"},
			Order:   []string{"version"},
			Heads:   true,
			read:    versions("version", ""),
		},
	}
}

// headForms are the tables of tools whose migrations are code.
func headForms() []Form {
	return []Form{
		{
			Tool:    "Django",
			Table:   "django_migrations",
			Columns: []string{"id", "app", "name", "applied"},
			Order:   []string{"id"},
			Heads:   true,
			read:    readDjango,
		},
		{
			Tool:    "Alembic",
			Table:   "alembic_version",
			Columns: []string{"version_num"},
			Order:   []string{"version_num"},
			Heads:   true,
			read:    names("version_num", ""),
		},
		{
			Tool:    "Knex",
			Table:   "knex_migrations",
			Columns: []string{"id", "name", "batch", "migration_time"},
			Order:   []string{"id"},
			Heads:   true,
			read:    names("name", "migration_time"),
		},
		{
			Tool:    "TypeORM",
			Table:   "migrations",
			Columns: []string{"id", "timestamp", "name"},
			Order:   []string{"id"},
			Heads:   true,
			read:    names("name", ""),
		},
		{
			Tool:    "Sequelize",
			Table:   "SequelizeMeta",
			Columns: []string{"name"},
			Order:   []string{"name"},
			Heads:   true,
			read:    names("name", ""),
		},
	}
}

func readSqlx(rows []Row) (entries []Entry) {
	for _, r := range rows {
		entries = append(entries, Entry{
			Version: r["version"],
			Sum:     Sum{SHA384, r["checksum"]},
			State:   flag(r["success"], Unknown),
			At:      moment(r["installed_on"]),
		})
	}
	return latest(entries, versionOf)
}

// readSqitch reads the changes that are deployed. Sqitch removes the row of one that it reverts.
func readSqitch(rows []Row) (entries []Entry) {
	for _, r := range rows {
		e := Entry{Name: r["change"], State: Applied, At: moment(r["committed_at"])}
		if r["script_hash"] != "" {
			e.Sum = Sum{SHA1, r["script_hash"]}
		}
		entries = append(entries, e)
	}
	return latest(entries, nameOf)
}

func readDjango(rows []Row) (entries []Entry) {
	for _, r := range rows {
		entries = append(entries, Entry{
			Name: r["app"] + "." + r["name"], State: Applied, At: moment(r["applied"]),
		})
	}
	return latest(entries, nameOf)
}
