package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"towpath"
	"towpath/internal/catalog"
	"towpath/internal/secret"
	"towpath/internal/store"
	"towpath/internal/wording"
)

// ledgerCommand has the commands for ledgers.
type ledgerCommand struct {
	Verify ledgerVerifyCommand `cmd:"" help:"Say whether the ledger in a database is as the server wrote it. Exit code 3 when it is not. A server may run meanwhile."`
}

type ledgerVerifyCommand struct {
	Database    string `arg:"" optional:"" help:"INSTANCE/DATABASE, as the console names them."`
	URL         string `name:"url" help:"In place of it, with the key file alone: sqlite:PATH, postgres://USER@HOST/DATABASE or mysql://USER@HOST/DATABASE; an instance's options behind a ?."`
	Password    string `help:"Password of the user in --url. TOWPATH_PASSWORD keeps it off the command line."`
	Data        string `default:"towpath-data" type:"path" help:"Folder for the server's own data."`
	MetadataURL string `name:"metadata-url" help:"Where the metadata is: sqlite:PATH or postgres://…. Default: towpath.db in the data folder."`
	KeyFile     string `type:"path" help:"File with the key. Default: the data folder's name with .key, beside it."`
	SQLiteRoot  string `name:"sqlite-root" default:"towpath-sqlite" type:"path" help:"The one folder below which SQLite targets may lie."`
	JSON        bool   `name:"json" help:"Write JSON."`

	SecretEnvPrefix string `help:"What the variables of instances' passwords begin with, as for the server."`
	SecretFiles     string `help:"Folder with instances' passwords, as for the server."`
}

// notGenuine is the error of a verification that found something. Its exit code is exitNotGenuine.
type notGenuine struct{ state string }

// Error implements error.
func (e *notGenuine) Error() string { return "the ledger is not genuine: it is " + e.state }

// verified is the command's output.
type verified struct {
	Database string `json:"database"`
	State    string `json:"state"` // genuine, tampered, restored, foreign-ledger or unsealed
	Differs  string `json:"differs,omitempty"`
	Rows     int    `json:"rows"`
	Number   int64  `json:"number"` // of the newest write; 0 for a ledger without seals
}

// Run reads the ledger and changes nothing.
func (c *ledgerVerifyCommand) Run(ctx context.Context, out io.Writer) error {
	if (c.Database == "") == (c.URL == "") {
		return usagef("name one database: INSTANCE/DATABASE as the console does, or its address with --url")
	}
	verify := c.known
	if c.URL != "" {
		verify = c.unknown
	}
	v, err := verify(ctx)
	if err != nil {
		return err
	}
	return c.print(out, v)
}

// known verifies the ledger of a database in the metadata.
func (c *ledgerVerifyCommand) known(ctx context.Context) (v verified, err error) {
	settings := serveCommand{Data: c.Data, MetadataURL: c.MetadataURL, SQLiteRoot: c.SQLiteRoot}
	settings.MetadataURL = cmp.Or(settings.MetadataURL, "sqlite:"+settings.Data+"/towpath.db")
	if path, ok := strings.CutPrefix(settings.MetadataURL, "sqlite:"); ok {
		if err := isThere(path); err != nil {
			return v, err
		}
	}
	keyring, err := c.keyring()
	if err != nil {
		return v, err
	}
	metadata, err := store.Open(ctx, settings.MetadataURL)
	if err != nil {
		return v, fmt.Errorf("open metadata (--metadata-url): %w", err)
	}
	defer func() { err = errors.Join(err, metadata.Close()) }()
	settings.SecretEnvPrefix, settings.SecretFiles = c.SecretEnvPrefix, c.SecretFiles
	s := &catalog.Service{
		Store: metadata, Keyring: keyring, Secrets: settings.secrets(), Engines: engines(&settings),
	}
	d, snapshot, err := s.Verify(ctx, c.Database)
	if err != nil {
		return v, err
	}
	return verdictOf(c.Database, d, snapshot), nil
}

// unknown verifies the ledger of a database at an address, when the metadata was lost.
func (c *ledgerVerifyCommand) unknown(ctx context.Context) (v verified, err error) {
	at, err := addressOf(c.URL, c.Password)
	if err != nil {
		return v, err
	}
	keyring, err := c.keyring()
	if err != nil {
		return v, err
	}
	s := &catalog.Service{Keyring: keyring, Engines: engines(&serveCommand{SQLiteRoot: at.root})}
	if err := at.knows(s.Engines[at.engine].Describe()); err != nil {
		return v, err
	}
	snapshot, err := s.VerifyTarget(ctx, at.engine, at.target)
	if err != nil {
		return v, err
	}
	v = verified{
		Database: at.target.Database, State: cmp.Or(string(snapshot.Trouble), "genuine"),
		Differs: wording.Fragments(snapshot.Differs), Rows: len(snapshot.Entries), Number: snapshot.Number,
	}
	if v.State == "genuine" && v.Number == 0 {
		v.State = "unsealed"
		v.Differs = wording.Fragment(towpath.Why(towpath.ReasonNeverSealed))
	}
	return v, nil
}

// keyring opens the key file. It fails if the file is missing, since opening would create one.
func (c *ledgerVerifyCommand) keyring() (*secret.Keyring, error) {
	path := cmp.Or(c.KeyFile, c.Data+".key")
	if err := isThere(path); err != nil {
		return nil, err
	}
	keyring, err := secret.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open key file (--key-file): %w", err)
	}
	return keyring, nil
}

func isThere(path string) error {
	if _, err := os.Stat(path); err != nil {
		return usagef("%s: there is no such file", path)
	}
	return nil
}

// verdictOf summarizes a ledger that was read.
func verdictOf(name string, d towpath.Database, s towpath.LedgerSnapshot) verified {
	v := verified{
		Database: name,
		State:    cmp.Or(string(s.Trouble), "genuine"),
		Differs:  wording.Fragments(s.Differs),
		Rows:     len(s.Entries),
		Number:   s.Number,
	}
	for _, e := range s.Entries {
		if v.State == "genuine" && e.DatabaseID != d.ID {
			v.State = "foreign-ledger"
			v.Differs = wording.Fragment(towpath.Why(towpath.ReasonForeignLedger))
		}
	}
	return v
}

func (c *ledgerVerifyCommand) print(out io.Writer, v verified) (err error) {
	switch {
	case c.JSON:
		err = json.NewEncoder(out).Encode(v)
	case v.Differs != "":
		_, err = fmt.Fprintf(out, "%s: %s: %s\n", v.Database, v.State, v.Differs)
	default:
		_, err = fmt.Fprintf(out, "%s: %s, %d rows, write %d\n", v.Database, v.State, v.Rows, v.Number)
	}
	if err == nil && v.State != "genuine" {
		err = &notGenuine{v.State}
	}
	return err
}
