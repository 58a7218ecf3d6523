// Package crashtest kills the executor at every place between which a process may die, on real
// databases. It checks that the end is that of an undisturbed run. docs/adr/0005-executor.md lists
// the ends that are allowed.
package crashtest

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"testing"

	"towpath"
	"towpath/internal/engine/enginetest/mariadbserver"
	"towpath/internal/engine/enginetest/pgserver"
)

var (
	size = flag.String("matrix", "brief", "how many trials: brief, bounded or full")
	only = flag.String("engine", "",
		"the one engine whose server is started, and that the tests of all engines try; empty for all")
	report = flag.String("report", "", "a file to write the matrix into")

	shared   servers
	killable servers // of the one test that kills them
)

// servers are running database servers.
type servers struct {
	postgres *pgserver.Server
	mariadb  *mariadbserver.Server
	durable  bool // commits reach the disk
}

func (s *servers) start() (err error) {
	postgres, mariadb := pgserver.Start, mariadbserver.Start
	if s.durable {
		postgres, mariadb = pgserver.StartDurable, mariadbserver.StartDurable
	}
	if tried(towpath.EnginePostgres) {
		if s.postgres, err = postgres(); err != nil {
			return err
		}
	}
	if tried(towpath.EngineMySQL) {
		if s.mariadb, err = mariadb(); err != nil {
			return errors.Join(err, s.stop())
		}
	}
	return nil
}

func (s *servers) stop() (err error) {
	if s.postgres != nil {
		err = s.postgres.Stop()
	}
	if s.mariadb != nil {
		err = errors.Join(err, s.mariadb.Stop())
	}
	return err
}

// tried reports whether the flags select an engine.
func tried(e towpath.EngineType) bool { return *only == "" || string(e) == *only }

// engines are those that the flags select, of all or of the given ones.
func engines(of ...towpath.EngineType) []towpath.EngineType {
	if of == nil {
		of = []towpath.EngineType{towpath.EngineSQLite, towpath.EnginePostgres, towpath.EngineMySQL}
	}
	return slices.DeleteFunc(of, func(e towpath.EngineType) bool { return !tried(e) })
}

// TestMain is also the process that is killed: a trial runs this binary with the argument "child".
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
	flag.Parse()
	os.Exit(func() int {
		if flag.Lookup("test.bench").Value.String() != "" {
			shared.durable = true
		}
		for _, s := range []*servers{&shared, &killable} {
			if err := s.start(); err != nil {
				fmt.Fprintln(os.Stderr, err)
				return 1
			}
			defer func() { _ = s.stop() }()
		}
		return m.Run()
	}())
}
