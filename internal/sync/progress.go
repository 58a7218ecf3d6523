package sync

import (
	"context"
	"sync"
	"time"

	"towpath"
	"towpath/internal/store"
)

// showEvery is after how long a reading is shown on its link, and how often it is confirmed.
const showEvery = time.Second

// progress shows on a link that its repository is being read, once that takes a while, whatever the
// number of files.
type progress struct {
	service *Service
	stop    chan struct{}
	stopped chan struct{}

	mu  sync.Mutex
	now towpath.Progress
}

// beginProgress watches a reading, which end ends.
func (s *Service) beginProgress(ctx context.Context, linkID string) *progress {
	p := &progress{
		service: s,
		stop:    make(chan struct{}),
		stopped: make(chan struct{}),
		now:     towpath.Progress{LinkID: linkID, Since: s.Store.Now()},
	}
	go p.show(context.WithoutCancel(ctx)) // what was shown goes, also when the server stops
	return p
}

// expect says how many files there are to read, and how many of them an earlier try has read.
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

// end returns when the link shows no reading any more.
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

// write writes within the time until the next one. The reading goes on when it cannot: what is not
// confirmed is not believed.
func (p *progress) write(ctx context.Context, fn func(context.Context, *store.Tx) error) {
	ctx, cancel := context.WithTimeout(ctx, 5*showEvery)
	defer cancel()
	if err := p.service.Store.Write(ctx, func(tx *store.Tx) error { return fn(ctx, tx) }); err != nil {
		p.service.Logger.Warn("cannot show how far a link is read", "link", p.now.LinkID, "error", err)
	}
}
