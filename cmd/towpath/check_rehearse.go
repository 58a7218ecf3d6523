package main

import (
	"context"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"strings"

	"towpath"
	"towpath/internal/engine"
	"towpath/internal/engine/mysql"
	"towpath/internal/engine/postgres"
	"towpath/internal/engine/sqlite"
	"towpath/internal/rehearsal"
	"towpath/internal/sqlparse"
	"towpath/internal/sqlreview"
	"towpath/internal/wording"
)

// place is where a check rehearses.
type place struct {
	engine   engine.Engine
	instance engine.Target
}

// rehearsalPlace reads the address of an instance:
// postgres://user:password@host:port/database?tls=require, mysql:// with the same parts, or sqlite:.
// Its error is a *usageError, without the password.
func rehearsalPlace(address string) (place, error) {
	u, err := url.Parse(address)
	if err != nil {
		return place{}, usagef("--rehearse: this is no address; write postgres://user:password@host/database")
	}
	password, _ := u.User.Password()
	p := place{instance: engine.Target{
		Address: u.Host, Username: u.User.Username(), Password: password,
		Database: strings.TrimPrefix(u.Path, "/"), Options: map[string]string{},
	}}
	switch u.Scheme {
	case "postgres", "postgresql":
		p.engine = postgres.New()
	case "mysql", "mariadb":
		p.engine = mysql.New()
	case "sqlite":
		return place{engine: sqlite.New(sqlite.Config{Root: os.TempDir()})}, nil
	default:
		return place{}, usagef("--rehearse: %q is no kind of server: use postgres, mysql or sqlite", u.Scheme)
	}
	known := map[string]bool{}
	for _, o := range p.engine.Describe().Options {
		known[o.Key] = true
	}
	for key, values := range u.Query() {
		if key == "sslmode" {
			key = engine.OptionTLS
		}
		if !known[key] {
			return place{}, usagef("--rehearse: there is no option %s; use tls, such as ?tls=disable", key)
		}
		p.instance.Options[key] = values[0]
	}
	return p, nil
}

// rehearse runs the files in a scratch database, and sets where each failed in failures.
func (c *checkCommand) rehearse(
	ctx context.Context, dialect sqlreview.Dialect, setup, scripts []sqlparse.Script,
	failures []*sqlreview.Rehearsed,
) (*towpath.Rehearsal, error) {
	if c.Rehearse == "" {
		return nil, nil
	}
	at, err := rehearsalPlace(c.Rehearse)
	if err != nil {
		return nil, err
	}
	if own := at.engine.Describe().Type; own != dialect {
		return nil, usagef("--rehearse is the address of a server of %s, and the files are for %s: "+
			"set --dialect", own, dialect)
	}
	result, err := rehearsal.Run(ctx, rehearsal.Input{
		Engine: at.engine, Instance: at.instance, Setup: texts(setup), Files: texts(scripts),
		Logger: slog.New(slog.NewTextHandler(os.Stderr, nil)),
	})
	if err != nil {
		return nil, fmt.Errorf("not rehearsed: %s", wording.Text(engine.ReasonOf(err, at.instance.Password)))
	}
	for i, f := range result.Files {
		if f.State == towpath.RehearsedFailed {
			failures[i] = &sqlreview.Rehearsed{
				Line: f.Failure.Line, Column: f.Failure.Column, Server: result.Server,
				Why: wording.Text(f.Failure.Reason),
			}
		}
	}
	return &result, nil
}

func texts(scripts []sqlparse.Script) (all []rehearsal.File) {
	for _, s := range scripts {
		all = append(all, rehearsal.File{Path: s.Path, Content: s.Content})
	}
	return all
}

// maxDiffLines is how many lines of the schema's difference a terminal gets.
const maxDiffLines = 60

// rehearsed is what a rehearsal measured, for people.
func (r checkReport) rehearsed(b *strings.Builder) {
	if r.Rehearsal == nil {
		return
	}
	fmt.Fprintf(b, "rehearsal on %s, %s:\n", r.Rehearsal.Server, seconds(r.Rehearsal.Seconds))
	for _, f := range r.Rehearsal.Files {
		if f.State == towpath.RehearsedSkipped {
			fmt.Fprintf(b, "  %s: not run, since an earlier file was not\n", f.Path)
			continue
		}
		fmt.Fprintf(b, "  %s: %s, %s, %s, %s\n", f.Path, f.State,
			amount(len(f.Statements)+f.More, "statement"), amount(int(f.Rows), "row"), seconds(f.Seconds))
		for _, l := range f.Locks {
			on := l.Table
			if on == "" {
				on = "the whole database"
			}
			fmt.Fprintf(b, "    line %d locks %s: %s for %s\n", l.Line, on, l.Mode, seconds(l.Held))
		}
		for _, table := range f.Rewrites {
			fmt.Fprintf(b, "    writes again: %s\n", table)
		}
		for _, s := range f.Statements {
			if s.Unseen != "" {
				fmt.Fprintf(b, "    line %d: %s\n", s.Line, s.Unseen)
			}
		}
		if f.Failure != nil {
			fmt.Fprintf(b, "    line %d: %s\n", f.Failure.Line, wording.Text(f.Failure.Reason))
		}
	}
	if r.Rehearsal.Schema == "" {
		b.WriteString("  the schema stays as it is\n")
		return
	}
	n := 0
	for line := range strings.Lines(r.Rehearsal.Schema) {
		if n++; n > maxDiffLines {
			b.WriteString("  … (--format json has all of it)\n")
			return
		}
		b.WriteString("  " + line)
	}
}

// seconds writes a measured time in a unit that fits.
func seconds(s float64) string {
	if s < 1 {
		return fmt.Sprintf("%.1f ms", s*1000)
	}
	return fmt.Sprintf("%.1f s", s)
}
