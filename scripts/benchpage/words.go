package main

import "strings"

// A section has the figures whose names begin with one of some beginnings; the last has the rest.
type section struct {
	title  string
	begins []string
}

var sections = []section{
	{"Changes in one database", []string{"apply-1000", "first-rollout", "apply-memory", "lock-wait"}},
	{"Other tools, the same files", []string{"peers-"}},
	{"Many databases", []string{"tenants"}},
	{"From a push on", []string{"push-", "intake", "nothing-to-do", "accept-history"}},
	{"Reviews and rehearsals", []string{"check-", "review-", "rehearsal", "schema"}},
	{"The console, with nothing in the browser's cache", []string{"console"}},
	{"The server", []string{"start-", "idle-", "binary"}},
	{"Memory of a process that splits and runs hostile files", []string{"memory"}},
	{"Everything else", nil},
}

func sectionOf(name string) string {
	for _, s := range sections {
		for _, beginning := range s.begins {
			if strings.HasPrefix(name, beginning) {
				return s.title
			}
		}
	}
	return sections[len(sections)-1].title
}

// A word says what names that begin so mean, and why they fall short where they do. The longest
// beginning counts.
type word struct{ begins, means, short string }

var words = []word{
	{
		"apply-1000-history", "1,000 small files, the schema kept around each",
		"the catalog is read after each file that changes it",
	},
	{"apply-1000-history-postgres-server-cpu", "the same: CPU of the database server", ""},
	{"apply-1000-history-postgres-trips", "the same: round trips", ""},
	{
		"apply-1000", "1,000 small files, against a bare loop with a row of history",
		"a file also pays for its lease, the fence and seal of the ledger, and the checks around its statements",
	},
	{
		"first-rollout-160-history",
		"a first rollout of 160 files with tables, keys, views and functions, the schema kept",
		"the catalog is read after each file that changes it",
	},
	{"first-rollout-160-history-postgres-server-cpu", "the same: CPU of the database server", ""},
	{"first-rollout-160-history-postgres-trips", "the same: round trips", ""},
	{"peers-1000", "1,000 small files on PostgreSQL, against the bare loop", ""},
	{"peers-1000-migrate", "the same by golang-migrate", ""},
	{
		"tenants", "one change of three statements to many databases, eight at a time",
		"each database pays for its own ledger, fence and checks",
	},
	{"push-to-statement", "from the end of a push to the statement in the first database", ""},
	{
		"push-to-rehearsed-review",
		"from a push to a rehearsed review",
		"the rehearsal builds the whole schema",
	},
	{
		"intake",
		"signed deliveries, against a handler that keeps them in the same way",
		"each delivery is also parsed, compared with its link and put into the outbox",
	},
	{
		"nothing-to-do",
		"a look at 10,000 files that are all applied, against reading one ledger and listing the folder",
		"",
	},
	{
		"accept-history",
		"412 files of Flyway in ten databases, from the preview to nothing left to do",
		"each database's record is read and written",
	},
	{
		"start-to-ready", "from the start of the process until it is ready",
		"the routes and their schemas are built, and the metadata are opened",
	},
	{"idle-memory", "memory of the server, idle after 100 pushes", ""},
	{"check-1000-files", "`towpath check` of 1,000 files", ""},
	{"console-start", "the start page of 200 projects in four environments", ""},
	{"console-inbox", "the inbox of that workspace", ""},
	{"console-project-1000", "a project of 1,000 databases", ""},
	{"console-databases-1000", "the databases of that project", ""},
	{"console-rollout-1000-failed", "a rollout to 1,000 databases, of which some failed", ""},
	{
		"console-rollout-1000-waiting", "a rollout to 1,000 databases that waits at a gate",
		"the colored view of SQL is 94 KB of it",
	},
}

// last returns the word with the longest beginning of a name.
func last(name string) (found word) {
	for _, w := range words {
		if strings.HasPrefix(name, w.begins) && len(w.begins) > len(found.begins) {
			found = w
		}
	}
	return found
}

// meaning describes a figure, with its name.
func meaning(name string) string {
	if w := last(name); w.means != "" {
		return w.means + ": `" + name + "`"
	}
	return "`" + name + "`"
}

// reason says why a figure falls short; of figures without their own, that of a shorter name.
func reason(name string) string {
	best := word{}
	for _, w := range words {
		if w.short != "" && strings.HasPrefix(name, w.begins) && len(w.begins) > len(best.begins) {
			best = w
		}
	}
	if best.short == "" {
		return "the cause is not known yet"
	}
	return best.short
}
