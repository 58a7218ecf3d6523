// Package api serves the JSON API, the webhooks, the OAuth callback and the console's files. It
// converts requests into calls of the services, and results into JSON. Its only decision is who may
// call which route; routes.go lists them all.
package api

import (
	"log/slog"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"towpath"
	"towpath/internal/account"
	"towpath/internal/auth"
	"towpath/internal/catalog"
	"towpath/internal/executor"
	links "towpath/internal/link"
	"towpath/internal/notify"
	"towpath/internal/receipt"
	"towpath/internal/rehearsal"
	rollouts "towpath/internal/rollout"
	"towpath/internal/store"
	syncs "towpath/internal/sync"
	"towpath/internal/webhook"
	"towpath/internal/workspace"
)

// Server serves HTTP requests. Its fields are set before Handler is called and not changed
// afterwards.
type Server struct {
	Store      *store.Store
	Workspace  *workspace.Service
	Auth       *auth.Service
	Accounts   *account.Service
	Links      *links.Service
	Syncs      *syncs.Service
	Rollouts   *rollouts.Service
	Catalog    *catalog.Service
	Executor   *executor.Service
	Webhooks   *webhook.Service
	Notify     *notify.Service
	Rehearsals *rehearsal.Service
	Receipts   *receipt.Service
	Logger     *slog.Logger

	ExternalURL string          // where people and providers reach the server; no trailing slash
	Listen      string          // host:port that the server listens on, which is a valid Host too
	Build       Build           // which is running
	Leaving     <-chan struct{} // closed when the server is about to stop; nil for never
	Stopping    <-chan struct{} // closed when the server stops, to end streams; nil for never
	// handles everything except the API and webhooks; nil serves a page that names the API
	Console http.Handler
}

// bodyLimit bounds the body of every request, in bytes.
const bodyLimit = 1 << 20

// apiTimeout bounds the work of one request. The slowest requests call a Git provider or a target.
const apiTimeout = time.Minute

// Handler returns the handler of all requests.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	spec := s.register(mux)
	text := sync.OnceValue(func() []byte { return describe(spec) }) // it takes half the time of a start
	mux.HandleFunc("GET /api/openapi.json", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/openapi+json")
		_, _ = w.Write(text()) // the client is gone if this fails
	})
	mux.HandleFunc("/api/", s.noSuchRoute)
	mux.HandleFunc("POST "+hookPrefix+"{hook}", s.receiveHook)
	mux.HandleFunc(hookPrefix, s.noSuchHook)
	mux.HandleFunc("GET "+callbackPath, s.oauthCallback())
	mux.HandleFunc("GET "+singleSignOnPath, s.beginSingleSignOn)
	mux.HandleFunc("GET "+auth.SingleSignOnCallback, s.finishSingleSignOn)
	metrics := newMetrics(s.Store, s.Build.Version)
	mux.Handle("GET /metrics", metrics.handler())
	mux.HandleFunc("GET /healthz",
		func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	mux.HandleFunc("GET /readyz", s.ready)
	mux.Handle("/", s.console())
	return s.middleware(mux, metrics)
}

// OpenAPI returns the description of the API as JSON.
func (s *Server) OpenAPI() []byte { return describe(s.register(http.NewServeMux())) }

// register adds the API's routes to a mux and returns their description, without the error types of
// the framework, which clients never see. It turns off links to schemas in each body, and the
// documentation page, which would load scripts from other hosts.
func (s *Server) register(mux *http.ServeMux) *huma.OpenAPI {
	config := huma.DefaultConfig("Towpath", "1")
	config.CreateHooks = nil
	config.OpenAPIPath = ""
	config.DocsPath = ""
	config.SchemasPath = ""
	config.Transformers = []huma.Transformer{s.asProblem}
	config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"session": {
			Type: "apiKey", In: "cookie", Name: sessionCookie, Description: "The cookie of a session in the console.",
		},
		"token": {Type: "http", Scheme: "bearer", Description: "An API token."},
	}
	config.Components.Schemas.RegisterTypeAlias(reflect.TypeFor[towpath.Permission](),
		reflect.TypeFor[permission]())
	api := humago.New(mux, config)
	texts := operationTexts()
	for _, r := range s.routes() {
		r.Handle.register(s, api, s.operation(api, r, texts[r.Handle.name]))
	}
	complete(api.OpenAPI(), s.ExternalURL)
	schemas := api.OpenAPI().Components.Schemas.Map()
	delete(schemas, "ErrorModel")
	delete(schemas, "ErrorDetail")
	return api.OpenAPI()
}

func (s *Server) noSuchRoute(w http.ResponseWriter, r *http.Request) {
	s.refuse(w, r, errNoRoute)
}

// ready responds with 204 when the server can write its metadata, which all of its work needs, and
// else with 503. A server that is about to stop is not ready either.
func (s *Server) ready(w http.ResponseWriter, r *http.Request) {
	if s.leaves() {
		http.Error(w, "The server stops.", http.StatusServiceUnavailable)
		return
	}
	if err := s.Store.Writable(r.Context()); err != nil {
		s.Logger.Error("metadata cannot be written", "error", err)
		http.Error(w,
			"The metadata database cannot be written. See the log.", http.StatusServiceUnavailable)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

func (s *Server) console() http.Handler {
	if s.Console != nil {
		return s.Console
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = w.Write([]byte("Towpath. This build has no console. The API is under /api/v1, its " +
			"description at /api/openapi.json.\n"))
	})
}

// secure reports whether people reach the server by HTTPS, so that cookies can require it.
func (s *Server) secure() bool { return strings.HasPrefix(s.ExternalURL, "https://") }

// externalHost returns the host of the external address, with the port if the address has one.
func (s *Server) externalHost() string {
	u, err := url.Parse(s.ExternalURL)
	if err != nil {
		return ""
	}
	return u.Host
}
