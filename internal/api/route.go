package api

import (
	"context"
	"encoding/json"
	"net/http"
	"reflect"
	"runtime"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"towpath"
	"towpath/internal/store"
)

// route is one operation of the API.
type route struct {
	Method string
	Path   string // below /api/v1
	// public, or the right that the caller needs; for "project.…" in the project that the path
	// names
	Needs  towpath.Permission
	Handle endpoint
	Within towpath.TokenScope // of API tokens, besides full, that may call it; "" for none
}

// on makes a route, so that the table of routes has one line for each.
func on(method, path string, needs towpath.Permission, handle endpoint) route {
	return route{Method: method, Path: path, Needs: needs, Handle: handle, Within: ""}
}

// within also lets API tokens of a scope call the route.
func (r route) within(scope towpath.TokenScope) route {
	r.Within = scope
	return r
}

// public marks routes that need no sign-in.
const public towpath.Permission = ""

// projectRight is the prefix of every permission in a project.
const projectRight = "project."

// endpoint is a handler without its route.
type endpoint struct {
	name     string
	status   int
	register func(*Server, huma.API, huma.Operation)
}

// answer is a response that has only a body.
type answer[T any] struct{ Body T }

// ok makes an endpoint that responds with 200 and the result of the handler.
func ok[I, T any](h func(context.Context, *I) (T, error)) endpoint {
	return full(h, http.StatusOK, func(ctx context.Context, in *I) (*answer[T], error) {
		body, err := h(ctx, in)
		return &answer[T]{body}, err
	})
}

// created makes an endpoint that responds with 201 and the result of the handler.
func created[I, T any](h func(context.Context, *I) (T, error)) endpoint {
	e := ok(h)
	e.status = http.StatusCreated
	return e
}

// done makes an endpoint that responds with 204.
func done[I any](h func(context.Context, *I) error) endpoint {
	return full(h, http.StatusNoContent,
		func(ctx context.Context, in *I) (*struct{}, error) { return nil, h(ctx, in) })
}

// headed makes an endpoint from a handler that also sets headers.
func headed[I, O any](status int, h func(context.Context, *I) (*O, error)) endpoint {
	return full(h, status, h)
}

// full makes an endpoint. named is the method that gives the operation its name.
func full[I, O any](named any, status int, h func(context.Context, *I) (*O, error)) endpoint {
	return endpoint{
		name: methodName(named), status: status,
		register: func(s *Server, api huma.API, op huma.Operation) {
			huma.Register(api, op, func(ctx context.Context, in *I) (*O, error) {
				out, err := h(ctx, in)
				if err != nil {
					return nil, s.problemOf(ctx, op.Method, err)
				}
				return out, nil
			})
		},
	}
}

// methodName returns the name of a method value: "listMembers" for s.listMembers.
func methodName(method any) string {
	name := runtime.FuncForPC(reflect.ValueOf(method).Pointer()).Name()
	return strings.TrimSuffix(name[strings.LastIndex(name, ".")+1:], "-fm")
}

// operation describes a route and adds the check of its permission.
func (s *Server) operation(api huma.API, r route, text operationText) huma.Operation {
	op := huma.Operation{
		OperationID:   r.Handle.name,
		Method:        r.Method,
		Path:          "/api/v1" + r.Path,
		Summary:       text.Summary,
		Description:   text.Description + "\n\nNeeds no sign-in.",
		DefaultStatus: r.Handle.status,
		Tags:          []string{tagOf(r.Path)},
		Responses: map[string]*huma.Response{
			"default": problemAnswer(api.OpenAPI(), "What went wrong."),
		},
		Security:    []map[string][]string{},
		Middlewares: huma.Middlewares{s.authorize(r)},
	}
	if r.Needs != public {
		op.Description = text.Description + "\n\nNeeds the right `" + string(r.Needs) + "`."
		op.Security = []map[string][]string{{"session": {}}, {"token": {}}}
	}
	return op
}

// describe returns a description as JSON.
func describe(spec *huma.OpenAPI) []byte {
	text, err := json.MarshalIndent(spec, "", "  ")
	if err != nil {
		panic(err) // the description only has our own types
	}
	return append(text, '\n')
}

// authorize calls the route's handler if the actor has the route's permission, and else responds
// with the error.
func (s *Server) authorize(r route) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		if err := s.mayCall(ctx, r); err != nil {
			req, w := humago.Unwrap(ctx)
			s.refuse(w, req, err)
			return
		}
		next(ctx)
	}
}

func (s *Server) mayCall(ctx huma.Context, r route) error {
	meta := requestOf(ctx.Context())
	if r.Needs == public {
		return nil
	}
	if meta.AuthErr != nil {
		return meta.AuthErr
	}
	if meta.Actor.Scope == towpath.ScopeApprovals && r.Within != towpath.ScopeApprovals {
		return towpath.Errorf(towpath.CodeForbidden,
			"This API token may only approve and refuse changes. Use one with the scope full.")
	}
	if !strings.HasPrefix(string(r.Needs), projectRight) {
		return s.Auth.Allow(ctx.Context(), meta.Actor, r.Needs, "")
	}
	project, err := s.projectOf(ctx)
	if towpath.ErrorCode(err) == towpath.CodeNotFound {
		return errNoThing
	}
	if err != nil {
		return err
	}
	return s.Auth.Allow(ctx.Context(), meta.Actor, r.Needs, project)
}

// projectOf returns the project of the object that a path names. It is "" for an unassigned
// database, which needs a right in the workspace.
func (s *Server) projectOf(ctx huma.Context) (project string, err error) {
	if project := ctx.Param("project"); project != "" {
		return project, nil
	}
	err = s.Store.Read(ctx.Context(), func(tx *store.Tx) error {
		project, err = projectIn(ctx, tx)
		return err
	})
	return project, err
}

func projectIn(ctx huma.Context, tx *store.Tx) (string, error) {
	if id := ctx.Param("task"); id != "" {
		t, err := tx.Task(ctx.Context(), id)
		if err == nil && t.RolloutID != ctx.Param("rollout") {
			err = errNoThing
		}
		return t.ProjectID, err
	}
	if id := ctx.Param("rollout"); id != "" {
		r, err := tx.RolloutAlone(ctx.Context(), id)
		return r.ProjectID, err
	}
	if id := ctx.Param("link"); id != "" {
		l, err := tx.Link(ctx.Context(), id)
		return l.ProjectID, err
	}
	d, err := tx.Database(ctx.Context(), ctx.Param("database"))
	if err == nil && d.ProjectID == "" &&
		!requestOf(ctx.Context()).Actor.Member.Role.Can(towpath.ManageInstances) {
		err = errNoThing
	}
	return d.ProjectID, err
}

// errNoThing is the same error for objects that do not exist and for those that the caller may not
// see.
var errNoThing = towpath.Errorf(towpath.CodeNotFound, "There is no such thing, or it is not yours to see.")
