package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// everyTarget are the kinds of targets, by name.
func everyTarget() map[string]func() targets {
	return map[string]func() targets{
		"SQLite":     func() targets { return sqliteTargets{} },
		"PostgreSQL": func() targets { return postgresTargets(servers.postgres.Target()) },
		"MariaDB":    func() targets { return mariadbTargets(servers.mariadb.Target()) },
	}
}

// walked is a running server with a linked repository. Its folder has the names in docs/operate.md.
func walked(t *testing.T, where targets, metadata string) *world {
	t.Helper()
	w := prepared(t, where, metadata)
	w.must(t, w.start())
	var err error
	w.linkID, err = w.link(w.ctx, w.grant, nil)
	w.must(t, err)
	return w
}

// prepared is walked before its first start.
func prepared(t *testing.T, where targets, metadata string) *world {
	t.Helper()
	w, err := newWorld(context.WithoutCancel(t.Context()), t.TempDir(), where, metadata)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.close)
	w.set("--data", w.in("towpath-data"))
	return w
}

// set changes a flag of the server, or adds it.
func (w *world) set(flag, value string) {
	if i := slices.Index(w.args, flag); i >= 0 {
		w.args[i+1] = value
		return
	}
	w.args = append(w.args, flag, value)
}

// in is a path in the world's folder.
func (w *world) in(name string) string { return filepath.Join(w.dir, name) }

func (w *world) path(n int) string { return fmt.Sprintf("migrations/shop/%d__ddl__t.sql", n) }

func (w *world) must(t *testing.T, err error) {
	t.Helper()
	if err == nil {
		return
	}
	text, _ := os.ReadFile(w.log.Name())
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	t.Fatalf("%v\nthe server's last words:\n%s", err, strings.Join(lines[max(0, len(lines)-20):], "\n"))
}

// grow pushes one file, whose table has a row for each time that it ran.
func (w *world) grow(t *testing.T, n int) {
	t.Helper()
	w.commit(t,
		map[string]string{w.path(n): fmt.Sprintf("CREATE TABLE t%d (id INT);\nINSERT INTO t%d VALUES (1);\n",
			n, n)})
}

// settled waits until the link is done, and checks that each of n files ran once, in the databases
// and in every report.
func (w *world) settled(t *testing.T, n int) {
	t.Helper()
	w.must(t, w.wait("done"))
	w.ranOnce(t, n)
	if _, v := w.state(); len(v.Plan.Items) > 0 || v.Plan.Blocked.Text != "" || v.LastError.Text != "" {
		t.Errorf("the link's page: %+v", v)
	}
	w.historyHas(t, n)
	want := []string{"test SUCCESSFUL", "staging SUCCESSFUL", "prod SUCCESSFUL"}
	w.must(t, w.until(30*time.Second, func() (bool, string) {
		got := w.statuses(w.head)
		return slices.Equal(got, want), fmt.Sprintf("the head bears %v", got)
	}))
}

// ranOnce checks that each of n files ran once in each database, and that the ledgers record it.
func (w *world) ranOnce(t *testing.T, n int) {
	t.Helper()
	var want []string
	for i := 1; i <= n; i++ {
		want = append(want, fmt.Sprintf("%d ddl done", i))
	}
	for _, environment := range demoEnvironments {
		if rows, err := w.ledger(environment); err != nil || !slices.Equal(rows, want) {
			t.Errorf("%s: the ledger is %v, %v", environment, rows, err)
		}
		for i := 1; i <= n; i++ {
			if rows, err := w.query(environment, fmt.Sprintf("SELECT COUNT(*) FROM t%d", i)); err != nil ||
				!slices.Equal(rows, []string{"1"}) {
				t.Errorf("%s: version %d ran %v times, %v", environment, i, rows, err)
			}
		}
	}
}

// databases are the ids of the project's databases.
func (w *world) databases(t *testing.T) (ids []string) {
	t.Helper()
	var list items[struct {
		ID        string `json:"id"`
		ProjectID string `json:"projectId"`
	}]
	w.must(t, w.api.call(w.ctx, "GET", "/databases?pageSize=500", nil, &list))
	for _, d := range list.Items {
		if d.ProjectID != "" {
			ids = append(ids, d.ID)
		}
	}
	return ids
}

// historyHas checks that the change history of each database has n migrations, each once.
func (w *world) historyHas(t *testing.T, n int) {
	t.Helper()
	for _, d := range w.databases(t) {
		var history items[struct {
			Version string `json:"version"`
			State   string `json:"state"`
		}]
		w.must(t, w.api.call(w.ctx, "GET", "/databases/"+d+"/change-history?pageSize=500", nil, &history))
		versions := map[string]int{}
		for _, h := range history.Items {
			versions[h.Version+h.State]++
		}
		for i := 1; i <= n; i++ {
			if versions[fmt.Sprintf("%ddone", i)] != 1 {
				t.Errorf("the history of %s has %v", d, versions)
				break
			}
		}
	}
}

// section is the text below a heading of docs/operate.md.
func section(t *testing.T, heading string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "operate.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(text), "\n"+heading+"\n")
	if !ok {
		t.Fatalf("docs/operate.md has no %q", heading)
	}
	rest, _, _ = strings.Cut(rest, "\n## ")
	return rest
}

var comment = regexp.MustCompile(`\s{2,}# .*$`)

// instructions are the commands below a heading that begin with a word: lines of code, without
// their comments, and code in sentences.
func instructions(t *testing.T, heading, word string) (list []string) {
	t.Helper()
	text := section(t, heading)
	for line := range strings.SplitSeq(text, "\n") {
		if line, ok := strings.CutPrefix(line, "    "); ok && strings.HasPrefix(line, word+" ") {
			list = append(list, comment.ReplaceAllString(line, ""))
		}
	}
	for _, code := range regexp.MustCompile("`([^`\n]+)`").FindAllStringSubmatch(text, -1) {
		if strings.HasPrefix(code[1], word+" ") {
			list = append(list, code[1])
		}
	}
	if len(list) == 0 {
		t.Fatalf("docs/operate.md has no command %s below %q", word, heading)
	}
	return list
}

// shell runs a command of the document in a folder, as a person does. The server of the tests is
// PostgreSQL's default there.
func (w *world) shell(t *testing.T, folder, line string) string {
	t.Helper()
	target := servers.postgres.Target()
	host, port, _ := strings.Cut(target.Address, ":")
	command := exec.CommandContext(w.ctx, "sh", "-euc", line)
	command.Dir = folder
	command.Env = append(os.Environ(), "PATH="+servers.postgres.Programs()+":"+os.Getenv("PATH"),
		"PGHOST="+host, "PGPORT="+port, "PGUSER="+target.Username, "PGPASSWORD="+target.Password,
		"PGSSLMODE=disable")
	out, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", line, err, out)
	}
	return string(out)
}

// refused starts the server, which must not start, and returns its output.
func (w *world) refused(t *testing.T) string {
	t.Helper()
	program, err := exec.LookPath("towpath")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(w.ctx, time.Minute)
	defer cancel()
	out, err := exec.CommandContext(ctx, program, w.args...).CombinedOutput()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != exitFailed {
		t.Fatalf("it should have refused to start: %v\n%s", err, out)
	}
	return string(out)
}

func (w *world) beside(t *testing.T, pattern string) []string {
	t.Helper()
	found, err := filepath.Glob(w.in(pattern))
	w.must(t, err)
	return found
}
