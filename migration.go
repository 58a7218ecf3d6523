package towpath

import (
	"strconv"
	"strings"
	"time"
)

// ChangeType says what a migration does.
type ChangeType string

const (
	TypeDDL      ChangeType = "ddl"
	TypeDML      ChangeType = "dml"
	TypeBaseline ChangeType = "baseline" // recorded as applied, never run

	// TypeLease is of the one row of a ledger that is no migration: its epoch is the lowest that may still write there.
	// Its state is running while a run holds the target, and done when it was given back.
	TypeLease ChangeType = "lease"

	// TypeHead is of the one row of a ledger that sums up the others, so that one that is gone is missed.
	TypeHead ChangeType = "head"
)

// MigrationID tells the migrations of one database apart.
type MigrationID struct {
	Version string // canonical: parts without leading zeros, no "v" (package plan makes it)
	Type    ChangeType
}

// Migration is a file of the repository that matched the file path template.
type Migration struct {
	MigrationID
	Label       string // the version as written in the file's name
	Description string
	Path        string // from the root of the repository
	Checksum    string // lower hex SHA-256 of the bytes
	Environment string // of {{ENV_ID}}; "" when the file goes through all environments
	Database    string // of {{DB_NAME}}; "" when it goes to every database of the project
}

// FileState says what became of a file of the repository.
type FileState string

const (
	FileMatched FileState = "matched" // a migration by its path; with a Reason it cannot run
	FileIgnored FileState = "ignored" // Reason says why
)

// ManifestFile is a file below the base directory at a link's synced commit.
type ManifestFile struct {
	LinkID string
	State  FileState
	Reason Reason // why it is ignored, or cannot run although its path fits
	Size   int64
	Commit string // that brought it as it is; "" when it was there before the link was made
	Migration
}

// ShortHash is as much of a commit's hash as people need to find it.
func ShortHash(commit string) string { return commit[:min(12, len(commit))] }

// Commit is what people want to know of a commit that brought something.
type Commit struct {
	Hash    string
	Message string // its first line
	Author  string
	URL     string
}

// Reading is what was found so far on a link's way to a commit with many files: what a rate limit, or the end of the process,
// interrupts goes on from here. A matched file without a Checksum was not read yet.
type Reading struct {
	LinkID  string
	Since   string // the link's synced commit when it began
	Commit  string
	Whole   bool // Files are all that the commit has, not what has changed since
	Removed []string
	Files   []ManifestFile
}

// Progress is how far a link's repository is read. It is there while a reading goes on that takes longer than people wait for.
type Progress struct {
	LinkID string
	Since  time.Time
	Done   int
	Total  int       // files to read; 0 until that is known
	SeenAt time.Time // when its server last confirmed it
}

// LedgerState is what the ledger inside a target says of one migration.
type LedgerState string

const (
	LedgerDone      LedgerState = "done"
	LedgerBaselined LedgerState = "baselined" // recorded without running
	LedgerRunning   LedgerState = "running"   // an intent without its outcome
	LedgerFailed    LedgerState = "failed"    // stopped half-way on an engine that cannot roll back
)

// Applied reports whether the state means that the migration must not run again.
func (s LedgerState) Applied() bool { return s == LedgerDone || s == LedgerBaselined }

// LedgerEntry is a row of the ledger, the table inside a target that says which migrations it has.
type LedgerEntry struct {
	MigrationID
	State           LedgerState
	Description     string
	Path            string
	Checksum        string
	Commit          string
	Epoch           int64
	ServerID        string // of the Towpath server that wrote it
	DatabaseID      string // of the Database it was written for; another id means that the target is a copy
	StatementsTotal int
	StatementsDone  int
	Intent          string // of a state that is not applied: what is under way, as package executor keeps it; else ""
	StartedAt       time.Time
	FinishedAt      *time.Time
	Number          int64  // of the write that made it so, counted in its ledger; 0 for a lease, and for a row without a seal
	Seal            string // over all of the above, as package seal makes it; "" for none
}

// Ledger is what a target has recorded about itself, as it stands there.
type Ledger struct {
	Entries []LedgerEntry // of migrations
	Lease   *LedgerEntry  // nil when nobody has ever written
	Head    *LedgerEntry  // nil when the ledger was never sealed
	Shape   []string      // how the table differs from the one that we make, in plain words; no rows are read then but the Head
}

// LedgerTable is the name of the ledger in a target database, which no migration may use.
const LedgerTable = "towpath_ledger"

// LedgerFormat is the newest format of ledgers that this program reads, and the one that it writes.
const LedgerFormat = 1

// formatWord stands before the number of a ledger's format, in the Intent of its head.
const formatWord = "format "

// FormatIntent is the Intent of the head of a ledger of this program.
func FormatIntent() string { return formatWord + strconv.Itoa(LedgerFormat) }

// Format is the format that the head names. Ledgers of before name none, and have the first.
func (l Ledger) Format() int {
	if l.Head == nil {
		return 1
	}
	text, ok := strings.CutPrefix(l.Head.Intent, formatWord)
	n, err := strconv.Atoi(text)
	if !ok || err != nil { // the head's seal says what to think of it
		return 1
	}
	return n
}

// Sort puts rows as they are read from the table where they belong.
func (l *Ledger) Sort(rows []LedgerEntry) {
	for i, e := range rows {
		switch e.Type {
		case TypeLease:
			l.Lease = &rows[i]
		case TypeHead:
			l.Head = &rows[i]
		default:
			l.Entries = append(l.Entries, e)
		}
	}
}

// LedgerTrouble says why what a ledger says is not believed.
type LedgerTrouble string

const (
	LedgerTampered LedgerTrouble = "tampered" // other hands than ours have changed it
	LedgerRestored LedgerTrouble = "restored" // it is an earlier state of itself
)

// ChangeHistory tells, for one database, who changed what and when. Rows are only ever added.
type ChangeHistory struct {
	ID           string
	DatabaseID   string
	ProjectID    string
	TaskID       string      // "" when the metadata has lost it, or no longer keeps its rollout
	RolloutID    string      // "" with TaskID
	Migration                // SQL is found by its Checksum
	State        LedgerState // done or baselined
	Commit       string
	Author       string
	Repository   string // full name at the time
	StartedAt    time.Time
	FinishedAt   time.Time
	Statements   int
	RowsAffected int64
	SchemaBefore string // content checksum of the schema's dump; "" when none was taken
	SchemaAfter  string
}
