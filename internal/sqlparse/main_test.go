package sqlparse_test

import (
	"errors"
	"fmt"
	"os"
	"testing"

	"go.uber.org/goleak"

	"towpath"
	"towpath/internal/engine/enginetest/mariadbserver"
	"towpath/internal/sqlparse"
)

// server says what is SQL in MariaDB.
var server *mariadbserver.Server

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
	os.Exit(func() int {
		var err error
		if server, err = mariadbserver.Start(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		code := m.Run()
		if err := errors.Join(server.Stop(), leaks(code)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		return code
	}())
}

// leaks looks for goroutines that tests have left, when all have passed.
func leaks(code int) error {
	if code != 0 {
		return nil
	}
	return goleak.Find()
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
