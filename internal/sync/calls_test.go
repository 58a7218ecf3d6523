package sync_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"towpath/internal/link/linktest"

	"towpath"
	"towpath/internal/store"
	"towpath/internal/vcs/bitbucket"
)

// calls are what Bitbucket counts: all below /repositories, and raw files apart.
type calls struct{ counted, raw int }

func spent(b *linktest.World) (n calls) {
	for _, r := range b.Sim.Requests() {
		switch {
		case !strings.HasPrefix(r.Path, "/2.0/repositories"):
		case r.Method == http.MethodGet && strings.Contains(r.Path, "/src/") && r.Query == "":
			n.raw++
		default:
			n.counted++
		}
	}
	return n
}

// stages leaves the project with so many environments: 1, or 3.
func stages(t *testing.T, b *linktest.World, n int) {
	t.Helper()
	b.Write(t, func(ctx context.Context, tx *store.Tx) error {
		if n == 3 {
			return linktest.AddEnvironment(ctx, tx, b.Project, "live")
		}
		list, err := tx.ProjectDatabases(ctx, b.Project)
		if err != nil {
			return err
		}
		d, err := tx.Database(ctx, list[len(list)-1].ID)
		if err != nil {
			return err
		}
		d.ProjectID, d.AssignedAt = "", nil
		return tx.UpdateDatabase(ctx, &d)
	})
}

// linkFolders links the project with so many folders of the repository, d0 and so on.
func linkFolders(t *testing.T, b *linktest.World, n int) (links []towpath.RepositoryLink) {
	t.Helper()
	b.Commit(t, map[string]string{"README.md": "0"})
	_, grant := b.Connect(t)
	for i := range n {
		spec := b.Spec(grant)
		spec.BaseDirectory = fmt.Sprintf("d%d", i)
		link, err := b.Link(t.Context(), b.Actor, b.Project, spec)
		if err != nil {
			t.Fatal(err)
		}
		b.Reconciled(t, link.ID)
		links = append(links, link)
	}
	return links
}

// cost carries out what links have to do, and returns what that cost.
func cost(t *testing.T, b *linktest.World, links ...towpath.RepositoryLink) calls {
	t.Helper()
	before := spent(b)
	for _, l := range links {
		b.Reconciled(t, l.ID)
		if _, err := b.PostPlan(t.Context(), l.ID); err != nil {
			t.Fatal(err)
		}
		if st, err := b.LinkStatus(t.Context(), l.ID); err != nil {
			t.Fatal(err)
		} else if st.Rollout != nil {
			b.Finish(t, *st.Rollout)
		}
	}
	after := spent(b)
	return calls{counted: after.counted - before.counted, raw: after.raw - before.raw}
}

// What a push costs is what the table of operate.md says.
func TestBudget_callsOfAPush(t *testing.T) {
	t.Parallel()
	doc, err := os.ReadFile("../../docs/operate.md")
	if err != nil {
		t.Fatal(err)
	}
	costs := map[string][]calls{}
	rows := []string{
		"a quiet hour, polling included",
		"a push without migrations, for ten links of the repository together", "a push with one file",
		"a push with 25 files of one commit",
	}
	for _, n := range []int{1, 3} {
		world := linktest.Setup(t, linktest.SQLite(t))
		stages(t, world, n)
		links := linkFolders(t, world, 10)
		world.Commit(t, map[string]string{"README.md": "1"})
		costs[rows[1]] = append(costs[rows[1]], cost(t, world, links...))
		var quiet calls
		for range 4 {
			world.Clock.Move(15 * time.Minute)
			c := cost(t, world, links...)
			quiet = calls{counted: quiet.counted + c.counted, raw: quiet.raw + c.raw}
		}
		costs[rows[0]] = append(costs[rows[0]], quiet)
		world.Commit(t, map[string]string{"d3/shop/1__ddl__a.sql": "A"})
		costs[rows[2]] = append(costs[rows[2]], cost(t, world, links[3]))
		files := map[string]string{}
		for n := range 25 {
			files[fmt.Sprintf("d4/shop/%d__ddl__a.sql", n+2)] = fmt.Sprint("A", n)
		}
		world.Commit(t, files)
		costs[rows[3]] = append(costs[rows[3]], cost(t, world, links[4]))
	}
	for _, what := range rows {
		one, three := costs[what][0], costs[what][1]
		row := fmt.Sprintf("| %s | %d | %d | %d |", what, one.counted, three.counted, three.raw)
		t.Log(row)
		if !strings.Contains(string(doc), row) {
			t.Errorf("operate.md does not say %s", row)
		}
	}
}

