// Package mariadbserver starts a MariaDB server for the tests of one binary, from the programs of
// the distribution, or a server, of MySQL too, from those that the environment names.
package mariadbserver

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"

	"towpath/internal/dbserver"
	"towpath/internal/engine"
)

const (
	account  = "owner"
	password = "owner's \"pass\" %20word"

	// choice is the environment variable with the folder of another server's programs, MariaDB's or
	// MySQL's; they are in its bin.
	choice = "TOWPATH_TEST_MYSQL"

	// clustered is the environment variable that makes each server the first of two nodes of a
	// Galera cluster.
	clustered = "TOWPATH_TEST_GALERA"
)

// Server is a running server. Its user may do everything, with a password.
type Server struct {
	CA       string // PEM; the server's certificate is for 127.0.0.1
	MySQL    bool   // it is a MySQL, and no MariaDB
	programs dbserver.Programs
	process  *dbserver.Process
	port     int
	galera   bool    // it is a node of a cluster
	second   *Server // the cluster's other node; nil without a cluster
	count    atomic.Int64
}

// Start starts a server on a free port, with a global sql_mode that changes how quotes and
// backslashes are read. Call it on the main goroutine, from TestMain.
func Start() (*Server, error) { return run("--innodb-flush-log-at-trx-commit=0") }

// StartDurable starts a server whose commits reach the disk, as users run it. For benchmarks.
func StartDurable() (*Server, error) { return run() }

func run(settings ...string) (*Server, error) {
	if os.Getenv(clustered) != "" {
		return startCluster(settings)
	}
	s, err := newServer()
	if err != nil {
		return nil, err
	}
	args, err := s.arguments(settings)
	if err == nil {
		err = s.start(args)
	}
	if err != nil {
		return nil, errors.Join(err, s.process.Stop())
	}
	return s, nil
}

// newServer returns a server that does not run yet.
func newServer() (*Server, error) {
	runtime.LockOSThread()
	s := &Server{programs: dbserver.MariaDB(os.Getenv(choice))}
	s.MySQL = s.programs.Chosen && s.programs.Has("mysqld")
	var err error
	s.process, err = dbserver.New("mysql")
	return s, err
}

func (s *Server) data() string { return filepath.Join(s.process.Dir, "data") }

// arguments are the command line of the server, with settings at the end. Its port and certificate
// exist.
func (s *Server) arguments(settings []string) (args []string, err error) {
	first := filepath.Join(s.process.Dir, "first.sql")
	grants := fmt.Sprintf("CREATE USER IF NOT EXISTS %s@'%%' IDENTIFIED BY '%s';\nGRANT ALL ON *.* TO "+
		"%[1]s@'%%' WITH GRANT OPTION;\n",
		account, strings.ReplaceAll(password, "'", "''"))
	if err := os.WriteFile(first, []byte(grants), 0o644); err != nil {
		return nil, fmt.Errorf("write the first grants: %w", err)
	}
	if s.port, err = dbserver.FreePort(); err != nil {
		return nil, err
	}
	if s.CA, err = s.process.Certificate(); err != nil {
		return nil, err
	}
	// Each server has its own folder for temporary tables: a starting server deletes other servers'
	// files in the common one.
	return append([]string{
		"--no-defaults", "--datadir=" + s.data(), "--port=" + strconv.Itoa(s.port),
		"--bind-address=127.0.0.1", "--socket=" + filepath.Join(s.process.Dir, "s.sock"), "--pid-file=" +
			filepath.Join(s.process.Dir, "pid"), "--init-file=" + first, "--tmpdir=" + s.process.Dir,
		"--innodb-buffer-pool-size=64M", "--innodb-fast-shutdown=2", "--skip-log-bin", "--skip-name-resolve",
		"--max-connections=300", "--sql-mode=STRICT_TRANS_TABLES,ANSI_QUOTES,NO_BACKSLASH_ESCAPES",
		"--character-set-server=utf8mb4",
		"--ssl-cert=" + filepath.Join(s.process.Dir, "server.crt"), "--ssl-key=" +
			filepath.Join(s.process.Dir, "server.key"),
	}, settings...), nil
}

func (s *Server) start(args []string) error {
	if s.MySQL {
		return s.startMySQL(args)
	}
	return s.startMariaDB(args)
}

