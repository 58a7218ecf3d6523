package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"towpath"
	"towpath/internal/auth"
)

// memberCommand has the commands for members.
type memberCommand struct {
	Recover memberRecoverCommand `cmd:"" help:"Make a link for a new password, when no owner can sign in. With metadata in SQLite, stop the server first."`
}

type memberRecoverCommand struct {
	Email       string `arg:"" help:"E-mail address of the member."`
	Data        string `default:"towpath-data" type:"path" help:"Folder for the server's own data."`
	MetadataURL string `name:"metadata-url" help:"Where the metadata is: sqlite:PATH or postgres://…. Default: towpath.db in the data folder."`
	ExternalURL string `name:"external-url" default:"http://127.0.0.1:8080" help:"Address at which people reach the server."`
}

// Run creates the invitation and prints its link.
func (c *memberRecoverCommand) Run(ctx context.Context, out io.Writer) (err error) {
	at := cmp.Or(c.MetadataURL, "sqlite:"+c.Data+"/towpath.db")
	if path, ok := strings.CutPrefix(at, "sqlite:"); ok { // opening it would create an empty one
		if err := isThere(path); err != nil {
			return err
		}
	}
	metadata, closeMetadata, err := openAlone(ctx, at)
	if err != nil {
		return fmt.Errorf("open metadata (--metadata-url): %w", err)
	}
	defer func() { err = errors.Join(err, closeMetadata()) }()
	ctx = towpath.WithOrigin(ctx, towpath.Origin{Via: towpath.OriginShell})
	m, invitation, err := (&auth.Service{Store: metadata}).Recover(ctx, c.Email)
	if err != nil {
		return err
	}
	link := strings.TrimRight(c.ExternalURL, "/") + auth.InvitationPath + invitation
	_, err = fmt.Fprintf(out, "Start the server. %s chooses a new password within %d days at\n\n    %s\n\n",
		m.Email, auth.InvitationTTL/(24*time.Hour), link)
	return err
}
