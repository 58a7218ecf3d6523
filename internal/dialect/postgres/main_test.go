package postgres_test

import (
	"fmt"
	"os"
	"testing"

	"towpath/internal/engine/enginetest/pgserver"
)

// server reads the same scripts, for comparison with the lexer.
var server *pgserver.Server

func TestMain(m *testing.M) {
	os.Exit(func() int {
		var err error
		if server, err = pgserver.Start(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		code := m.Run()
		if err := server.Stop(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		return code
	}())
}
