package sync

import (
	"context"
	"sync"
	"time"

	"towpath"
	"towpath/internal/store"
)

// showEvery is how long a reading lasts before its link shows it, and how often it is confirmed.
const showEvery = time.Second

// progress shows on a link that its repository is being read, when that takes longer than
// showEvery.
type progress struct {
	service *Service
	stop    chan struct{}
	stopped chan struct{}

	mu  sync.Mutex
	now towpath.Progress
}

// beginProgress starts showing the progress of a reading. The caller must call end.
func (s *Service) beginProgress(ctx context.Context, linkID string) *progress {
	p := &progress{
		service: s,
		stop:    make(chan struct{}),
		stopped: make(chan struct{}),
		now:     towpath.Progress{LinkID: linkID, Since: s.Store.Now()},
	}
	go p.show(context.WithoutCancel(ctx)) // it removes the shown progress even when the server stops
	return p
}

// expect sets how many files there are to read, and how many of them an earlier try has read.
func (p *progress) expect(files []towpath.ManifestFile) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.now.Done, p.now.Total = 0, 0
	for _, f := range files {
		if f.State == towpath.FileMatched && f.Reason.IsZero() {
			p.now.Total++
		}
	}
	p.now.Done = p.now.Total - unread(files)
}

func (p *progress) read() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.now.Done++
}

// end stops showing the progress, and returns when the link no longer shows it.
func (p *progress) end() {
	close(p.stop)
	<-p.stopped
}

func (p *progress) show(ctx context.Context) {
	defer close(p.stopped)
	ticker := time.NewTicker(showEvery)
	defer ticker.Stop()
	for shown := false; ; shown = true {
		select {
		case <-p.stop:
			if shown {
				p.write(ctx,
					func(ctx context.Context, tx *store.Tx) error {
						return tx.EndProgress(ctx,
							p.now.LinkID)
					})
			}
			return
		case <-ticker.C:
		}
		p.mu.Lock()
		now := p.now
		p.mu.Unlock()
		p.write(ctx, func(ctx context.Context, tx *store.Tx) error { return tx.ShowProgress(ctx, now) })
	}
}

// write runs fn in a short transaction. The reading continues when it fails, since an unconfirmed
// progress expires.
func (p *progress) write(ctx context.Context, fn func(context.Context, *store.Tx) error) {
	ctx, cancel := context.WithTimeout(ctx, 5*showEvery)
	defer cancel()
	if err := p.service.Store.Write(ctx, func(tx *store.Tx) error { return fn(ctx, tx) }); err != nil {
		p.service.Logger.Warn("cannot show how far a link is read", "link", p.now.LinkID, "error", err)
	}
}
