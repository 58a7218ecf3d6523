package executor

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"towpath"
	"towpath/internal/engine"
	"towpath/internal/statement"
)

// autocommit runs a file of which some statements commit by themselves: each of those under an intent, each other one in a
// transaction with its own record.
type autocommit struct {
	*attempt
	witness engine.Witness // nil where no statement commits by itself
	session engine.Session
	row     towpath.LedgerEntry // of the migration
	prefix  prefix              // of the statements up to and with the present one
	tried   bool                // the present statement was run once, and stopped by a lock
	origin  []engine.Definition // of its objects, before it was
	left    *journal            // what the catalogue was like before a build whose leftovers are still there; nil for none
	before  string              // checksum of the statements before the present one
	after   string              // and with it
}

func (r *attempt) newAutocommit(session engine.Session, row towpath.LedgerEntry) *autocommit {
	witness, _ := r.db.(engine.Witness)
	return &autocommit{attempt: r, witness: witness, session: session, row: row, prefix: newPrefix(r.engine)}
}

// meet takes the next statement into the checksums.
func (a *autocommit) meet(st statement.Statement) {
	a.prefix.add(st)
	a.before, a.after = a.after, a.prefix.String()
}

// statements runs those from an index on.
func (a *autocommit) statements(ctx context.Context, from int) error {
	index := -1
	for st, err := range a.split() {
		if err != nil {
			return err
		}
		a.meet(st)
		if index++; index < from {
			if err := a.replay(ctx, st); err != nil {
				return err
			}
			continue
		}
		a.row.StatementsDone, a.tried = index, false
		if err := a.settled(ctx, st); err != nil {
			return err
		}
		a.row = a.through()
		a.at.kept, a.at.part = index+1, false
		a.finished.Store(int64(index + 1))
	}
	return nil
}

// through is the row that says that the present statement is in.
func (a *autocommit) through() towpath.LedgerEntry {
	row := a.row
	row.StatementsDone++
	row.Intent = journal{Statement: row.StatementsDone, Prefix: a.after}.text()
	return row
}

// replay brings the session to where it was when the run stopped.
func (a *autocommit) replay(ctx context.Context, st statement.Statement) error {
	again, refuse := replay(st)
	if refuse != "" {
		return terminate(towpath.TaskUnknown, towpath.Why(towpath.ReasonCannotResume, "statement", strconv.Itoa(a.row.StatementsDone+1), "why", refuse))
	}
	if !again {
		return nil
	}
	if _, err := a.session.Exec(ctx, st); err != nil {
		return &statementError{st.Pos, err}
	}
	return nil
}

// settled tries a statement until it runs, or fails for another reason than locks. One of which a part
// may be in is not tried again.
func (a *autocommit) settled(ctx context.Context, st statement.Statement) error {
	for n := 1; ; n++ {
		err := a.step(ctx, st)
		if err == nil || !isKind(err, engine.Locked) || a.at.torn || n >= a.lockTries() {
			return err
		}
		if pauseErr := a.pause(ctx, n); pauseErr != nil {
			return err
		}
	}
}

// step runs one statement.
func (a *autocommit) step(ctx context.Context, st statement.Statement) error {
	if st.NoTx || a.oneByOne && mayCommit(st) {
		return a.byItself(ctx, st)
	}
	a.reached("before intent")
	a.at.begun = true
	return a.exec(ctx, a.session, st, a.row.StatementsDone, func() (int64, error) {
		a.reached("after intent")
		rows, err := a.session.ExecRecord(ctx, st, a.leaseRow(towpath.LedgerRunning), a.through())
		a.reached("after outcome")
		return rows, err
	})
}

// byItself runs a statement that commits by itself between its intent and a look at what it left.
func (a *autocommit) byItself(ctx context.Context, st statement.Statement) error {
	change, before, err := a.look(ctx, st)
	if err == nil && a.tried {
		before, err = a.cleared(ctx, change, before)
	}
	if err != nil {
		return err
	}
	a.tried, a.origin = true, before
	a.reached("before intent")
	j := journal{Statement: a.row.StatementsDone, Session: a.session.Identity(), Prefix: a.before, Objects: change.Objects, Before: before}
	a.row.Intent = j.text()
	if err := a.session.Record(ctx, a.leaseRow(towpath.LedgerRunning), a.row); err != nil {
		return err
	}
	a.at.begun = true
	a.reached("after intent")
	failure := a.exec(ctx, a.session, st, j.Statement, func() (int64, error) { return a.session.Exec(ctx, st) })
	a.reached("after statement")
	var e *engine.Error
	if errors.As(failure, &e) && (e.Kind == engine.Lost || e.Kind == engine.Fenced || e.Kind == engine.Tampered) {
		return failure
	}
	if failure != nil && a.witness != nil {
		a.at.torn = torn(st, change)
	}
	return a.check(ctx, st, change, before, failure)
}

