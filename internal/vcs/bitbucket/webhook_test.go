package bitbucket

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"towpath/internal/vcs"
)

const hookSecret = "it's a secret"

func signed(event string, body []byte) http.Header {
	mac := hmac.New(sha256.New, []byte(hookSecret))
	mac.Write(body)
	h := http.Header{}
	h.Set("X-Hub-Signature", "sha256="+hex.EncodeToString(mac.Sum(nil)))
	h.Set("X-Event-Key", event)
	h.Set("X-Request-UUID", "{ab12}")
	return h
}

func TestParseWebhook_payloads(t *testing.T) {
	t.Parallel()
	for path, body := range fixtures(t, "webhook") {
		t.Run(filepath.Base(path), func(t *testing.T) {
			t.Parallel()
			event, err := new(Provider).ParseWebhook(signed(eventPush, body), body, hookSecret)
			if err != nil {
				t.Fatal(err)
			}
			golden(t, path, event)
		})
	}
}

func TestParseWebhook_signature(t *testing.T) {
	t.Parallel()
	body := []byte(`{"repository":{"full_name":"acme/x"}}`)
	right := signed(eventPush, body).Get("X-Hub-Signature")
	for name, c := range map[string]struct {
		signature, secret string
		ok                bool
	}{
		"the right one":           {right, hookSecret, true},
		"upper case digits":       {"sha256=" + strings.ToUpper(right[7:]), hookSecret, true},
		"missing":                 {"", hookSecret, false},
		"empty digits":            {"sha256=", hookSecret, false},
		"cut off":                 {right[:len(right)-2], hookSecret, false},
		"another algorithm":       {"sha1=" + right[7:], hookSecret, false},
		"without a prefix":        {right[7:], hookSecret, false},
		"no digits at all":        {"sha256=" + strings.Repeat("z", 64), hookSecret, false},
		"of another secret":       {right, hookSecret + " ", false},
		"a hook without a secret": {right, "", false},
	} {
		h := signed(eventPush, body)
		h.Set("X-Hub-Signature", c.signature)
		event, err := new(Provider).ParseWebhook(h, body, c.secret)
		if (err == nil) != c.ok || (!c.ok && vcs.KindOf(err) != vcs.Unauthorized) ||
			(event.Repository != "") != c.ok {
			t.Errorf("%s: %+v, %v", name, event, err)
		}
	}
}

func TestParseWebhook_knownSignature(t *testing.T) {
	t.Parallel()
	// The test vector that GitHub publishes for the same construction:
	// https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
	h := http.Header{}
	h.Set("X-Hub-Signature", "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17")
	h.Set("X-Event-Key", "unheard:of")
	event, err := new(Provider).ParseWebhook(h, []byte("Hello, World!"), "It's a Secret to Everybody")
	if err != nil || event.Name != "unheard:of" || event.Refs != nil {
		t.Errorf("%+v, %v", event, err)
	}
}

func TestParseWebhook_otherEvents(t *testing.T) {
	t.Parallel()
	push, err := os.ReadFile(filepath.Join("testdata", "webhook", "several-refs.json"))
	if err != nil {
		t.Fatal(err)
	}
	event, err := new(Provider).ParseWebhook(signed("repo:unheard_of", push), push, hookSecret)
	if err != nil || event.Repository != "acme/billing-schema" || event.RequestID != "ab12" ||
		len(event.Refs) != 0 {
		t.Errorf("an unknown event: %+v, %v", event, err)
	}
	odd := []byte(`{"repository": "not an object"}`)
	if _, err := new(Provider).ParseWebhook(signed("repo:unheard_of", odd), odd, hookSecret); err != nil {
		t.Errorf("an unknown event in an unknown shape: %v", err)
	}
	if _, err := new(Provider).ParseWebhook(signed(eventPush, odd), odd,
		hookSecret); vcs.KindOf(err) != vcs.Rejected {
		t.Errorf("a push in an unknown shape: %v", err)
	}
}

