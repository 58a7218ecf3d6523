// Package crashtest kills the executor at every place between which a process may die, on real databases, and looks whether
// the end is that of a run that nobody disturbed. docs/adr/0005-executor.md says what must come out.
package crashtest

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"testing"

	"towpath/internal/engine/enginetest/mariadbserver"
	"towpath/internal/engine/enginetest/pgserver"
)

var (
	size   = flag.String("matrix", "brief", "how many trials: brief, bounded or full")
	report = flag.String("report", "", "a file to write the matrix into")

	postgresServer *pgserver.Server
	mariadbServer  *mariadbserver.Server
)

// TestMain is also the program that is killed: a trial runs this binary with the word "child".
func TestMain(m *testing.M) {
	if len(os.Args) == 3 && os.Args[1] == "child" {
		var c child
		err := json.Unmarshal([]byte(os.Args[2]), &c)
		if err == nil {
			err = c.run()
		}
		if err != nil {
			fmt.Println("error:", err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(func() int {
		var err error
		if postgresServer, err = pgserver.Start(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer func() { _ = postgresServer.Stop() }()
		if mariadbServer, err = mariadbserver.Start(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer func() { _ = mariadbServer.Stop() }()
		return m.Run()
	}())
}
