package sqlparse

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"towpath"
)

// Bounds of a Pool where it names none.
const (
	defaultTimeout = 10 * time.Second
	defaultIdle    = 30 * time.Second
	startTimeout   = time.Minute
)

// A request has so many texts and bytes at most.
const (
	batchTexts = 1000
	batchBytes = 8 << 20
)

// maxFailures is how many statements of one Parse may end a child. It keeps a hostile file from
// starting processes without an end.
const maxFailures = 10

// Pool parses in child processes. They start on demand and end when they are idle. Its methods are
// safe for concurrent use; Close it in the end.
type Pool struct {
	// Command starts a child, the dialect is added as the last argument. The process must call
	// Serve.
	Command []string
	Size    int           // children at work at the same time; 1 by default
	Timeout time.Duration // for a statement; 10 s by default
	Idle    time.Duration // until an idle child ends; 30 s by default

	mu     sync.Mutex
	slots  chan struct{} // one for each child at work
	free   []*child
	closed bool
}

// Parse reads each text in a child process. A statement that ends the child, or takes too long, is
// not analyzed, and all others are. The error says that no parser could be started or that ctx has
// ended.
func (p *Pool) Parse(ctx context.Context, dialect towpath.EngineType, texts []Text) ([]Result, error) {
	if _, err := readers(dialect); err != nil {
		return nil, err
	}
	release, err := p.slot(ctx)
	if err != nil {
		return nil, err
	}
	defer release()
	w := work{pool: p, dialect: dialect, texts: texts, results: make([]Result, len(texts))}
	for i, t := range texts {
		if err := unreadable(t.Text); err != nil {
			w.results[i] = t.result(nil, err)
			continue
		}
		w.left = append(w.left, i)
	}
	for len(w.left) > 0 {
		if err := w.batch(ctx); err != nil {
			return nil, err
		}
	}
	return w.results, nil
}

// Prepare starts a child in the background, so that the next Parse finds one. A failure to start is
// left to Parse.
func (p *Pool) Prepare(ctx context.Context, dialect towpath.EngineType) {
	go func() {
		release, err := p.slot(ctx)
		if err != nil {
			return
		}
		defer release()
		if c, err := p.take(ctx, dialect, false); err == nil {
			p.put(c)
		}
	}()
}

// slot waits until a child may work.
func (p *Pool) slot(ctx context.Context) (release func(), err error) {
	p.mu.Lock()
	if p.slots == nil {
		p.slots = make(chan struct{}, max(p.Size, 1))
	}
	p.mu.Unlock()
	select {
	case p.slots <- struct{}{}:
		return func() { <-p.slots }, nil
	case <-ctx.Done():
		return nil, fmt.Errorf("wait for the parser: %w", context.Cause(ctx))
	}
}

// work is one Parse.
type work struct {
	pool     *Pool
	dialect  towpath.EngineType
	texts    []Text
	results  []Result
	left     []int // indexes of texts without a result
	failures int
	again    bool // the first one left has ended a child, and gets another one for itself
}

// batch has a child parse the next texts. Afterwards at least one text more has its result, or is
// to be tried again.
func (w *work) batch(ctx context.Context) error {
	next := w.next()
	c, err := w.pool.take(ctx, w.dialect, w.again)
	if err != nil {
		return err
	}
	texts := make([]Text, 0, len(next))
	for _, i := range next {
		texts = append(texts, w.texts[i])
	}
	parsed, failure := c.parse(ctx, w.pool.timeout(), texts, func(n int, r Result) {
		w.results[next[n]] = w.texts[next[n]].withText(r)
	})
	w.left = w.left[parsed:]
	if parsed > 0 {
		w.again = false
	}
	if failure == nil {
		w.pool.put(c)
		return nil
	}
	c.end()
	if ctx.Err() != nil {
		return fmt.Errorf("parse %s: %w", w.dialect, context.Cause(ctx))
	}
	w.blame(failure, c.fresh && parsed == 0)
	return nil
}

// next are the texts of the next request.
func (w *work) next() []int {
	if w.again {
		return w.left[:1]
	}
	size := 0
	for n, i := range w.left {
		if size += len(w.texts[i].Text); n == batchTexts || (n > 0 && size > batchBytes) {
			return w.left[:n]
		}
	}
	return w.left
}

// blame decides about the text on which a child failed. What others left behind in the child may be
// the cause, so only the first text of a new child is surely to blame; time is nobody else's.
func (w *work) blame(f *failure, alone bool) {
	if !alone && !f.timeout {
		w.again = true
		return
	}
	first := w.left[0]
	w.results[first] = w.texts[first].result(nil, &NotAnalyzed{Why: f.why})
	w.left, w.again = w.left[1:], false
	if w.failures++; w.failures < maxFailures {
		return
	}
	for _, i := range w.left {
		w.results[i] = w.texts[i].result(nil, &NotAnalyzed{
			Why: fmt.Sprintf("%d statements before it have stopped the parser", w.failures),
		})
	}
	w.left = nil
}

func (p *Pool) timeout() time.Duration {
	if p.Timeout > 0 {
		return p.Timeout
	}
	return defaultTimeout
}

// take returns an idle child, or starts one.
func (p *Pool) take(ctx context.Context, dialect towpath.EngineType, fresh bool) (*child, error) {
	p.mu.Lock()
	if p.closed {
		p.mu.Unlock()
		return nil, fmt.Errorf("parse %s: the parsers are closed", dialect)
	}
	at := slices.IndexFunc(p.free, func(c *child) bool { return c.dialect == dialect })
	if at < 0 || fresh {
		p.mu.Unlock()
		return start(ctx, p.Command, dialect)
	}
	c := p.free[at]
	p.free = slices.Delete(p.free, at, at+1)
	p.mu.Unlock()
	c.retire.Stop()
	return c, nil
}

// put keeps a child for the next request, and ends it when none comes.
func (p *Pool) put(c *child) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		c.end()
		return
	}
	idle := defaultIdle
	if p.Idle > 0 {
		idle = p.Idle
	}
	p.free = append(p.free, c)
	c.retire = time.AfterFunc(idle, func() { p.remove(c) })
}

// remove ends a child unless it was taken meanwhile.
func (p *Pool) remove(c *child) {
	p.mu.Lock()
	at := slices.Index(p.free, c)
	if at >= 0 {
		p.free = slices.Delete(p.free, at, at+1)
	}
	p.mu.Unlock()
	if at >= 0 {
		c.end()
	}
}

// Close ends the idle children. One at work ends with its request.
func (p *Pool) Close() {
	p.mu.Lock()
	free := p.free
	p.free, p.closed = nil, true
	p.mu.Unlock()
	for _, c := range free {
		c.retire.Stop()
		c.end()
	}
}
