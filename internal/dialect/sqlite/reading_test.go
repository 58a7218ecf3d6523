package sqlite

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"unsafe"

	"modernc.org/libc"
	lib "modernc.org/sqlite/lib"

	"towpath/internal/statement"
)

// reader is SQLite's own parser over a database in memory.
type reader struct {
	tls *libc.TLS
	db  uintptr
}

func newReader(t testing.TB) *reader {
	t.Helper()
	r := &reader{tls: libc.NewTLS()}
	t.Cleanup(r.tls.Close)
	name := cString(t, ":memory:")
	var pin runtime.Pinner
	defer pin.Unpin()
	pin.Pin(&r.db)
	if code := lib.Xsqlite3_open_v2(r.tls, name, uintptr(unsafe.Pointer(&r.db)),
		lib.SQLITE_OPEN_READWRITE|lib.SQLITE_OPEN_CREATE|lib.SQLITE_OPEN_MEMORY, 0); code != lib.SQLITE_OK {
		t.Fatalf("open: code %d", code)
	}
	t.Cleanup(func() { lib.Xsqlite3_close_v2(r.tls, r.db) })
	for _, text := range []string{"CREATE TABLE a (a, b, c)", "CREATE TABLE b (a, b, c)"} {
		if code := lib.Xsqlite3_exec(r.tls, r.db, cString(t, text), 0, 0, 0); code != lib.SQLITE_OK {
			t.Fatalf("%s: code %d", text, code)
		}
	}
	return r
}

func cString(t testing.TB, text string) uintptr {
	t.Helper()
	p, err := libc.CString(text)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { libc.Xfree(nil, p) })
	return p
}

// first compiles the first statement of a script. It returns how many bytes SQLite read, whether
// the statement is valid, and whether there was one.
func (r *reader) first(t testing.TB, script string) (read int, good, found bool) {
	t.Helper()
	text := cString(t, script)
	var out struct{ compiled, tail uintptr }
	var pin runtime.Pinner
	defer pin.Unpin()
	pin.Pin(&out)
	code := lib.Xsqlite3_prepare_v2(r.tls, r.db, text, -1, uintptr(unsafe.Pointer(&out.compiled)),
		uintptr(unsafe.Pointer(&out.tail)))
	lib.Xsqlite3_finalize(r.tls, out.compiled)
	return int(out.tail - text), code == lib.SQLITE_OK, out.compiled != 0
}

// permissive is the lexer with a validator that only cuts and refuses nothing.
type permissive struct{ lexer }

func (permissive) Validator() statement.Validator { return cutter{&validator{}} }

type cutter struct{ *validator }

func (c cutter) Token(t statement.Token) (bool, error) {
	end, _ := c.validator.Token(t)
	return end, nil
}

func (c cutter) Finish(*statement.Statement, bool) error { return nil }

// compare describes where our cuts differ from SQLite's, "" when they do not. After a valid
// statement SQLite has read up to and including its semicolon, and so have we. It reads an invalid
// statement up to the error, which must not be after our end of it.
func compare(t testing.TB, r *reader, script string) string {
	t.Helper()
	for s, err := range statement.Split(strings.NewReader(script), permissive{}) {
		var refused *statement.Error
		if errors.As(err, &refused) {
			return "" // no text, or a quote without an end: the file never runs
		}
		if err != nil {
			t.Fatal(err)
		}
		from, end := int(s.Pos.Offset), int(s.Terminal)
		read, good, found := r.first(t, script[from:])
		switch {
		case from+read > end:
			return fmt.Sprintf("%q: we end at %d, SQLite reads on to %d", script, end, from+read)
		case good && !found:
			return fmt.Sprintf("%q: SQLite finds nothing at %d", script, from)
		case good && from+read < end && strings.TrimSpace(script[from+read:end]) != "":
			return fmt.Sprintf("%q: we end at %d, SQLite at %d", script, end, from+read)
		}
	}
	return ""
}

// scripts contain what lexers often read wrongly.
var scripts = []string{
	"SELECT 1; SELECT 2", "SELECT 000;;", "SELECT $a(;); SELECT 2", "SELECT $a('); SELECT ';",
	"SELECT @a::b(/*); SELECT 1 --*/", "SELECT :a; SELECT #1;", "SELECT ?1;?2", "SELECT \v1; \v; SELECT 2",
	"SELECT 1 /*/ ; */ ; SELECT 3", "SELECT 1 /* ; ",
	"SELECT 1 -- ;\n; SELECT 2 --\r;\n", "SELECT [a;]; SELECT [b", "SELECT `;```; SELECT \"\"\";\" FROM a",
	"SELECT x'00';'x;'", "SELECT x'0;'; SELECT 1", "SELECT 1e5;SELECT 1.;SELECT .5e-3;SELECT 0x1F;SELECT 1_0",
	"\ufeffSELECT 1;\ufeff;SELECT\ufeff2", "CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; END; SELECT 2",
	"CREATE TEMP TRIGGER t DELETE ON a BEGIN SELECT CASE 1 WHEN 2 THEN 3 END; END; SELECT 2",
	"EXPLAIN CREATE TRIGGER t DELETE ON a BEGIN DELETE FROM b; END; SELECT 2",
	"EXPLAIN QUERY PLAN SELECT 1; SELECT 2", "CREATE TRIGGER t DELETE ON a BEGIN DELETE FROM b; END",
	"CREATE TABLE \"trigger\" (a); SELECT 2", "CREATE TEMPORARY TABLE trigger2 (a); END;",
	"CREATE TRIGGER IF NOT EXISTS main.t UPDATE OF a ON a WHEN 1 BEGIN UPDATE b SET a = 1; SELECT 'END;'; END;SELECT 1", "BEGIN; COMMIT; END", "SELECT a->'b;', a->>'c' FROM a; SELECT 1", "SELECT é$1, _a FROM a; SELECT 1", "SELECT 1 \\ 2; SELECT 1", "SELECT 1!=2; SELECT ~1 << 2; SELECT 1 ! 2",
}

func TestSplit_cutsAsSQLiteDoes(t *testing.T) {
	t.Parallel()
	r := newReader(t)
	for _, script := range scripts {
		if difference := compare(t, r, script); difference != "" {
			t.Error(difference)
		}
	}
}

// FuzzReading compares our cuts with SQLite's own reading.
func FuzzReading(f *testing.F) {
	for _, script := range scripts {
		f.Add(script)
	}
	r := newReader(f)
	f.Fuzz(func(t *testing.T, script string) {
		if difference := compare(t, r, script); difference != "" {
			t.Error(difference)
		}
	})
}
