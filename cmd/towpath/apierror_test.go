package main

import (
	"errors"
	"strings"
	"testing"
)

func TestRefusal_speaksInTheWordsOfTheServer(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		status int
		answer string
		want   string
		is     error
	}{
		"a refusal": {409, `{"title": "Conflict", "code": "conflict", "detail": "Only a failed task can be tried again; this one is done.", "requestId": "r1"}`,
			"Only a failed task can be tried again; this one is done.", nil},
		"a field": {422, `{"detail": "Say why.", "errors": [{"location": "body.reason", "message": "Say why."}]}`,
			"Say why. (reason)", nil},
		"two fields": {422, `{"detail": "Validation failed.", "errors": [{"location": "body.größe", "message": "Too long."}, {"location": "query.pageSize", "message": "Too small."}]}`,
			"Validation failed.\n  größe: Too long.\n  pageSize: Too small.", nil},
		"a failure": {500, `{"detail": "Something went wrong.", "requestId": "r2"}`,
			"Something went wrong. The server's log has more about request r2.", errUnavailable},
		"nothing there": {404, `{"detail": "There is no such object."}`, "There is no such object.", errNotFound},
		"a proxy": {502, "<html><body>Bad Gateway</body></html>",
			"GET /x: 502 Bad Gateway, without a word from Towpath; is the address right?", errUnavailable},
		"other JSON":         {403, `["detail"]`, "GET /x: 403 Forbidden, without a word", nil},
		"detail of no text":  {400, `{"detail": 7}`, "GET /x: 400 Bad Request, without a word", nil},
		"a status of no use": {599, "", "GET /x: 599", errUnavailable},
	} {
		err := refusal("GET /x", c.status, []byte(c.answer))
		if !strings.HasPrefix(err.Error(), c.want) {
			t.Errorf("%s: %q, want %q", name, err, c.want)
		}
		for _, known := range []error{errNotFound, errUnavailable} {
			if errors.Is(err, known) != (known == c.is) {
				t.Errorf("%s: errors.Is(%v) is %t", name, known, known != c.is)
			}
		}
	}
}
