package main

import (
	"io"
	"os"

	"towpath"
	"towpath/internal/sqlparse"
)

// parseSQLCommand is the child process that parses SQL for this program: hostile SQL ends it and
// nothing else. It speaks frames with its parent, so that people have no use for it.
type parseSQLCommand struct {
	Dialect string `arg:""`
}

// Run parses until the standard input ends.
func (c *parseSQLCommand) Run(out io.Writer) error {
	return sqlparse.Serve(towpath.EngineType(c.Dialect), os.Stdin, out)
}