// TestParseWebhook_recorded reads recorded deliveries of the real service, if the checkout has
// them.
func TestParseWebhook_recorded(t *testing.T) {
	t.Parallel()
	folder := filepath.Join("..", "..", "..", "..", "shared", "bitbucket", "payloads",
		"go-playground_webhooks")
	paths, err := filepath.Glob(filepath.Join(folder, "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		body, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		family, action, _ := strings.Cut(strings.TrimSuffix(filepath.Base(path), ".json"), "-")
		event, err := new(Provider).ParseWebhook(signed(family+":"+action, body), body, hookSecret)
		if err != nil || event.RepositoryID == "" {
			t.Errorf("%s: %+v, %v", filepath.Base(path), event, err)
		}
		if push := family+":"+action == eventPush; push != (len(event.Refs) > 0) {
			t.Errorf("%s: refs %v", filepath.Base(path), event.Refs)
		}
	}
}

func FuzzParseWebhook(f *testing.F) {
	paths, err := filepath.Glob(filepath.Join("testdata", "webhook", "*.json"))
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range paths {
		body, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(body, "", eventPush)
	}
	f.Add([]byte(`{"push":{"changes":[{"new":{"name":"x","target":{"hash":"0"}},"old":7}]}}`), "sha256=00",
		eventPush)
	f.Fuzz(func(t *testing.T, body []byte, signature, event string) {
		forged := http.Header{"X-Hub-Signature": {signature}, "X-Event-Key": {event}}
		if _, err := new(Provider).ParseWebhook(forged, body, hookSecret); err == nil &&
			signature != signed(event, body).Get("X-Hub-Signature") {
			t.Fatalf("the signature %q was taken", signature)
		}
		parsed, err := new(Provider).ParseWebhook(signed(event, body), body, hookSecret)
		if kind := vcs.KindOf(err); err != nil && kind != vcs.Rejected {
			t.Fatalf("kind %q: %v", kind, err)
		}
		for _, ref := range parsed.Refs {
			if (ref.Branch == "") == (ref.Tag == "") || (ref.Old == "" && ref.New == "") {
				t.Fatalf("ref %+v", ref)
			}
		}
	})
}

// An event of a pull request says which one it is, and what was commented. What is missing or of
// another shape leaves an event about nothing.
func TestParseWebhook_ofPullRequests(t *testing.T) {
	t.Parallel()
	const end = `"branch":{"name":"feature/größe"},"repository":{"uuid":"{r1}"}`
	pr := func(source string) string {
		return `{"repository":{"uuid":"{r1}","full_name":"acme/x"},"pullrequest":{"id":7,"title":"Größe","state":"OPEN",` +
			`"author":{"uuid":"{a}"},"source":` + source + `,"destination":{"branch":{"name":"main"}}},` +
			`"comment":{"id":17,"content":{"raw":"towpath review"},"user":{"uuid":"{b}","display_name":"Ben"}}}`
	}
	for name, c := range map[string]struct {
		event, body string
		want        string
	}{
		"of a branch":            {"pullrequest:created", pr("{" + end + "}"), "7 open feature/größe→main by {a}, {b}: towpath review"},
		"of a fork":              {"pullrequest:updated", pr(`{"branch":{"name":"x"},"repository":{"uuid":"{r2}"}}`), "7 open x→main by {a}, foreign, {b}: towpath review"},
		"of a fork that is gone": {"pullrequest:rejected", pr(`{"branch":null,"repository":null,"commit":null}`), "7 open →main by {a}, foreign, {b}: towpath review"},
		"nothing":                {"pullrequest:fulfilled", `{"repository":{"uuid":"{r1}"},"pullrequest":null}`, ""},
		"another shape":          {"pullrequest:created", `{"pullrequest":[]}`, ""},
		"an event not asked for": {"pullrequest:approved", pr("{" + end + "}"), ""},
	} {
		body := []byte(c.body)
		event, err := new(Provider).ParseWebhook(signed(c.event, body), body, hookSecret)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		got := ""
		if p := event.PullRequest; p != nil {
			got = fmt.Sprintf("%d %s %s→%s by %s", p.Number, p.State, p.Source, p.Into, p.Author)
			if p.Foreign {
				got += ", foreign"
			}
			got += ", " + event.Comment.Author.ID + ": " + event.Comment.Text
		}
		if got != c.want || event.Refs != nil {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}
