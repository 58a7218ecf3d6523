package auth

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"towpath"
)

func TestHash_isPHCAndFitsItsPasswordAlone(t *testing.T) {
	t.Parallel()
	var h hashing
	phc, err := h.hash(t.Context(), "correct horse battery")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(phc, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("hash is %s", phc)
	}
	for password, want := range map[string]bool{
		"correct horse battery": true, "Correct horse battery": false,
		"": false,
	} {
		if got, err := h.verify(t.Context(), phc, password); got != want || err != nil {
			t.Errorf("verify %q: %v, %v", password, got, err)
		}
	}
	again, err := h.hash(t.Context(), "correct horse battery")
	if err != nil || again == phc {
		t.Errorf("two hashes of one password are the same, %v", err)
	}
}

func TestVerify_refusesDamagedHashes(t *testing.T) {
	t.Parallel()
	var h hashing
	for _, phc := range []string{
		"x", "$argon2i$v=19$m=8,t=1,p=1$AAAA$AAAA",
		"$argon2id$v=19$m=8,t=0,p=1$AAAA$AAAA", "$argon2id$v=19$m=8,t=1,p=1$AAAA$", "$argon2id$v=19$m=8$$",
	} {
		if ok, err := h.verify(t.Context(), phc, ""); ok || err == nil {
			t.Errorf("%s: %v, %v", phc, ok, err)
		}
	}
}

func TestThrottle_remembersBoundedlyAndForgetsTheIdleFirst(t *testing.T) {
	t.Parallel()
	var limit throttle
	now := time.Now()
	for i := range maxLimiters {
		if err := limit.allow(strconv.Itoa(i), now, time.Second, 1); err != nil {
			t.Fatal(err)
		}
	}
	now = now.Add(time.Minute) // all have recovered
	for range 2 {
		_ = limit.allow("busy", now, time.Hour, 1)
	}
	for i := range maxLimiters / 2 {
		if err := limit.allow("more"+strconv.Itoa(i), now, time.Second, 1); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(limit.limiters); n > maxLimiters {
		t.Errorf("remembers %d keys", n)
	}
	if code := towpath.ErrorCode(limit.allow("busy", now, time.Hour, 1)); code != towpath.CodeTooMany {
		t.Errorf("forgot a busy key: %q", code)
	}
}

func TestSourceKey(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]string{
		"192.0.2.1": "192.0.2.1", "2001:db8:1:2:3::4": "2001:db8:1:2::/64",
		"::ffff:192.0.2.1": "::ffff:192.0.2.1", "pipe": "pipe",
	} {
		if got := sourceKey(source); got != want {
			t.Errorf("%s: %s, want %s", source, got, want)
		}
	}
}
