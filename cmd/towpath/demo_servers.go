package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strconv"

	"github.com/go-sql-driver/mysql"
	"github.com/jackc/pgx/v5"

	"towpath"
	"towpath/internal/dbserver"
	"towpath/internal/secret"
)

const (
	demoAccount  = "towpath"
	demoDatabase = "shop"
	// postgresAccount creates the demo's user, with rights in one database only.
	postgresAccount = "postgres"
)

// databaseServer is a throw-away server of one environment, with an empty database shop.
type databaseServer struct {
	engine   towpath.EngineType
	programs dbserver.Programs
	process  *dbserver.Process
	port     int
	password string
}

func (s *databaseServer) address() string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(s.port)) }

// startServers starts a throw-away server for each environment, from the programs in a folder, or
// the installed ones. The caller must run on the main goroutine, since the servers end with its
// thread.
func startServers(
	ctx context.Context, kind towpath.EngineType, folder string,
) (servers map[string]*databaseServer, err error) {
	runtime.LockOSThread()
	servers = map[string]*databaseServer{}
	for _, environment := range demoEnvironments {
		s := &databaseServer{engine: kind, programs: dbserver.Postgres(folder), password: secret.NewToken(12)}
		servers[environment] = s
		start := s.startPostgres
		if kind == towpath.EngineMySQL {
			s.programs, start = dbserver.MariaDB(folder), s.startMariaDB
		}
		if err := start(ctx); err != nil {
			return nil, errors.Join(err, stopServers(servers))
		}
	}
	return servers, nil
}

func stopServers(servers map[string]*databaseServer) (err error) {
	for _, s := range servers {
		if s.process != nil {
			err = errors.Join(err, s.process.Stop())
		}
	}
	return err
}

func (s *databaseServer) startPostgres(ctx context.Context) (err error) {
	initdb, err := s.programs.Find("initdb")
	if err != nil {
		return err
	}
	program, err := s.programs.Find("postgres")
	if err != nil {
		return err
	}
	if s.process, err = dbserver.New("postgres"); err != nil {
		return err
	}
	data, file := filepath.Join(s.process.Dir, "data"), filepath.Join(s.process.Dir, "password")
	if err := os.WriteFile(file, []byte(s.password), 0o644); err != nil {
		return fmt.Errorf("write the password: %w", err)
	}
	if err := s.process.Run(initdb, "-D", data, "-U", postgresAccount, "-A", "scram-sha-256", "--pwfile",
		file, "-E", "UTF8", "--locale", "C", "--no-sync"); err != nil {
		return err
	}
	if s.port, err = dbserver.FreePort(); err != nil {
		return err
	}
	if err := s.process.Start(s.pingPostgres, program, "-D", data, "-p", strconv.Itoa(s.port), "-c",
		"listen_addresses=127.0.0.1", "-c", "unix_socket_directories="); err != nil {
		return err
	}
	if err := s.execPostgres(ctx, "postgres", "CREATE DATABASE "+demoDatabase, "CREATE ROLE "+demoAccount+
		" LOGIN PASSWORD '"+s.password+"'",
		"GRANT CONNECT, CREATE, TEMPORARY ON DATABASE "+demoDatabase+" TO "+demoAccount); err != nil {
		return err
	}
	return s.execPostgres(ctx, demoDatabase, "GRANT USAGE, CREATE ON SCHEMA public TO "+demoAccount)
}

// execPostgres runs statements as the server's administrator.
func (s *databaseServer) execPostgres(ctx context.Context, database string, statements ...string) error {
	conn, err := s.connectPostgres(ctx, database)
	if err != nil {
		return err
	}
	for _, text := range statements {
		if _, err := conn.Exec(ctx, text); err != nil {
			return errors.Join(fmt.Errorf("prepare the database: %w", err), conn.Close(ctx))
		}
	}
	return conn.Close(ctx)
}

func (s *databaseServer) connectPostgres(ctx context.Context, database string) (*pgx.Conn, error) {
	config, err := pgx.ParseConfig("sslmode=disable")
	if err != nil {
		return nil, fmt.Errorf("configure: %w", err)
	}
	config.Host = "127.0.0.1"
	config.Port = uint16(s.port)
	config.User = postgresAccount
	config.Password = s.password
	config.Database = database
	return pgx.ConnectConfig(ctx, config)
}

func (s *databaseServer) pingPostgres(ctx context.Context) error {
	return s.execPostgres(ctx, "postgres")
}

func (s *databaseServer) startMariaDB(ctx context.Context) (err error) {
	install, err := s.programs.Find("mariadb-install-db")
	if err != nil {
		return err
	}
	program, err := s.programs.Find("mariadbd")
	if err != nil {
		return err
	}
	if s.process, err = dbserver.New("mysql"); err != nil {
		return err
	}
	dir := s.process.Dir
	data, first := filepath.Join(dir, "data"), filepath.Join(dir, "first.sql")
	text := fmt.Sprintf("CREATE DATABASE IF NOT EXISTS %s;\nCREATE USER IF NOT EXISTS %s@'%%' IDENTIFIED "+
		"BY '%s';\nGRANT ALL ON %[1]s.* TO %[2]s@'%%';\nGRANT PROCESS ON *.* TO %[2]s@'%%';\n", demoDatabase,
		demoAccount, s.password)
	if err := os.WriteFile(first, []byte(text), 0o644); err != nil {
		return fmt.Errorf("write the first grants: %w", err)
	}
	if err := s.process.Run(install, "--no-defaults", "--datadir="+data,
		"--auth-root-authentication-method=normal", "--skip-test-db", "--skip-name-resolve"); err != nil {
		return err
	}
	if s.port, err = dbserver.FreePort(); err != nil {
		return err
	}
	return s.process.Start(s.pingMariaDB, program, "--no-defaults", "--datadir="+data, "--port="+
		strconv.Itoa(s.port), "--bind-address=127.0.0.1",
		"--socket="+filepath.Join(dir, "s.sock"), "--pid-file="+filepath.Join(dir, "pid"), "--tmpdir="+dir,
		"--init-file="+first, "--innodb-buffer-pool-size=64M", "--skip-name-resolve")
}

func (s *databaseServer) pingMariaDB(ctx context.Context) error {
	config := mysql.NewConfig()
	config.Net = "tcp"
	config.Addr = s.address()
	config.User = demoAccount
	config.Passwd = s.password
	config.DBName = demoDatabase
	connector, err := mysql.NewConnector(config)
	if err != nil {
		return fmt.Errorf("configure: %w", err)
	}
	conn, err := connector.Connect(ctx)
	if err != nil {
		return err
	}
	return conn.Close()
}

// admin is the address of a PostgreSQL server as its administrator; "" for another.
func (s *databaseServer) admin() string {
	if s.engine != towpath.EnginePostgres {
		return ""
	}
	return fmt.Sprintf("postgres://%s:%s@%s/postgres?sslmode=disable", postgresAccount, s.password, s.address())
}

// shown is the shell command that opens the server's database.
func (s *databaseServer) shown() string {
	if s.engine == towpath.EnginePostgres {
		return fmt.Sprintf("postgres://%s:%s@%s/%s?sslmode=disable", demoAccount, s.password, s.address(),
			demoDatabase)
	}
	return fmt.Sprintf("mariadb --host=127.0.0.1 --port=%d --user=%s --password=%s %s", s.port, demoAccount,
		s.password, demoDatabase)
}