// applied notes in the ledgers that a rollout's tasks are done.
func applied(t *testing.T, b *linktest.World, r towpath.Rollout) {
	t.Helper()
	b.Write(t, func(ctx context.Context, tx *store.Tx) error {
		databases, err := tx.ProjectDatabases(ctx, b.Project)
		for _, d := range databases {
			for _, task := range r.Tasks {
				if task.DatabaseID == d.ID {
					d.Ledger.Entries = append(d.Ledger.Entries, towpath.LedgerEntry{
						MigrationID: task.MigrationID,
						State:       towpath.LedgerDone,
						Path:        task.Path,
						Checksum:    task.Checksum,
						DatabaseID:  d.ID,
					})
				}
			}
			err = errors.Join(err, tx.SetLedger(ctx, d.ID, d.Ledger))
		}
		return err
	})
}

// TestBudget_aBusyHour pushes a change every 18 seconds for an hour through one account with its
// 1,000 calls, into three environments. No change waits: reading comes before telling, and what
// cannot be told yet is told later.
func TestBudget_aBusyHour(t *testing.T) {
	t.Parallel()
	b := linktest.Setup(t, linktest.SQLite(t))
	driver, err := bitbucket.NewDriver(bitbucket.Config{
		InstanceURL: b.Sim.BaseURL(), APIURL: b.Sim.APIURL(),
		Now: b.Clock.Now,
	})
	if err != nil {
		t.Fatal(err)
	}
	b.Drivers[towpath.ProviderBitbucket] = driver
	stages(t, b, 3)
	link := linkFolders(t, b, 1)[0]
	linked := spent(b)
	due := map[string]time.Time{} // rollouts that have something to tell
	tell := func() (waits int) {
		for id, at := range due {
			if at.After(b.Clock.Now()) {
				waits++
				continue
			}
			delete(due, id)
			// a spent budget is no failure of the push
			if again, _ := b.PostStatus(t.Context(), id); again != nil {
				due[id] = *again
				waits++
			}
		}
		return waits
	}
	const pushes = 200
	began := b.Clock.Now()
	commits := make([]string, pushes)
	for n := range pushes {
		commits[n] = b.Commit(t,
			map[string]string{fmt.Sprintf("d0/shop/%d__ddl__t.sql",
				n+1): fmt.Sprintf("CREATE TABLE t%d (x int);", n+1)})
		if again, err := b.Reconcile(t.Context(), link.ID); err != nil || again != nil {
			t.Fatalf("push %d waits until %v: %v", n+1, again, err)
		}
		r := b.OpenRollout(t, link.ID)
		if len(r.Tasks) != 3 {
			t.Fatalf("push %d has %d tasks", n+1, len(r.Tasks))
		}
		b.Done(t, r)
		applied(t, b, r)
		due[r.ID] = b.Clock.Now()
		late := tell()
		if n+1 == 100 { // thirty minutes
			spent := spent(b)
			t.Logf("after 100 changes in %s: %d counted calls, %d raw files, %d rollouts still to be told",
				b.Clock.Now().Sub(began).Round(time.Minute), spent.counted-linked.counted,
				spent.raw-linked.raw, late)
		}
		b.Clock.Move(18 * time.Second)
	}
	spent, late := spent(b), len(due)
	t.Logf("after %d changes in %s: %d counted calls, %d raw files; %d rollouts still to be told",
		pushes, b.Clock.Now().Sub(began).Round(time.Minute), spent.counted-linked.counted,
		spent.raw-linked.raw, late)
	for hours := 0; len(due) > 0; hours++ {
		if hours > 60 {
			t.Fatalf("%d rollouts were not told within an hour", len(due))
		}
		b.Clock.Move(time.Minute)
		tell()
	}
	for n, commit := range commits {
		if got := len(b.Sim.Statuses(linktest.Repo, commit)); got != 3 {
			t.Errorf("commit %d bears %d statuses in the end", n+1, got)
		}
	}
	for _, r := range b.Sim.Requests() {
		if r.Status == http.StatusTooManyRequests {
			t.Errorf("the far side refused %s %s", r.Method, r.Path)
		}
	}
}
