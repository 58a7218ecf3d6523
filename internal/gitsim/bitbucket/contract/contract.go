// Package contract checks requests and responses against an OpenAPI 3.0 description: as much of
// JSON schema as the published description of Bitbucket uses. It is for tests only.
package contract

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
)

// Spec is a loaded description.
type Spec struct {
	prefix     string // path of the server's address, such as "/2.0"
	operations []operation
	root       map[string]any
}

type operation struct {
	method   string
	pattern  []string
	query    []string
	body     map[string]any            // content type → schema
	answers  map[string]map[string]any // status → content type → schema
	required []string                  // required query parameters
}

func (op operation) describesSuccess() bool {
	for status := range op.answers {
		if strings.HasPrefix(status, "2") {
			return true
		}
	}
	return false
}

// Load reads a description from a JSON file.
func Load(path string) (*Spec, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the description: %w", err)
	}
	return Parse(data)
}

// Parse reads a description.
func Parse(data []byte) (*Spec, error) {
	var root map[string]any
	if err := json.Unmarshal(data, &root); err != nil {
		return nil, fmt.Errorf("parse the description: %w", err)
	}
	s := &Spec{root: root}
	for _, server := range list(root["servers"]) {
		if u, err := url.Parse(text(object(server)["url"])); err == nil {
			s.prefix = strings.TrimSuffix(u.Path, "/")
		}
	}
	for pattern, item := range object(root["paths"]) {
		shared := list(object(item)["parameters"])
		for method, raw := range object(item) {
			if slices.Contains([]string{"get", "put", "post", "delete", "patch", "head"}, method) {
				s.operations = append(s.operations, s.readOperation(method, pattern, object(raw), shared))
			}
		}
	}
	if len(s.operations) == 0 {
		return nil, errors.New("parse the description: it has no paths")
	}
	// Fixed segments win over variables, as "user" does over "{username}".
	slices.SortFunc(s.operations, func(a, b operation) int {
		return strings.Compare(strings.ReplaceAll(strings.Join(a.pattern, "/"), "{", "\x7f"),
			strings.ReplaceAll(strings.Join(b.pattern, "/"), "{", "\x7f"))
	})
	return s, nil
}

func (s *Spec) readOperation(method, pattern string, raw map[string]any, shared []any) operation {
	op := operation{
		method:  strings.ToUpper(method),
		pattern: strings.Split(strings.Trim(pattern, "/"), "/"),
		body:    map[string]any{},
		answers: map[string]map[string]any{},
	}
	for _, p := range append(slices.Clone(shared), list(raw["parameters"])...) {
		param := s.deref(p)
		if param["in"] == "query" {
			op.query = append(op.query, text(param["name"]))
			if param["required"] == true {
				op.required = append(op.required, text(param["name"]))
			}
		}
	}
	for kind, media := range object(s.deref(raw["requestBody"])["content"]) {
		op.body[kind] = object(media)["schema"]
	}
	for status, answer := range object(raw["responses"]) {
		op.answers[status] = map[string]any{}
		for kind, media := range object(s.deref(answer)["content"]) {
			op.answers[status][kind] = object(media)["schema"]
		}
	}
	return op
}

// common are query parameters that every operation takes without saying so.
var common = []string{"page", "pagelen", "fields", "q", "sort"}

// CheckRequest reports whether the description knows the operation, its query parameters and the
// shape of its body. path may carry the server's prefix.
func (s *Spec) CheckRequest(method, path string, query url.Values, contentType string, body []byte) error {
	op, err := s.find(method, path)
	if err != nil {
		return err
	}
	for name := range query {
		if !slices.Contains(op.query, name) && !slices.Contains(common, name) &&
			!slices.Contains(unlistedQuery, name) {
			return fmt.Errorf("%s %s: query parameter %q is not described", method, path, name)
		}
	}
	for _, name := range op.required {
		if !query.Has(name) {
			return fmt.Errorf("%s %s: query parameter %q is missing", method, path, name)
		}
	}
	kind, _, _ := strings.Cut(contentType, ";")
	schema, described := op.body[kind]
	if !described || kind != "application/json" || len(body) == 0 {
		return nil // the description leaves out many bodies, see the known errors
	}
	return s.checkBody(method+" "+path+" request", schema, body, true)
}

// CheckResponse reports whether an answer has the shape that the description gives for its status.
func (s *Spec) CheckResponse(method, path string, status int, body []byte) error {
	op, err := s.find(method, path)
	if err != nil {
		return err
	}
	where := fmt.Sprintf("%s %s answer %d", method, path, status)
	content, described := op.answers[strconv.Itoa(status)]
	if !described {
		if status >= 400 {
			return s.checkBody(where, map[string]any{"$ref": "#/components/schemas/error"}, body, false)
		}
		if !op.describesSuccess() {
			return nil // such as /user/emails, which tells no answer at all
		}
		return fmt.Errorf("%s: this status is not described", where)
	}
	schema := content["application/json"]
	if schema == nil {
		return nil
	}
	return s.checkBody(where, schema, body, false)
}

// CheckSchema checks a JSON value against a named schema of the description.
func (s *Spec) CheckSchema(name string, body []byte) error {
	return s.checkBody(name, map[string]any{"$ref": "#/components/schemas/" + name}, body, false)
}

// checkBody collects all that does not fit. The description uses one schema for what is sent and
// what is answered: the `type` that it requires is an answer's, and no published example sends it.
func (s *Spec) checkBody(where string, schema any, body []byte, request bool) error {
	var value any
	if err := json.Unmarshal(body, &value); err != nil {
		return fmt.Errorf("%s: not JSON: %w", where, err)
	}
	var problems []error
	s.check(schema, value, "", &problems)
	if request {
		problems = slices.DeleteFunc(problems,
			func(err error) bool { return strings.HasSuffix(err.Error(), ": type is missing") })
	}
	if len(problems) > 0 {
		return fmt.Errorf("%s: %w", where, errors.Join(problems...))
	}
	return nil
}

// find matches on the escaped path. A last variable may span several segments: paths and branch
// names have slashes.
func (s *Spec) find(method, path string) (*operation, error) {
	segments := strings.Split(strings.Trim(strings.TrimPrefix(path, s.prefix), "/"), "/")
	var loose *operation
	for i := range s.operations {
		op := &s.operations[i]
		if op.method != method && !(method == "HEAD" && op.method == "GET") {
			continue
		}
		switch exact, prefix := match(op.pattern, segments); {
		case exact:
			return op, nil
		case prefix && (loose == nil || len(op.pattern) > len(loose.pattern)):
			loose = op
		}
	}
	if loose == nil {
		return nil, fmt.Errorf("%s %s: no such operation is described", method, path)
	}
	return loose, nil
}

func match(pattern, segments []string) (exact, prefix bool) {
	variable := func(p string) bool { return strings.HasPrefix(p, "{") }
	for i, p := range pattern {
		if i >= len(segments) {
			// A directory's root: /src/{commit}/ has an empty path.
			return false, i == len(pattern)-1 && variable(p) && p == "{path}"
		}
		if !variable(p) && p != segments[i] {
			return false, false
		}
	}
	if len(pattern) == len(segments) {
		return true, true
	}
	return false, variable(pattern[len(pattern)-1])
}

func object(v any) map[string]any {
	o, _ := v.(map[string]any)
	return o
}

func list(v any) []any {
	l, _ := v.([]any)
	return l
}

func text(v any) string {
	t, _ := v.(string)
	return t
}
