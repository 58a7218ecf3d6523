package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"towpath"
)

// baselineCommand writes the schema of a database as the first migration of a repository.
type baselineCommand struct {
	Database string `arg:"" help:"Id of the database, as in the address of its page."`
	remote
	Output string `placeholder:"FILE" help:"Write the file there instead of to the standard output. It must not exist."`
}

// baselineAnswer is what the API says of a baseline file.
type baselineAnswer struct {
	State       towpath.BaselineFileState `json:"state"`
	SQL         string                    `json:"sql"`
	Server      string                    `json:"server"`
	Differences string                    `json:"differences"`
	Reason      struct {
		Text string `json:"text"`
	} `json:"reason"`
}

// Run writes the file, and says on the standard error whether it is proved. A file that is refuted is
// not written.
func (c *baselineCommand) Run(ctx context.Context, out io.Writer) error {
	api, err := c.client()
	if err != nil {
		return err
	}
	var made baselineAnswer
	if err := api.call(ctx, "POST", "/databases/"+c.Database+"/baseline-file", nil, &made); err != nil {
		return err
	}
	if made.State == towpath.BaselineFileRefuted {
		return errors.New(strings.TrimSpace(made.Reason.Text + "\n" + made.Differences))
	}
	if c.Output == "" {
		if _, err := io.WriteString(out, made.SQL); err != nil {
			return err
		}
	} else if err := writeNew(c.Output, made.SQL); err != nil {
		return err
	}
	_, err = fmt.Fprintln(os.Stderr, made.words())
	return err
}

// words says whether the file is proved.
func (a baselineAnswer) words() string {
	if a.State == towpath.BaselineFileProved {
		return "Proved: in an empty scratch database on " + a.Server + " it has made the same schema."
	}
	return strings.TrimSpace("Not proved. " + a.Reason.Text + "\n" + a.Differences)
}

// writeNew writes a file that does not exist.
func writeNew(path, text string) (err error) {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = file.WriteString(text)
	return errors.Join(err, file.Close())
}
