// Package pgserver starts a PostgreSQL server for the tests of one binary, from the programs of the
// distribution, or from those that the environment names.
package pgserver

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"towpath/internal/dbserver"
	"towpath/internal/engine"
)

const (
	account  = "owner"
	password = "owner's \"pass\" %20word"

	// choice is the environment variable with the folder of another server's programs; they are in
	// its bin.
	choice = "TOWPATH_TEST_POSTGRES"
)

// Server is a running server. Its user is a superuser with a password.
type Server struct {
	CA       string // PEM; the server's certificate is for 127.0.0.1
	process  *dbserver.Process
	programs string // the folder of the server's programs
	port     int
	version  int
	count    atomic.Int64
	admin    admin
}

// Start starts a server on a free port. Call it on the main goroutine, from TestMain.
func Start() (*Server, error) {
	return run(nil, "fsync=off", "synchronous_commit=off", "full_page_writes=off")
}

// StartDurable starts a server whose commits reach the disk, as users run it. For benchmarks.
func StartDurable() (*Server, error) { return run(nil) }

// StartStandby starts a server that waits for a primary, which does not exist, and answers only
// reads.
func StartStandby() (*Server, error) { return run([]string{"standby.signal"}, "fsync=off") }

// run starts a server with signal files in its data directory.
func run(signals []string, settings ...string) (*Server, error) {
	runtime.LockOSThread()
	programs := dbserver.Postgres(os.Getenv(choice))
	initdb, err := programs.Find("initdb")
	if err != nil {
		return nil, err
	}
	postgres, err := programs.Find("postgres")
	if err != nil {
		return nil, err
	}
	process, err := dbserver.New("postgres")
	if err != nil {
		return nil, err
	}
	s := &Server{process: process, programs: filepath.Dir(postgres)}
	if err := s.start(initdb, postgres, signals, settings); err != nil {
		return nil, errors.Join(err, process.Stop())
	}
	return s, nil
}

func (s *Server) start(initdb, postgres string, signals, settings []string) error {
	secret := filepath.Join(s.process.Dir, "password")
	data := filepath.Join(s.process.Dir, "data")
	if err := os.WriteFile(secret, []byte(password), 0o644); err != nil {
		return fmt.Errorf("write the password: %w", err)
	}
	if err := s.process.Run(initdb, "-D", data, "-U", account, "-A", "scram-sha-256", "--pwfile", secret,
		"-E", "UTF8",
		"--locale", "C", "--no-sync"); err != nil {
		return err
	}
	for _, name := range signals {
		if err := os.WriteFile(filepath.Join(data, name), nil, 0o644); err != nil {
			return fmt.Errorf("write %s: %w", name, err)
		}
	}
	var err error
	if s.port, err = dbserver.FreePort(); err != nil {
		return err
	}
	if s.CA, err = s.process.Certificate(); err != nil {
		return err
	}
	args := []string{
		"-D", data, "-p", strconv.Itoa(s.port), "-c", "listen_addresses=127.0.0.1",
		"-c", "unix_socket_directories=", "-c", "ssl=on", "-c", "ssl_cert_file=" +
			filepath.Join(s.process.Dir, "server.crt"), "-c", "ssl_key_file=" +
			filepath.Join(s.process.Dir, "server.key"),
		"-c", "shared_buffers=32MB", "-c", "max_connections=1000", "-c", "max_prepared_transactions=5", "-c",
		"autovacuum=off",
	}
	for _, setting := range settings {
		args = append(args, "-c", setting)
	}
	return s.process.Start(s.ready, postgres, args...)
}

// ready asks the server for its version, too.
func (s *Server) ready(ctx context.Context) error {
	conn, err := s.connect(ctx, "postgres")
	if err != nil {
		return err
	}
	err = conn.QueryRow(ctx, "SELECT current_setting('server_version_num')::int / 10000").Scan(&s.version)
	return errors.Join(err, conn.Close(ctx))
}

// Target is the instance, without a database.
func (s *Server) Target() engine.Target {
	return engine.Target{
		Address:  net.JoinHostPort("127.0.0.1", strconv.Itoa(s.port)),
		Username: account,
		Password: password,
		Options:  map[string]string{"tls": "disable"},
	}
}

// Database creates an empty database.
func (s *Server) Database(t testing.TB) engine.Target {
	t.Helper()
	return s.Copy(t, "template0")
}

// Exec runs statements as the superuser, outside of the engine.
func (s *Server) Exec(t testing.TB, database string, statements ...string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	conn, err := s.connect(ctx, database)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range statements {
		if _, err := conn.Exec(ctx, text); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
	}
	if err := conn.Close(ctx); err != nil {
		t.Fatal(err)
	}
}

// Query reads one value as the superuser, outside of the engine.
func (s *Server) Query(t testing.TB, database string, value any, text string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	conn, err := s.connect(ctx, database)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(conn.QueryRow(ctx, text).Scan(value), conn.Close(ctx)); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
}

// Hold runs a statement in a transaction that is open until the test ends, and returns its
// session's pid.
func (s *Server) Hold(t testing.TB, database, text string) (pid uint32) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	conn, err := s.connect(ctx, database)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := conn.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	for _, text := range []string{"BEGIN", text} {
		if _, err := conn.Exec(ctx, text); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
	}
	return conn.PgConn().PID()
}

func (s *Server) connect(ctx context.Context, database string) (*pgx.Conn, error) {
	return s.connectTo(ctx, uint16(s.port), database)
}

// Dump returns the output of pg_dump for a database's schema.
func (s *Server) Dump(t testing.TB, database string, options ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), s.program("pg_dump"),
		append(options, "--schema-only", "--host=127.0.0.1", "--port="+strconv.Itoa(s.port),
			"--username="+account, "--dbname="+database, "--no-password")...)
	cmd.Env = append(os.Environ(), "PGPASSWORD="+password, "PGSSLMODE=disable")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("pg_dump of %s: %v", database, err)
	}
	return string(out)
}

// program is the path of a program that belongs to the server.
func (s *Server) program(name string) string { return filepath.Join(s.programs, name) }

// Programs is the folder of the server's own programs, its clients of the same version among them.
func (s *Server) Programs() string { return s.programs }

// Version is the server's major version.
func (s *Server) Version() int { return s.version }

// Stop ends the server.
func (s *Server) Stop() error { return errors.Join(s.admin.close(), s.process.Stop()) }
