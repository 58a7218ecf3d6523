package gitwire

import (
	"context"
	"slices"
	"strings"
	"sync"

	"towpath/internal/vcs"
)

// Servers remembers how servers speak, by clone address, so that reading a repository again is one
// request. Servers hold no state between requests, so each command may be the first one:
// https://git-scm.com/docs/gitprotocol-http. The zero value is ready for use, by several callers
// at once.
type Servers struct {
	mu    sync.Mutex
	known map[string]server
}

// server is what we use of the capabilities that a server advertises in protocol version 2.
type server struct {
	agent        bool   // it wants to know ours
	objectFormat string // the whole capability, which commands repeat; "" for none
	filters      bool   // it leaves the contents of files out
}

func serverOf(capabilities []string) (s server) {
	for _, c := range capabilities {
		switch name, value, _ := strings.Cut(c, "="); name {
		case "agent":
			s.agent = true
		case "object-format":
			s.objectFormat = c
		case "fetch":
			s.filters = slices.Contains(strings.Fields(value), "filter")
		}
	}
	return s
}

func (s *Servers) get(url string) (found server, known bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	found, known = s.known[url]
	return found, known
}

func (s *Servers) remember(url string, found server) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.known == nil {
		s.known = map[string]server{}
	}
	s.known[url] = found
}

func (s *Servers) forget(url string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.known, url)
}

// asKnown runs a command with what is known of the server, and reports whether its answer holds.
// A failure may come from a server or an address that has changed, so it forgets what was known;
// only a refusal for the rate, or the end of ctx, says nothing about either.
func (r Remote) asKnown(ctx context.Context, command func(server) error) (done bool, err error) {
	known, ok := r.Servers.get(r.URL)
	if !ok {
		return false, nil
	}
	err = command(known)
	if err == nil || ctx.Err() != nil || vcs.KindOf(err) == vcs.RateLimited {
		return true, err
	}
	r.Servers.forget(r.URL)
	return false, nil
}
