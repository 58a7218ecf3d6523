package contract

import (
	"net/url"
	"strings"
	"testing"
)

const description = `{
  "servers": [{"url": "https://api.example/2.0"}],
  "paths": {
    "/things/{id}": {
      "parameters": [{"name": "id", "in": "path", "required": true}],
      "get": {
        "parameters": [{"name": "deep", "in": "query", "required": true}],
        "responses": {"200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/thing"}}}}, "404": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/error"}}}}}
      },
      "put": {
        "requestBody": {"content": {"application/json": {"schema": {"type": "array", "maxItems": 2, "items": {"$ref": "#/components/schemas/base"}}}}},
        "responses": {"204": {}}
      }
    },
    "/things/all": {"get": {"responses": {"200": {}}}},
    "/tree/{commit}/{path}": {"get": {"responses": {"200": {}}}}
  },
  "components": {"schemas": {
    "base": {"type": "object", "required": ["type"], "properties": {"type": {"type": "string"}}, "additionalProperties": true},
    "thing": {"allOf": [{"$ref": "#/components/schemas/base"}, {"type": "object", "required": ["size"], "properties": {
      "size": {"type": "integer"}, "color": {"type": "string", "enum": ["red", "green"]}, "made": {"type": "string", "format": "date-time"},
      "home": {"type": "string", "format": "uri"}, "parts": {"type": "array", "items": {"$ref": "#/components/schemas/base"}},
      "closed": {"type": "object", "additionalProperties": false, "properties": {"a": {"type": "boolean"}}}}}]},
    "error": {"type": "object", "required": ["type"], "properties": {"type": {"type": "string"}}}
  }}
}`

func TestCheckResponse(t *testing.T) {
	t.Parallel()
	spec, err := Parse([]byte(description))
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		status     int
		body, want string // want: part of the error; empty means none
	}{
		"a whole thing fits": {
			200,
			`{"type":"t","size":1,"color":"red","made":"2026-01-02T03:04:05+00:00","home":"https://x.example/","parts":[{"type":"p"}],"closed":{"a":true},"more":1}`, "",
		},
		"a required field of a base":  {200, `{"size":1}`, "type is missing"},
		"a required field of its own": {200, `{"type":"t"}`, "size is missing"},
		"a wrong type":                {200, `{"type":"t","size":"1"}`, "size: string, want integer"},
		"a fraction is no integer":    {200, `{"type":"t","size":1.5}`, "want integer"},
		"a word outside of the list":  {200, `{"type":"t","size":1,"color":"blue"}`, "blue is not one of"},
		"a bad date":                  {200, `{"type":"t","size":1,"made":"yesterday"}`, "date-time"},
		"a relative address":          {200, `{"type":"t","size":1,"home":"/x"}`, "absolute address"},
		"a wrong item":                {200, `{"type":"t","size":1,"parts":[{"type":3}]}`, "parts.type"},
		"more than a closed object": {
			200, `{"type":"t","size":1,"closed":{"b":1}}`,
			`"b" is not described`,
		},
		"null where it is not allowed": {200, `{"type":"t","size":1,"color":null}`, "color: null"},
		"an error with its own shape":  {404, `{"type":"error"}`, ""},
		"an error nobody described":    {409, `{"message":"x"}`, "type is missing"},
		"a success nobody described":   {201, `{}`, "not described"},
		"no JSON":                      {200, `<html>`, "not JSON"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			expect(t, spec.CheckResponse("GET", "/2.0/things/1", c.status, []byte(c.body)), c.want)
		})
	}
}

func TestCheckRequest(t *testing.T) {
	t.Parallel()
	spec, err := Parse([]byte(description))
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		method, path, query, body, want string
	}{
		"a described query":        {"GET", "/2.0/things/1", "deep=1&pagelen=3", "", ""},
		"a query nobody described": {"GET", "/2.0/things/1", "deep=1&wide=1", "", `"wide" is not described`},
		"a query that is missing":  {"GET", "/2.0/things/1", "", "", `"deep" is missing`},
		"a fixed path wins":        {"GET", "/2.0/things/all", "", "", ""},
		"a path with slashes":      {"GET", "/2.0/tree/abc/db/one.sql", "", "", ""},
		"the root of a tree":       {"GET", "/2.0/tree/abc/", "", "", ""},
		"an unknown path":          {"GET", "/2.0/nothing", "", "", "no such operation"},
		"an unknown method":        {"POST", "/2.0/things/1", "", "", "no such operation"},
		"a body that fits":         {"PUT", "/2.0/things/1", "", `[{"type":"a"}]`, ""},
		"a body without a type":    {"PUT", "/2.0/things/1", "", `[{}]`, ""},
		"a body with too much": {
			"PUT", "/2.0/things/1", "", `[{"type":"a"},{"type":"b"},{"type":"c"}]`,
			"at most 2",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			query, err := url.ParseQuery(c.query)
			if err != nil {
				t.Fatal(err)
			}
			expect(t, spec.CheckRequest(c.method, c.path, query, "application/json; charset=utf-8",
				[]byte(c.body)), c.want)
		})
	}
}

func expect(t *testing.T, err error, want string) {
	t.Helper()
	switch {
	case want == "" && err != nil:
		t.Error(err)
	case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
		t.Errorf("error %v, want %q", err, want)
	}
}

func TestLoad_refusesWhatIsNoDescription(t *testing.T) {
	t.Parallel()
	if _, err := Load(t.TempDir() + "/none.json"); err == nil {
		t.Error("a file that is not there was read")
	}
	if _, err := Parse([]byte(`{}`)); err == nil {
		t.Error("a description without paths was taken")
	}
}
