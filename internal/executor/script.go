package executor

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"iter"
	"slices"
	"strings"

	"towpath"
	"towpath/internal/engine"
	"towpath/internal/statement"
	"towpath/internal/store"
)

// script is the file of a migration, after one complete reading has found it fit to run.
type script struct {
	content    text
	filling    towpath.Filling // of the content
	back       bool            // its way back runs, and nothing else
	beside     bool            // all of it is the way back of another file
	engine     engine.Engine
	address    engine.Target
	directives statement.Directives
	autocommit bool // statements commit one by one
	keys       bool // foreign keys may act in the file's transaction
	statements int
}

// text is the text of a file, of which only a part may be in memory.
type text interface {
	io.ReaderAt
	Reader() *io.SectionReader
}

// errTooLarge is a text that is larger than what was asked for.
var errTooLarge = errors.New("the text is too large")

// openScript opens a text and reads all of it, so that no statement runs of a file that must not
// run to its end. A most above 0 is the largest size in bytes; a larger text is errTooLarge.
func openScript(
	ctx context.Context, st *store.Store, task towpath.Task, filling towpath.Filling, e engine.Engine,
	address engine.Target, most int64,
) (*script, error) {
	content, err := st.OpenContent(ctx, task.Checksum)
	if towpath.ErrorCode(err) == towpath.CodeNotFound {
		return nil, terminate(towpath.TaskFailed, towpath.Why(towpath.ReasonTextMissing))
	}
	if err != nil {
		return nil, fmt.Errorf("read the file's text: %w", err)
	}
	if most > 0 && content.Size > most {
		return nil, errTooLarge
	}
	s := &script{
		content: content, filling: filling, back: task.Type == towpath.TypeUndo && !task.BackBeside(), beside: task.BackBeside(),
		engine: e, address: address,
	}
	sum := sha256.New()
	if err := s.hash(sum, content.Size); err != nil {
		return nil, err
	}
	if hex.EncodeToString(sum.Sum(nil)) != task.Checksum {
		return nil, terminate(towpath.TaskFailed, towpath.Why(towpath.ReasonTextDiffers))
	}
	if err := s.trim(); err != nil {
		return nil, err
	}
	return s, s.read()
}

// maxNames is how many placeholders of a file are told apart.
const maxNames = 1000

// trim leaves only those variables that the file has, so that the attempt records what it ran with.
func (s *script) trim() error {
	if s.filling.IsZero() {
		return nil
	}
	names, err := statement.Placeholders(s.content.Reader(), string(s.filling.Placeholders), maxNames)
	if refused := statement.AsError(err); refused != nil {
		return nil // reading the text with its values says so
	}
	if err != nil {
		return &textError{err}
	}
	if len(names) == maxNames {
		return nil
	}
	own := towpath.Variables{}
	for name, value := range s.filling.Variables {
		if slices.Contains(names, strings.ToLower(name)) {
			own[name] = value
		}
	}
	s.filling.Variables = own
	return nil
}

// read reads the script to its end. Its error is that of a script that must not run.
func (s *script) read() (err error) {
	if s.directives, err = statement.ReadDirectives(s.reader()); err != nil {
		return refusal(err)
	}
	if s.back || s.beside {
		if err := s.readBack(); err != nil {
			return err
		}
	}
	scan, err := scanScript(s.directives, s.split())
	if err != nil {
		return refusal(err)
	}
	s.autocommit = s.directives.NoTransaction || scan.NoTx
	s.keys = !scan.NoKeys
	s.statements = scan.Statements
	return nil
}

// readBack finds the way back of a file. Whether it runs in a transaction is its own matter.
func (s *script) readBack() error {
	read := statement.ReadWayBack
	if s.beside {
		read = statement.ReadBeside
	}
	back, ok, err := read(s.filled())
	if err != nil {
		return refusal(err)
	}
	if !ok {
		return terminate(towpath.TaskFailed, towpath.Why(towpath.ReasonNoWayBack))
	}
	s.directives.NoTransaction = s.directives.NoTransaction || back.NoTransaction
	return nil
}

// reader reads the text that runs: the file with the values of its variables, or its way back.
func (s *script) reader() io.Reader {
	if s.back {
		return statement.Back{Reader: s.filled()}
	}
	if s.beside {
		return statement.Beside{Reader: s.filled()}
	}
	return s.filled()
}

// filled reads the whole file with the values of its variables.
func (s *script) filled() io.Reader {
	return statement.Fill(s.content.Reader(), string(s.filling.Placeholders), s.filling.Variables)
}

// scanScript reads a script to its end. It refuses statements that contradict the directives.
func scanScript(
	d statement.Directives, statements iter.Seq2[statement.Statement, error],
) (statement.Scan, error) {
	scan, err := statement.ReadAll(statements)
	if err == nil && d.NoTransaction && scan.Own != nil {
		err = statement.Errorf(*scan.Own,
			"This file says no-transaction, and also begins a transaction. Remove one of the two.")
	}
	return scan, err
}

// refusal is the outcome of a script that must not run.
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
func (s *script) split() iter.Seq2[statement.Statement, error] {
	return func(yield func(statement.Statement, error) bool) {
		for st, err := range s.engine.Split(s.reader()) {
			if refused := (*statement.Error)(nil); err != nil && !errors.As(err, &refused) {
				err = &textError{err}
			}
			if vetter, ok := s.engine.(engine.Vetter); ok && err == nil {
				err = vetter.Vet(s.address, st)
			}
			if !yield(st, err) {
				return
			}
		}
	}
}

// byItself reports whether a statement of an autocommit script runs outside of every transaction.
func (s *script) byItself(st statement.Statement) bool {
	return st.NoTx || (s.directives.NoTransaction && st.Commits)
}

// hash adds the script's first n bytes to a checksum.
func (s *script) hash(sum hash.Hash, n int64) error {
	if _, err := io.Copy(sum, io.NewSectionReader(s.content, 0, n)); err != nil {
		return &textError{err}
	}
	return nil
}

// startsWith reports whether the script's first n statements have a checksum. Comments and blanks
// between tokens do not count. A checksum of an older journal is one of bytes.
func (s *script) startsWith(n int, checksum string) (bool, error) {
	if n == 0 || checksum == "" {
		return false, nil
	}
	sum := s.prefix()
	for st, err := range s.split() {
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
		err := s.hash(bytes, st.Terminal)
		return hex.EncodeToString(bytes.Sum(nil)) == checksum, err
	}
	return false, nil
}

// statementsMark begins a checksum of statements. A checksum of bytes has no mark.
const statementsMark = "statements:"

// prefix is the checksum of the statements so far.
type prefix struct {
	sum       hash.Hash
	canonical func(statement.Statement) string
}

func (s *script) prefix() prefix {
	p := prefix{sum: sha256.New(), canonical: func(st statement.Statement) string { return st.Text }}
	if c, ok := s.engine.(engine.Canonicalizer); ok {
		p.canonical = c.Canonical
	}
	return p
}

// add adds the next statement. No text contains a 0 byte.
func (p prefix) add(s statement.Statement) {
	_, _ = io.WriteString(p.sum, p.canonical(s)+"\x00") // a hash never fails
}

// String returns the checksum.
func (p prefix) String() string { return statementsMark + hex.EncodeToString(p.sum.Sum(nil)) }
