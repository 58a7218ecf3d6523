package sqlparse_test

import (
	"fmt"
	"os"
	"testing"

	"go.uber.org/goleak"

	"towpath"
	"towpath/internal/sqlparse"
)

// childFlag makes this test's program a child of a Pool.
const childFlag = "parse-sql"

func TestMain(m *testing.M) {
	if len(os.Args) == 3 && os.Args[1] == childFlag {
		if err := sqlparse.Serve(towpath.EngineType(os.Args[2]), os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	if len(os.Args) == 3 && os.Args[1] == confinedFlag {
		fmt.Println(confined(os.Args[2]))
		return
	}
	goleak.VerifyTestMain(m)
}

// newPool makes a Pool whose children are this test's program.
func newPool(t testing.TB) *sqlparse.Pool {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	pool := &sqlparse.Pool{Command: []string{program, childFlag}}
	t.Cleanup(pool.Close)
	return pool
}
