package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"towpath/internal/store"
)

// patient is a server's surroundings, as its command line names them.
type patient struct {
	t    *testing.T
	args []string
}

// examined runs the command and returns the findings by their checks.
func (p *patient) examined(wantCode int) (found map[string]finding) {
	p.t.Helper()
	code, out, errs := command(p.t, append([]string{"doctor", "--json"}, p.args...)...)
	var list items[finding]
	if err := json.Unmarshal([]byte(out), &list); err != nil {
		p.t.Fatalf("%v: %s%s", err, out, errs)
	}
	if code != wantCode {
		p.t.Errorf("exit code %d, want %d: %s", code, wantCode, out)
	}
	found = map[string]finding{}
	for _, f := range list.Items {
		found[f.Check] = f
		if (f.State == stateFailed || f.State == stateWarning) != (f.Fix != "") {
			p.t.Errorf("%s has the way out %q", f.Check, f.Fix)
		}
	}
	return found
}

// odd are the checks that are not ok, with their states.
func odd(found map[string]finding) map[string]state {
	states := map[string]state{}
	for name, f := range found {
		if f.State != stateOK {
			states[name] = f.State
		}
	}
	return states
}

// bitbucketAt answers everything, with its own clock.
func bitbucketAt(t *testing.T, ahead time.Duration) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Date", time.Now().Add(ahead).UTC().Format(http.TimeFormat))
	}))
	t.Cleanup(s.Close)
	return s.URL
}

// patientIn is a server in a folder; address is that of the server.
func patientIn(t *testing.T, dir, address string) *patient {
	t.Helper()
	bitbucket := bitbucketAt(t, 0)
	return &patient{t, []string{
		"--data", filepath.Join(dir, "data"), "--sqlite-root", filepath.Join(dir, "targets"),
		"--external-url", address, "--bitbucket-url", bitbucket, "--bitbucket-api-url", bitbucket,
	}}
}

func TestDoctor_findsWhatIsWrong(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "größe 50%")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	nobody := httptest.NewServer(http.NotFoundHandler())
	nobody.Close()
	before := patientIn(t, dir, nobody.URL).examined(exitFound)
	want := map[string]state{"external URL": stateFailed, "webhooks": stateUnknown}
	if d := cmp.Diff(want, odd(before)); d != "" {
		t.Errorf("before the first start (-want +got):\n%s", d)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Errorf("it has made %v, %v", left, err)
	}

	s := startIn(t, dir)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- s.run(ctx) }()
	p := patientIn(t, dir, s.url)
	// a server on one machine works, and nobody else reaches it
	reached := map[string]state{"external URL": stateWarning, "webhooks": stateWarning}
	if d := cmp.Diff(reached, odd(p.examined(0))); d != "" {
		t.Errorf("beside a server (-want +got):\n%s", d)
	}
	code, out, errs := command(t, append([]string{"doctor"}, p.args...)...)
	if code != 0 || !strings.HasSuffix(out, "7 ok, 2 warning\n") {
		t.Errorf("exit code %d: %s%s", code, out, errs)
	}

	key := filepath.Join(dir, "data.key")
	right, err := os.ReadFile(key)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, check string
		do, undo    func() error
		want        state
	}{
		{
			"open folder", "data folder",
			func() error { return os.Chmod(filepath.Join(dir, "data"), 0o755) },
			func() error { return os.Chmod(filepath.Join(dir, "data"), 0o700) }, stateWarning,
		},
		{
			"open key", "key file",
			func() error { return os.Chmod(key, 0o644) }, func() error { return os.Chmod(key, 0o600) }, stateFailed,
		},
		{
			"wrong key", "key file",
			func() error { return os.WriteFile(key, make([]byte, 32), 0o600) },
			func() error { return os.WriteFile(key, right, 0o600) }, stateFailed,
		},
		{
			"lost key", "key file",
			func() error { return os.Remove(key) }, func() error { return os.WriteFile(key, right, 0o600) },
			stateFailed,
		},
	} {
		if err := c.do(); err != nil {
			t.Fatal(err)
		}
		code := 0
		if c.want == stateFailed {
			code = exitFound
		}
		if f := p.examined(code)[c.check]; f.State != c.want {
			t.Errorf("%s: %+v", c.name, f)
		}
		if _, err := os.Stat(key); (c.name == "lost key") != os.IsNotExist(err) {
			t.Errorf("%s: the key file: %v", c.name, err)
		}
		if err := c.undo(); err != nil {
			t.Fatal(err)
		}
	}
	ahead := 5*time.Minute + 30*time.Second // its answer may take a while
	p.args = append(p.args, "--bitbucket-api-url", bitbucketAt(t, ahead))
	if f := p.examined(0)["clock"]; f.State != stateWarning || !strings.Contains(f.Detail, " 5m") {
		t.Errorf("a wrong clock: %+v", f)
	}
	stop()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	bareSQL(t, filepath.Join(dir, "data", "towpath.db"),
		"INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, 1)")
	if f := p.examined(exitFound)["metadata"]; f.State != stateFailed ||
		!strings.Contains(f.Detail, "made by a newer Towpath") {
		t.Errorf("newer metadata: %+v", f)
	}
}

