// Package engine is the seam to target databases: what a kind of database must be able to do for
// the executor and the catalog. Its drivers live in folders below; enginetest holds the suite that
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

// Target says how to reach one database, or with an empty Database the instance itself.
type Target struct {
	Address  string // as in towpath.Instance
	Username string
	Password string
	Options  map[string]string
	Database string

	AllowRoles bool // whether migrations may make, change and remove roles other than Username
}

// Description tells what a kind of database needs.
type Description struct {
	Type         towpath.EngineType
	Name         string // "PostgreSQL"
	AddressLabel string
	AddressHelp  string
	Login        bool // whether a user name and a password belong to it

	// Rights is the SQL by which an administrator makes a user with what migrations need. It calls
	// the user migrate_shop and the database shop; "" where there are no users.
	Rights string

	Options []Option
}

// Option is a key of an instance's options.
type Option struct {
	Key     string
	Label   string
	Help    string
	Values  []string // the allowed ones, the default first; empty when any text will do
	Several bool     // whether the text may have several lines
}

// Engine is one kind of database. Its methods are safe for concurrent use.
type Engine interface {
	// Describe tells what people need to know to add an instance; the console renders it as it is.
	Describe() Description

	// Split cuts a script into statements, in order and in memory bounded by its longest statement.
	// It connects to nothing. A *statement.Error takes the place of a statement that must not run
	// (transaction control, leaving the database, changing our limits), and the sequence goes on
	// behind it; it ends with one where the script cannot be read any further (UTF-16, an unclosed
	// quote).
	Split(script io.Reader) iter.Seq2[statement.Statement, error]

	// Check tells what stands between us and the instance. The error is nil unless ctx ended: an
	// instance that cannot be reached is a finding of the report.
	Check(ctx context.Context, t Target) (Report, error)

	// Discover lists the names of the instance's databases, system databases left out, sorted.
	Discover(ctx context.Context, t Target) ([]string, error)

	// Open connects to one database. Its error is a *towpath.Error with CodeUnavailable when the
	// database cannot be reached.
	Open(ctx context.Context, t Target) (DB, error)
}

// DB is one target database. Its methods are safe for concurrent use.
type DB interface {
	// Ledger reads the ledger, all of it as it was at one time; a database without one has none. It
	// changes nothing. One that KnownFormat refuses is its error.
	Ledger(ctx context.Context) (towpath.Ledger, error)

	// Schema reads the catalog, the ledger left out.
	Schema(ctx context.Context) (Schema, error)

	// Begin starts a session with bounded waits, and makes the ledger's table where it is missing.
	// In a transaction unless o.NoTx; the database's write lock, where it has one, is taken before
	// Begin returns. An *Error with Kind Locked when it was not to be had within o.LockTimeout.
	// Sessions that follow each other may share a connection: nothing that one has left there
	// reaches the next.
	Begin(ctx context.Context, o SessionOptions) (Session, error)

	Close() error
}

// SessionOptions bounds a session.
type SessionOptions struct {
	NoTx             bool // each call commits by itself
	Keys             bool // foreign keys may act: no statement has NoKeys
	LockTimeout      time.Duration
	StatementTimeout time.Duration
}

// Session is one connection doing one migration. It is for one goroutine.
type Session interface {
	// Identity names the session on its server, so that another process can end it: pid and backend
	// start, or the like.
	Identity() string

	// Entry reads one row of the ledger within the session.
	Entry(ctx context.Context, id towpath.MigrationID) (entry towpath.LedgerEntry, found bool, err error)

	// Exec runs one statement, ignores what it returns, and tells how many rows it changed. Its
	// error is an *Error: with Kind Unmet when the statement ended well, and what it makes
	// (schema.Made) is not there as it says. Names mean what they mean to the statement, in this
	// session.
	Exec(ctx context.Context, s statement.Statement) (rows int64, err error)

	// Record writes rows of the ledger, all or none, replacing those of the same identity unless
	// they have a newer epoch, which is an *Error with Kind Fenced; so is a head whose
	// StatementsDone is not the Number of the one that stands there. Within a transaction it may be
	// sent with the call that follows: then that one's error tells.
	Record(ctx context.Context, entries ...towpath.LedgerEntry) error

	// Replace rewrites the whole ledger in the session's transaction, whatever it holds.
	Replace(ctx context.Context, entries ...towpath.LedgerEntry) error

	// ExecRecord runs one statement that does not commit by itself and records rows, all in one
	// transaction, which in a session with NoTx is one of its own. An *Error with Kind Lost means
	// that nobody knows whether it happened.
	ExecRecord(ctx context.Context, s statement.Statement,
		entries ...towpath.LedgerEntry) (rows int64, err error)

	// Commit checks what the engine can check of the whole (foreign keys) and makes the changes and
	// the ledger's rows last together. An *Error with Kind Lost means that nobody knows whether it
	// happened: reread the ledger. One with Kind Tampered means that it happened, and that the
	// ledger is not as it was recorded.
	Commit(ctx context.Context) error

	// Close ends the session; what was not committed is undone. An *Error with Kind Stays means
	// that changes in tables without transactions are not, or that the server could not be asked.
	Close() error
}

// SessionTerminator is implemented by a DB whose server lets a session outlive its client.
type SessionTerminator interface {
	// EndSession ends the session with this Identity and returns when it is gone from the server,
	// at once when it was gone before. An error means that it may still be running.
	EndSession(ctx context.Context, identity string) error

	// Runners names the sessions that have written to the ledger in a transaction that is still
	// open.
	Runners(ctx context.Context) ([]string, error)
}

