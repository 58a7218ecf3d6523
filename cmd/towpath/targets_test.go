package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/go-sql-driver/mysql"

	"towpath/internal/engine"
	"towpath/internal/store"
)

// targets is the kind of databases in a world's three environments.
type targets interface {
	seed(w *world) error // environments, instances, databases, the project Shop
	engine() string      // of towpath.EngineType
	template() string    // of file paths; the files are in the folder shop
	open(w *world, environment string) (*sql.DB, error)
	ledger() string // the ledger's table
	tables() string // a query for the names of tables
	drop(w *world)  // removes the databases, so that the servers of the next tests list fewer
}

// sqliteTargets are the demo's own: a file shop.db in each environment.
type sqliteTargets struct{}

func (sqliteTargets) seed(w *world) error { return w.seedWorkspace(w.ctx) }
func (sqliteTargets) template() string    { return demoTemplate }
func (sqliteTargets) engine() string      { return "sqlite" }
func (sqliteTargets) ledger() string      { return "towpath_ledger" }

func (sqliteTargets) open(w *world, environment string) (*sql.DB, error) {
	return sql.Open("sqlite", "file:"+filepath.Join(w.sqliteRoot(), environment, "shop.db")+
		"?_pragma=busy_timeout(5000)")
}

func (sqliteTargets) tables() string {
	return "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
}

func (sqliteTargets) drop(*world) {}

// serverTargets are databases of one server, one for each environment, with unique names.
type serverTargets struct {
	engineType string
	target     engine.Target
	driver     string // of database/sql
	dsn        func(database string) string
	ledgerName string
	tableQuery string
	names      map[string]string // environment → database
}

func (serverTargets) template() string { return "shop/{{VERSION}}__{{TYPE}}__{{DESCRIPTION}}.sql" }
func (t serverTargets) engine() string { return t.engineType }
func (t serverTargets) ledger() string { return t.ledgerName }
func (t serverTargets) tables() string { return t.tableQuery }

func (t serverTargets) open(_ *world, environment string) (*sql.DB, error) {
	return sql.Open(t.driver, t.dsn(t.names[environment]))
}

// postgresTargets are fresh databases on the PostgreSQL server of the tests.
func postgresTargets(target engine.Target) serverTargets {
	dsn := func(database string) string {
		address := url.URL{
			Scheme:   "postgres",
			User:     url.UserPassword(target.Username, target.Password),
			Host:     target.Address,
			Path:     database,
			RawQuery: "sslmode=disable",
		}
		return address.String()
	}
	return serverTargets{
		engineType: "postgres",
		target:     target,
		driver:     "pgx",
		dsn:        dsn,
		ledgerName: "towpath_ledger.towpath_ledger",
		names:      map[string]string{},
		tableQuery: "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE' ORDER BY table_name",
	}
}

// mariadbTargets are fresh databases on the MariaDB server of the tests.
func mariadbTargets(target engine.Target) serverTargets {
	dsn := func(database string) string {
		c := mysql.NewConfig()
		c.User, c.Passwd, c.Net, c.Addr, c.DBName = target.Username, target.Password, "tcp", target.Address,
			database
		return c.FormatDSN()
	}
	return serverTargets{
		engineType: "mysql",
		target:     target,
		driver:     "mysql",
		dsn:        dsn,
		ledgerName: "towpath_ledger",
		names:      map[string]string{},
		tableQuery: "SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE' AND table_name <> 'towpath_ledger' ORDER BY table_name",
	}
}

// create makes a fresh database and returns its name.
func (t serverTargets) create(ctx context.Context, prefix string) (name string, err error) {
	name = prefix + "_" + strings.ReplaceAll(store.NewID(), "-", "")
	strategy := ""
	if t.driver == "pgx" {
		strategy = servers.postgres.Strategy()
	}
	return name, t.exec(ctx, "CREATE DATABASE "+name+strategy)
}

// exec runs a statement about databases of the server.
func (t serverTargets) exec(ctx context.Context, statement string) error {
	if t.driver == "pgx" {
		return servers.postgres.Administer(ctx, statement)
	}
	db, err := sql.Open(t.driver, t.dsn(""))
	if err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, statement)
	return errors.Join(err, db.Close())
}

func (t serverTargets) drop(*world) {
	force := ""
	if t.driver == "pgx" {
		force = " WITH (FORCE)"
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	for _, name := range t.names {
		_ = t.exec(ctx, "DROP DATABASE "+name+force) // one that a test has removed is no matter
	}
}

func (t serverTargets) seed(w *world) error {
	var project identified
	if err := w.api.call(w.ctx, "POST", "/projects", map[string]string{"name": "Shop"},
		&project); err != nil {
		return err
	}
	for _, environment := range demoEnvironments {
		name, err := t.create(w.ctx, environment)
		if err != nil {
			return err
		}
		t.names[environment] = name
		var made, instance identified
		if err := w.api.call(w.ctx, "POST", "/environments", map[string]string{"name": environment},
			&made); err != nil {
			return err
		}
		err = w.api.call(w.ctx, "POST", "/instances", map[string]any{
			"name": t.engineType + " " + environment, "engine": t.engineType, "environmentId": made.ID,
			"address": t.target.Address, "username": t.target.Username, "password": t.target.Password,
			"options": t.target.Options,
		}, &instance)
		if err != nil {
			return err
		}
		var databases items[struct {
			identified
			Name string `json:"name"`
		}]
		if err := w.api.call(w.ctx, "GET", "/databases?pageSize=500&instance="+instance.ID, nil,
			&databases); err != nil {
			return err
		}
		i := slices.IndexFunc(databases.Items, func(d struct {
			identified
			Name string `json:"name"`
		},
		) bool {
			return d.Name == name
		})
		if i < 0 {
			return fmt.Errorf("the instance of %s has no database %s: %v", environment, name, databases.Items)
		}
		if err := w.api.call(w.ctx, "PATCH", "/databases/"+databases.Items[i].ID,
			map[string]string{"projectId": project.ID}, nil); err != nil {
			return err
		}
	}
	return nil
}

// query runs a query on a target and returns its rows, columns joined by bars.
func (w *world) query(environment, query string) (rows []string, err error) {
	db, err := w.targets.open(w, environment)
	if err != nil {
		return nil, err
	}
	defer func() { _ = db.Close() }()
	found, err := db.Query(query)
	if err != nil {
		return nil, err
	}
	defer func() { _ = found.Close() }()
	columns, err := found.Columns()
	if err != nil {
		return nil, err
	}
	for found.Next() {
		values, fields := make([]sql.NullString, len(columns)), make([]any, len(columns))
		for i := range values {
			fields[i] = &values[i]
		}
		if err := found.Scan(fields...); err != nil {
			return nil, err
		}
		texts := make([]string, len(values))
		for i, v := range values {
			texts[i] = v.String
		}
		rows = append(rows, strings.Join(texts, "|"))
	}
	return rows, found.Err()
}

// ledger lists a target's ledger in the order in which its rows were written.
func (w *world) ledger(environment string) ([]string, error) {
	return w.query(environment, "SELECT CONCAT(version, ' ', type, ' ', state) FROM "+w.targets.ledger()+
		" WHERE version <> '' ORDER BY finished_at, version, type")
}
