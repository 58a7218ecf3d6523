package sqlparse_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"towpath"
	"towpath/internal/ast"
	"towpath/internal/sqlparse"
)

func texts(statements ...string) []sqlparse.Text {
	all := []sqlparse.Text{}
	for n, s := range statements {
		all = append(all, sqlparse.Text{Pos: ast.Position{Line: 10 * (n + 1), Column: 3}, Text: s})
	}
	return all
}

func TestPool_saysWhatTheProcessItselfWouldSay(t *testing.T) {
	t.Parallel()
	statements := texts("SELECT 1", "SELECT\n  'ü' FROM FROM", "SELECT '\xff'", "SELECT '\x00'", "SELECT 2",
		strings.Repeat(" ", sqlparse.MaxStatement+1))
	got, err := newPool(t).Parse(t.Context(), towpath.EnginePostgres, statements)
	if err != nil {
		t.Fatal(err)
	}
	want, err := sqlparse.Parse(towpath.EnginePostgres, statements)
	if err != nil {
		t.Fatal(err)
	}
	for i := range want {
		for j := range want[i].Statements {
			want[i].Statements[j].Text = statements[i].Text
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("want - got:\n%s", diff)
	}
	wrong := got[1].SyntaxError
	if wrong == nil || wrong.Pos != (ast.Position{Line: 21, Column: 12}) {
		t.Errorf("the second statement is %+v, want a syntax error at 21:12", got[1])
	}
	if not := got[2].NotAnalyzed; not == nil || not.Pos != (ast.Position{Line: 30, Column: 11}) {
		t.Errorf("the third statement is %+v, want not analyzed at 30:11", got[2])
	}
}

func TestPool_endsIdleChildren(t *testing.T) {
	t.Parallel()
	pool := newPool(t)
	pool.Idle = time.Millisecond
	for range 2 {
		if _, err := pool.Parse(t.Context(), towpath.EnginePostgres, texts("SELECT 1")); err != nil {
			t.Fatal(err)
		}
		for deadline := time.Now().Add(time.Minute); sqlparse.Idle(pool) > 0; time.Sleep(time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatal("the child still runs")
			}
		}
	}
}

func TestPool_endsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := newPool(t).Parse(ctx, towpath.EnginePostgres, texts("SELECT 1"))
	if !errors.Is(err, context.Canceled) {
		t.Errorf("the error is %v", err)
	}
}

func TestPool_saysWhyItCannotStart(t *testing.T) {
	t.Parallel()
	for _, command := range [][]string{nil, {"/nowhere/towpath"}, {"/bin/false"}} {
		pool := &sqlparse.Pool{Command: command}
		if _, err := pool.Parse(t.Context(), towpath.EnginePostgres, texts("SELECT 1")); err == nil {
			t.Errorf("%q starts", command)
		}
	}
	if _, err := newPool(t).Parse(t.Context(), "oracle", texts("SELECT 1")); err == nil {
		t.Error("there is a parser for Oracle")
	}
}
