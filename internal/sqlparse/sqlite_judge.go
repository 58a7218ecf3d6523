package sqlparse

import (
	"fmt"
	"regexp"
	"sort"
	"strings"
	"sync"

	"modernc.org/sqlite"
)

// judgedBySQLite returns a *SyntaxError when SQLite cannot read a statement. SQLite compiles it for
// a database in memory that stays empty, and never runs it: that a table is missing does not count.
func judgedBySQLite(text string, lexemes []lexeme) error {
	s, err := scratch()
	if err != nil {
		return err
	}
	message := s.syntax(text)
	if message == "" {
		return nil
	}
	// With each further token SQLite either waits for more or has met the fault.
	at := sort.Search(len(lexemes)-1, func(i int) bool {
		said := s.syntax(text[:lexemes[i].to])
		return said != "" && said != incomplete
	})
	pos := lexemes[at].pos
	if message == incomplete {
		pos = place(text, int(lexemes[len(lexemes)-1].to))
	}
	return &SyntaxError{Pos: pos, Message: message}
}

// scratchDatabase compiles statements.
type scratchDatabase struct {
	mu      sync.Mutex
	prepare func(text string) error
}

// scratch is a database for this process. Nothing runs in it, so that it never changes.
var scratch = sync.OnceValues(func() (*scratchDatabase, error) {
	conn, err := (&sqlite.Driver{}).Open(":memory:")
	if err != nil {
		return nil, fmt.Errorf("open a scratch database: %w", err)
	}
	guarded, ok := conn.(sqlite.AuthorizerRegisterer)
	if !ok {
		return nil, fmt.Errorf("open a scratch database: the driver has no authorizer")
	}
	if err := guarded.RegisterAuthorizer(authorize); err != nil {
		return nil, fmt.Errorf("guard a scratch database: %w", err)
	}
	return &scratchDatabase{prepare: func(text string) error {
		made, err := conn.Prepare(text)
		if err != nil {
			return err
		}
		return made.Close()
	}}, nil
})

// authorize refuses what acts when it is compiled. SQLite asks in the middle of reading others, so
// that to refuse those would hide what is wrong behind it.
func authorize(action sqlite.AuthorizerActionCode, _, _, _, _ string) sqlite.AuthorizerReturnCode {
	switch action {
	case sqlite.AuthPragma, sqlite.AuthAttach, sqlite.AuthDetach:
		return sqlite.AuthorizerDeny
	}
	return sqlite.AuthorizerOK
}

const incomplete = "incomplete input"

// faults are SQLite's words for what is no SQL.
var faults = regexp.MustCompile(`(?s)(near ".*": syntax error|incomplete input|unrecognized token: ".*")`)

// syntax is what SQLite says against the syntax of a text; "" when it can read it.
func (s *scratchDatabase) syntax(text string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	err := s.prepare(text)
	if err == nil {
		return ""
	}
	return strings.TrimSpace(faults.FindString(err.Error()))
}
