// Package plan decides which migrations run in which databases. It parses path templates, orders
// versions, and compares the files of a repository with the ledgers of a project's databases. It is
// pure: it does no I/O and depends only on its arguments.
package plan

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"towpath"
	"towpath/internal/schema"
)

// Input is everything that a plan depends on.
type Input struct {
	Files         []towpath.ManifestFile // this link's, matched and ignored
	Others        []towpath.ManifestFile // of the project's other links
	Environments  []towpath.Environment
	Databases     []towpath.Database // the project's, with their ledgers
	Late          towpath.LatePolicy // everything except apply and refuse means hold
	LinkID        string             // of this link; "" in a preview of a new link
	BaselinedUpTo string             // baseline chosen when the link was created; canonical, "" for none
	// baselines chosen for single databases, by their ids; "" when a database has no file yet
	Baselines map[string]string
	LinkedAt  time.Time      // baselines apply to databases that the project had by then
	Skipped   []towpath.Task // tasks that people skipped, which stay skipped until the text changes
	// Texts maps checksums to towpath.TextSums.Plain, so that texts with other line ends are equal.
	// A missing checksum stands for itself.
	Texts map[string]string
	// Engines are the kinds of the databases by id. Refused says why a text must not run under the
	// rules of a kind; the zero reason means that it may. Texts that are missing in Refused were
	// not validated, so the executor decides.
	Engines map[string]towpath.EngineType
	Roles   map[string]bool // ids of databases whose environments let migrations change roles
	Refused map[RuledText]towpath.Reason
	// Names say what must run first among repeatable files. Files whose texts are missing run in the
	// order of their own names.
	Names map[NamedText]schema.Names
	// Fillings are what is put into the texts, by ids of databases. Where one is missing, nothing is.
	Fillings map[string]towpath.Filling
}

// RuledText is a text together with the rules that apply to it.
type RuledText struct {
	Checksum string
	Engine   towpath.EngineType
	Roles    bool   // whether it may change roles
	Filling  string // towpath.Filling.Digest of what is put into it
}

// Ruled returns a text with the rules of a database.
func (in Input) Ruled(checksum, databaseID string) RuledText {
	return RuledText{
		Checksum: checksum, Engine: in.Engines[databaseID], Roles: in.Roles[databaseID],
		Filling: in.Fillings[databaseID].Digest(),
	}
}

// text returns a checksum that texts with other line ends share, if it is known.
func (in Input) text(checksum string) string { return cmp.Or(in.Texts[checksum], checksum) }

// Compared lists the checksums, without duplicates, that Build compares and that differ. Texts
// needs an entry for those.
func (in Input) Compared() []string {
	ledgers := map[towpath.MigrationID]map[string]bool{}
	var list []string
	for _, d := range in.Databases {
		for _, e := range d.Ledger.Entries {
			if ledgers[e.File()] == nil {
				ledgers[e.File()] = map[string]bool{}
			}
			ledgers[e.File()][e.Checksum] = true
		}
	}
	for _, f := range in.Files {
		if known := ledgers[f.MigrationID]; f.Checksum != "" && !(len(known) == 1 && known[f.Checksum]) {
			list = append(list, f.Checksum)
			list = slices.AppendSeq(list, maps.Keys(known))
		}
		delete(ledgers, f.MigrationID)
	}
	if len(list) == 0 {
		return nil
	}
	for _, gone := range ledgers {
		list = slices.AppendSeq(list, maps.Keys(gone))
	}
	for _, t := range in.Skipped {
		list = append(list, t.Checksum)
	}
	slices.Sort(list)
	list = slices.Compact(list)
	return slices.DeleteFunc(list, func(checksum string) bool { return checksum == "" })
}

// Plan has the tasks that the databases need, and the state of every file.
type Plan struct {
	// pending or held, ordered by Stage, DatabaseID, Sequence; the caller sets ID, RolloutID,
	// Commit and times
	Tasks []towpath.Task
	// every file in each of its databases, every ignored file, every ledger entry without a file
	Items   []Item
	Blocked towpath.Reason // why the plan stops early; zero when it is complete
	// Undecided has the ids of databases that cannot be planned now, because they or databases of
	// earlier stages cannot be read. Tasks has none for them, even if they need some.
	Undecided map[string]bool
}

// ItemState is the state of a file in one database.
type ItemState string

const (
	ItemPending   ItemState = "pending"   // a task will run or record it
	ItemHeld      ItemState = "held"      // a task waits for a person
	ItemRunning   ItemState = "running"   // a task runs it
	ItemFailed    ItemState = "failed"    // its task has failed
	ItemUnknown   ItemState = "unknown"   // the outcome of its task is unknown
	ItemApplied   ItemState = "applied"   // the database has it
	ItemBaselined ItemState = "baselined" // recorded without running
	ItemEdited    ItemState = "edited"    // the database has another text of it
	ItemRenamed   ItemState = "renamed"   // the database has it, from another path
	// held: the database has the same text under another version, whose file no longer exists
	ItemMoved         ItemState = "moved"
	ItemConflict      ItemState = "conflict"       // another file claims to be the same migration
	ItemBlocked       ItemState = "blocked"        // waits for something that a person must fix
	ItemSkipped       ItemState = "skipped"        // a person skipped this text in this database
	ItemRefused       ItemState = "refused"        // late, and the link refuses late ones
	ItemUnreachable   ItemState = "unreachable"    // the ledger could not be read
	ItemForeignLedger ItemState = "foreign-ledger" // the ledger belongs to another database
	// its path matches, but the file cannot run: too large, a symbolic link, a refused statement
	ItemUnusable  ItemState = "unusable"
	ItemTampered  ItemState = "tampered"  // something else has changed the ledger
	ItemRestored  ItemState = "restored"  // the ledger is an earlier state of itself
	ItemNoTarget  ItemState = "no-target" // no database matches its path
	ItemAmbiguous ItemState = "ambiguous" // several databases match where only one may
	ItemMissing   ItemState = "missing"   // in the ledger, and no longer in the repository
	ItemIgnored   ItemState = "ignored"   // not a migration
)

// Item is the state of one file in one database, or of one ledger entry without a file.
type Item struct {
	// with DatabaseID, Environment and Database are the database's; of an entry without a file, Engine too
	towpath.Migration
	DatabaseID    string // "" for ignored, no-target and ambiguous
	EnvironmentID string
	TaskID        string // of the file's open task, with RolloutID; see WithTasks
	RolloutID     string
	State         ItemState
	Reason        towpath.Reason // zero when the state is enough
	// what the ledger has: for applied, baselined, edited, renamed, moved, missing
	Previous *towpath.LedgerEntry
}

// Build compares files with ledgers. The order of the input does not matter.
func Build(in Input) Plan {
	b := newBuilder(in)
	for _, stage := range b.stages {
		b.planStage(stage)
	}
	b.finish()
	return b.plan
}
