package sqlparse_test

import (
	"encoding/json"
	"errors"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"towpath"
	"towpath/internal/ast"
	"towpath/internal/dialect/postgres"
	"towpath/internal/sqlparse"
	"towpath/internal/statement"
)

// sqlFiles are the files of SQL below folders, with those that scenarios push.
func sqlFiles(t testing.TB, folders ...string) map[string]string {
	t.Helper()
	files := map[string]string{}
	for _, folder := range folders {
		err := filepath.WalkDir(folder, func(file string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			text, err := os.ReadFile(file)
			switch {
			case err != nil:
				return err
			case filepath.Ext(file) == ".sql":
				files[file] = string(text)
			case filepath.Ext(file) == ".txtar":
				name := file
				for line := range strings.Lines(string(text)) {
					if head := strings.TrimSpace(line); strings.HasPrefix(head, "-- ") && strings.HasSuffix(head, ".sql --") {
						name = file + "/" + head
					} else if name != file {
						files[name] += line
					}
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(files) < 50 {
		t.Fatalf("only %d files are found", len(files))
	}
	return files
}

// cut returns a file's statements. What a splitter refuses never gets to a parser.
func cut(t testing.TB, all iter.Seq2[statement.Statement, error]) (cut []sqlparse.Text) {
	t.Helper()
	for s, err := range all {
		var refused *statement.Error
		if errors.As(err, &refused) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		cut = append(cut, sqlparse.Text{Pos: ast.Position{Line: s.Pos.Line, Column: s.Pos.Column}, Text: s.Text})
	}
	return cut
}

func TestPostgres_readsEveryCorpus(t *testing.T) {
	t.Parallel()
	statements, others, not, wrong := 0, map[string]int{}, 0, 0
	for file, text := range sqlFiles(t, "../engine/postgres/testdata", "../../cmd/towpath/testdata") {
		all := cut(t, postgres.Split(strings.NewReader(text)))
		results, err := sqlparse.Parse(towpath.EnginePostgres, all)
		if err != nil {
			t.Fatal(err)
		}
		for i, r := range results {
			statements++
			switch {
			case r.NotAnalyzed != nil:
				not++
				t.Logf("%s: not analyzed: %+v", file, r.NotAnalyzed)
			case r.SyntaxError != nil:
				wrong++ // scenarios push files that are wrong on purpose, or of another dialect
				t.Logf("%s: %s: %+v", file, all[i].Text, r.SyntaxError)
			}
			for _, s := range r.Statements {
				if s.Other != nil {
					others[s.Other.Verb]++
				}
				checkTree(t, file, all[i], s)
			}
		}
		for _, s := range all { // whatever a prefix is, it is no panic
			prefixes := []sqlparse.Text{}
			for n := range 4 {
				prefixes = append(prefixes, sqlparse.Text{Text: s.Text[:len(s.Text)*(n+1)/5]})
			}
			if _, err := sqlparse.Parse(towpath.EnginePostgres, prefixes); err != nil {
				t.Fatal(err)
			}
		}
	}
	t.Logf("%d statements, %d not analyzed, %d syntax errors; no rule looks into %v", statements, not, wrong, others)
	if not*100 > statements {
		t.Errorf("%d of %d statements are not analyzed", not, statements)
	}
}

// checkTree holds what is so for every tree: places lie in the statement, expressions have their
// text, and nothing is lost between two processes.
func checkTree(t *testing.T, file string, text sqlparse.Text, s ast.Statement) {
	t.Helper()
	checkPlaces(t, file, text, s)
	encoded, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	var decoded ast.Statement
	if err := json.Unmarshal(encoded, &decoded); err != nil {
		t.Fatal(err)
	}
	if again, err := json.Marshal(decoded); err != nil || string(again) != string(encoded) {
		t.Errorf("%s: %s comes back as %s: %v", file, encoded, again, err)
	}
}

func checkPlaces(t *testing.T, file string, text sqlparse.Text, s ast.Statement) {
	t.Helper()
	lines := strings.Split(text.Text, "\n")
	eachIn(reflect.ValueOf(s), func(v any) {
		switch v := v.(type) {
		case ast.Position:
			n := v.Line - text.Pos.Line
			if n < 0 || n >= len(lines) || v.Column < 1 ||
				v.Column > len([]rune(lines[n]))+1+map[bool]int{true: text.Pos.Column - 1}[n == 0] {
				t.Errorf("%s: %+v is outside of %s at %+v", file, v, text.Text, text.Pos)
			}
		case ast.Expr:
			if v.Text == "" || !strings.Contains(text.Text, v.Text) {
				t.Errorf("%s: %q is not in %s", file, v.Text, text.Text)
			}
		}
	})
}

// eachIn visits every value in v.
func eachIn(v reflect.Value, visit func(any)) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			eachIn(v.Elem(), visit)
		}
	case reflect.Slice:
		for i := range v.Len() {
			eachIn(v.Index(i), visit)
		}
	case reflect.Struct:
		visit(v.Interface())
		for i := range v.NumField() {
			eachIn(v.Field(i), visit)
		}
	}
}
