package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"towpath"
)

// auditCommand has the commands for the audit log.
type auditCommand struct {
	Verify auditVerifyCommand `cmd:"" help:"Say whether an exported audit log is whole and unchanged. It needs no server. Exit code 3 when it is not."`
}

type auditVerifyCommand struct {
	Files []string `arg:"" name:"file" help:"The export, in one file or in several that follow each other; - is the standard input."`
	Head  string   `help:"The hash of an event that must be in the log, as the console has shown it: finds a log whose end was cut off."`
}

// errAuditBroken is the error of a verification that found something, which is printed already. Its
// exit code is exitNotGenuine.
var errAuditBroken = errors.New("the audit log is not genuine")

// maxAuditLine bounds a line of an export, in bytes.
const maxAuditLine = 4 << 20

// Run reads the files line by line.
func (c *auditVerifyCommand) Run(ctx context.Context, out io.Writer) error {
	var check towpath.AuditCheck
	check.Expect(strings.ToLower(strings.TrimSpace(c.Head)))
	for _, path := range c.Files {
		if err := readLines(ctx, path, check.Add); err != nil {
			return usagef("read %s: %v", path, err)
		}
	}
	if check.End() {
		_, err := fmt.Fprintf(out, "%d events, whole and unchanged. Head: %d %s\n", check.Rows,
			check.Last.Number, check.Last.Hash)
		return err
	}
	for _, f := range check.Findings {
		if _, err := fmt.Fprintln(out, auditSentence(f)); err != nil {
			return err
		}
	}
	if check.More > 0 {
		if _, err := fmt.Fprintf(out, "%d more findings are not shown.\n", check.More); err != nil {
			return err
		}
	}
	return errAuditBroken
}

// readLines calls add with each line of a file.
func readLines(ctx context.Context, path string, add func([]byte)) error {
	file := os.Stdin
	if path != "-" {
		var err error
		if file, err = os.Open(path); err != nil {
			return err
		}
		defer func() { _ = file.Close() }() // it was only read
	}
	lines := bufio.NewScanner(file)
	lines.Buffer(make([]byte, 0, 64<<10), maxAuditLine)
	for lines.Scan() {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		add(lines.Bytes())
	}
	return lines.Err()
}

// auditSentence says what is wrong with a row.
func auditSentence(f towpath.AuditFinding) string {
	place := ""
	if f.Line > 0 {
		place = fmt.Sprintf(" (line %d)", f.Line)
	}
	switch f.Fault {
	case towpath.AuditUnreadable:
		return fmt.Sprintf("Line %d is not an event of an audit log.", f.Line)
	case towpath.AuditChanged:
		return fmt.Sprintf("Event %d was changed%s: it does not fit the chain.", f.First, place)
	case towpath.AuditInserted:
		return fmt.Sprintf("Event %d was inserted%s: another event has its number.", f.First, place)
	case towpath.AuditMoved:
		return fmt.Sprintf("Event %d was moved%s: it is behind later events.", f.First, place)
	case towpath.AuditCutOff:
		return fmt.Sprintf("The end is missing from event %d on: no event has the hash of --head.", f.First)
	}
	if f.First == f.Last {
		return fmt.Sprintf("Event %d was removed.", f.First)
	}
	return fmt.Sprintf("Events %d to %d were removed.", f.First, f.Last)
}