// Talker is what a Session also is when its server says things about a statement that did not fail.
type Talker interface {
	// Notices returns what the server said about the last statement, whether it failed or not, and
	// forgets it.
	Notices() towpath.Notices
}

// Canonicalizer is what an Engine also is when it has a lexer: it compares statements by what they
// do, and not by how they are set.
type Canonicalizer interface {
	// Canonical is the statement's text without comments, and with single blanks between its
	// tokens.
	Canonical(s statement.Statement) string
}

// Pather is what a DB also is when it looks up names in several schemas.
type Pather interface {
	// SearchPath lists the schemas, of those that are there, in which a file's names without one
	// are looked up.
	SearchPath(ctx context.Context) ([]string, error)
}

// Reader is what an Engine also is when the names in its statements can be read without a server.
type Reader interface {
	// Marks reads what the statements of a file do to tables, views, indexes and columns. A file
	// that cannot be read, or must not run, has no marks.
	Marks(script iter.Seq2[statement.Statement, error]) []schema.Mark

	// Things reads what the statements of a catalog's own dump make, as in schema.Mark. What lies
	// in a schema of the path is listed without it too, as a file may name it.
	Things(dump iter.Seq2[statement.Statement, error], path []string) map[string]bool
}

// Vetter is what an Engine also is when statements can name what lies outside of their database.
type Vetter interface {
	// Vet refuses a statement of Split that reaches out of the target's database, as far as its
	// text says; one with Roles unless the target allows them, and never about its own user. Its
	// error is a *statement.Error. It asks the server nothing.
	Vet(t Target, s statement.Statement) error
}

// Resolver is what a Session also is when names mean something else in another one.
type Resolver interface {
	// Resolve returns the objects of a statement by their full names, as the session's next
	// statement finds them.
	Resolve(ctx context.Context, objects []schema.Object) ([]schema.Object, error)
}

// Lasting is what a DB also is when a rollback does not undo what was written to some of its
// tables.
type Lasting interface {
	// LastingWrites returns what names such a table that a statement may write to, itself or by a
	// trigger or a routine; "" for none. It may find too many. The function is nil when the
	// database has no such table.
	LastingWrites(ctx context.Context) (mayWrite func(statement.Statement) string, err error)
}

// CatalogReader is implemented by a DB with statements that commit by themselves: its catalog shows
// whether one took effect.
type CatalogReader interface {
	// Change reads from a statement's text what it does to the catalog. It asks the server
	// nothing.
	Change(s statement.Statement) schema.Change

	// Definitions reads what the catalog has of objects now, one for each.
	Definitions(ctx context.Context, objects []schema.Object) ([]Definition, error)
}

// Definition is what a catalog has of one object. Its zero value is an object that is not there.
type Definition struct {
	Text string `json:"text,omitempty"` // equal texts are equal objects; long ones end with a checksum
	// of what a failed build left behind: the statements that remove it, one a line
	Broken string `json:"broken,omitempty"`
}

// MaxDefinition is how many bytes the text of a Definition has before it is cut.
const MaxDefinition = 16_000

// Brief makes the Text of a Definition: a long one is cut, with the checksum of the whole.
func Brief(text string) string {
	if len(text) <= MaxDefinition {
		return text
	}
	sum := sha256.Sum256([]byte(text))
	return strings.ToValidUTF8(text[:MaxDefinition], "") + "… " + hex.EncodeToString(sum[:])
}

// Kind tells what an executor can do about an Error.
type Kind string

const (
	Locked  Kind = "locked"  // somebody else's lock; worth another try
	Timeout Kind = "timeout" // the statement limit, or a cancel
	Lost    Kind = "lost"    // the connection broke; the outcome is not known
	Fenced  Kind = "fenced"  // another process has taken over
	Refused Kind = "refused" // the engine's guard stopped what a migration must not do
	Unmet   Kind = "unmet"   // the statement ended well, and what it says is there is not, or is broken
	Failed  Kind = "failed"  // the database says no
	Stays   Kind = "stays"   // a rollback has not undone all

	Tampered Kind = "tampered" // it was committed, and the ledger was changed with it
)

// Error is what went wrong in a target.
type Error struct {
	Kind Kind
	// the database's own words; they may hold data and are redacted before they leave the server
	Message string
	Err     error
}

// Error implements error.
func (e *Error) Error() string { return fmt.Sprintf("%s: %s", e.Kind, e.Message) }

// Unwrap returns the driver's error.
func (e *Error) Unwrap() error { return e.Err }

// Behind is an error of a look behind a statement that committed by itself. That a lock or a limit
// kept the look away says nothing of the statement: its outcome is not known.
func Behind(e *Error) *Error {
	if e.Kind != Locked && e.Kind != Timeout {
		return e
	}
	return &Error{Kind: Lost, Message: "the statement ended, and what it left could not be looked at: " +
		e.Message, Err: e}
}

// Schema is a database's catalog.
type Schema struct {
	Dump        string // SQL that makes the same catalog in an empty database, a column a line
	Fingerprint string // hex SHA-256; equal for equal catalogs
	// options that nobody is known to set, as a server's own notes: "pg_attver (12)"; they are in
	// neither
	LeftOut string
}

// holder begins the statements of a Dump that make what holds rows, or shows them.
var holder = regexp.MustCompile(`(?m)^CREATE (?:[A-Z]+ )*(?:TABLE|VIEW|SEQUENCE)\b`)

// Populated reports whether the database has tables, views or sequences. Grants, extensions and
// empty schemas, which an administrator prepares a new database with, do not count.
func (s Schema) Populated() bool { return holder.MatchString(s.Dump) }

// Report is what Check found.
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
