package main

import (
	"regexp"
	"strings"
	"syscall"
	"testing"
)

// TestWalk_lostPasswords gives a member access again by an owner's invitation, and the last owner
// by the command in docs/operate.md.
func TestWalk_lostPasswords(t *testing.T) {
	t.Parallel()
	eachMetadata(t, func(t *testing.T, metadata string) {
		w := walked(t, sqliteTargets{}, metadata)
		signIn := func(email, password string) error {
			other, err := newAPIClient(w.info.ConsoleURL)
			w.must(t, err)
			return other.call(w.ctx, "POST", "/session",
				map[string]string{"email": email, "password": password}, nil)
		}
		accept := func(link, password string) error {
			_, secret, _ := strings.Cut(link, "#")
			other, err := newAPIClient(w.info.ConsoleURL)
			w.must(t, err)
			return other.call(w.ctx, "POST", "/invitations/accept",
				map[string]string{"invitation": secret, "password": password}, nil)
		}
		var invited struct {
			Member identified `json:"member"`
			URL    string     `json:"url"`
		}
		w.must(t, w.api.call(w.ctx, "POST", "/members", map[string]string{
			"email": "ben@example.com",
			"name":  "Ben", "role": "member",
		}, &invited))
		w.must(t, accept(invited.URL, "a first long password"))
		w.must(t, w.api.call(w.ctx, "POST", "/members/"+invited.Member.ID+"/invitation", nil, &invited))
		w.must(t, accept(invited.URL, "a second long password"))
		w.must(t, signIn("ben@example.com", "a second long password"))
		if err := signIn("ben@example.com", "a first long password"); err == nil {
			t.Error("the lost password still opens")
		}

		line := strings.NewReplacer("olive@example.com", w.info.Email, "https://towpath.example.com",
			w.info.ConsoleURL).
			Replace(instructions(t, "## Lost passwords", "towpath member recover")[0])
		if metadata != "" {
			line += " --metadata-url '" + metadata + "'"
		} else {
			if code, _, errs := command(t, "member", "recover", w.info.Email, "--data",
				w.in("towpath-data")); code != exitFailed || !strings.Contains(errs, "stop it first") {
				t.Errorf("beside a running server: %d %s", code, errs)
			}
			w.must(t, w.stop(syscall.SIGTERM))
		}
		link := regexp.MustCompile(`http\S+`).FindString(w.shell(t, w.dir, line))
		if !strings.HasPrefix(link, w.info.ConsoleURL+"/invitation#") {
			t.Fatalf("the link is %q", link)
		}
		if w.process == nil {
			w.must(t, w.start())
		}
		w.must(t, signIn(w.info.Email, w.info.Password)) // until the new one is chosen
		w.must(t, accept(link, "a third long password"))
		w.must(t, signIn(w.info.Email, "a third long password"))
		if err := signIn(w.info.Email, w.info.Password); err == nil {
			t.Error("the lost password still opens")
		}
		if err := accept(link, "a fourth long password"); err == nil {
			t.Error("the link works twice")
		}
		var audit items[struct {
			Text string `json:"text"`
		}]
		w.must(t, w.api.call(w.ctx, "GET", "/audit-events", nil, &audit))
		found := false
		for _, e := range audit.Items {
			found = found || strings.HasSuffix(e.Text, w.info.Email+" from the server's shell.")
		}
		if !found {
			t.Errorf("the audit has %+v", audit.Items)
		}
		if code, _, errs := command(t, "member", "recover", "nobody@example.com", "--data",
			t.TempDir()); code != exitUsage || !strings.Contains(errs, "no such file") {
			t.Errorf("without metadata: %d %s", code, errs)
		}
	})
}
