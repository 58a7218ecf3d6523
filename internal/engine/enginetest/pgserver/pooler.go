package pgserver

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"towpath/internal/dbserver"
)

// Pooler starts a PgBouncer in a mode, "transaction" or "session", before the server, with a pool
// of so many sessions, and returns its address. It does not offer TLS.
func (s *Server) Pooler(t *testing.T, mode string, size int) string {
	t.Helper()
	program, err := dbserver.PgBouncer().Find("pgbouncer")
	if err != nil {
		t.Fatal(err)
	}
	process, err := dbserver.New("postgres")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := process.Stop(); err != nil {
			t.Error(err)
		}
	})
	port, err := dbserver.FreePort()
	if err != nil {
		t.Fatal(err)
	}
	users, config := filepath.Join(process.Dir, "users.txt"), filepath.Join(process.Dir, "pgbouncer.ini")
	secret := strings.ReplaceAll(password, `"`, `""`)
	for name, text := range map[string]string{
		users: fmt.Sprintf("%q \"%s\"\n", account, secret),
		config: fmt.Sprintf("[databases]\n* = host=127.0.0.1 port=%d\n[pgbouncer]\nlisten_addr = "+
			"127.0.0.1\nlisten_port = %d\nauth_type = scram-sha-256\n"+
			"auth_file = %s\npool_mode = %s\ndefault_pool_size = %d\n"+
			"unix_socket_dir =\nserver_tls_sslmode = disable\n", s.port, port, users, mode, size),
	} {
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	ready := func(ctx context.Context) error {
		conn, err := s.connectTo(ctx, uint16(port), "postgres")
		if err != nil {
			return err
		}
		return conn.Close(ctx)
	}
	if err := process.Start(ready, program, config); err != nil {
		t.Fatal(err)
	}
	return net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
}

func (s *Server) connectTo(ctx context.Context, port uint16, database string) (*pgx.Conn, error) {
	config, err := pgx.ParseConfig("host=127.0.0.1 sslmode=disable")
	if err != nil {
		return nil, fmt.Errorf("make the configuration: %w", err)
	}
	config.Host = "127.0.0.1"
	config.Port = port
	config.User = account
	config.Password = password
	config.Database = database
	return pgx.ConnectConfig(ctx, config)
}
