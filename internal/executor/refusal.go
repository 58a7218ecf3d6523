package executor

import (
	"bufio"
	"bytes"
	"cmp"
	"errors"
	"io"
	"strconv"

	"towpath"
	"towpath/internal/statement"
)

// maxDirectives is how many bytes of a text are searched for directives.
const maxDirectives = 64 << 10

// Refusal reads a text once and returns why it must not run on a kind of database; the reason is
// zero when it may. roles is the same for environments in which migrations may not change roles.
// The error is the reader's own.
func (s *Service) Refusal(
	kind towpath.EngineType, text io.Reader,
) (refusal, roles towpath.Reason, err error) {
	e, ok := s.Engines[kind]
	if !ok {
		return refusal, roles, nil // the attempt reports it
	}
	src := bufio.NewReaderSize(text, maxDirectives)
	head, err := src.Peek(maxDirectives)
	if errors.Is(err, io.EOF) {
		err = nil
	}
	var directives statement.Directives
	if err == nil {
		directives, err = statement.ReadDirectives(bytes.NewReader(head))
	}
	if err != nil {
		refusal, err = refusedFor(err)
		return refusal, refusal, err
	}
	var withRoles statement.Refusals
	_, err = scanScript(directives, func(yield func(statement.Statement, error) bool) {
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

// refusedWith returns the refusal in an error; nil when it has none.
func refusedWith(err error) *statement.Error {
	var one *statement.Error
	errors.As(err, &one)
	return one
}

// refusedFor returns the reason of a refusal. It returns any other error unchanged.
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
	line, column := strconv.Itoa(one.Pos.Line), strconv.Itoa(one.Pos.Column)
	return towpath.Why(towpath.ReasonStatementRefused,
		"line", line, "column", column, "message", one.Message), nil
}
