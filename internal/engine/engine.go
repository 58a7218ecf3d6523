// Package engine is the seam to target databases: the interface that the executor and the catalog
// use for every kind of database. The drivers are in folders below; enginetest has the suite that
// each must pass.
package engine

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"iter"
	"regexp"
	"strings"
	"time"

	"towpath"
	"towpath/internal/schema"
	"towpath/internal/statement"
)

// Target is the address of one database, or with an empty Database of the instance itself.
type Target struct {
	Address  string // as in towpath.Instance
	Username string
	Password string
	Options  map[string]string
	Database string

	AllowRoles bool // whether migrations may create, change and remove roles other than Username
}

// Description lists what an instance of a kind of database needs.
type Description struct {
	Type         towpath.EngineType
	Name         string // "PostgreSQL"
	AddressLabel string
	AddressHelp  string
	Login        bool // whether it has a user name and a password

	// Rights is the SQL by which an administrator creates a user with the rights that migrations
	// need. It calls the user migrate_shop and the database shop; "" where there are no users.
	Rights string

	Options []Option
}

// Option is a key of an instance's options.
type Option struct {
	Key     string
	Label   string
	Help    string
	Values  []string // the allowed ones, the default first; empty allows any text
	Several bool     // whether the text may have several lines
}

// Engine is one kind of database. Its methods are safe for concurrent use.
type Engine interface {
	// Describe returns what people need to add an instance; the console shows it unchanged.
	Describe() Description

	// Split cuts a script into statements, in order and in memory bounded by its longest statement.
	// It connects to nothing. A *statement.Error replaces a statement that must not run
	// (transaction control, other databases, changed limits), and the sequence continues after it.
	// A script that cannot be read further (UTF-16, an unclosed quote) ends the sequence with one.
	Split(script io.Reader) iter.Seq2[statement.Statement, error]

	// Check diagnoses connectivity, privileges and settings. The error is nil unless ctx ended: an
	// instance that cannot be reached is a finding of the report.
	Check(ctx context.Context, t Target) (Report, error)

	// Discover lists the names of the instance's databases, sorted and without system databases.
	Discover(ctx context.Context, t Target) ([]string, error)

	// Open connects to one database. Its error is a *towpath.Error with CodeUnavailable when the
	// database cannot be reached.
	Open(ctx context.Context, t Target) (DB, error)
}

// DB is one target database. Its methods are safe for concurrent use.
type DB interface {
	// Ledger reads the whole ledger in one snapshot; a database without one has none. It changes
	// nothing. It returns the error of KnownFormat.
	Ledger(ctx context.Context) (towpath.Ledger, error)

	// Schema reads the catalog, without the ledger.
	Schema(ctx context.Context) (Schema, error)

	// Begin starts a session with bounded waits, and creates the ledger's table if it is missing.
	// The session is a transaction unless o.NoTx; Begin takes the database's write lock, if it has
	// one, before it returns. An *Error with Kind Locked when the lock was not free within
	// o.LockTimeout. Consecutive sessions may share a connection: no state of one reaches the next.
	Begin(ctx context.Context, o SessionOptions) (Session, error)

	Close() error
}

// Follower is an optional interface of a DB that reads a catalog faster when it has read it before.
type Follower interface {
	// Follow reads the catalog as Schema does, but reads again only what has changed since the last
	// reading by this DB. A change that leaves no trace is missed, and so is one by others beside
	// sessions of this DB that have changed nothing: Schema shows it.
	Follow(ctx context.Context) (Schema, error)
}

// SessionOptions bounds a session.
type SessionOptions struct {
	NoTx             bool // each call commits by itself
	Keys             bool // foreign keys may act: no statement has NoKeys
	LockTimeout      time.Duration
	StatementTimeout time.Duration
}

