package history

// nodeForms are the tables of tools that are written for Node.
func nodeForms() []Form {
	return []Form{
		{
			Tool:  "Prisma",
			Table: "_prisma_migrations",
			Columns: []string{
				"id", "checksum", "finished_at", "migration_name", "rolled_back_at", "started_at",
			},
			Unread: []string{"logs", "applied_steps_count"},
			Order:  []string{"started_at", "id"},
			read:   readPrisma,
		},
		{
			Tool:    "node-pg-migrate",
			Table:   "pgmigrations",
			Columns: []string{"id", "name", "run_on"},
			Order:   []string{"id"},
			read:    names("name", "run_on"),
		},
		{
			Tool:    "Drizzle",
			Table:   "__drizzle_migrations",
			Columns: []string{"id", "hash", "created_at"},
			Unread:  []string{"name", "applied_at"},
			Order:   []string{"id"},
			read:    readDrizzle,
		},
		{
			Tool:     "Supabase",
			Schema:   "supabase_migrations",
			Table:    "schema_migrations",
			Columns:  []string{"version"},
			Optional: []string{"name"},
			Unread:   []string{"statements", "created_by", "idempotency_key", "rollback"},
			Order:    []string{"version"},
			read:     versions("version", ""),
		},
	}
}

// readPrisma reads one entry for each migration. One that is neither finished nor rolled back has
// stopped halfway. A migration that was rolled back may have run again later.
func readPrisma(rows []Row) (entries []Entry) {
	for _, r := range rows {
		finished, ended := r["finished_at"]
		_, back := r["rolled_back_at"]
		e := Entry{
			Name:  r["migration_name"],
			Sum:   Sum{SHA256, r["checksum"]},
			State: Unknown,
			At:    moment(finished),
		}
		switch {
		case back:
			e.State = Undone
		case ended:
			e.State = Applied
		}
		entries = append(entries, e)
	}
	return latest(entries, nameOf)
}

// readDrizzle reads the checksums that Drizzle keeps instead of names. Its time is that of the
// file's entry in the journal, in milliseconds.
func readDrizzle(rows []Row) (entries []Entry) {
	for _, r := range rows {
		entries = append(entries, Entry{
			Sum: Sum{SHA256, r["hash"]}, State: Applied, At: moment(r["created_at"]),
		})
	}
	return latest(entries, func(e Entry) string { return e.Sum.Text })
}
