package executor

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"

	"towpath"
	"towpath/internal/engine"
	"towpath/internal/plan"
	"towpath/internal/schema"
	"towpath/internal/statement"
)

// checkMark compares the catalog with the text of a task that a person has marked as applied. It
// returns a *terminalError when an object contradicts the mark, unless the person has said despite.
// An engine that cannot list its objects contradicts nothing.
func (a *attempt) checkMark(ctx context.Context) error {
	mark := a.task.Mark
	r, ok := a.target.engine.(engine.Reader)
	if mark == nil || mark.Despite || !ok {
		return nil
	}
	marks, err := a.marksOf(ctx, r, a.task.Checksum)
	if err != nil || len(marks) == 0 {
		return err
	}
	objects, err := a.target.objects(ctx, r)
	if err != nil {
		return err
	}
	var against []towpath.Reason
	for _, t := range plan.Traces(marks, objects) {
		if !t.Fits() {
			against = append(against, t.Reason())
		}
	}
	if len(against) == 0 {
		return nil
	}
	return notMarked(against...)
}

// notMarked is the outcome of a task whose mark the database contradicts.
func notMarked(against ...towpath.Reason) *terminalError {
	e := terminate(towpath.TaskFailed, towpath.Why(towpath.ReasonNotMarked).From(against...))
	e.unmark = true
	return e
}

// marksOf returns the named objects that a text makes or drops.
func (a *attempt) marksOf(ctx context.Context, r engine.Reader, checksum string) ([]schema.Mark, error) {
	content, err := a.store.OpenContent(ctx, checksum)
	if towpath.ErrorCode(err) == towpath.CodeNotFound {
		return nil, terminate(towpath.TaskFailed, towpath.Why(towpath.ReasonTextMissing))
	}
	if err != nil {
		return nil, fmt.Errorf("read the file's text: %w", err)
	}
	text := &failing{Reader: content.Reader()}
	shown := r.Footprint(a.target.engine.Split(text))
	if text.err != nil {
		return nil, &textError{text.err}
	}
	return shown.Marks, nil
}

// failing keeps the error of a reader, which marks leave out.
type failing struct {
	io.Reader
	err error
}

// Read implements io.Reader.
func (f *failing) Read(p []byte) (n int, err error) {
	n, err = f.Reader.Read(p)
	if err != nil && err != io.EOF { //nolint:errorlint // a reader returns it as it is
		f.err = err
	}
	return n, err
}

// objects reads the named objects that the database has.
func (t *target) objects(ctx context.Context, r engine.Reader) (map[string]bool, error) {
	var path []string
	if p, ok := t.db.(engine.Pather); ok {
		var err error
		if path, err = p.SearchPath(ctx); err != nil {
			return nil, err
		}
	}
	if t.follows {
		t.schema, t.follows = nil, false // evidence is read as a whole
	}
	dump, err := t.schemaBefore(ctx)
	if err != nil {
		return nil, err
	}
	return r.Objects(t.engine.Split(statement.Dump{Reader: strings.NewReader(*dump)}), path), nil
}

// has reports whether the ledger has a marked migration as applied, maybe from another path. Its row
// says more than a mark.
func (a *attempt) has(m towpath.Migration, row ledgerRow) bool {
	return a.task.Mark != nil && row.found && row.State.Applied() && row.Checksum == m.Checksum
}

// mayOverwrite returns nil when a marked migration may be recorded over the row that the ledger has. A
// row of another text is applied, so only accepting the text may replace it. A row of a file that
// stopped halfway contradicts the mark, unless the person has said despite.
func (a *attempt) mayOverwrite(m towpath.Migration, row ledgerRow) error {
	switch {
	case a.task.Mark == nil || !row.found:
	case row.State.Applied():
		e := terminate(towpath.TaskFailed, towpath.Why(towpath.ReasonChecksumMismatch, "version", m.Label,
			"path", row.Path, "commit", fmt.Sprintf("%.12s", row.Commit)))
		e.unmark = true
		return e
	case !a.task.Mark.Despite && (row.StatementsDone > 0 || row.State == towpath.LedgerRunning):
		return notMarked(towpath.Why(towpath.ReasonMarkHalfway, "done", strconv.Itoa(row.StatementsDone),
			"total", strconv.Itoa(row.StatementsTotal)))
	}
	return nil
}
