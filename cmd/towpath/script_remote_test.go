package main

import (
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// verbRemote runs a command at the server, as the owner.
func verbRemote(ts *testscript.TestScript, neg bool, args []string) {
	w := worldOf(ts)
	command := []string{args[0], "--server", w.api.base, "--token", w.info.APIToken}
	if err := ts.Exec("towpath", append(command, args[1:]...)...); neg != (err != nil) {
		ts.Fatalf("towpath %s: %v", strings.Join(args, " "), err)
	}
}