// Session is one connection that runs one migration. Only one goroutine may use it.
type Session interface {
	// Identity identifies the session on its server, so that another process can end it: pid and
	// backend start, or similar.
	Identity() string

	// Entry reads one row of the ledger within the session.
	Entry(ctx context.Context, id towpath.MigrationID) (entry towpath.LedgerEntry, found bool, err error)

	// Exec runs one statement, ignores its result rows, and returns how many rows it changed. Its
	// error is an *Error: with Kind Unmet when the statement succeeded but what it makes
	// (schema.Made) differs from its text. Names are resolved as for the statement, in this
	// session.
	Exec(ctx context.Context, s statement.Statement) (rows int64, err error)

	// Record writes rows of the ledger, all or none. They replace rows of the same identity, except
	// those of a newer epoch: that is an *Error with Kind Fenced. So is a head whose StatementsDone
	// is not the Number of the current head. Within a transaction it may be sent together with the
	// next call, whose error then reports it.
	Record(ctx context.Context, entries ...towpath.LedgerEntry) error

	// Replace rewrites the whole ledger in the session's transaction, whatever it contains.
	Replace(ctx context.Context, entries ...towpath.LedgerEntry) error

	// ExecRecord runs one statement that does not commit by itself and records rows, all in one
	// transaction; a session with NoTx begins one for it. An *Error with Kind Lost means that the
	// outcome is unknown.
	ExecRecord(ctx context.Context, s statement.Statement,
		entries ...towpath.LedgerEntry) (rows int64, err error)

	// Commit checks what the engine can only check at the end (foreign keys) and commits the
	// changes together with the ledger's rows. An *Error with Kind Lost means that the outcome is
	// unknown: reread the ledger. One with Kind Tampered means that it is committed, but the ledger
	// differs from what was recorded.
	Commit(ctx context.Context) error

	// Close ends the session and undoes what was not committed. An *Error with Kind Stays means
	// that changes in tables without transactions remain, or that the server could not be asked.
	Close() error
}

// SessionTerminator is implemented by a DB whose server lets a session outlive its client.
type SessionTerminator interface {
	// EndSession ends the session with this Identity and returns when it is gone from the server,
	// at once if it was gone before. An error means that it may still be running.
	EndSession(ctx context.Context, identity string) error

	// Runners lists the sessions that have written to the ledger in a transaction that is still
	// open.
	Runners(ctx context.Context) ([]string, error)
}

// Talker is an optional interface of a Session whose server sends notices about statements that
// succeed.
type Talker interface {
	// Notices returns the server's notices about the last statement, whether it failed or not, and
	// forgets them.
	Notices() towpath.Notices
}

// Canonicalizer is an optional interface of an Engine with a lexer: it compares statements by their
// tokens, not by their layout.
type Canonicalizer interface {
	// Canonical returns the statement's text without comments, and with single blanks between its
	// tokens.
	Canonical(s statement.Statement) string
}

// Pather is an optional interface of a DB that looks up names in several schemas.
type Pather interface {
	// SearchPath lists the existing schemas in which names without a schema are looked up.
	SearchPath(ctx context.Context) ([]string, error)
}

// Reader is an optional interface of an Engine that can read the names in its statements without a
// server.
type Reader interface {
	// Footprint reads the effect of a file's statements on tables, views, indexes and columns. A
	// file that cannot be read, or must not run, has none.
	Footprint(script iter.Seq2[statement.Statement, error]) schema.Footprint

	// Names reads what a file's statements make, and the names that they mention.
	Names(script iter.Seq2[statement.Statement, error]) schema.Names

	// Objects reads what the statements of a catalog's dump create, as in schema.Mark. An object in a
	// schema of the path is also listed without the schema, as a file may name it.
	Objects(dump iter.Seq2[statement.Statement, error], path []string) map[string]bool
}

// Repairer is an optional interface of an Engine that can write what brings a schema back.
type Repairer interface {
	// Repair returns the statements that bring the schema of one dump back to that of an earlier one.
	// It uses no server.
	Repair(before, after []statement.Statement) schema.Repair
}

// Vetter is an optional interface of an Engine whose statements can name objects outside of their
// database.
type Vetter interface {
	// Vet refuses a statement of Split whose text reaches outside of the target's database. It
	// refuses one with Roles unless the target allows them, and always one about the target's own
	// user. Its error is a *statement.Error. It does not use the server.
	Vet(t Target, s statement.Statement) error
}

// Resolver is an optional interface of a Session in which names can mean something else than in
// another one.
type Resolver interface {
	// Resolve returns the objects of a statement by their full names, as the session's next
	// statement resolves them.
	Resolve(ctx context.Context, objects []schema.Object) ([]schema.Object, error)
}

// Lasting is an optional interface of a DB in which a rollback does not undo writes to some tables.
type Lasting interface {
	// LastingWrites returns a function that names such a table to which a statement may write,
	// itself or by a trigger or a routine; "" for none. It may report too many. The function is nil
	// when the database has no such table.
	LastingWrites(ctx context.Context) (mayWrite func(statement.Statement) string, err error)
}

