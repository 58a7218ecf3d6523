package sqlparse

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"

	"towpath"
	"towpath/internal/ast"
	"towpath/internal/dialect/mysql"
	"towpath/internal/dialect/postgres"
	"towpath/internal/dialect/sqlite"
	"towpath/internal/sqlreview"
	"towpath/internal/statement"
)

// Parser parses statements. *Pool is one.
type Parser interface {
	Parse(ctx context.Context, dialect towpath.EngineType, texts []Text) ([]Result, error)
}

// InProcess parses in this very process. It is for tests: a hostile text can end the process.
type InProcess struct{}

// Parse implements Parser.
func (InProcess) Parse(_ context.Context, dialect towpath.EngineType, texts []Text) ([]Result, error) {
	return Parse(dialect, texts)
}

// Script is a file of SQL.
type Script struct {
	Path    string
	Content string
	Back    bool // its way back is meant, and nothing else
	Beside  bool // all of it is the way back of another file
}

// source returns what reads the part of a script that is meant, as dialects cut it.
func (s Script) source() io.Reader {
	text := strings.NewReader(s.Content)
	switch {
	case s.Back:
		return statement.Back{Reader: text}
	case s.Beside:
		return statement.Beside{Reader: text}
	}
	return strings.NewReader(statement.Forward(s.Content)) // comments in the way back say nothing
}

// meant is that part, with blanks in the place of all else.
func (s Script) meant() string {
	switch {
	case s.Back:
		return statement.Backward(s.Content)
	case s.Beside:
		return s.Content
	}
	return statement.Forward(s.Content)
}

// parts cut a script of each dialect.
func parts(dialect towpath.EngineType) (func(io.Reader) iter.Seq2[statement.Part, error], error) {
	switch dialect {
	case towpath.EnginePostgres:
		return postgres.Parts, nil
	case towpath.EngineMySQL:
		return mysql.Parts, nil
	case towpath.EngineSQLite:
		return sqlite.Parts, nil
	}
	return nil, fmt.Errorf("there is no dialect %q: use postgres, mysql or sqlite", dialect)
}

// Read makes files for a review of scripts, with each statement parsed. All scripts are parsed in
// one go. Its error is the parser's; what is wrong with a script is in its file.
func Read(
	ctx context.Context, parser Parser, dialect towpath.EngineType, scripts []Script,
) ([]*sqlreview.File, error) {
	cut, err := parts(dialect)
	if err != nil {
		return nil, err
	}
	files := make([]*sqlreview.File, len(scripts))
	var texts []Text
	for i, script := range scripts {
		files[i] = open(script, cut)
		for _, s := range files[i].Statements {
			texts = append(texts, Text{Pos: s.Pos, Text: s.Text})
		}
	}
	results, err := parser.Parse(ctx, dialect, texts)
	if err != nil {
		return nil, fmt.Errorf("parse %d statements: %w", len(texts), err)
	}
	for _, file := range files {
		n := len(file.Statements)
		file.Statements = merge(file.Statements, results[:n])
		results = results[n:]
	}
	return files, nil
}

// ahead is how many scripts are parsed at once while others are looked at.
const ahead = 64

// Each yields the files of scripts in order, as Read makes them. While some are looked at, the next
// ones are parsed. An error ends the sequence.
func Each(
	ctx context.Context, parser Parser, dialect towpath.EngineType, scripts []Script,
) iter.Seq2[*sqlreview.File, error] {
	type batch struct {
		files []*sqlreview.File
		err   error
	}
	return func(yield func(*sqlreview.File, error) bool) {
		ctx, cancel := context.WithCancel(ctx)
		batches := make(chan batch, 1)
		go func() {
			defer close(batches)
			for some := range slices.Chunk(scripts, ahead) {
				files, err := Read(ctx, parser, dialect, some)
				select {
				case batches <- batch{files, err}:
				case <-ctx.Done():
				}
				if err != nil || ctx.Err() != nil {
					return
				}
			}
		}()
		defer func() {
			cancel()
			for range batches { // until the parsing has ended
				continue
			}
		}()
		for b := range batches {
			if b.err != nil {
				yield(nil, b.err)
				return
			}
			for _, file := range b.files {
				if !yield(file, nil) {
					return
				}
			}
		}
	}
}

