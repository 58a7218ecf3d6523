package gitsim_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"towpath/internal/gitsim"
)

func TestFaultSwitch_countsCalls(t *testing.T) {
	t.Parallel()
	var s gitsim.FaultSwitch
	s.Set(gitsim.Faults{APIStatus: 503, APIStatusFor: 2, APIStatusPath: "/hooks"})
	for i, want := range []int{503, 503, 0} {
		if got := s.APIStatus("/x/hooks"); got != want {
			t.Errorf("call %d fails with %d, want %d", i+1, got, want)
		}
		if got := s.APIStatus("/x/statuses"); got != 0 {
			t.Errorf("another path fails with %d", got)
		}
	}
}

func TestLag_hidesEachKindByItself(t *testing.T) {
	t.Parallel()
	var l gitsim.Lag
	l.Note("a", gitsim.Faults{CommitLag: 1})
	if !l.HidesCommit("a") || l.HidesCommit("a") || l.HidesFromStatuses("a") || l.HidesCommit("b") {
		t.Error("the lag is not one call for the commit")
	}
}

func TestRateLimit_windowOfAnHour(t *testing.T) {
	t.Parallel()
	var l gitsim.RateLimit
	start := time.Unix(0, 0)
	for at, want := range []bool{true, true, false} {
		if got := l.Allow("ada", 2, start.Add(time.Duration(at)*time.Minute)); got != want {
			t.Errorf("call %d is allowed: %v", at+1, got)
		}
	}
	if !l.Allow("bob", 2, start) {
		t.Error("another person's calls count")
	}
	if !l.Allow("ada", 2, start.Add(time.Hour)) {
		t.Error("a call of an hour ago still counts")
	}
}

func TestSessions_signInAndOut(t *testing.T) {
	t.Parallel()
	s := gitsim.Sessions{Cookie: "c"}
	w := httptest.NewRecorder()
	s.Begin(w, "ada")
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	if got := s.User(r); got != "" {
		t.Errorf("without a cookie the user is %q", got)
	}
	r.AddCookie(w.Result().Cookies()[0])
	if got := s.User(r); got != "ada" {
		t.Errorf("signed in as %q", got)
	}
	s.End(httptest.NewRecorder(), r)
	if got := s.User(r); got != "" {
		t.Errorf("still signed in as %q", got)
	}
}

func TestCode_verifies(t *testing.T) {
	t.Parallel()
	// The example of https://datatracker.ietf.org/doc/html/rfc7636#appendix-B
	const verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
	const challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
	for _, c := range []struct {
		code     gitsim.Code
		verifier string
		want     bool
	}{
		{gitsim.Code{Method: "S256", Challenge: challenge}, verifier, true},
		{gitsim.Code{Method: "S256", Challenge: challenge}, verifier + "x", false},
		{gitsim.Code{Method: "plain", Challenge: verifier}, verifier, true},
		{gitsim.Code{Method: "plain", Challenge: verifier}, "", false},
		{gitsim.Code{}, "", true},
	} {
		if got := c.code.Verifies(c.verifier); got != c.want {
			t.Errorf("%+v verifies %q: %v", c.code, c.verifier, got)
		}
	}
}

func TestCodes_workOnce(t *testing.T) {
	t.Parallel()
	var codes gitsim.Codes
	codes.Issue("x", gitsim.Code{Client: "c"})
	if code, ok := codes.Find("x"); !ok || code.Client != "c" {
		t.Errorf("found %+v", code)
	}
	if _, ok := codes.Use("x"); !ok {
		t.Error("a new code does not work")
	}
	if _, ok := codes.Use("x"); ok {
		t.Error("a code works twice")
	}
}

func TestLocalPath_staysHere(t *testing.T) {
	t.Parallel()
	for next, want := range map[string]string{
		"/a?b=c": "/a?b=c", "": "/", "//evil.example": "/", `/\evil.example`: "/", "https://evil.example": "/",
	} {
		if got := gitsim.LocalPath(next); got != want {
			t.Errorf("%q leads to %q, want %q", next, got, want)
		}
	}
}
