package main

import (
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

var (
	oracleSeed  = flag.Uint64("oracle.seed", 1, "first seed of the oracle")
	oracleSeeds = flag.Int("oracle.seeds", 1, "how many seeds each engine gets")
	oracleSteps = flag.Int("oracle.steps", 20, "how many moves each seed gets")
)

// oracle compares a real server, on which people push and decide at random, with a model.
type oracle struct {
	w       *world
	m       *model
	dice    *rand.Rand
	repo    string
	names   int               // of tables so far
	indexes int               // of indexes so far
	before  map[string]script // texts that an edit has replaced, by path
	commits []string          // pushed so far
	kills   func() error      // called right after the push; nil for nothing
	failing string            // the open rollout, when it has failed
	failed  []string          // rollouts that had failed when a newer one took over
}

// TestOracle makes the moves of people at random, and compares after each one the databases, the
// ledgers, the tasks, the rollout, the build statuses and the plan with the model. A failure names
// its seed; run it with -args -oracle.seed=N.
func TestOracle(t *testing.T) {
	t.Parallel()
	for name, where := range map[string]func() targets{
		"sqlite":   func() targets { return sqliteTargets{} },
		"postgres": func() targets { return postgresTargets(servers.postgres.Target()) },
		"mysql":    func() targets { return mariadbTargets(servers.mariadb.Target()) },
	} {
		for n := range *oracleSeeds {
			seed := *oracleSeed + uint64(n)
			t.Run(fmt.Sprintf("%s, seed %d", name, seed), func(t *testing.T) {
				t.Parallel()
				o := newOracle(t, name, where(), seed)
				steps, found := o.play(t, *oracleSteps)
				fmt.Printf("oracle: %s, seed %d, %d steps, %d differences\n", name, seed, steps, found)
			})
		}
	}
}

func newOracle(t *testing.T, engine string, where targets, seed uint64) *oracle {
	t.Helper()
	dir := t.TempDir()
	w, err := newWorld(t.Context(), dir, where, "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.close)
	if err := w.start(); err != nil {
		t.Fatal(err)
	}
	if w.linkID, err = w.link(t.Context(), w.grant, nil); err != nil {
		t.Fatal(err)
	}
	o := &oracle{
		w:      w,
		m:      newModel(engine),
		dice:   rand.New(rand.NewPCG(seed, 0)),
		repo:   filepath.Join(dir, "repo"),
		before: map[string]script{},
	}
	if err := os.Mkdir(o.repo, 0o700); err != nil {
		t.Fatal(err)
	}
	o.git(t, "clone", "-q", w.cloneURL(), ".")
	o.m.files["migrations/shop/1__ddl__base.sql"] = script{steps: []step{
		{make: "base"},
		{into: "base", rows: 2},
	}}
	o.push(t)
	return o
}

// git runs git in the work tree, isolated from the machine's own settings.
func (o *oracle) git(t *testing.T, args ...string) string {
	t.Helper()
	args = append([]string{
		"-c", "user.name=Olive Owner", "-c", "user.email=owner@example.com", "-c",
		"core.autocrlf=false", "-c", "maintenance.auto=false",
	}, args...)
	command := exec.Command("git", args...)
	command.Dir = o.repo
	command.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1",
		"GIT_TERMINAL_PROMPT=0")
	out, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

// push brings the branch to the model's state, if it differs.
func (o *oracle) push(t *testing.T) {
	t.Helper()
	folder := filepath.Join(o.repo, "migrations", "shop")
	if err := os.RemoveAll(folder); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	for path, s := range o.m.files {
		if err := os.WriteFile(filepath.Join(o.repo, path), []byte(s.text()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	o.git(t, "add", "-A")
	changed := strings.Split(o.git(t, "-c", "core.quotePath=false", "diff", "--cached", "--name-only",
		"--no-renames", "--diff-filter=AM"), "\n")
	removed := strings.Split(o.git(t, "-c", "core.quotePath=false", "diff", "--cached", "--name-only",
		"--no-renames", "--diff-filter=D"), "\n")
	if o.git(t, "status", "--porcelain") != "" {
		o.m.remove(removed)
		o.git(t, "commit", "-q", "-m", "change")
		o.git(t, "push", "-q", "origin", "HEAD:main")
		o.w.head = o.git(t, "rev-parse", "HEAD")
		o.commits = append(o.commits, o.w.head)
	}
	for _, path := range changed {
		if s, ok := o.m.files[path]; ok {
			s.commit = o.w.head
			o.m.files[path] = s
		}
	}
}

// restartEvery is after how many moves the server is stopped and started. A server counts what it
// asks Bitbucket for in an hour, and sixty moves may need more calls than an hour has.
const restartEvery = 25

// play makes moves until one leads to a difference, and returns how many moves and differences
// there were.
func (o *oracle) play(t *testing.T, steps int) (made, found int) {
	t.Helper()
	var story []string
	for made = 0; made <= steps; made++ {
		what := "begin"
		if made > 0 {
			if what = o.anyMove(); what == "" {
				continue
			}
			o.push(t)
		}
		story = append(story, fmt.Sprintf("%2d %.8s %s", made, o.w.head, what))
		if made%restartEvery == restartEvery-1 {
			if err := errors.Join(o.w.stop(syscall.SIGTERM), o.w.start()); err != nil {
				t.Fatal(err)
			}
		}
		if o.kills != nil {
			if err := o.kills(); err != nil {
				t.Fatal(err)
			}
			o.kills = nil
		}
		o.m.settle()
		if list := o.settled(); len(list) > 0 {
			t.Errorf("%s\n\nafter\n%s", strings.Join(list, "\n"), strings.Join(story, "\n"))
			return made, len(list)
		}
	}
	return made - 1, 0
}

// anyMove makes one move that makes sense now.
func (o *oracle) anyMove() string {
	total := 0
	for _, m := range moves {
		total += m.weight
	}
	for range 50 {
		n := o.dice.IntN(total)
		for _, m := range moves {
			if n -= m.weight; n < 0 {
				if what := m.do(o); what != "" {
					return what
				}
				break
			}
		}
	}
	return ""
}

// settled waits until the server agrees with the model, requests another reconcile, and checks that
// they still agree.
func (o *oracle) settled() (list []string) {
	quiet := func() bool {
		return o.w.until(30*time.Second, func() (bool, string) {
			list = o.differences()
			return len(list) == 0, ""
		}) == nil
	}
	if !quiet() {
		return list
	}
	if err := o.w.api.call(o.w.ctx, "POST", "/repository-links/"+o.w.linkID+"/sync", nil, nil); err != nil {
		return []string{err.Error()}
	}
	time.Sleep(300 * time.Millisecond) // for a wrong reconcile to show; a right one changes nothing
	if !quiet() {
		return list
	}
	return o.historyDifferences()
}
