package towpath

import (
	"cmp"
	"strconv"
	"strings"
	"time"
)

// ChangeType is the kind of a migration.
type ChangeType string

const (
	TypeDDL      ChangeType = "ddl"
	TypeDML      ChangeType = "dml"
	TypeBaseline ChangeType = "baseline" // recorded as applied, never run

	// TypeLease marks the one row of a ledger that holds its lease: its epoch is the lowest that
	// may still write there. Its state is running while a process holds the target, and done after
	// the release.
	TypeLease ChangeType = "lease"

	// TypeHead marks the one row of a ledger that sums up the others, so that a deleted row is
	// noticed.
	TypeHead ChangeType = "head"
)

// MigrationID identifies a migration within one database.
type MigrationID struct {
	Version string // canonical: parts without leading zeros, no "v" (package plan makes it); see RepeatableID
	Type    ChangeType
}

// Migration is a file of the repository that matched the file path template.
type Migration struct {
	MigrationID
	Label       string // the version as written in the file's name
	Description string
	Path        string     // from the root of the repository
	Checksum    string     // lower hex SHA-256 of the bytes
	Environment string     // of {{ENV_ID}}; "" when the file applies to all environments
	Database    string     // of {{DB_NAME}}; "" when it applies to every database of the project
	Engine      EngineType // of {{ENGINE}}; "" when it applies to databases of every kind
}

// FileState says whether a file of the repository is a migration.
type FileState string

const (
	FileMatched FileState = "matched" // its path is a migration's; with a Reason it cannot run
	FileIgnored FileState = "ignored" // Reason says why
)

// ManifestFile is a file below the base directory at a link's synced commit.
type ManifestFile struct {
	LinkID string
	State  FileState
	Reason Reason // why it is ignored, or cannot run although its path fits
	Size   int64
	Commit string // that last changed it; "" when it is older than the link
	Migration
}

// ShortHash is as much of a commit's hash as people need to find it.
func ShortHash(commit string) string { return commit[:min(12, len(commit))] }

// Commit describes a commit that brought a change.
type Commit struct {
	Hash    string
	Message string // its first line
	Author  string
	URL     string
	People  []Person // its author and its committer, as far as they are known
}

// Person is who wrote or committed a commit, by what the commit and the provider say.
type Person struct {
	Name    string `json:"name,omitempty"`
	Email   string `json:"email,omitempty"`   // as written in the commit
	Account string `json:"account,omitempty"` // the provider's stable id of the account
}

// String names the person by everything that is known.
func (p Person) String() string {
	switch {
	case p.Email == "":
		return cmp.Or(p.Name, p.Account)
	case p.Name == "":
		return p.Email
	}
	return p.Name + " <" + p.Email + ">"
}

// Reading is the part of a large commit that a link has read so far. A reconcile that was
// interrupted by a rate limit or a restart resumes from it. A matched file without a Checksum is
// still unread.
type Reading struct {
	LinkID  string
	Since   string // the link's synced commit when the reading began
	Commit  string
	Whole   bool // Files lists the whole commit, not only what changed since
	Removed []string
	Files   []ManifestFile
}

// Progress is how much of a link's repository has been read. It exists while a reading takes longer
// than people wait.
type Progress struct {
	LinkID string
	Since  time.Time
	Done   int
	Total  int       // files to read; 0 until known
	SeenAt time.Time // when its server last confirmed it
}

// LedgerState is the state of one migration in the ledger of a target.
type LedgerState string

const (
	LedgerDone      LedgerState = "done"
	LedgerBaselined LedgerState = "baselined" // recorded without running
	LedgerRunning   LedgerState = "running"   // an intent without an outcome
	LedgerFailed    LedgerState = "failed"    // stopped halfway on an engine that cannot roll back
)

// Applied reports whether the state means that the migration must not run again.
func (s LedgerState) Applied() bool { return s == LedgerDone || s == LedgerBaselined }

// LedgerEntry is a row of the ledger, the table inside a target that records its migrations.
type LedgerEntry struct {
	MigrationID
	State       LedgerState
	Description string
	Path        string
	Checksum    string
	Commit      string
	Epoch       int64
	ServerID    string // of the Towpath server that wrote it
	// of the Database it was written for; a different id means that the target is a copy
	DatabaseID      string
	StatementsTotal int
	StatementsDone  int
	// in the format of package executor: the work in progress, or where the row came from; "" for
	// neither
	Intent     string
	StartedAt  time.Time
	FinishedAt *time.Time
	// of the write that last changed the row, counted per ledger; 0 for a lease, and for a row
	// without a seal
	Number int64
	Seal   string // over all of the above, made by package seal; "" for none
}

// Ledger is the content of a target's ledger table.
type Ledger struct {
	Entries []LedgerEntry // of migrations
	Lease   *LedgerEntry  // nil when nothing was ever written
	Head    *LedgerEntry  // nil when the ledger was never sealed
	// how the table differs from the one that the server creates; then only the Head is read
	Shape []Reason
}

// LedgerTable is the name of the ledger in a target database, which no migration may use.
const LedgerTable = "towpath_ledger"

// LedgerFormat is the newest ledger format that this version reads. A ledger has the second once it has
// a row of TypeRepeatable, which older versions would take for the newest version of all, and the third
// once it has one of TypeUndo.
const LedgerFormat = 3

// formatWord precedes the number of a ledger's format in the Intent of its head.
const formatWord = "format "

// FormatIntent returns the Intent of the head in a ledger of a format.
func FormatIntent(format int) string { return formatWord + strconv.Itoa(max(format, 1)) }

// Format returns the first format whose programs understand the row.
func (e LedgerEntry) Format() int {
	switch {
	case e.Type == TypeUndo, e.State == LedgerUndone:
		return 3
	case e.Type == TypeRepeatable:
		return 2
	}
	return 1
}

// Format returns the format that the head names. The oldest ledgers name none and have the first.
func (l Ledger) Format() int {
	if l.Head == nil {
		return 1
	}
	text, ok := strings.CutPrefix(l.Head.Intent, formatWord)
	n, err := strconv.Atoi(text)
	if !ok || err != nil { // the head's seal shows whether to trust it
		return 1
	}
	return n
}

// Sort puts rows, as read from the table, into the field for their kind.
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

// LedgerTrouble says why a ledger is not trusted.
type LedgerTrouble string

const (
	LedgerTampered LedgerTrouble = "tampered" // something other than the server has changed it
	LedgerRestored LedgerTrouble = "restored" // it is an earlier state of itself
)

// ChangeHistory records who changed what in one database, and when. Rows are never updated.
type ChangeHistory struct {
	ID           string
	DatabaseID   string
	ProjectID    string
	TaskID       string      // "" when the metadata has lost the task or pruned its rollout
	RolloutID    string      // "" with TaskID
	Migration                // Checksum identifies the SQL
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
	Undoing      *Undoing       // on whose order it was undone; nil for what was brought
	Mark         *Mark          // who said that the database has it; nil when nobody did
	Source       *HistorySource // of an imported row; nil for what ran here
}