// open cuts a script. Where it cannot be cut any further, or begins with a directive that is none,
// the last statement says so.
func open(script Script, cut func(io.Reader) iter.Seq2[statement.Part, error]) *sqlreview.File {
	file := &sqlreview.File{Path: script.Path, Size: int64(len(script.Content))}
	var wrong *statement.Error
	d, err := statement.ReadDirectives(script.source())
	source := script.source()
	script.Content = script.meant()
	if errors.As(err, &wrong) {
		file.Statements = append(file.Statements, sqlreview.Text{
			Statement: ast.Statement{Pos: position(wrong.Pos)}, Refuse: wrong.Message,
		})
	}
	file.NoTransaction, file.LockTimeout, file.Timeout = d.NoTransaction, d.Lock > 0, d.Limits.Statement > 0
	file.Repairs = d.Repairs != statement.Repair{}
	end, line := int64(0), 1 // of the statement before
	for part, err := range cut(source) {
		if err != nil {
			failed := sqlreview.Text{Failed: err.Error()}
			if errors.As(err, &wrong) {
				failed.Failed, failed.FailedAt = wrong.Message, position(wrong.Pos)
				failed.Pos = failed.FailedAt
			}
			file.Statements = append(file.Statements, failed)
			return file
		}
		between := script.Content[min(end, part.Pos.Offset):min(part.Pos.Offset, int64(len(script.Content)))]
		if end == 0 {
			file.Head = between
		}
		s := sqlreview.Text{
			Statement: ast.Statement{Pos: position(part.Pos), Text: part.Text}, NoTx: part.NoTx,
			Allows: allows(between, line),
		}
		if part.Refused != nil {
			s.Refuse = part.Refused.Message
		}
		file.Statements = append(file.Statements, s)
		end = max(part.Terminal, part.Pos.Offset)
		line = part.Pos.Line +
			strings.Count(script.Content[part.Pos.Offset:min(end, int64(len(script.Content)))], "\n")
	}
	file.Reads = allows(script.Content[min(end, int64(len(script.Content))):], line)
	return file
}

func position(p statement.Position) ast.Position { return ast.Position{Line: p.Line, Column: p.Column} }

// allows reads the comments that allow findings. The text begins in the given line.
func allows(text string, line int) (all []sqlreview.Allow) {
	for ; text != ""; line++ {
		var comment string
		comment, text, _ = strings.Cut(text, "\n")
		comment, ok := strings.CutPrefix(strings.TrimSpace(comment), "--")
		if !ok {
			continue
		}
		if words, ok := strings.CutPrefix(strings.TrimSpace(comment), "towpath:"); ok {
			found, _ := sqlreview.ParseAllow(words, line)
			all = append(all, found...)
		}
	}
	return all
}

// merge puts what a parser has read into its statements. A statement may hold others, which stand
// behind it then.
func merge(statements []sqlreview.Text, results []Result) []sqlreview.Text {
	merged := make([]sqlreview.Text, 0, len(statements))
	for i, s := range statements {
		r := results[i]
		switch {
		case s.Failed != "" || s.Text == "":
		case r.NotAnalyzed != nil:
			s.NotAnalyzed = r.NotAnalyzed.Why
		case r.SyntaxError != nil:
			s.Failed, s.FailedAt = r.SyntaxError.Message, r.SyntaxError.Pos
		default:
			text := s.Text
			s.Statement = r.Statements[0]
			s.Text = text
			merged = append(merged, s)
			for _, inner := range r.Statements[1:] {
				merged = append(merged, sqlreview.Text{Statement: inner, NoTx: s.NoTx})
			}
			continue
		}
		merged = append(merged, s)
	}
	return merged
}
