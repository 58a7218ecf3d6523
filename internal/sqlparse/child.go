package sqlparse

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"towpath"
)

// child is a process that parses, as its parent sees it.
type child struct {
	dialect  towpath.EngineType
	command  *exec.Cmd
	in       io.WriteCloser
	requests *bufio.Writer
	results  *bufio.Reader
	words    *head
	fresh    bool        // it has parsed nothing yet
	retire   *time.Timer // while it is idle
	ended    sync.Once
}

// failure is why a child did not answer.
type failure struct {
	why     string // as in NotAnalyzed
	timeout bool
}

// start starts a child and waits until it is ready.
func start(ctx context.Context, command []string, dialect towpath.EngineType) (*child, error) {
	if len(command) == 0 {
		return nil, errors.New("start a parser: no command is set")
	}
	args := append(slices.Clone(command[1:]), string(dialect))
	c := &child{
		dialect: dialect,
		command: exec.Command(command[0], args...), // our own program, which outlives a request
		words:   &head{},
		fresh:   true,
	}
	c.command.Env = []string{} // nil would pass on the server's own, with its secrets
	c.command.Stderr = c.words
	in, err := c.command.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("start a parser: %w", err)
	}
	out, err := c.command.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("start a parser: %w", err)
	}
	if err := c.command.Start(); err != nil {
		return nil, fmt.Errorf("start a parser: %w", err)
	}
	c.in, c.requests, c.results = in, bufio.NewWriter(in), bufio.NewReaderSize(out, 64<<10)
	if err := c.ready(ctx); err != nil {
		c.end()
		if ctx.Err() != nil {
			return nil, fmt.Errorf("start a parser: %w", context.Cause(ctx))
		}
		return nil, fmt.Errorf("start a parser: %w: %s", err, c.words)
	}
	return c, nil
}

// ready waits until the child has prepared itself.
func (c *child) ready(ctx context.Context) error {
	defer time.AfterFunc(startTimeout, c.kill).Stop()
	defer context.AfterFunc(ctx, c.kill)()
	var ready Result
	return readFrame(c.results, maxResult, &ready)
}

// parse has the child parse texts, and returns how many it did, and why no more. got gets each
// result.
func (c *child) parse(ctx context.Context, limit time.Duration, texts []Text, got func(int, Result),
) (parsed int, failed *failure) {
	late := &atomic.Bool{}
	timer := time.AfterFunc(limit, func() { late.Store(true); c.kill() })
	defer timer.Stop()
	defer context.AfterFunc(ctx, c.kill)()
	if err := writeFrame(c.requests, maxRequest, texts); err != nil {
		return 0, c.failure(err, late)
	}
	for parsed < len(texts) {
		timer.Reset(limit)
		var r Result
		if err := readFrame(c.results, maxResult, &r); err != nil {
			return parsed, c.failure(err, late)
		}
		got(parsed, r)
		parsed++
	}
	c.fresh = false
	return parsed, nil
}

// failure says why the child did not answer.
func (c *child) failure(err error, late *atomic.Bool) *failure {
	c.end()
	switch {
	case late.Load():
		return &failure{why: "the parser ran out of time", timeout: true}
	case c.words.outOfMemory():
		return &failure{why: "the parser ran out of memory"}
	case errors.Is(err, errTooLong):
		return &failure{why: "its tree is too large"}
	}
	return &failure{why: "the parser crashed"}
}

func (c *child) kill() { _ = c.command.Process.Kill() } // it may have ended by itself

// end ends the process and waits for it.
func (c *child) end() {
	c.ended.Do(func() {
		_ = c.in.Close()
		c.kill()
		_ = c.command.Wait() // its end is what was asked for
	})
}

// head keeps the beginning of what a child says on its standard error.
type head struct {
	mu   sync.Mutex
	text []byte
}

const maxHead = 4 << 10

// Write implements io.Writer. It keeps a part and takes all.
func (t *head) Write(text []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(t.text, text[:min(len(text), maxHead-len(t.text))]...)
	return len(text), nil
}

// String returns what was kept.
func (t *head) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.text)
}

// outOfMemory reports whether the process ended for want of memory, in the words of Go's runtime.
func (t *head) outOfMemory() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, words := range []string{"out of memory", "cannot allocate memory", "stack exceeds"} {
		if bytes.Contains(t.text, []byte(words)) {
			return true
		}
	}
	return false
}
