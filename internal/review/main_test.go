package review

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"testing"

	"towpath"
	"towpath/internal/sqlparse"
)

// childFlag makes this test's program a child of a sqlparse.Pool.
const childFlag = "parse-sql"

// deadly ends the child that is to parse it, as a defect of a parser does.
const deadly = "the parser dies of this"

func TestMain(m *testing.M) {
	if len(os.Args) == 3 && os.Args[1] == childFlag {
		if err := sqlparse.Serve(towpath.EngineType(os.Args[2]), mortal{os.Stdin}, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// mortal ends the process with what is deadly.
type mortal struct{ from io.Reader }

// Read implements io.Reader.
func (m mortal) Read(text []byte) (int, error) {
	n, err := m.from.Read(text)
	if bytes.Contains(text[:n], []byte(deadly)) {
		os.Exit(2)
	}
	return n, err
}

// newPool makes a Pool whose children are this test's program.
func newPool(t *testing.T) *sqlparse.Pool {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	pool := &sqlparse.Pool{Command: []string{program, childFlag}}
	t.Cleanup(pool.Close)
	return pool
}
