package bitbucket_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"towpath"
	"towpath/internal/vcs"
	"towpath/internal/vcs/bitbucket"
)

// long finds the texts in a value that are not clipped; code that reads trees bounds paths.
func long(where string, v reflect.Value) (found []string) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			found = long(where, v.Elem())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if field := v.Type().Field(i); field.IsExported() && field.Name != "Path" {
				found = append(found, long(where+"."+field.Name, v.Field(i))...)
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			found = append(found, long(where, v.Index(i))...)
		}
	case reflect.String:
		if v.Len() > towpath.MaxText+100 {
			found = append(found, where)
		}
	}
	return found
}

// immense is every text of the far side in these tests.
var immense = strings.Repeat("größe ", 20_000)

// immenseObject has all keys that the driver reads from any answer.
func immenseObject(depth int) map[string]any {
	o := map[string]any{
		"uuid": immense, "display_name": immense, "nickname": immense, "username": immense, "slug": immense,
		"full_name": immense, "hash": immense, "message": immense, "name": immense, "href": immense,
		"raw": immense, "permission": immense, "url": immense,
	}
	if depth > 0 {
		inner := immenseObject(depth - 1)
		for _, key := range []string{
			"workspace", "mainbranch", "links", "html", "author", "user",
			"repository", "target",
		} {
			o[key] = inner
		}
	}
	return o
}

func TestClient_cutsAllThatTheFarSideSays(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]map[string]any{
		"a user": {"uuid": immense, "display_name": immense, "nickname": immense, "username": immense},
		"a commit": {
			"hash": immense, "message": immense,
			"author": map[string]any{"raw": immense + " <a@b>"},
		},
		"a person":   {"author": map[string]any{"user": map[string]any{"display_name": immense}}},
		"an address": {"uuid": immense, "links": map[string]any{"html": map[string]any{"href": immense}}},
		"a name":     {"uuid": someID, "full_name": immense},
		"a branch":   {"uuid": someID, "mainbranch": map[string]any{"name": immense}},
		"branches": {"values": []any{map[string]any{
			"name":   immense,
			"target": map[string]any{"hash": immense},
		}}},
		"workspaces": {
			"values": []any{map[string]any{"workspace": map[string]any{"uuid": immense, "slug": immense}}},
		},
		"an error": {"error": map[string]any{
			"message": immense, "detail": immense,
			"fields": map[string]any{immense: immense},
		}},
		"other shapes": {"values": immense, "uuid": []any{immense}},
	} {
		for _, status := range []int{http.StatusOK, http.StatusForbidden, http.StatusInternalServerError} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				raw, err := json.Marshal(body)
				if err != nil {
					t.Fatal(err)
				}
				p, _ := wire(t, bitbucket.Config{}, answer(status, jsonType, string(raw)))
				c := p.Client(fixedToken("t"))
				account, err1 := c.Account(t.Context())
				repository, err2 := c.Repository(t.Context(), someID)
				commit, err3 := c.Source(someID).Commit(t.Context(), someHash)
				branches, err4 := c.Source(someID).Branches(t.Context())
				hook, err5 := c.Hooks(someID).Get(t.Context(), someID)
				skipped, err6 := c.Repositories(t.Context(), func(r vcs.Repository) bool {
					report(t, "Repositories", r)
					return true
				})
				for _, told := range []any{account, repository, commit, branches, hook, skipped} {
					report(t, reflect.TypeOf(told).String(), told)
				}
				for _, err := range []error{err1, err2, err3, err4, err5, err6} {
					var known *vcs.Error
					if errors.As(err, &known) {
						report(t, "error", *known)
						report(t, "error", known.Error())
					}
				}
			})
		}
	}
}

func report(t *testing.T, where string, told any) {
	t.Helper()
	for _, field := range long(where, reflect.ValueOf(told)) {
		t.Errorf("%s is not cut", field)
	}
}

func TestParseWebhook_cutsAllThatItSays(t *testing.T) {
	t.Parallel()
	o := immenseObject(1)
	body, err := json.Marshal(map[string]any{
		"repository": o,
		"push":       map[string]any{"changes": []any{map[string]any{"new": o}, map[string]any{"old": o}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	p, _ := wire(t, bitbucket.Config{}, nil)
	mac := hmac.New(sha256.New, []byte("s"))
	mac.Write(body)
	event, err := p.ParseWebhook(http.Header{
		"X-Hub-Signature": {"sha256=" + hex.EncodeToString(mac.Sum(nil))}, "X-Event-Key": {"repo:push"},
		"X-Request-Uuid": {immense},
	}, body, "s")
	if err != nil || len(event.Refs) == 0 || event.Repository == "" {
		t.Fatalf("event is %v, %d refs", err, len(event.Refs))
	}
	report(t, "event", event)
}
