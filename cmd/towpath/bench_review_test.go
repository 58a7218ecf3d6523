package main

import (
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"
)

// reviewPushes is how many branches BenchmarkPushToReview pushes.
const reviewPushes = 20

// BenchmarkPushToReview measures the time from the end of a push of 20 files, on a schema of 500
// tables of PostgreSQL, until the provider has the review with what the rehearsal has measured.
func BenchmarkPushToReview(b *testing.B) {
	makeUsers(b)
	w, err := newWorld(b.Context(), b.TempDir(), postgresTargets(servers.postgres.Target()), "")
	if err != nil {
		b.Fatal(err)
	}
	defer w.close()
	if err := w.start("--log-level=warn"); err != nil {
		b.Fatal(err)
	}
	for _, environment := range demoEnvironments {
		if err := manyTables(w, environment); err != nil {
			b.Fatal(err)
		}
	}
	clone := b.TempDir()
	run := func(args ...string) string {
		command := exec.CommandContext(b.Context(), "git",
			append([]string{"-C", clone, "-c", "user.name=x", "-c", "user.email=x@example.com"}, args...)...)
		out, err := command.CombinedOutput()
		if err != nil {
			b.Fatalf("git %v: %v\n%s", args, err, out)
		}
		return strings.TrimSpace(string(out))
	}
	run("clone", "-q", w.cloneURL(), ".")
	if w.linkID, err = w.link(b.Context(), w.grant, nil); err != nil {
		b.Fatal(err)
	}
	if _, err := w.rehearse(true, "towpath_scratch"); err != nil {
		b.Fatal(err)
	}
	var took []time.Duration
	for n := range reviewPushes {
		branch := fmt.Sprintf("feature/%d", n)
		run("checkout", "-q", "-b", branch, "origin/main")
		if err := os.MkdirAll(clone+"/migrations/shop", 0o700); err != nil { // git removes an empty one
			b.Fatal(err)
		}
		for i := range 20 {
			text := fmt.Sprintf("ALTER TABLE t%d ADD COLUMN note%d int;\nCREATE INDEX j%[1]d ON t%[1]d (amount);\n"+
				"UPDATE t%[1]d SET amount = 1 WHERE id = 1;\n", i, n)
			path := fmt.Sprintf("%s/migrations/shop/%d__ddl__note.sql", clone, n*100+i+1)
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				b.Fatal(err)
			}
		}
		run("add", "-A")
		run("commit", "-qm", "t")
		run("push", "-q", "origin", "HEAD")
		pushed := time.Now()
		if err := w.rehearsed(branch, run("rev-parse", "HEAD")); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(pushed))
	}
	slices.Sort(took)
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	fmt.Println(verdict("push-to-rehearsed-review-p50", ms(took[reviewPushes/2-1]), 2000, "ms"))
	fmt.Println(verdict("push-to-rehearsed-review-max", ms(took[reviewPushes-1]), 6000, "ms"))
}

// manyTables makes 500 tables in a target, which is then no new one.
func manyTables(w *world, environment string) error {
	db, err := w.targets.open(w, environment)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	for n := range 500 {
		_, err := db.Exec(fmt.Sprintf("CREATE TABLE t%d (id int PRIMARY KEY, name varchar(50), amount int)", n))
		if err != nil {
			return err
		}
		if _, err := db.Exec(fmt.Sprintf("CREATE INDEX i%d ON t%[1]d (name)", n)); err != nil {
			return err
		}
	}
	return nil
}

// rehearsed waits until the provider has the review of a head, with its rehearsal.
func (w *world) rehearsed(branch, head string) error {
	return w.until(time.Minute, func() (bool, string) {
		var all items[branchView]
		if err := w.api.call(w.ctx, "GET", "/repository-links/"+w.linkID+"/reviews", nil, &all); err != nil {
			return false, err.Error()
		}
		at := slices.IndexFunc(all.Items, func(v branchView) bool { return v.Branch == branch })
		if at < 0 {
			return false, "there is no review of " + branch
		}
		v := all.Items[at]
		sent := v.Sent.Commit == head && v.Sent.State != "in-progress"
		return sent && v.Rehearsal == "done", fmt.Sprintf("it is %s, %s, told %+v", v.State, v.Rehearsal, v.Sent)
	})
}
