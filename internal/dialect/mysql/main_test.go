package mysql_test

import (
	"fmt"
	"os"
	"testing"

	"towpath/internal/engine/enginetest/mariadbserver"
)

// server reads the same scripts, for comparison with the lexer.
var server *mariadbserver.Server

func TestMain(m *testing.M) {
	os.Exit(func() int {
		var err error
		if server, err = mariadbserver.Start(); err != nil {
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
