package executor

import (
	"context"
	"errors"
	"time"

	"towpath"
	"towpath/internal/engine"
	"towpath/internal/statement"
	"towpath/internal/wording"
)

const (
	maxLog     = 10_000 // statements of an attempt whose log is kept; a failed one always is
	maxNotices = 1000   // notices of an attempt that are kept; the rest are counted
)

// statementLog runs the statements of one try and keeps their results.
type statementLog struct {
	password string // to redact
	entries  []towpath.StatementLog
	notices  int // in entries
	rows     int64

	looks []look // those of earlier tries included
}

// run runs one statement and logs it. Its error is a *statementError, unless an earlier call failed that
// was sent with the statement: then the statement did not run.
func (l *statementLog) run(
	ctx context.Context, session engine.Session, st statement.Statement, index int, do func() (int64, error),
) error {
	start := time.Now()
	rows, err := do()
	took := time.Since(start)
	var failure *engine.Error
	if errors.As(err, &failure) && failure.Earlier {
		return err
	}
	l.rows += rows
	notices := l.noticesOf(session, st.Pos.Line, err == nil)
	if err == nil && len(l.entries) >= maxLog && len(notices.Kept) == 0 {
		return nil
	}
	began := start.UTC().Truncate(time.Microsecond)
	entry := towpath.StatementLog{
		Index:     index,
		Line:      st.Pos.Line,
		Column:    st.Pos.Column,
		Summary:   summary(st),
		Rows:      rows,
		StartedAt: &began,
		Duration:  took,
		Notices:   notices,
	}
	if err != nil {
		entry.Error = l.redact(err)
		if errors.Is(context.Cause(ctx), errCancelled) {
			entry.Error = "The task was cancelled."
		}
		err = &statementError{st.Pos, err}
	}
	l.entries = append(l.entries, entry)
	return err
}

// redact returns an error's text, without the password.
func (l *statementLog) redact(err error) string { return wording.Text(reasonOf(err, l.password)) }

// noticesOf returns the server's notices about the last statement, redacted. line is the
// statement's line. A statement that failed has nothing to check.
func (l *statementLog) noticesOf(session engine.Session, line int, ended bool) (n towpath.Notices) {
	talker, ok := session.(engine.Talker)
	if !ok {
		return n
	}
	n = talker.Notices()
	for _, said := range n.Kept {
		if ended && said.Look() && len(l.looks) < maxLooks {
			message := towpath.ClipMore(towpath.Redact(said.Text, l.password), maxLook, 0)
			l.looks = append(l.looks, look{Line: line, Message: message})
		}
	}
	n.Limit(maxNotices - l.notices)
	l.notices += len(n.Kept)
	for i := range n.Kept {
		n.Kept[i].Text = towpath.Redact(n.Kept[i].Text, l.password)
	}
	return n
}

// correct replaces the error of the statement that was logged last, if it has that index.
func (l *statementLog) correct(index int, text string) {
	if n := len(l.entries); n > 0 && l.entries[n-1].Index == index {
		l.entries[n-1].Error = text
	}
}

// within returns the entries with the states that follow from the end of their attempt.
func (l *statementLog) within(a towpath.Attempt) []towpath.StatementLog {
	for i, e := range l.entries {
		l.entries[i].State = a.StateOf(e.Index, e.Error != "")
		if l.entries[i].State == towpath.StatementRolledBack {
			l.entries[i].Rows = 0
		}
	}
	return l.entries
}
