package sync

import (
	"context"
	"errors"
	"path/filepath"
	"runtime"
	"strconv"
	"sync"
	"testing"

	"towpath"
	"towpath/internal/store"
	"towpath/internal/store/storetest"
	"towpath/internal/vcs"
)

// While one commit is under way, many requests arrive: some fail, some are given up. Each hears what
// came of its own.
func TestIntake_oneFailureHarmsNoOther(t *testing.T) {
	t.Parallel()
	s, err := store.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "größe.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	const requests = 2*maxIntake + 7
	var all sync.WaitGroup
	var in intake
	refused := errors.New("refused")
	fails := func(n int) bool { return n%10 == 3 }
	givesUp := func(n int) bool { return n%10 == 5 }
	began, hold := make(chan struct{}), make(chan struct{})
	impatient, giveUp := context.WithCancel(t.Context())
	defer giveUp()
	keep := func(n int) {
		ctx := t.Context()
		if givesUp(n) {
			ctx = impatient
		}
		err := in.keep(ctx, s, func(ctx context.Context, tx *store.Tx, _ wakings) error {
			if n == 0 {
				close(began)
				<-hold
			}
			e := towpath.Environment{Name: "e" + strconv.Itoa(n)}
			if err := tx.CreateEnvironment(ctx, &e); err != nil || !fails(n) {
				return err
			}
			return refused
		})
		if givesUp(n) != errors.Is(err, context.Canceled) || fails(n) != errors.Is(err, refused) {
			t.Errorf("request %d: %v", n, err)
		}
	}
	waiting := func(want int) {
		for n := -1; n != want; runtime.Gosched() {
			in.mu.Lock()
			n = len(in.waiting)
			in.mu.Unlock()
		}
	}
	all.Go(func() { keep(0) })
	<-began
	impatients := 0
	for n := 1; n < requests; n++ {
		all.Go(func() { keep(n) })
		if givesUp(n) {
			impatients++
		}
	}
	waiting(requests - 1)
	giveUp()
	waiting(requests - 1 - impatients)
	close(hold)
	all.Wait()
	names := map[string]bool{}
	err = s.Read(t.Context(), func(tx *store.Tx) error {
		list, err := tx.Environments(t.Context())
		for _, e := range list {
			names[e.Name] = true
		}
		return err
	})
	for n := range requests {
		if kept := names["e"+strconv.Itoa(n)]; err != nil || kept == (fails(n) || givesUp(n)) {
			t.Errorf("request %d is kept: %t; %v", n, kept, err)
		}
	}
}

// Deliveries that mean the same for a link wake it once in a transaction; each is kept.
func TestStoreDelivery_whatMeansTheSameWakesOnce(t *testing.T) {
	t.Parallel()
	s, err := store.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "größe.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	push := func(branches ...string) (e vcs.Event) {
		for _, branch := range branches {
			e.Refs = append(e.Refs, vcs.RefChange{Branch: branch, New: "c0ffee"})
		}
		return e
	}
	asked := vcs.Event{PullRequest: &vcs.PullRequest{Number: 1}}
	err = s.Write(t.Context(), func(tx *store.Tx) error {
		p := towpath.Project{Name: "Shop"}
		if err := errors.Join(tx.CreateProject(t.Context(), &p), storetest.AddLink(t.Context(), tx, p.ID, "c0ffee")); err != nil {
			return err
		}
		woken := wakings{}
		var before int64
		for n, c := range []struct {
			of      vcs.Event
			verdict towpath.DeliveryVerdict
			named   found
			wakes   bool
			name    string
		}{
			{push("main"), towpath.DeliveryAccepted, found{}, true, ""},
			{push("main"), towpath.DeliveryAccepted, found{}, false, ""},
			{push("main", "other"), towpath.DeliveryAccepted, found{}, true, ""},
			{push("main", "other"), towpath.DeliveryAccepted, found{name: "acme/a", url: "https://a"}, true, "acme/a"},
			{push("main"), towpath.DeliveryAccepted, found{name: "acme/b", url: "https://b"}, true, "acme/b"},
			{push("main", "other"), towpath.DeliveryAccepted, found{name: "acme/a", url: "https://a"}, true, "acme/a"},
			{push("main", "other"), towpath.DeliveryIgnored, found{name: "acme/a", url: "https://a"}, false, "acme/a"},
			{push("main"), towpath.DeliveryAccepted, found{}, true, "acme/a"},
			{asked, towpath.DeliveryAccepted, found{}, false, "acme/a"},
			{push("main"), towpath.DeliveryAccepted, found{}, true, "acme/a"},
		} {
			d := towpath.Delivery{LinkID: "link", RequestID: strconv.Itoa(n), Verdict: c.verdict}
			if err := storeDelivery(t.Context(), tx, d, c.named, c.of, woken); err != nil {
				return err
			}
			job, err := tx.Job(t.Context(), towpath.JobReconcile, "link")
			if err != nil {
				return err
			}
			link, err := tx.Link(t.Context(), "link")
			if woke := job.Generation > before; woke != c.wakes || (c.name != "" && link.RepositoryName != c.name) {
				t.Errorf("delivery %d: wakes %t, want %t; the repository is %s", n, woke, c.wakes, link.RepositoryName)
			}
			if before = job.Generation; err != nil {
				return err
			}
		}
		kept, err := tx.Deliveries(t.Context(), "link", store.Page{})
		if len(kept) != 10 {
			t.Errorf("%d deliveries are kept", len(kept))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