func (a *autocommit) look(ctx context.Context, st statement.Statement) (c statement.Change, before []engine.Definition, err error) {
	if a.witness == nil {
		return statement.Change{Effect: statement.Opaque}, nil, nil
	}
	c = a.witness.Change(st)
	if session, ok := a.session.(engine.Resolver); ok && len(c.Objects) > 0 {
		if c.Objects, err = session.Resolve(ctx, c.Objects); err != nil {
			return c, nil, err
		}
	}
	before, err = a.witness.Definitions(ctx, c.Objects)
	return c, before, err
}

// check compares the catalogue with what the statement's own word says.
func (a *autocommit) check(ctx context.Context, st statement.Statement, c statement.Change, before []engine.Definition, failure error) error {
	if a.witness == nil {
		return failure // a server without such statements undoes one that it stops
	}
	looking, cancel := context.WithTimeout(context.WithoutCancel(ctx), writeLimit)
	defer cancel()
	now, err := a.witness.Definitions(looking, c.Objects)
	if err != nil {
		return errors.Join(failure, &engine.Error{Kind: engine.Lost, Message: "the catalogue cannot be read after the statement", Err: err})
	}
	v, why := verifyEffect(c, before, now)
	a.at.part = len(c.Objects) == 0 || !slices.Equal(before, now)
	if v == leftover {
		if err := a.clear(looking, c, before, now); err != nil {
			return errors.Join(failure, err)
		}
		a.at.part = false
	}
	var e *engine.Error
	unmet := errors.As(failure, &e) && e.Kind == engine.Unmet
	if failure == nil || (unmet && v == leftover) {
		if words := missed(c, before, now); words != "" {
			if n := len(a.logs); n > 0 && a.logs[n-1].Index == a.row.StatementsDone {
				a.logs[n-1].Error = words
			}
			return &statementError{st.Pos, &engine.Error{Kind: engine.Unmet, Message: words}}
		}
	}
	if failure == nil {
		if c.Effect == statement.Opaque {
			return a.outcome(ctx)
		}
		return nil
	}
	switch {
	case unmet:
		return failure
	case v == finished && errors.As(failure, &e) && e.Kind == engine.Timeout:
		a.logs[len(a.logs)-1].Error = ""
		return nil // it was done before it could be stopped
	case v == undecided && errors.As(failure, &e) && e.Kind == engine.Timeout, v == finished, v == undecided && c.Effect != statement.Opaque:
		return unheard(a.leaveIndeterminate(looking, a.session, a.row,
			fmt.Sprintf("it was stopped (%s), and %s", a.redact(failure), cmp.Or(why, "the catalogue has changed all the same")), c.Objects, before, now))
	}
	return failure
}

// outcome records at once that a statement has finished, if nothing could prove it later.
func (a *autocommit) outcome(ctx context.Context) error {
	return unheard(a.note(ctx, a.session, a.leaseRow(towpath.LedgerRunning), a.through()))
}

// note records what is in for good, and tries while others hold the ledger. Nothing else is run again.
func (r *attempt) note(ctx context.Context, session engine.Session, rows ...towpath.LedgerEntry) error {
	for n := 1; ; n++ {
		writing, cancel := context.WithTimeout(context.WithoutCancel(ctx), r.limits.Lock+writeLimit)
		err := session.Record(writing, rows...)
		cancel()
		if !isKind(err, engine.Locked) {
			return err
		}
		r.reached("ledger locked")
		if n >= r.lockTries() || r.pause(ctx, n) != nil {
			return unheard(err)
		}
	}
}

// unheard is an error of a write behind a statement that ran: the ledger does not have its outcome, and
// is asked for what it has.
func unheard(err error) error {
	var e *engine.Error
	if !errors.As(err, &e) || e.Kind == engine.Lost || e.Kind == engine.Fenced || e.Kind == engine.Tampered {
		return err
	}
	return &engine.Error{Kind: engine.Lost, Message: "what a statement did could not be written into the ledger: " + e.Message, Err: err}
}

// cleared makes sure that nothing is left of an earlier try, whose own removal may have met the same lock, and returns what
// the catalogue has.
func (a *autocommit) cleared(ctx context.Context, c statement.Change, now []engine.Definition) ([]engine.Definition, error) {
	if v, _ := verifyEffect(c, a.origin, now); v != leftover {
		return now, nil
	}
	return a.origin, a.clear(ctx, c, a.origin, now)
}

