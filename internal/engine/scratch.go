package engine

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"towpath"
	"towpath/internal/statement"
)

// Rehearser is an optional interface of an Engine that can make databases in which files are tried.
type Rehearser interface {
	// MakeScratch makes an empty database on the instance of t, in the encoding of t's database where
	// it names one. Its error is a *towpath.Error: with CodeForbidden when the user may not make
	// databases, and with the statement that allows it, or CodeTooMany when MaxScratches are there.
	MakeScratch(ctx context.Context, t Target) (Scratch, error)

	// CheckScratch says what keeps the user of t from rehearsals, or makes them say less, with a
	// statement to run. A finding of severity "error" means that nothing may be rehearsed: whoever may
	// push a branch decides what the user runs, so a user with power over the server is one.
	CheckScratch(ctx context.Context, t Target) ([]Finding, error)

	// Unsafe is why a statement that may run in a target must not run in a scratch database: whoever
	// may push a branch decides what runs there. "" is the usual answer.
	Unsafe(s statement.Statement) string

	// SweepScratches drops what rehearsals of the same user that have died left on an instance:
	// databases whose name IsScratch, and that age allows. It returns their names.
	SweepScratches(ctx context.Context, t Target, age ScratchAge) (dropped []string, err error)
}

// Scratch is a database in which files are tried. It is nobody's target.
type Scratch interface {
	// Target is the address of the database.
	Target() Target

	// Fill makes a schema from the Dump of a database of the same kind. It runs the text as the files
	// run, but without the checks of each statement: a dump only creates things. What must not run in
	// a scratch database is left out. Its error is a *statement.Error, or an *Error.
	Fill(ctx context.Context, dump string) error

	// Open is Engine.Open for it. The sessions of the DB are an Observer.
	Open(ctx context.Context) (DB, error)

	// Size is how many bytes the database takes.
	Size(ctx context.Context) (int64, error)

	// Drop ends all sessions in the database and drops it.
	Drop(ctx context.Context) error
}

// ScratchAge is from when on a scratch database is a leftover.
type ScratchAge struct {
	Idle time.Duration // one without a session
	Any  time.Duration // one with sessions
}

// DumpStatements cuts a dump into the statements that may run in a scratch database. Its error is that
// of a statement that may run nowhere.
func DumpStatements(e Engine, t Target, dump string) (all []statement.Statement, err error) {
	maker, _ := e.(Rehearser)
	vetter, _ := e.(Vetter)
	for st, err := range e.Split(statement.Dump{Reader: strings.NewReader(dump)}) {
		if err != nil {
			return nil, err
		}
		if maker != nil && maker.Unsafe(st) != "" {
			continue
		}
		if vetter != nil {
			if err := vetter.Vet(t, st); err != nil {
				return nil, err
			}
		}
		all = append(all, st)
	}
	return all, nil
}

// MaxScratches is how many scratch databases an instance has at once.
const MaxScratches = 8

var scratchName = regexp.MustCompile(`^towpath_scratch_([0-9a-f]{8})[0-9a-f]{12}_([0-9]{10})$`)

// NewScratchName names a scratch database of a user. Nobody guesses the name; made is when it is
// made, by the clock of its server.
func NewScratchName(user string, made time.Time) string {
	var id [6]byte
	_, _ = rand.Read(id[:]) // it never fails
	return fmt.Sprintf("towpath_scratch_%s%x_%010d", ownerMark(user), id, made.Unix())
}

// ownerMark stands for a user in the name of a scratch database.
func ownerMark(user string) string {
	sum := sha256.Sum256([]byte(user))
	return hex.EncodeToString(sum[:4])
}

// IsScratch reports whether a database has the name of a scratch database.
func IsScratch(name string) bool { return scratchName.MatchString(name) }

// Leftover reports whether a user may drop a scratch database at a time of its server.
func (a ScratchAge) Leftover(name, user string, sessions int, now time.Time) bool {
	match := scratchName.FindStringSubmatch(name)
	if match == nil || match[1] != ownerMark(user) {
		return false
	}
	made, err := strconv.ParseInt(match[2], 10, 64)
	age := now.Sub(time.Unix(made, 0))
	return err == nil && (age >= a.Any || (sessions == 0 && age >= a.Idle))
}

// RoomForScratch refuses one more scratch database where there are too many of these databases, with
// a *towpath.Error and CodeTooMany.
func RoomForScratch(databases []string) error {
	there := slices.DeleteFunc(slices.Clone(databases), func(name string) bool { return !IsScratch(name) })
	if len(there) < MaxScratches {
		return nil
	}
	return towpath.Errorf(towpath.CodeTooMany,
		"%d rehearsals run on this instance, which is the most at once. Try again when one has ended.",
		len(there))
}

// Observer is an optional interface of a Session that notes what its statements do to tables.
type Observer interface {
	// Observe begins to note it. It works by a second connection, which the session closes.
	Observe(ctx context.Context) error

	// Observed is what the last statement that succeeded did.
	Observed() Observation
}

// Observation is what a statement did to tables that were there when its session began.
type Observation struct {
	// Locks are those that it took, the strongest of each table, and that the session did not have.
	Locks []TableLock
	// Rewritten are the tables that got new storage, sorted.
	Rewritten []string
	// Unseen is why locks or new storage could not be seen; "" when they were.
	Unseen string
	// Algorithm is how the server changed a table, where it has several ways: "INSTANT".
	Algorithm string
}

// TableLock is a lock in the words of its server.
type TableLock struct {
	Table string // "" for the whole database
	Mode  string // "AccessExclusiveLock"
	Rank  int    // a higher one keeps out more
	Brief bool   // it ends with the statement, not with the transaction
}
