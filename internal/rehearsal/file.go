package rehearsal

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"time"

	"towpath"
	"towpath/internal/engine"
	"towpath/internal/executor"
	"towpath/internal/statement"
)

// run runs files up to the first that fails.
func (r *runner) run(ctx context.Context, files []File) []towpath.RehearsedFile {
	all := make([]towpath.RehearsedFile, 0, len(files))
	failed := false
	for _, f := range files {
		if failed {
			all = append(all, towpath.RehearsedFile{Path: f.Path, State: towpath.RehearsedSkipped}.Normal())
			continue
		}
		if r.isRepaired(ctx, f) {
			all = append(all, towpath.RehearsedFile{Path: f.Path, State: towpath.RehearsedDone}.Normal())
			continue
		}
		one := r.file(ctx, f)
		r.target = ""
		failed = one.Failure != nil
		all = append(all, one)
	}
	return all
}

// isRepaired reports whether a file takes a drift back that is not there, so that a target only records
// it. What cannot be read is left for the run to say.
func (r *runner) isRepaired(ctx context.Context, f File) bool {
	d, err := statement.ReadDirectives(strings.NewReader(f.Content))
	if err != nil || d.Repairs == (statement.Repair{}) {
		return false
	}
	dump := r.target
	if dump == "" {
		now, err := r.trial.DB.Schema(ctx)
		if err != nil {
			return false
		}
		dump = now.Dump
	}
	sum := sha256.Sum256([]byte(dump))
	return hex.EncodeToString(sum[:]) == d.Repairs.Wanted
}

// file runs one file and sums up what it did.
func (r *runner) file(ctx context.Context, f File) towpath.RehearsedFile {
	n := notes{file: towpath.RehearsedFile{Path: f.Path, State: towpath.RehearsedDone}, began: time.Now()}
	whole, err := r.trial.Run(ctx, f.Content, n.add)
	n.file.Whole = whole
	if failed := (*executor.TrialError)(nil); errors.As(err, &failed) {
		if n.file.State = towpath.RehearsedFailed; failed.Unsafe {
			n.file.State = towpath.RehearsedRefused
		}
		n.file.Failure = &towpath.RehearsalFailure{
			Line: failed.Pos.Line, Column: failed.Pos.Column, Reason: r.asInTarget(failed.Reason),
		}
	}
	return n.end(time.Now())
}

// asInTarget returns a reason with the name of the target instead of that of the scratch database,
// which nobody knows and which is another one each time.
func (r *runner) asInTarget(why towpath.Reason) towpath.Reason {
	name := r.trial.Scratch.Target().Database
	if !engine.IsScratch(name) {
		return why
	}
	params := make(map[string]string, len(why.Params))
	for key, value := range why.Params {
		params[key] = strings.ReplaceAll(value, name, cmp.Or(r.trial.Home.Database, "scratch"))
	}
	why.Params = params
	return why
}

// notes collects what the statements of a file do.
type notes struct {
	file  towpath.RehearsedFile
	began time.Time
	locks []heldLock
}

// heldLock is a lock and when it was taken, and given back; the zero time when it is held to the end.
type heldLock struct {
	towpath.RehearsedLock
	from, to time.Time
}

func (n *notes) add(t executor.Tried) {
	now := time.Now()
	n.file.Rows += t.Rows
	one := towpath.RehearsedStatement{
		Line: t.Statement.Pos.Line, Column: t.Statement.Pos.Column, Seconds: t.Took.Seconds(), Rows: t.Rows,
		Rewrites: t.Observation.Rewritten, Algorithm: t.Observation.Algorithm, Unseen: t.Observation.Unseen,
	}
	for _, l := range t.Observation.Locks {
		one.Locks = append(one.Locks, name(l))
		held := heldLock{
			RehearsedLock: towpath.RehearsedLock{Table: l.Table, Mode: l.Mode, Line: one.Line, Rank: l.Rank},
			from:          now.Add(-t.Took),
		}
		if l.Brief {
			held.to = now
		}
		n.locks = append(n.locks, held)
	}
	n.file.Rewrites = append(n.file.Rewrites, t.Observation.Rewritten...)
	if len(n.file.Statements) == towpath.MaxRehearsed {
		n.file.More++
		return
	}
	n.file.Statements = append(n.file.Statements, one)
}

// name is a lock in words.
func name(l engine.TableLock) string { return cmp.Or(l.Table, "the whole database") + ": " + l.Mode }

// end sums up: of each table the strongest lock, and of several the one that was held longest.
func (n *notes) end(now time.Time) towpath.RehearsedFile {
	n.file.Seconds = now.Sub(n.began).Seconds()
	strongest := map[string]towpath.RehearsedLock{}
	for _, l := range n.locks {
		if l.to.IsZero() {
			l.to = now
		}
		l.Held = l.to.Sub(l.from).Seconds()
		known, there := strongest[l.Table]
		if !there || l.Rank > known.Rank || (l.Rank == known.Rank && l.Held > known.Held) {
			strongest[l.Table] = l.RehearsedLock
		}
	}
	for _, l := range strongest {
		n.file.Locks = append(n.file.Locks, l)
	}
	slices.SortFunc(n.file.Locks, func(a, b towpath.RehearsedLock) int {
		return cmp.Or(cmp.Compare(b.Rank, a.Rank), cmp.Compare(a.Table, b.Table))
	})
	slices.Sort(n.file.Rewrites)
	n.file.Rewrites = slices.Compact(n.file.Rewrites)
	return n.file.Normal()
}