// clear removes the leftovers of a failed build, and keeps in mind when that fails too.
func (a *autocommit) clear(ctx context.Context, c statement.Change, before, now []engine.Definition) error {
	a.left = &journal{Objects: c.Objects, Before: before}
	if err := a.remove(ctx, before, now); err != nil {
		return err
	}
	a.left = nil
	return nil
}

// remove runs what takes away the leftovers of a failed build. What was broken before is not of this build.
func (a *autocommit) remove(ctx context.Context, before, now []engine.Definition) error {
	for i, d := range now {
		old := ""
		if i < len(before) {
			old = before[i].Broken
		}
		for text := range strings.SplitSeq(d.Broken, "\n") {
			if text == "" || slices.Contains(strings.Split(old, "\n"), text) {
				continue
			}
			if _, err := a.session.Exec(ctx, statement.Statement{Text: text, NoTx: true}); err != nil {
				return fmt.Errorf("remove what a failed build left: %w", err)
			}
		}
	}
	return nil
}

// indeterminate is what is known of a statement whose outcome is not.
func indeterminate(e towpath.LedgerEntry, why string) towpath.Reason {
	return towpath.Why(towpath.ReasonIndeterminate,
		"statement", strconv.Itoa(e.StatementsDone+1), "total", strconv.Itoa(e.StatementsTotal), "why", why)
}

// leaveIndeterminate leaves it to a person what became of a statement, and shows both states.
func (r *attempt) leaveIndeterminate(ctx context.Context, session engine.Session, row towpath.LedgerEntry, why string, objects []statement.Object, before, now []engine.Definition) error {
	j, _ := readJournal(row)
	j.Session, j.Indeterminate = "", why
	row.State, row.Epoch, row.Intent = towpath.LedgerRunning, r.epoch.Load(), j.text()
	if err := session.Record(ctx, r.leaseRow(towpath.LedgerDone), row); err != nil {
		return err
	}
	over := terminate(towpath.TaskUnknown, indeterminate(row, why).From(states(objects, before, now)...))
	over.extent, r.at.kept = towpath.ExtentNext, row.StatementsDone
	return over
}

// settleRow finds out what became of the statement that an earlier run had under way, and returns where to go on.
func (a *autocommit) settleRow(ctx context.Context, old towpath.LedgerEntry) (from int, err error) {
	j, told := readJournal(old)
	from = old.StatementsDone
	same, err := a.sameStart(from, j.Prefix)
	if err != nil {
		return from, err
	}
	defer func() {
		if over := (*terminalError)(nil); errors.As(err, &over) && from > 0 && !same {
			over.extent = towpath.ExtentUnknown // what the row counts are statements of another text
		}
	}()
	switch {
	case !told:
		return from, a.leaveIndeterminate(ctx, a.session, old, "there is no record of what it was about", nil, nil, nil)
	case j.Indeterminate != "":
		return from, a.leaveIndeterminate(ctx, a.session, old, j.Indeterminate, j.Objects, j.Before, nil)
	case j.Prefix != "" && from > 0 && !same:
		return from, a.leaveIndeterminate(ctx, a.session, old, "the file was changed before that statement", j.Objects, j.Before, nil)
	case j.Session == "" && len(j.Before) == 0:
		return from, nil // every statement before was told of, and none was begun
	case a.witness == nil:
		return from, a.leaveIndeterminate(ctx, a.session, old, "this database has no catalogue to ask", nil, nil, nil)
	}
	now, err := a.witness.Definitions(ctx, j.Objects)
	if err != nil {
		return from, err
	}
	change, err := a.changeAt(from, old.Checksum == a.task.Checksum)
	if err != nil {
		return from, err
	}
	switch v, why := verifyEffect(change, j.Before, now); v {
	case undecided:
		if old.State == towpath.LedgerFailed {
			return from, nil // the statement itself did fail; only leftovers are looked for
		}
		return from, a.leaveIndeterminate(ctx, a.session, old, why, j.Objects, j.Before, now)
	case leftover:
		return from, a.clear(ctx, change, j.Before, now)
	case finished:
		return from + 1, nil
	}
	return from, nil
}

// changeAt reads the change of one statement. When the file is another now, only an untouched catalogue tells something.
func (a *autocommit) changeAt(index int, sameText bool) (statement.Change, error) {
	for st, err := range a.split() {
		if err != nil {
			return statement.Change{}, err
		}
		if index--; index >= 0 {
			continue
		}
		c := a.witness.Change(st)
		if !sameText && c.Effect != statement.Repeat && c.Effect != statement.Opaque {
			c = statement.Change{Effect: statement.Alter, Objects: c.Objects, Gains: []string{"\x00"}}
		}
		return c, nil
	}
	return statement.Change{Effect: statement.Opaque}, nil
}
