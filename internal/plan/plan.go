// Package plan decides which migrations are to run where: it reads path templates, orders versions,
// and compares the files of a repository with the ledgers of a project's databases. It is pure:
// everything it knows is in its arguments.
package plan

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"towpath"
)

// Input is everything that a plan depends on.
type Input struct {
	Files         []towpath.ManifestFile // this link's, matched and ignored
	Others        []towpath.ManifestFile // of the project's other links
	Environments  []towpath.Environment
	Databases     []towpath.Database // the project's, with their ledgers
	Late          towpath.LatePolicy // anything but apply and refuse is hold
	LinkID        string             // of this link; "" while there is none, before linking
	BaselinedUpTo string             // canonical; "" for none: the choice made when the link was made
	// the same choice for single databases, by their ids; "" is that they have no file yet
	Baselines map[string]string
	LinkedAt  time.Time      // the choices were made for databases that the project had by then
	Skipped   []towpath.Task // what people have skipped; it stays so until its text changes
	// Texts has towpath.TextSums.Plain for checksums of texts, so that other line ends are no other
	// text. A checksum that is missing stands for itself.
	Texts map[string]string
	// Engines are the kinds of the databases, by their ids, and Refused says why a text must not
	// run under the rules of a kind; the zero reason is that it may. What is missing was not looked
	// through, and its run tells.
	Engines map[string]towpath.EngineType
	Roles   map[string]bool // databases whose environments let migrations change roles
	Refused map[Ruled]towpath.Reason
}

// Ruled is a text under the rules of a kind of database.
type Ruled struct {
	Checksum string
	Engine   towpath.EngineType
	Roles    bool // whether it may change roles
}

// text is what a checksum has in common with those of the same text.
func (in Input) text(checksum string) string { return cmp.Or(in.Texts[checksum], checksum) }

// Compared lists the checksums, each once, that Build compares and that are not equal: those of
// which Texts may decide.
func (in Input) Compared() []string {
	ledgers := map[towpath.MigrationID]map[string]bool{}
	var list []string
	for _, d := range in.Databases {
		for _, e := range d.Ledger.Entries {
			if ledgers[e.MigrationID] == nil {
				ledgers[e.MigrationID] = map[string]bool{}
			}
			ledgers[e.MigrationID][e.Checksum] = true
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

// Plan is what is missing in the databases, and how every file stands.
type Plan struct {
	// pending or held, by Stage, DatabaseID, Sequence; IDs, RolloutID, Commit and times are the
	// caller's
	Tasks []towpath.Task
	// every file in each of its databases, every ignored file, every ledger entry without a file
	Items   []Item
	Blocked towpath.Reason // why the plan stops early; zero when it is complete
	// Unjudged are the databases of which nothing can be said now: they, or what comes before them,
	// cannot be read. That the plan has no tasks for them means nothing.
	Unjudged map[string]bool
}

// ItemState is the state of a file in one database.
type ItemState string

const (
	ItemPending   ItemState = "pending"   // a task will run or record it
	ItemHeld      ItemState = "held"      // a task waits for a person
	ItemRunning   ItemState = "running"   // a task runs it
	ItemFailed    ItemState = "failed"    // its task has failed
	ItemUnknown   ItemState = "unknown"   // its task ended, and nobody knows how
	ItemApplied   ItemState = "applied"   // the database has it
	ItemBaselined ItemState = "baselined" // recorded without running
	ItemEdited    ItemState = "edited"    // the database has another text of it
	ItemRenamed   ItemState = "renamed"   // the database has it, from another path
	// held: the database has the same text under another version, whose file is gone
	ItemMoved         ItemState = "moved"
	ItemConflict      ItemState = "conflict"       // another file claims to be the same migration
	ItemBlocked       ItemState = "blocked"        // waits for something that a person must fix
	ItemSkipped       ItemState = "skipped"        // a person skipped this text in this database
	ItemRefused       ItemState = "refused"        // late, and the link refuses late ones
	ItemUnreachable   ItemState = "unreachable"    // the ledger could not be read
	ItemForeignLedger ItemState = "foreign-ledger" // the ledger belongs to another database
	// its path fits, and what is there cannot be run: too large, a link, elsewhere, a statement
	// that is refused
	ItemUnusable  ItemState = "unusable"
	ItemTampered  ItemState = "tampered"  // other hands have changed the ledger
	ItemRestored  ItemState = "restored"  // the ledger is an earlier state of itself
	ItemNoTarget  ItemState = "no-target" // no database fits its path
	ItemAmbiguous ItemState = "ambiguous" // several databases fit where one is meant
	ItemMissing   ItemState = "missing"   // in the ledger, and no longer in the repository
	ItemIgnored   ItemState = "ignored"   // not a migration
)

// Item is the state of one file in one database, or of one ledger entry without a file.
type Item struct {
	towpath.Migration        // Environment and Database are names of real ones where DatabaseID is set
	DatabaseID        string // "" for ignored, no-target and ambiguous
	EnvironmentID     string
	TaskID            string // of the open task that brings it there, with RolloutID; see WithTasks
	RolloutID         string
	State             ItemState
	Reason            towpath.Reason // zero where the state says all
	// what the ledger has: for applied, baselined, edited, renamed, moved, missing
	Previous *towpath.LedgerEntry
}

// Build compares files with ledgers. The same input in any order gives the same plan.
func Build(in Input) Plan {
	b := newBuilder(in)
	for _, stage := range b.stages {
		b.planStage(stage)
	}
	b.finish()
	return b.plan
}
