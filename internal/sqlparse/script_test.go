package sqlparse_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"towpath"
	"towpath/internal/sqlparse"
)

// failing is a parser that fails after so many calls.
type failing struct{ left int }

var errGone = errors.New("the parser is gone")

// Parse implements sqlparse.Parser.
func (f *failing) Parse(
	_ context.Context, dialect towpath.EngineType, texts []sqlparse.Text,
) ([]sqlparse.Result, error) {
	if f.left--; f.left < 0 {
		return nil, errGone
	}
	return sqlparse.Parse(dialect, texts)
}

func TestEach_yieldsWhatReadMakes(t *testing.T) {
	t.Parallel()
	var scripts []sqlparse.Script
	for n := range 200 {
		scripts = append(scripts, sqlparse.Script{
			Path: fmt.Sprint(n, ".sql"), Content: fmt.Sprintf("SELECT %d;\nDROP TABLE \"größe%[1]d\";\n", n),
		})
	}
	want, err := sqlparse.Read(t.Context(), sqlparse.InProcess{}, towpath.EngineSQLite, scripts)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for file, err := range sqlparse.Each(t.Context(), sqlparse.InProcess{}, towpath.EngineSQLite, scripts) {
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want[n], file); diff != "" {
			t.Fatalf("file %d, want - got:\n%s", n, diff)
		}
		n++
	}
	if n != len(want) {
		t.Errorf("%d files of %d", n, len(want))
	}
	n = 0
	for _, err = range sqlparse.Each(t.Context(), &failing{left: 2}, towpath.EngineSQLite, scripts) {
		n++
	}
	if n != 129 || !errors.Is(err, errGone) {
		t.Errorf("%d files, and then %v", n, err)
	}
	for range sqlparse.Each(t.Context(), &failing{left: 1}, towpath.EngineSQLite, scripts) {
		break // the leak check of this package holds that nothing goes on
	}
}

func TestRead_leavesTheWayBackOut(t *testing.T) {
	t.Parallel()
	script := "-- +goose Up\nDROP TABLE a;\n-- +goose Down\n-- towpath: allow all: x\nDROP TABLE größe;\n"
	for _, dialect := range []towpath.EngineType{
		towpath.EngineSQLite, towpath.EnginePostgres, towpath.EngineMySQL,
	} {
		files, err := sqlparse.Read(t.Context(), sqlparse.InProcess{}, dialect,
			[]sqlparse.Script{{Path: "1.sql", Content: script}})
		if err != nil {
			t.Fatal(err)
		}
		f := files[0]
		if len(f.Statements) != 1 || f.Statements[0].Pos.Line != 2 || len(f.Reads) > 0 ||
			f.Size != int64(len(script)) {
			t.Errorf("%s reads %+v", dialect, f)
		}
	}
}
