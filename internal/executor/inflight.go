package executor

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"towpath"
	"towpath/internal/engine"
	"towpath/internal/schema"
	"towpath/internal/statement"
)

// leaseRow builds the lease's row, which is recorded with every row of a migration.
type leaseRow interface {
	row(state towpath.LedgerState) towpath.LedgerEntry
}

// inflight finds out whether a statement between its intent and its outcome took effect.
type inflight struct {
	session  engine.Session
	catalog  engine.CatalogReader // nil where no statement commits by itself
	script   *script
	lease    leaseRow
	progress *progress
	left     *journal // the catalog before a build whose leftovers are still there; nil for none
}

// verifyEffect decides about the statement that an earlier attempt had in flight, and returns the index
// to resume at. sameText is true when the file has not changed since.
func (f *inflight) verifyEffect(
	ctx context.Context, old towpath.LedgerEntry, sameText bool,
) (from int, err error) {
	j, ok := readJournal(old)
	from = old.StatementsDone
	same, err := f.script.startsWith(from, j.Prefix)
	if err != nil {
		return from, err
	}
	defer func() {
		if over := (*terminalError)(nil); errors.As(err, &over) && from > 0 && !same {
			over.extent = towpath.ExtentUnknown // the row counts statements of another text
		}
	}()
	recorded := observation{change: schema.Change{Objects: j.Objects}, before: j.Before}
	switch {
	case !ok:
		return from, f.giveUp(ctx, old, indeterminate(old, towpath.DoubtNoRecord), observation{})
	case !j.Indeterminate.IsZero():
		return from, f.giveUp(ctx, old, j.Indeterminate, recorded)
	case j.Prefix != "" && from > 0 && !same:
		return from, f.giveUp(ctx, old, indeterminate(old, towpath.DoubtTextChanged), recorded)
	case j.Session == "" && len(j.Before) == 0:
		return from, nil // all statements before have an outcome, and none was started
	case f.catalog == nil:
		return from, f.giveUp(ctx, old, indeterminate(old, towpath.DoubtNoCatalog), observation{})
	}
	return f.decide(ctx, old, j, sameText)
}

// decide compares the current catalog with the journal's.
func (f *inflight) decide(
	ctx context.Context, old towpath.LedgerEntry, j journal, sameText bool,
) (int, error) {
	from := old.StatementsDone
	now, err := f.catalog.Definitions(ctx, j.Objects)
	if err != nil {
		return from, err
	}
	change, err := f.changeAt(from, sameText)
	if err != nil {
		return from, err
	}
	seen := observation{change: change, before: j.Before, now: now}
	switch v, why := verifyEffect(seen); v {
	case undecided:
		if old.State == towpath.LedgerFailed {
			return from, nil // the statement itself failed; only its leftovers matter
		}
		seen.change.Objects = j.Objects
		return from, f.giveUp(ctx, old, indeterminate(old, why), seen)
	case leftover:
		return from, f.clear(ctx, j.Objects, j.Before, now)
	case finished:
		return from + 1, nil
	}
	return from, nil
}

// changeAt reads the change of one statement. When the file has changed, only an untouched catalog
// proves something.
func (f *inflight) changeAt(index int, sameText bool) (schema.Change, error) {
	for st, err := range f.script.split() {
		if err != nil {
			return schema.Change{}, err
		}
		if index--; index >= 0 {
			continue
		}
		c := f.catalog.Change(st)
		if !sameText && c.Effect != schema.Repeat && c.Effect != schema.Opaque {
			c = schema.Change{Effect: schema.Alter, Objects: c.Objects, Gains: []string{"\x00"}}
		}
		return c, nil
	}
	return schema.Change{Effect: schema.Opaque}, nil
}

// observe reads the change that a statement makes, and its objects before it.
func (f *inflight) observe(ctx context.Context, st statement.Statement) (o observation, err error) {
	if f.catalog == nil {
		o.change.Effect = schema.Opaque
		return o, nil
	}
	o.change = f.catalog.Change(st)
	if session, ok := f.session.(engine.Resolver); ok && len(o.change.Objects) > 0 {
		if o.change.Objects, err = session.Resolve(ctx, o.change.Objects); err != nil {
			return o, err
		}
	}
	o.before, err = f.catalog.Definitions(ctx, o.change.Objects)
	return o, err
}

// clear removes the leftovers of a failed build, and remembers them when the removal fails too.
func (f *inflight) clear(
	ctx context.Context, objects []schema.Object, before, now []engine.Definition,
) error {
	f.left = &journal{Objects: objects, Before: before}
	if err := f.remove(ctx, before, now); err != nil {
		return err
	}
	f.left = nil
	return nil
}

// remove runs the statements that remove leftovers. Objects that were broken before do not belong
// to this build.
func (f *inflight) remove(ctx context.Context, before, now []engine.Definition) error {
	for i, d := range now {
		old := ""
		if i < len(before) {
			old = before[i].Broken
		}
		for text := range strings.SplitSeq(d.Broken, "\n") {
			if text == "" || slices.Contains(strings.Split(old, "\n"), text) {
				continue
			}
			if _, err := f.session.Exec(ctx, statement.Statement{Text: text, NoTx: true}); err != nil {
				return fmt.Errorf("remove what a failed build left: %w", err)
			}
		}
	}
	return nil
}

// giveUp records that only a person can decide about a statement, with both states of its objects.
// It always returns an error, a *terminalError once the record is written.
func (f *inflight) giveUp(
	ctx context.Context, row towpath.LedgerEntry, why towpath.Reason, seen observation,
) error {
	j, _ := readJournal(row)
	j.Session = ""
	j.Indeterminate = why
	released := f.lease.row(towpath.LedgerDone)
	row.State = towpath.LedgerRunning
	row.Epoch = released.Epoch
	row.Intent = j.text()
	if err := f.session.Record(ctx, released, row); err != nil {
		return err
	}
	over := terminate(towpath.TaskUnknown, why.From(seen.states()...))
	over.extent = towpath.ExtentNext
	f.progress.kept = row.StatementsDone
	return over
}

// indeterminate is the reason of a statement whose outcome only a person can decide.
func indeterminate(e towpath.LedgerEntry, why towpath.Doubt) towpath.Reason {
	return towpath.Why(towpath.ReasonIndeterminate, "statement", strconv.Itoa(e.StatementsDone+1),
		"total", strconv.Itoa(e.StatementsTotal), "doubt", string(why))
}
