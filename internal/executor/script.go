package executor

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"iter"
	"strconv"
	"strings"

	"towpath"
	"towpath/internal/engine"
	"towpath/internal/statement"
)

// openScript opens the task's text and reads the whole of it, so that nothing runs of one that must not run to its end.
func (r *attempt) openScript(ctx context.Context) (err error) {
	r.script, err = r.Store.OpenContent(ctx, r.task.Checksum)
	if towpath.ErrorCode(err) == towpath.CodeNotFound {
		return terminate(towpath.TaskFailed, towpath.Why(towpath.ReasonTextMissing))
	}
	if err != nil {
		return fmt.Errorf("read the file's text: %w", err)
	}
	sum := sha256.New()
	if err := r.hash(sum, 0, r.script.Size); err != nil {
		return err
	}
	if hex.EncodeToString(sum.Sum(nil)) != r.task.Checksum {
		return terminate(towpath.TaskFailed, towpath.Why(towpath.ReasonTextDiffers))
	}
	told, err := statement.ReadDirectives(r.script.Reader())
	if err != nil {
		return refusal(err)
	}
	r.limits, r.oneByOne = told.Or(r.limits).Under(r.maximum), told.NoTransaction
	scan, err := scanScript(told, r.split())
	if err != nil {
		return refusal(err)
	}
	r.noTx = told.NoTransaction || scan.NoTx
	r.keys = !scan.NoKeys
	r.total.Store(int64(scan.Statements))
	return nil
}

// maxDirectives is how much of a text is searched for directives when it is read once.
const maxDirectives = 64 << 10

// Refusal reads a text once, and says why it must not run in a kind of database; the reason is zero when it may.
// roles is the same where migrations may not change roles. The error is the reader's own.
func (s *Service) Refusal(kind towpath.EngineType, text io.Reader) (refusal, roles towpath.Reason, err error) {
	e, ok := s.Engines[kind]
	if !ok {
		return refusal, roles, nil // the run says so
	}
	src := bufio.NewReaderSize(text, maxDirectives)
	head, err := src.Peek(maxDirectives)
	if err != nil && !errors.Is(err, io.EOF) {
		return refusal, roles, err
	}
	told, err := statement.ReadDirectives(bytes.NewReader(head))
	if err != nil {
		refusal, err = refusedFor(err)
		return refusal, refusal, err
	}
	var withRoles statement.Refusals
	_, err = scanScript(told, func(yield func(statement.Statement, error) bool) {
		for st, err := range e.Split(src) {
			withRoles.Add(cmp.Or(st.Roles, refusedWith(err)))
			if !yield(st, err) {
				return
			}
		}
	})
	if refusal, err = refusedFor(err); err != nil {
		return towpath.Reason{}, towpath.Reason{}, err
	}
	if roles = refusal; len(withRoles.First) > 0 {
		roles, err = refusedFor(&withRoles)
	}
	return refusal, roles, err
}

// refusedWith is the place that an error is about; nil when it is about none.
func refusedWith(err error) *statement.Error {
	var one *statement.Error
	errors.As(err, &one)
	return one
}

// refusedFor is the reason of a refusal. An error that is none is returned.
func refusedFor(err error) (towpath.Reason, error) {
	var one *statement.Error
	var all *statement.Refusals
	switch {
	case errors.As(err, &all) && len(all.First)+all.More == 1:
		one = all.First[0]
	case errors.As(err, &all):
		return towpath.Why(towpath.ReasonStatementsRefused, "message", all.Error()), nil
	case errors.As(err, &one):
	default:
		return towpath.Reason{}, err
	}
	return towpath.Why(towpath.ReasonStatementRefused,
		"line", strconv.Itoa(one.Pos.Line), "column", strconv.Itoa(one.Pos.Column), "message", one.Message), nil
}

// scanScript reads a script to its end, and refuses what its directives and its statements say against each other.
func scanScript(told statement.Directives, statements iter.Seq2[statement.Statement, error]) (statement.Scan, error) {
	scan, err := statement.ReadAll(statements)
	if err == nil && told.NoTransaction && scan.Own != nil {
		err = statement.Errorf(*scan.Own, "This file says no-transaction, and begins a transaction all the same. Leave out one of the two.")
	}
	return scan, err
}

// refusal is the end of a script that must not run.
func refusal(err error) error {
	var one *statement.Error
	var all *statement.Refusals
	switch {
	case errors.As(err, &all):
		e := terminate(towpath.TaskFailed, towpath.Why(towpath.ReasonScriptRefused, "message", all.Error()))
		e.pos = all.Pos()
		return e
	case errors.As(err, &one):
		e := terminate(towpath.TaskFailed, towpath.Why(towpath.ReasonScriptRefused, "message", one.Message))
		e.pos = one.Pos
		return e
	}
	return err
}

// split cuts the script into statements. Its errors are *statement.Error or *textError.
func (r *attempt) split() iter.Seq2[statement.Statement, error] {
	return func(yield func(statement.Statement, error) bool) {
		for st, err := range r.engine.Split(r.script.Reader()) {
			if refused := (*statement.Error)(nil); err != nil && !errors.As(err, &refused) {
				err = &textError{err}
			}
			if vetter, ok := r.engine.(engine.Vetter); ok && err == nil {
				err = vetter.Vet(r.target, st)
			}
			if !yield(st, err) {
				return
			}
		}
	}
}

// hash adds a range of the script's bytes to a checksum.
func (r *attempt) hash(sum hash.Hash, from, to int64) error {
	if _, err := io.Copy(sum, io.NewSectionReader(r.script, from, to-from)); err != nil {
		return &textError{err}
	}
	return nil
}

// sameStart says whether the script's first n statements are those whose checksum a journal has. What
// stands between them and their tokens does not count; older journals have a checksum of the bytes.
func (r *attempt) sameStart(n int, checksum string) (bool, error) {
	if n == 0 || checksum == "" {
		return false, nil
	}
	sum := newPrefix(r.engine)
	for st, err := range r.split() {
		if err != nil {
			return false, err
		}
		sum.add(st)
		if n--; n > 0 {
			continue
		}
		if strings.HasPrefix(checksum, statementsMark) {
			return sum.String() == checksum, nil
		}
		bytes := sha256.New()
		err := r.hash(bytes, 0, st.Terminal)
		return hex.EncodeToString(bytes.Sum(nil)) == checksum, err
	}
	return false, nil
}

// statementsMark begins a checksum of statements; one of bytes has none.
const statementsMark = "statements:"

// prefix is the checksum of the statements so far.
type prefix struct {
	sum       hash.Hash
	canonical func(statement.Statement) string
}

func newPrefix(e engine.Engine) prefix {
	p := prefix{sum: sha256.New(), canonical: func(s statement.Statement) string { return s.Text }}
	if c, ok := e.(engine.Canonicalizer); ok {
		p.canonical = c.Canonical
	}
	return p
}

// add takes the next statement. No text holds a 0 byte.
func (p prefix) add(s statement.Statement) {
	_, _ = io.WriteString(p.sum, p.canonical(s)+"\x00") // a hash never fails
}

// String is the checksum.
func (p prefix) String() string { return statementsMark + hex.EncodeToString(p.sum.Sum(nil)) }
