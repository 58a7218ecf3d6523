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
		err := in.keep(ctx, s, func(ctx context.Context, tx *store.Tx) error {
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