// bareSQL changes a SQLite file behind the program's back.
func bareSQL(t *testing.T, path, statement string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err == nil {
		_, err = db.ExecContext(t.Context(), statement)
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestDoctor_ofMetadataOnPostgreSQL(t *testing.T) {
	t.Parallel()
	server := postgresTargets(servers.postgres.Target())
	database, err := server.create(t.Context(), "doctor")
	if err != nil {
		t.Fatal(err)
	}
	role := "towpath_" + database[len(database)-12:]
	db, err := sql.Open("pgx", server.dsn(database))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	for _, statement := range []string{
		"REVOKE CREATE ON SCHEMA public FROM PUBLIC",
		fmt.Sprintf("CREATE ROLE %s LOGIN PASSWORD 'x'", role),
	} {
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	target := server.target
	target.Username, target.Password = role, "x"
	p := patientIn(t, t.TempDir(), "http://localhost:1")
	p.args = append(p.args, "--metadata-url", postgresTargets(target).dsn(database))

	if f := p.examined(exitFound)["metadata"]; f.State != stateFailed || !strings.Contains(f.Fix, "GRANT CREATE") {
		t.Errorf("without the right: %+v", f)
	}
	if _, err := db.ExecContext(t.Context(), "GRANT CREATE ON SCHEMA public TO "+role); err != nil {
		t.Fatal(err)
	}
	found := p.examined(exitFound)
	if f := found["metadata"]; f.State != stateOK || !strings.Contains(f.Detail, "first start") {
		t.Errorf("with the right: %+v", f)
	}
	if f := found["clock"]; f.State != stateOK || !strings.Contains(f.Detail, "the database") {
		t.Errorf("clock: %+v", f)
	}
	p.args[len(p.args)-1] = strings.Replace(p.args[len(p.args)-1], ":x@", ":secret-word@", 1)
	f := p.examined(exitFound)["metadata"]
	if f.State != stateFailed || strings.Contains(f.Detail, "secret-word") {
		t.Errorf("a wrong password: %+v", f)
	}
}

func TestDoctor_knowsWhoAnswers(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		handler http.HandlerFunc
		want    map[string]state
	}{
		"a proxy's page": {
			func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>Welcome")) },
			map[string]state{"external URL": stateFailed, "webhooks": stateFailed},
		},
		"another address": {
			func(w http.ResponseWriter, r *http.Request) {
				http.Redirect(w, r, "https://db.example.com"+r.URL.Path, http.StatusMovedPermanently)
			},
			map[string]state{"external URL": stateFailed, "webhooks": stateFailed},
		},
		"a server whose metadata is away": {
			func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) },
			map[string]state{"external URL": stateFailed, "webhooks": stateFailed},
		},
		"a proxy that keeps posts back": {
			func(w http.ResponseWriter, r *http.Request) {
				if r.Method == http.MethodPost {
					http.Error(w, "not found", http.StatusNotFound)
					return
				}
				w.WriteHeader(http.StatusNoContent)
			},
			map[string]state{"external URL": stateWarning, "webhooks": stateFailed},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := httptest.NewServer(c.handler)
			defer s.Close()
			if d := cmp.Diff(c.want, odd(patientIn(t, t.TempDir(), s.URL).examined(exitFound))); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

func TestCheckGrants(t *testing.T) {
	t.Parallel()
	var states []state
	for _, i := range []*store.Inspection{nil, {}, {BrokenGrants: 2}} {
		states = append(states, checkGrants(i).State)
	}
	if want := []state{stateUnknown, stateOK, stateWarning}; !slices.Equal(states, want) {
		t.Errorf("they are %v, want %v", states, want)
	}
}
