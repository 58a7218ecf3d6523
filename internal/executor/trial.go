package executor

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"towpath"
	"towpath/internal/engine"
	"towpath/internal/statement"
)

// Trial runs texts in a scratch database as an attempt runs files in a target: they are read to the
// end first, and what must not run is refused; sessions have the same limits and guards. It keeps no
// ledger, and nothing is tried twice.
type Trial struct {
	Engine   engine.Engine
	Scratch  engine.Scratch
	DB       engine.DB // the scratch database
	Defaults statement.Limits
	Maximum  statement.Limits
	Back     bool // the way back of each text runs, and nothing else
	Beside   bool // each text is the way back of another one

	// Home is the target that the texts are for. What may run there and not here fails nothing: it is
	// left to the target. The zero Home has none.
	Home engine.Target
}

// Tried is what a statement did.
type Tried struct {
	Statement   statement.Statement
	Rows        int64
	Took        time.Duration
	Observation engine.Observation
}

// TrialError is why a text did not run to its end.
type TrialError struct {
	Pos    statement.Position // of the statement; Line 0 for none
	Reason towpath.Reason
	Unsafe bool // nothing of the text ran, since a part of it is only for targets
	Err    error
}

// Error implements error.
func (e *TrialError) Error() string { return fmt.Sprintf("%s: %v", e.Pos, e.Err) }

// Unwrap returns the cause.
func (e *TrialError) Unwrap() error { return e.Err }

// plainText is a text in memory.
type plainText struct {
	io.ReaderAt
	size int64
}

// Reader implements text.
func (t plainText) Reader() *io.SectionReader { return io.NewSectionReader(t, 0, t.size) }

// Run runs one text, and calls each after each statement that succeeds. The text is in one
// transaction where an attempt would have one; whole reports that. A nil each is for the text that
// makes the schema: it leaves out what is only for targets. Its error is a *TrialError.
func (t Trial) Run(ctx context.Context, content string, each func(Tried)) (whole bool, err error) {
	s := &script{
		content: plainText{ReaderAt: strings.NewReader(content), size: int64(len(content))},
		engine:  t.Engine, address: t.Scratch.Target(), back: t.Back, beside: t.Beside,
	}
	if err := s.read(); err != nil {
		failed := t.failure(err)
		if t.fitsHome(s) {
			failed.Unsafe = true
			failed.Reason = towpath.Why(towpath.ReasonScriptRefused, "message", onlyAtHome)
		}
		return false, failed
	}
	if each != nil {
		if err := t.safe(s); err != nil {
			return false, err
		}
	}
	limits := s.directives.Or(t.Defaults).Under(t.Maximum)
	if err := t.run(ctx, s, limits, each); err != nil {
		return !s.autocommit, t.failure(err)
	}
	return !s.autocommit, nil
}

// onlyAtHome is why a text is only for its target.
const onlyAtHome = "The file changes roles, or names its own database, so it is not rehearsed: " +
	"in a target it runs."

// fitsHome reports whether a script that must not run here may run in its target, since it names that
// database, or changes roles, which belong to the whole server.
func (t Trial) fitsHome(s *script) bool {
	if t.Home.Database == "" {
		return false
	}
	home := *s
	home.address = t.Home
	return home.read() == nil
}

// safe refuses a script with a statement that is only for targets.
func (t Trial) safe(s *script) error {
	for st, err := range s.split() {
		if err != nil {
			return t.failure(err)
		}
		if why := t.unsafe(st); why != "" {
			refused := statement.Errorf(st.Pos, "%s", why)
			return &TrialError{
				Pos: st.Pos, Reason: towpath.Why(towpath.ReasonScriptRefused, "message", why), Unsafe: true,
				Err: refused,
			}
		}
	}
	return nil
}

// unsafe is why a statement is only for targets; "" when it is not.
func (t Trial) unsafe(st statement.Statement) string {
	maker, ok := t.Engine.(engine.Rehearser)
	if !ok {
		return ""
	}
	return maker.Unsafe(st)
}

func (t Trial) run(
	ctx context.Context, s *script, limits statement.Limits, each func(Tried),
) (err error) {
	options := within(limits)
	options.NoTx = s.autocommit
	options.Keys = s.keys
	session, err := t.DB.Begin(ctx, options)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, session.Close()) }()
	observer, sees := session.(engine.Observer)
	if sees && each != nil {
		if err := observer.Observe(ctx); err != nil {
			return err
		}
	}
	for st, err := range s.split() {
		if err != nil {
			return err
		}
		if each == nil && t.unsafe(st) != "" {
			continue
		}
		start := time.Now()
		rows, err := try(ctx, session, s, st)
		if err != nil {
			return &statementError{st.Pos, err}
		}
		one := Tried{Statement: st, Rows: rows, Took: time.Since(start)}
		if sees && each != nil {
			one.Observation = observer.Observed()
			each(one)
		}
	}
	return session.Commit(ctx)
}

// try runs a statement as the attempt's mode does.
func try(ctx context.Context, session engine.Session, s *script, st statement.Statement) (int64, error) {
	if !s.autocommit || s.byItself(st) {
		return session.Exec(ctx, st)
	}
	return session.ExecRecord(ctx, st)
}

// failure explains an error of a text.
func (t Trial) failure(err error) *TrialError {
	e := &TrialError{Err: err}
	var place *statementError
	if errors.As(err, &place) {
		e.Pos = place.pos
	}
	if out, ok := outcomeOf(err); ok {
		e.Pos = out.pos
		e.Reason = out.reason
		return e
	}
	e.Reason = reasonOf(err, t.Scratch.Target().Password)
	return e
}