func (s *Server) startMariaDB(args []string) error {
	if err := s.install(); err != nil {
		return err
	}
	return s.runMariaDB(args)
}

// install creates the system's tables.
func (s *Server) install() error {
	install, err := s.programs.Find("mariadb-install-db")
	if err != nil {
		return err
	}
	return s.process.Run(install, "--no-defaults", "--datadir="+s.data(),
		"--auth-root-authentication-method=normal", "--skip-test-db",
		"--skip-name-resolve", "--innodb-flush-log-at-trx-commit=0", "--innodb-log-file-size=8M")
}

func (s *Server) runMariaDB(args []string) error {
	server, err := s.programs.Find("mariadbd")
	if err != nil {
		return err
	}
	return s.process.Start(s.ping, server,
		append(args, "--performance-schema=OFF", "--innodb-log-file-size=8M")...)
}

func (s *Server) startMySQL(args []string) error {
	server, err := s.programs.Find("mysqld")
	if err != nil {
		return err
	}
	if err := s.process.Run(server, "--no-defaults", "--datadir="+s.data(), "--initialize-insecure",
		"--innodb-redo-log-capacity=8M"); err != nil {
		return err
	}
	return s.process.Start(s.ping, server, append(args, "--mysqlx=OFF", "--secure-file-priv=NULL",
		"--innodb-redo-log-capacity=8M")...)
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
	target := s.Target()
	target.Database = fmt.Sprintf("shop%d", s.count.Add(1))
	s.Exec(t, "CREATE DATABASE "+target.Database+" CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci")
	return target
}

// Exec runs statements with all rights, outside of the engine.
func (s *Server) Exec(t testing.TB, statements ...string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	db, err := s.connect()
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range statements {
		if _, err := db.ExecContext(ctx, text); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

// Query reads one value with all rights, outside of the engine.
func (s *Server) Query(t testing.TB, value any, text string) {
	t.Helper()
	db, err := s.connect()
	if err != nil {
		t.Fatal(err)
	}
	err = db.QueryRowContext(t.Context(), text).Scan(value)
	if err = errors.Join(err, db.Close()); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
}

func (s *Server) connect() (*sql.DB, error) {
	config := mysql.NewConfig()
	config.Net = "tcp"
	config.Addr = s.Target().Address
	config.User = account
	config.Passwd = password
	connector, err := mysql.NewConnector(config)
	if err != nil {
		return nil, fmt.Errorf("make the configuration: %w", err)
	}
	db := sql.OpenDB(connector)
	db.SetMaxOpenConns(1)
	return db, nil
}

func (s *Server) ping(ctx context.Context) error {
	db, err := s.connect()
	if err != nil {
		return err
	}
	err = db.PingContext(ctx)
	if err == nil && s.galera {
		err = synced(ctx, db)
	}
	return errors.Join(err, db.Close())
}

// Dump returns the output of mariadb-dump, or mysqldump, for a database's schema. The
// distribution's program works with every MariaDB.
func (s *Server) Dump(t testing.TB, database string) string {
	t.Helper()
	return s.DumpWith(t, database, "--no-data", "--skip-comments")
}

// DumpWith returns the output of mariadb-dump for a database, with routines, triggers and events.
func (s *Server) DumpWith(t testing.TB, database string, options ...string) string {
	t.Helper()
	programs, name := dbserver.MariaDB(""), "mariadb-dump"
	if s.MySQL {
		programs, name = s.programs, "mysqldump"
	}
	program, err := programs.Find(name)
	if err != nil {
		t.Fatal(err)
	}
	options = append([]string{"--no-defaults"}, options...)
	cmd := exec.CommandContext(t.Context(), program, append(options, "--routines", "--triggers", "--events",
		"--skip-dump-date",
		"--protocol=tcp", "--host=127.0.0.1", "--port="+strconv.Itoa(s.port), "--user="+account, database)...)
	cmd.Env = append(os.Environ(), "MYSQL_PWD="+password)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s of %s: %v", name, database, err)
	}
	return string(out)
}

// Stop ends the server, and the cluster's other node.
func (s *Server) Stop() (err error) {
	if s.second != nil {
		err = s.second.Stop()
	}
	return errors.Join(err, s.process.Stop())
}
