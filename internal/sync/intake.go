package sync

import (
	"context"
	"slices"
	"sync"
	"time"

	"towpath/internal/store"
)

const (
	maxIntake     = 64              // deliveries of one commit, so that none of them waits for long
	intakeTimeout = 8 * time.Second // of a commit; providers give up after ten
)

// intake stores the deliveries that arrive during a commit together in the next one. Each is on the
// disk before its request is answered, and many need one sync of the disk.
type intake struct {
	mu         sync.Mutex
	waiting    []*arrival
	committing chan struct{} // has room while no request commits
}

// arrival is a delivery that is not stored yet.
type arrival struct {
	store keeper     // may run again, as the function of Store.Write
	kept  chan error // receives once what came of it
}

// keeper stores a delivery. woken are the links that earlier deliveries of the transaction have woken.
type keeper func(ctx context.Context, tx *store.Tx, woken wakings) error

// wakings are, by link, what the last delivery of a transaction meant for it. One that means the same
// need not change the link again, since both commit together.
type wakings map[string]waking

// keep stores a delivery, and those that wait with it. When ctx ends first, a commit may have the
// delivery nevertheless; the provider sends it again.
func (i *intake) keep(
	ctx context.Context, s *store.Store, write keeper,
) error {
	a := &arrival{write, make(chan error, 1)}
	committing := i.add(a)
	for {
		select {
		case err := <-a.kept:
			return err
		case <-ctx.Done():
			i.drop(a)
			return ctx.Err()
		case committing <- struct{}{}:
			i.commit(ctx, s)
		}
	}
}

func (i *intake) add(a *arrival) chan struct{} {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.committing == nil {
		i.committing = make(chan struct{}, 1)
	}
	i.waiting = append(i.waiting, a)
	return i.committing
}

func (i *intake) drop(a *arrival) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.waiting = slices.DeleteFunc(i.waiting, func(other *arrival) bool { return other == a })
}

func (i *intake) take() []*arrival {
	i.mu.Lock()
	defer i.mu.Unlock()
	n := min(len(i.waiting), maxIntake)
	batch := slices.Clone(i.waiting[:n])
	i.waiting = slices.Delete(i.waiting, 0, n)
	return batch
}

// commit stores the arrivals that have waited longest. One that cannot be stored does not harm the
// others: then each is stored by itself.
func (i *intake) commit(ctx context.Context, s *store.Store) {
	defer func() { <-i.committing }() // after a panic too, which ends only its own request
	batch := i.take()
	if len(batch) == 0 { // another request has stored them
		return
	}
	// the request that commits may be given up, but not the others
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), intakeTimeout)
	defer cancel()
	write := func(some ...*arrival) error {
		return s.Write(ctx, func(tx *store.Tx) error {
			woken := wakings{}
			for _, a := range some {
				if err := a.store(ctx, tx, woken); err != nil {
					return err
				}
			}
			return nil
		})
	}
	err := write(batch...)
	for _, a := range batch {
		one := err
		if err != nil && len(batch) > 1 {
			one = write(a)
		}
		a.kept <- one
	}
}