// CatalogReader is an optional interface of a DB with statements that commit by themselves: its
// catalog shows whether one took effect.
type CatalogReader interface {
	// Change reads from a statement's text its effect on the catalog. It does not use the server.
	Change(s statement.Statement) schema.Change

	// Definitions reads the current catalog entries of objects, one for each.
	Definitions(ctx context.Context, objects []schema.Object) ([]Definition, error)
}

// Definition is the catalog's entry of one object. Its zero value is an object that does not exist.
type Definition struct {
	Text string `json:"text,omitempty"` // equal texts are equal objects; long ones end with a checksum
	// the statements that remove what a failed build left, one a line
	Broken string `json:"broken,omitempty"`
}

// MaxDefinition is the longest Text of a Definition in bytes; a longer one is cut.
const MaxDefinition = 16_000

// Brief returns the Text of a Definition: a long one is cut, with the checksum of the whole.
func Brief(text string) string {
	if len(text) <= MaxDefinition {
		return text
	}
	sum := sha256.Sum256([]byte(text))
	return strings.ToValidUTF8(text[:MaxDefinition], "") + "… " + hex.EncodeToString(sum[:])
}

// Kind classifies an Error by the reaction to it.
type Kind string

const (
	Locked  Kind = "locked"  // another session's lock; worth another try
	Timeout Kind = "timeout" // the statement limit, or a cancel
	Lost    Kind = "lost"    // the connection broke; the outcome is unknown
	Fenced  Kind = "fenced"  // another process has taken over
	Refused Kind = "refused" // the engine's guard stopped what a migration must not do
	Unmet   Kind = "unmet"   // the statement succeeded, but its object is missing or broken
	Failed  Kind = "failed"  // the database refused it
	Stays   Kind = "stays"   // a rollback has not undone everything

	Unexpected Kind = "unexpected" // the ledger has a row that Expecter was told is not there

	Tampered Kind = "tampered" // it was committed, but the ledger was changed with it
)

// Error is a failure in a target.
type Error struct {
	Kind Kind
	// the database's own words; they may hold data and are redacted before they leave the server
	Message string
	Reason  towpath.Reason // what this side knows, which says more than Message; it may be none
	Earlier bool           // of an earlier call, sent together with the one that reports it
	Err     error
}

// Error implements error.
func (e *Error) Error() string {
	if e.Message == "" {
		return fmt.Sprintf("%s: %s", e.Kind, e.Reason)
	}
	return fmt.Sprintf("%s: %s", e.Kind, e.Message)
}

// Known is the error as a reason: what this side knows, or the database's own words.
func (e *Error) Known() towpath.Reason {
	if !e.Reason.IsZero() {
		return e.Reason
	}
	return towpath.Why(towpath.ReasonDatabaseError, "message", e.Message)
}

// Unwrap returns the driver's error.
func (e *Error) Unwrap() error { return e.Err }

// Behind converts an error of a check that follows a statement which committed by itself. A lock or
// a limit that stopped the check does not stop the statement: its outcome is unknown.
func Behind(e *Error) *Error {
	if e.Kind != Locked && e.Kind != Timeout {
		return e
	}
	reason := towpath.Why(towpath.ReasonUnchecked).From(e.Known())
	return &Error{Kind: Lost, Message: e.Message, Reason: reason, Err: e}
}

// Schema is a database's catalog.
type Schema struct {
	Dump        string // SQL that creates the same catalog in an empty database, a column a line
	Fingerprint string // hex SHA-256; equal for equal catalogs
	// options outside of the known list, such as a server's internal values: "pg_attver (12)";
	// neither the dump nor the fingerprint has them
	LeftOut string
}

// holder matches the statements of a Dump that create objects with rows, or views of them.
var holder = regexp.MustCompile(`(?m)^CREATE (?:[A-Z]+ )*(?:TABLE|VIEW|SEQUENCE)\b`)

// Populated reports whether the database has tables, views or sequences. Grants, extensions and
// empty schemas, which an administrator prepares a new database with, do not count.
func (s Schema) Populated() bool { return holder.MatchString(s.Dump) }

// Report is the result of Check.
type Report struct {
	OK       bool
	Version  string    // "SQLite 3.54.1"; "" when unreachable
	Findings []Finding // empty when all is well
}

// Finding is one problem with an instance, and the way out.
type Finding struct {
	Severity string // "error" or "warning"
	Message  string
	Fix      string // a sentence or a statement to run, "" when there is none
}
