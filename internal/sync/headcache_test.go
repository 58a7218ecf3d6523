package sync

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"

	"towpath/internal/vcs"
)

// commits is a source of which only Commit is asked for.
type commits struct {
	vcs.Source
	commit func(ctx context.Context, hash string) (vcs.Commit, error)
}

// Commit implements vcs.Source.
func (c commits) Commit(ctx context.Context, hash string) (vcs.Commit, error) {
	return c.commit(ctx, hash)
}

// Two links of a repository may have different accounts, and one of them may be refused.
func TestHeadCache_sharesResultsButNoErrors(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var c headCache
		refusal, gate, calls := errors.New("refused"), make(chan struct{}), 0
		refused := commits{commit: func(context.Context, string) (vcs.Commit, error) {
			<-gate
			return vcs.Commit{}, refusal
		}}
		allowed := commits{commit: func(_ context.Context, hash string) (vcs.Commit, error) {
			calls++
			return vcs.Commit{Hash: hash}, nil
		}}
		first, second := make(chan error, 1), make(chan error, 1)
		go func() {
			_, err := c.get(t.Context(), refused, "repository", "c0ffee")
			first <- err
		}()
		synctest.Wait() // the first one leads
		go func() {
			_, err := c.get(t.Context(), allowed, "repository", "c0ffee")
			second <- err
		}()
		synctest.Wait()
		close(gate)
		if err := <-first; !errors.Is(err, refusal) {
			t.Errorf("the first one got %v", err)
		}
		if err := <-second; err != nil || calls != 1 {
			t.Errorf("the second one got %v after %d calls", err, calls)
		}
	})
}
