package main

import (
	"bytes"
	"errors"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// addressed is the --url of an environment's target.
func (w *world) addressed(environment string) (address, password string) {
	t, ok := w.targets.(serverTargets)
	if !ok {
		return "sqlite:" + filepath.Join(w.sqliteRoot(), environment, "shop.db"), ""
	}
	u := url.URL{
		Scheme: t.engineType,
		User:   url.User(t.target.Username),
		Host:   t.target.Address,
		Path:   t.names[environment],
	}
	query := url.Values{}
	for key, value := range t.target.Options {
		query.Set(key, value)
	}
	u.RawQuery = query.Encode()
	return u.String(), t.target.Password
}

// TestWalk_verifyWithoutMetadata loses the metadata and checks each database's ledger with the key
// file and the commands in docs/operate.md only.
func TestWalk_verifyWithoutMetadata(t *testing.T) {
	t.Parallel()
	commands := map[string]string{}
	for _, line := range instructions(t, "### A ledger that is not trusted",
		"towpath ledger verify --key-file") {
		_, at, _ := strings.Cut(line, "--url ")
		kind, _, _ := strings.Cut(strings.Trim(at, "'"), ":")
		commands[kind] = strings.TrimSuffix(line, at)
	}
	for name, where := range everyTarget() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := walked(t, where(), "")
			w.grow(t, 1)
			w.settled(t, 1)
			w.must(t, w.stop(syscall.SIGTERM))
			w.must(t, os.RemoveAll(w.in("towpath-data")))
			address, password := w.addressed("prod")
			kind, _, _ := strings.Cut(address, ":")
			line := commands[kind]
			if line == "" {
				t.Fatalf("docs/operate.md has no command for %s", kind)
			}
			verify := func(key, end string) (int, string) {
				command := exec.CommandContext(w.ctx, "sh", "-euc",
					strings.Replace(line, "towpath-data.key", key, 1)+end)
				command.Dir, command.Env = w.dir, append(os.Environ(), "TOWPATH_PASSWORD="+password)
				out, err := command.CombinedOutput()
				var exit *exec.ExitError
				if err != nil && !errors.As(err, &exit) {
					t.Fatal(err)
				}
				if password != "" && bytes.Contains(out, []byte(password)) {
					t.Errorf("the password is in %s", out)
				}
				return command.ProcessState.ExitCode(), string(out)
			}
			key := "towpath-data.key"
			expect := func(code int, words, end string) {
				t.Helper()
				if got, out := verify(key, end); got != code || !strings.Contains(out, words) {
					t.Errorf("want %d and %q, got %d: %s", code, words, got, out)
				}
			}
			quoted := "'" + address + "'"
			before, err := w.query("prod", "SELECT * FROM "+w.targets.ledger()+" ORDER BY version, type")
			w.must(t, err)
			expect(0, ": genuine, 1 rows", quoted)
			expect(0, `"state":"genuine"`, quoted+" --json")
			if after, err := w.query("prod", "SELECT * FROM "+w.targets.ledger()+
				" ORDER BY version, type"); err != nil || strings.Join(after, "\n") != strings.Join(before,
				"\n") {
				t.Errorf("it was written, %v", err)
			}

			for _, format := range []string{"format 99", "format 1"} {
				_, err = w.query("prod", "UPDATE "+w.targets.ledger()+" SET intent = '"+format+
					"' WHERE type = 'head'")
				w.must(t, err)
				if format == "format 99" {
					expect(exitFailed, "written by a newer Towpath", quoted)
				}
			}
			expect(0, ": genuine, 1 rows", quoted)
			_, err = w.query("prod", "UPDATE "+w.targets.ledger()+" SET path = 'x' WHERE version = '1'")
			w.must(t, err)
			expect(exitNotGenuine, "tampered: version 1 (ddl) was changed", quoted)
			_, err = w.query("prod", "UPDATE "+w.targets.ledger()+" SET seal = '', number = 0")
			w.must(t, err)
			_, err = w.query("prod", "DELETE FROM "+w.targets.ledger()+" WHERE type = 'head'")
			w.must(t, err)
			expect(exitNotGenuine, "unsealed: it has no seals", quoted)
			_, err = w.query("prod", "DROP TABLE "+w.targets.ledger())
			w.must(t, err)
			expect(exitFailed, "There is no ledger in this database", quoted)

			address, _ = w.addressed("test")
			quoted = "'" + address + "'"
			w.must(t, os.WriteFile(w.in("other.key"), bytes.Repeat([]byte{9}, 32), 0o600))
			key = "other.key"
			expect(exitNotGenuine, "does not have", quoted)
			key = "none.key"
			expect(exitUsage, "no such file", quoted)
			key = "towpath-data.key"
			expect(exitUsage, "name one database", quoted+" instance/shop")
			expect(exitUsage, "--url", "oracle://u@h/d")
			if _, ok := w.targets.(serverTargets); ok {
				expect(exitUsage, `the option "sslmode"`, "'"+strings.SplitN(address, "?", 2)[0]+
					"?sslmode=disable'")
			}
		})
	}
}
