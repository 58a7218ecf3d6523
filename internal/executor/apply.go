package executor

import (
	"bytes"
	"context"
	"errors"
	"regexp"
	"strings"
	"time"

	"towpath"
	"towpath/internal/engine"
	"towpath/internal/statement"
)

const (
	maxLog     = 10_000 // statements of an attempt whose log is kept; a failed one always is
	maxSummary = 200    // characters
)

// apply runs the file's statements in a session, up to the commit.
func (r *run) apply(ctx context.Context, session engine.Session) ([]change, error) {
	entry, found, err := session.Entry(ctx, r.task.MigrationID)
	if err != nil {
		return nil, err
	}
	intent, err := judge(r.task, entry, found, r.intent || r.resolved)
	if err != nil {
		return nil, err
	}
	if intent.already {
		r.total.Store(int64(entry.StatementsTotal))
		r.finished.Store(int64(entry.StatementsTotal))
		return []change{{r.task.Migration, entry, false}}, nil
	}
	if r.database.ProjectID != r.task.ProjectID {
		return nil, end(towpath.TaskFailed, "The database no longer belongs to this project. Nothing was run.")
	}
	if found {
		if err := r.raise(ctx, entry.Epoch); err != nil {
			return nil, err
		}
	}
	e := r.entry(r.task.Migration, towpath.LedgerRunning)
	e.StatementsTotal, e.StatementsDone = int(r.total.Load()), intent.from
	if err := r.statements(ctx, session, &e, intent.from); err != nil {
		return nil, r.stopped(ctx, session, e, err)
	}
	e.State, e.FinishedAt = towpath.LedgerDone, r.now()
	if err := session.Record(ctx, e); err != nil {
		return nil, err
	}
	return []change{{r.task.Migration, e, true}}, nil
}

// statements runs the statements from an index on. Where each commits by itself, the ledger tells of each.
func (r *run) statements(ctx context.Context, session engine.Session, e *towpath.LedgerEntry, from int) error {
	if r.noTx {
		if err := session.Record(ctx, *e); err != nil {
			return err
		}
		r.intent, r.at.kept = true, from
	}
	index := 0
	for st, err := range r.engine.Split(bytes.NewReader(r.script)) {
		if err != nil {
			return err
		}
		if index < from {
			index++
			continue
		}
		if err := r.exec(ctx, session, st, index); err != nil {
			return &failedAt{st.Pos, err}
		}
		index++
		e.StatementsDone = index
		r.finished.Store(int64(index))
		if !r.noTx {
			continue
		}
		r.at.kept = index
		if err := session.Record(context.WithoutCancel(ctx), *e); err != nil {
			return err
		}
	}
	return nil
}

func (r *run) exec(ctx context.Context, session engine.Session, st statement.Statement, index int) error {
	start := time.Now()
	rows, err := session.Exec(ctx, st)
	log := towpath.StatementLog{Index: index, Line: st.Pos.Line, Column: st.Pos.Column, Summary: summary(st), Rows: rows, Duration: time.Since(start)}
	r.rows += rows
	if err != nil {
		log.Error = r.redact(err)
	}
	if len(r.logs) < maxLog || err != nil {
		r.logs = append(r.logs, log)
	}
	return err
}

// stopped notes in the ledger how far statements came that commit by themselves.
func (r *run) stopped(ctx context.Context, session engine.Session, e towpath.LedgerEntry, cause error) error {
	var known *engine.Error
	if !r.noTx || !r.intent || errors.As(cause, &known) && (known.Kind == engine.Lost || known.Kind == engine.Fenced) {
		return cause
	}
	writing, cancel := context.WithTimeout(context.WithoutCancel(ctx), writeLimit)
	defer cancel()
	e.State = towpath.LedgerFailed
	return errors.Join(cause, session.Record(writing, e))
}

// record writes what the task covers into the ledger, without running anything.
func (r *run) record(ctx context.Context, session engine.Session) ([]change, error) {
	var changes []change
	var missing []towpath.Migration
	for _, m := range r.task.Covers {
		e, found, err := session.Entry(ctx, m.MigrationID)
		if err != nil {
			return nil, err
		}
		if recorded(m, e, found) {
			changes = append(changes, change{m, e, false})
			continue
		}
		missing = append(missing, m)
		if found {
			if err := r.raise(ctx, e.Epoch); err != nil {
				return nil, err
			}
		}
	}
	if len(missing) > 0 && r.database.ProjectID != r.task.ProjectID {
		return nil, end(towpath.TaskFailed, "The database no longer belongs to this project. Nothing was recorded.")
	}
	rows := make([]towpath.LedgerEntry, len(missing))
	for i, m := range missing {
		rows[i] = r.entry(m, towpath.LedgerBaselined)
		rows[i].FinishedAt = &rows[i].StartedAt
		changes = append(changes, change{m, rows[i], true})
	}
	r.finished.Store(int64(len(changes)))
	return changes, session.Record(ctx, rows...)
}

// entry makes a row of the ledger.
func (r *run) entry(m towpath.Migration, state towpath.LedgerState) towpath.LedgerEntry {
	return towpath.LedgerEntry{
		MigrationID: m.MigrationID, State: state, Description: m.Description, Path: m.Path, Checksum: m.Checksum, Commit: r.task.Commit,
		Epoch: r.epoch.Load(), ServerID: r.ServerID, DatabaseID: r.database.ID, StartedAt: *r.now(),
	}
}

// now is the metadata's time, as exact as it and the ledger keep it.
func (r *run) now() *time.Time {
	at := r.Store.Now().UTC().Truncate(time.Microsecond)
	return &at
}

var (
	mentionsPassword = regexp.MustCompile(`(?i)\b(password|identified)\b`)
	textLiteral      = regexp.MustCompile(`'[^']*'`)
)

// summary is a statement's first words, without the passwords that it may set.
func summary(st statement.Statement) string {
	if mentionsPassword.MatchString(st.Text) {
		st.Text = textLiteral.ReplaceAllString(st.Text, "'…'")
	}
	return st.Summary(maxSummary)
}

// redact puts an error into words that hold no password of ours.
func (r *run) redact(err error) string { return redact(err, r.target.Password) }

func redact(err error, password string) string {
	if password == "" {
		return words(err)
	}
	return strings.ReplaceAll(words(err), password, "…")
}
