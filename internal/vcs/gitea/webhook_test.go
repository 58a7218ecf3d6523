package gitea_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"towpath/internal/vcs"
	"towpath/internal/vcs/gitea"
)

const (
	zeros = "0000000000000000000000000000000000000000"
	hashA = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	hashB = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
)

func signed(event, body string) http.Header {
	mac := hmac.New(sha256.New, []byte("s"))
	mac.Write([]byte(body))
	h := http.Header{}
	h.Set("X-Gitea-Event", event)
	h.Set("X-Gitea-Delivery", "f6266f16-1bf3-46a5-9ea4-602e06ead473")
	h.Set("X-Gitea-Signature", hex.EncodeToString(mac.Sum(nil)))
	return h
}

func newProvider(t *testing.T) *gitea.Provider {
	t.Helper()
	p, err := gitea.New(gitea.Config{InstanceURL: "https://git.example/sub"})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestParseWebhook_events(t *testing.T) {
	t.Parallel()
	const repository = `"repository":{"id":7,"full_name":"engines/größe","html_url":"https://elsewhere.example/x"}`
	for name, c := range map[string]struct {
		event, body string
		want        []vcs.RefChange
	}{
		"a branch moves": {
			"push", `{"ref":"refs/heads/a/b","before":"` + hashA + `","after":"` + hashB +
				`",` + repository + `}`,
			[]vcs.RefChange{{Branch: "a/b", Old: hashA, New: hashB}},
		},
		"a branch is new": {
			"push", `{"ref":"refs/heads/main","before":"` + zeros + `","after":"` + hashB +
				`",` + repository + `}`,
			[]vcs.RefChange{{Branch: "main", New: hashB}},
		},
		"a branch called refs": {
			"push", `{"ref":"refs/heads/refs/heads/x","before":"` + hashA +
				`","after":"` + hashB + `",` + repository + `}`,
			[]vcs.RefChange{{Branch: "refs/heads/x", Old: hashA, New: hashB}},
		},
		"a tag is new": {
			"push", `{"ref":"refs/tags/main","before":"` + zeros + `","after":"` + hashB + `",` +
				repository + `}`,
			[]vcs.RefChange{{Tag: "main", New: hashB}},
		},
		"a branch is deleted": {
			"delete", `{"ref":"a/b","ref_type":"branch","pusher_type":"user",` +
				repository + `}`,
			[]vcs.RefChange{{Branch: "a/b"}},
		},
		"a tag is deleted": {
			"delete", `{"ref":"v1","ref_type":"tag",` + repository + `}`,
			[]vcs.RefChange{{Tag: "v1"}},
		},
		"a push without hashes": {"push", `{"ref":"refs/heads/main",` + repository + `}`, nil},
		"a push of something else": {"push", `{"ref":"refs/pull/1/head","before":"` + hashA + `","after":"` +
			hashB + `",` + repository + `}`, nil},
		"another event": {"issues", `{"ref":"refs/heads/main","after":"` + hashB + `",` +
			repository + `}`, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := newProvider(t).ParseWebhook(signed(c.event, c.body), []byte(c.body), "s")
			want := vcs.Event{
				RequestID:    "f6266f16-1bf3-46a5-9ea4-602e06ead473",
				Name:         c.event,
				RepositoryID: "7",
				Repository:   "engines/größe",
				URL:          "https://git.example/sub/engines/gr%C3%B6%C3%9Fe",
				Refs:         c.want,
			}
			if diff := cmp.Diff(want, got); diff != "" || err != nil {
				t.Error(diff, err)
			}
		})
	}
}

func TestParseWebhook_refusals(t *testing.T) {
	t.Parallel()
	const body = `{"ref":"refs/heads/main"}`
	for name, given := range map[string]string{
		"none": "", "not hexadecimal": "sha256=00", "cut": signed("push", body).Get("X-Gitea-Signature")[:10],
		"of zeros": strings.Repeat("0", 64),
	} {
		h := signed("push", body)
		h.Set("X-Gitea-Signature", given)
		if event, err := newProvider(t).ParseWebhook(h, []byte(body),
			"s"); vcs.KindOf(err) != vcs.Unauthorized || event.Name != "" {
			t.Errorf("%s: %+v, %v", name, event, err)
		}
	}
	for event, want := range map[string]vcs.Kind{"push": vcs.Rejected, "wiki": ""} {
		if _, err := newProvider(t).ParseWebhook(signed(event, `[]`), []byte(`[]`),
			"s"); vcs.KindOf(err) != want {
			t.Errorf("%s: %v", event, err)
		}
	}
}

func FuzzParseWebhook(f *testing.F) {
	f.Add("push", `{"ref":"refs/heads/main","before":"`+hashA+`","after":"`+zeros+
		`","repository":{"id":1,"full_name":"a/b"}}`)
	f.Add("delete", `{"ref":"x","ref_type":"branch"}`)
	f.Fuzz(func(t *testing.T, event, body string) {
		p, err := gitea.New(gitea.Config{InstanceURL: "https://git.example"})
		if err != nil {
			t.Fatal(err)
		}
		got, err := p.ParseWebhook(signed(event, body), []byte(body), "s")
		if err != nil && vcs.KindOf(err) != vcs.Rejected {
			t.Errorf("%v", err)
		}
		for _, ref := range got.Refs {
			if (ref.Branch == "") == (ref.Tag == "") {
				t.Errorf("%+v", ref)
			}
		}
	})
}
