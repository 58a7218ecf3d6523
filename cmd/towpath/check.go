package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"

	"towpath"
	"towpath/internal/schema"
	"towpath/internal/sqlparse"
	"towpath/internal/sqlreview"
	"towpath/internal/sqlreview/rules"
)

// maxChecked is how large a file may be, in bytes.
const maxChecked = 64 << 20

// checkCommand reviews files without a server.
type checkCommand struct {
	Files         []string          `arg:"" name:"file" help:"Files of SQL, in the order in which they run; the .sql files of a folder in the order of their names."`
	Dialect       string            `enum:",postgres,mysql,sqlite" default:"" help:"The dialect of SQL: postgres, mysql (MariaDB too) or sqlite. The default is postgres, or what towpath.yaml says."`
	Setup         string            `type:"existingfile" help:"A file that makes the schema which is there before, such as a dump."`
	ServerVersion string            `help:"The version of the server, such as 15.4 or 10.11.19."`
	Format        string            `enum:"text,json,sarif,github" default:"text" help:"How to print: text, json, sarif or github."`
	Level         string            `enum:",error,warning,info" default:"" help:"The lowest level to print: error, warning or info. The default is warning for text and github, info otherwise."`
	Policy        string            `type:"existingfile" help:"The file with levels of rules. The default is towpath.yaml in this folder."`
	Environment   string            `help:"The environment whose levels count."`
	Placeholders  string            `enum:"none,flyway,goose" default:"none" help:"Which marks in files stand for variables: none, flyway for ${...}, or goose for ENVSUB ON. With --variable it is flyway, unless it is goose."`
	Variable      map[string]string `mapsep:"none" placeholder:"NAME=VALUE" help:"The value of a variable. Repeat the flag for others."`
	Rehearse      string            `placeholder:"URL" help:"Also run the files in a scratch database on this server, and print what they lock, write again and change: postgres://user:password@host/database, mysql://… or sqlite:. The database is dropped afterwards; --setup makes its schema."`
}

// errFound ends a check that has found an error. It is no failure of the program and has no words.
var errFound = errors.New("errors were found")

// Run reviews the files and prints what it finds.
func (c *checkCommand) Run(ctx context.Context, out io.Writer) error {
	policy, err := c.policy()
	if err != nil {
		return err
	}
	server, err := c.server(policy)
	if err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return usagef("find this program: %v", err)
	}
	debug.SetGCPercent(400) // a short life with little to keep
	pool := &sqlparse.Pool{Command: []string{self, "parse-sql"}}
	defer pool.Close()
	pool.Prepare(ctx, server.Dialect)
	result, rehearsed, err := c.review(ctx, pool, server, policy.For(c.Environment))
	if err != nil {
		return usagef("%v", err)
	}
	report := checkReport{
		Findings: result.Findings, Statements: result.Statements, NotAnalyzed: result.NotAnalyzed,
		Rehearsal: rehearsed, allowed: result.Allowed,
	}
	if err := report.print(out, c.Format, c.lowest()); err != nil {
		return err
	}
	if slices.ContainsFunc(result.Findings, func(f sqlreview.Finding) bool {
		return f.Level == sqlreview.Error
	}) {
		return errFound
	}
	return nil
}

func (c *checkCommand) lowest() sqlreview.Level {
	switch {
	case c.Level != "":
		return sqlreview.Level(c.Level)
	case c.Format == "text", c.Format == "github":
		return sqlreview.Warning
	}
	return sqlreview.Info
}

// policy reads towpath.yaml, which may be missing.
func (c *checkCommand) policy() (sqlreview.PolicyFile, error) {
	path := c.Policy
	if path == "" {
		path = "towpath.yaml"
	}
	content, err := readBounded(path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && c.Policy == "":
		return sqlreview.PolicyFile{}, nil
	case err != nil:
		return sqlreview.PolicyFile{}, usagef("%v", err)
	}
	file, err := sqlreview.ParsePolicy(content, rules.All)
	if err != nil {
		return file, usagef("%s: %v", path, err)
	}
	return file, nil
}

func (c *checkCommand) server(policy sqlreview.PolicyFile) (sqlreview.Server, error) {
	s := sqlreview.Server{Dialect: sqlreview.Dialect(c.Dialect)}
	if s.Dialect == "" {
		s.Dialect = policy.Dialect
	}
	if s.Dialect == "" {
		s.Dialect = sqlreview.PostgreSQL
	}
	version := c.ServerVersion
	if version == "" {
		version = policy.Server
	}
	if version == "" {
		return s, nil
	}
	s, err := sqlreview.ParseVersion(s.Dialect, version)
	if err != nil {
		return s, usagef("--server-version: %v", err)
	}
	return s, nil
}

func (c *checkCommand) review(
	ctx context.Context, parser sqlparse.Parser, server sqlreview.Server, policy sqlreview.Policy,
) (result sqlreview.Result, rehearsed *towpath.Rehearsal, err error) {
	var catalog schema.Catalog
	var setup []sqlparse.Script
	if c.Setup != "" {
		content, err := readBounded(c.Setup)
		if err != nil {
			return result, nil, err
		}
		setup = []sqlparse.Script{{Path: c.Setup, Content: string(content)}}
		files, err := sqlparse.Read(ctx, parser, server.Dialect, setup)
		if err != nil {
			return result, nil, err
		}
		if failed := firstFailure(files[0]); failed != "" {
			return result, nil, fmt.Errorf("--setup: %s:%s", c.Setup, failed)
		}
		catalog = sqlreview.CatalogOf(server, files)
	}
	scripts, err := readScripts(c.Files)
	if err == nil {
		err = c.fill(scripts)
	}
	if err != nil {
		return result, nil, err
	}
	failures := make([]*sqlreview.Rehearsed, len(scripts))
	if rehearsed, err = c.rehearse(ctx, server.Dialect, setup, scripts, failures); err != nil {
		return result, nil, err
	}
	reviewer := sqlreview.Begin(sqlreview.Input{
		Server: server, Catalog: catalog, Policy: policy, Rules: rules.All,
	})
	n := 0
	for file, err := range sqlparse.Each(ctx, parser, server.Dialect, scripts) {
		if err != nil {
			return result, nil, err
		}
		file.Rehearsed = failures[n]
		result.Add(reviewer.File(file))
		n++
	}
	return result, rehearsed, nil
}

// firstFailure is the first place of a file that could not be parsed.
func firstFailure(file *sqlreview.File) string {
	for _, s := range file.Statements {
		if s.Failed != "" {
			return fmt.Sprintf("%d:%d: %s", s.Pos.Line, s.Pos.Column, s.Failed)
		}
	}
	return ""
}

// readScripts reads files, and the .sql files of folders in the order of their names.
func readScripts(paths []string) ([]sqlparse.Script, error) {
	var scripts []sqlparse.Script
	for _, path := range paths {
		err := filepath.WalkDir(path, func(file string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() ||
				(file != path && !strings.EqualFold(filepath.Ext(file), ".sql")) {
				return err
			}
			content, err := readBounded(file)
			scripts = append(scripts, sqlparse.Script{Path: filepath.ToSlash(file), Content: string(content)})
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return scripts, nil
}

func readBounded(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	content, err := io.ReadAll(io.LimitReader(file, maxChecked+1))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	if len(content) > maxChecked {
		return nil, fmt.Errorf("%s is larger than %d MiB: cut it into several files", path, maxChecked>>20)
	}
	return content, nil
}
