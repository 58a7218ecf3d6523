package api

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"towpath"
	"towpath/internal/secret"
)

// request holds what the middleware knows about a request.
type request struct {
	ID      string
	Source  string // the network address of the client
	Actor   towpath.Actor
	AuthErr error  // why Actor is zero
	Route   string // the pattern of the mux that matched
}

type requestKey struct{}

// requestOf returns the request of a context; an empty one when there is none.
func requestOf(ctx context.Context) *request {
	if r, ok := ctx.Value(requestKey{}).(*request); ok {
		return r
	}
	return &request{}
}

// actorOf returns who makes the request.
func actorOf(ctx context.Context) towpath.Actor { return requestOf(ctx).Actor }

// sessionCookie holds the secret of a browser's session.
const sessionCookie = "towpath_session"

// middleware wraps a mux in the handlers that apply to every request, the outermost last.
func (s *Server) middleware(mux http.Handler, m *metrics) http.Handler {
	var h http.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mux.ServeHTTP(w, r)
		requestOf(r.Context()).Route = r.Pattern
	})
	h = packed(h)
	h = s.authenticate(h)
	h = bound(h)
	h = s.crossOrigin(h)
	h = s.knownHost(h)
	h = s.recoverPanic(h)
	h = secureHeaders(h)
	h = s.lastOnConnection(h)
	return s.observe(h, m)
}

// leaves reports whether the server is about to stop.
func (s *Server) leaves() bool {
	select {
	case <-s.Leaving:
		return true
	default:
		return false
	}
}

// lastOnConnection ends connections one by one while the server is about to stop, each after a
// response. A proxy that sent a request on a connection that closes meanwhile could not repeat it.
func (s *Server) lastOnConnection(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.leaves() {
			w.Header().Set("Connection", "close")
		}
		next.ServeHTTP(w, r)
	})
}

// statusWriter remembers the status of a response.
type statusWriter struct {
	http.ResponseWriter
	status int
}

// WriteHeader implements http.ResponseWriter.
func (w *statusWriter) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (w *statusWriter) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return w.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the connection.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// observe gives each request an id, counts it, and logs it once. It logs no queries, since that of
// the OAuth callback contains a code, and no keys in the paths of webhooks.
func (s *Server) observe(next http.Handler, m *metrics) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		source, _, err := net.SplitHostPort(r.RemoteAddr)
		if err != nil {
			source = r.RemoteAddr
		}
		meta := &request{ID: secret.NewToken(12), Source: source}
		w.Header().Set("X-Request-Id", meta.ID)
		sw := &statusWriter{ResponseWriter: w}
		next.ServeHTTP(sw, r.WithContext(context.WithValue(r.Context(), requestKey{}, meta)))
		if sw.status == 0 {
			sw.status = http.StatusOK
		}
		took := time.Since(start)
		m.count(r.Method, meta.Route, sw.status, took)
		path := r.URL.Path
		if strings.HasPrefix(path, hookPrefix) {
			path = hookPrefix + "…"
		}
		level := slog.LevelInfo
		if meta.Route == "GET /healthz" || meta.Route == "GET /readyz" || meta.Route == "GET /metrics" {
			level = slog.LevelDebug
		}
		s.Logger.Log(r.Context(), level, "request", "request", meta.ID, "method", r.Method, "path", path,
			"status", sw.status,
			"ms", took.Milliseconds(), "source", source, "member", meta.Actor.Member.ID)
	})
}

func secureHeaders(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src "+
			"'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		if strings.HasPrefix(r.URL.Path, "/api/") {
			h.Set("Cache-Control", "no-store")
		}
		next.ServeHTTP(w, r)
	})
}

func (s *Server) recoverPanic(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			fault := recover()
			if fault == nil {
				return
			}
			if fault == http.ErrAbortHandler { //nolint:errorlint // the value itself is the signal
				panic(fault)
			}
			s.Logger.Error("handler panicked", "request", requestOf(r.Context()).ID, "fault", fault,
				"stack", string(debug.Stack()))
			s.refuse(w, r, towpath.Errorf(towpath.CodeInternal,
				"Something went wrong on the server. The log has the details under this request's id."))
		}()
		next.ServeHTTP(w, r)
	})
}

// knownHost refuses requests for other host names, to prevent DNS rebinding. Probes use an address
// and get no data, so they are allowed.
func (s *Server) knownHost(next http.Handler) http.Handler {
	known := map[string]bool{s.externalHost(): true, s.Listen: true}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := r.Host
		if host, _, err := net.SplitHostPort(r.Host); err == nil {
			name = host
		}
		switch {
		case known[r.Host], name == "localhost", name == "127.0.0.1", name == "::1", name == "[::1]":
		case r.URL.Path == "/healthz", r.URL.Path == "/readyz", r.URL.Path == "/metrics":
		default:
			s.refuse(w, r, towpath.Errorf(towpath.CodeForbidden,
				"This server does not serve this host name. "+
					"Open %s, or start the server with the address that you use as --external-url.",
				s.ExternalURL))
			return
		}
		next.ServeHTTP(w, r)
	})
}

// crossOrigin refuses requests that a page of another site makes a browser send (CSRF).
func (s *Server) crossOrigin(next http.Handler) http.Handler {
	protection := http.NewCrossOriginProtection()
	protection.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.refuse(w, r, towpath.Errorf(towpath.CodeForbidden,
			"A page of another site sent this request. Open the console at %s.", s.ExternalURL))
	}))
	return protection.Handler(next)
}

// bound limits the body and the time of a request. It allows one byte more than the limit, so that
// the reader notices an excess.
func bound(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), apiTimeout)
		defer cancel()
		r = r.WithContext(ctx)
		r.Body = http.MaxBytesReader(w, r.Body, bodyLimit+1)
		next.ServeHTTP(w, r)
	})
}

// authenticate sets the actor of a request. It refuses nothing: authorize does that for routes that
// need a permission.
func (s *Server) authenticate(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		bearer, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		session := ""
		if c, err := r.Cookie(sessionCookie); err == nil {
			session = c.Value
		}
		meta := requestOf(r.Context())
		if bearer != "" || strings.HasPrefix(r.URL.Path, "/api/") ||
			strings.HasPrefix(r.URL.Path, "/oauth/") {
			meta.Actor, meta.AuthErr = s.Auth.Authenticate(r.Context(), session, strings.TrimSpace(bearer))
		}
		origin := meta.Actor.Origin
		if origin.Via == "" {
			origin.Via = towpath.OriginSignIn
		}
		origin.Address = meta.Source
		next.ServeHTTP(w, r.WithContext(towpath.WithOrigin(r.Context(), origin)))
	})
}
