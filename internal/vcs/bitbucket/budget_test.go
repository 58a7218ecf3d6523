package bitbucket

import (
	"net/http"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"

	"towpath/internal/vcs"
)

var start = time.Date(2026, 10, 10, 12, 0, 0, 0, time.UTC)

func testBudget(now *time.Time) *budget {
	return newBudget(Config{Now: func() time.Time { return *now }, RequestsPerHour: 3, RawFilesPerHour: 2})
}

func TestBudget_neverMoreThanItsLimitInAnyHour(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		now := start
		b := testBudget(&now)
		var sent []time.Time
		for range 60 {
			now = now.Add(time.Duration(rapid.IntRange(0, 40).Draw(t, "minutes")) * time.Minute)
			at, ok := b.take(quotaRepositories, "a/b")
			if ok {
				sent = append(sent, now)
				if n := len(sent); n > 3 && now.Sub(sent[n-4]) < time.Hour {
					t.Fatalf("four calls within %v", now.Sub(sent[n-4]))
				}
				continue
			}
			if !at.After(now) || at.After(now.Add(time.Hour)) {
				t.Fatalf("at %v: retry at %v", now, at)
			}
			now = at
			if _, ok := b.take(quotaRepositories, "a/b"); !ok {
				t.Fatalf("refused at the time that it told")
			}
			sent = append(sent, now)
		}
	})
}

func TestBudget_filesAreCountedApart(t *testing.T) {
	t.Parallel()
	now := start
	b := testBudget(&now)
	for i, want := range []bool{true, true, false} {
		if _, ok := b.take(quotaRawFiles, "a/b"); ok != want {
			t.Errorf("file %d: %v", i, ok)
		}
	}
	for range 100 {
		if _, ok := b.take(quotaNone, "a/b"); !ok {
			t.Fatal("what is not counted was refused")
		}
	}
	if u := b.usage(); u.Used != 0 || u.Limit != 3 {
		t.Errorf("usage %+v", u)
	}
}

func TestBudget_backsOffLongerEachTime(t *testing.T) {
	t.Parallel()
	now := start
	b := testBudget(&now)
	for i, want := range []time.Duration{
		30 * time.Second, time.Minute, 2 * time.Minute, 4 * time.Minute,
		8 * time.Minute, 15 * time.Minute, 15 * time.Minute,
	} {
		until := b.refused(quotaRepositories, http.Header{})
		if wait := until.Sub(now); wait < want/2 || wait > want {
			t.Errorf("refusal %d: %v, want %v to %v", i, wait, want/2, want)
		}
		if again := b.refused(quotaRepositories, http.Header{}); !again.Equal(until) {
			t.Errorf("an answer that was under way moved the gate from %v to %v", until, again)
		}
		b.accepted(quotaRepositories) // in flight too
		if at, ok := b.take(quotaNone, "a/b"); ok || !at.Equal(until) ||
			!b.usage().BackoffUntil.Equal(until) {
			t.Errorf("the gate is open at %v", now)
		}
		now = until
		if _, ok := b.take(quotaNone, "a/b"); !ok || !b.usage().BackoffUntil.IsZero() {
			t.Errorf("the gate is shut at %v", until)
		}
	}
	b.accepted(quotaRepositories)
	if wait := b.refused(quotaRepositories, http.Header{}).Sub(now); wait > 30*time.Second {
		t.Errorf("after a success: %v", wait)
	}
}

// One repository uses its share of the calls; others still read, and post statuses.
func TestBudget_aBusyRepositoryStarvesNoOther(t *testing.T) {
	t.Parallel()
	now := start
	b := newBudget(Config{Now: func() time.Time { return now }, RequestsPerHour: 1000, RawFilesPerHour: 5000})
	for q, want := range map[quota]int{quotaRawFiles: 4500, quotaRepositories: 900} {
		for n := 0; ; n++ {
			at, ok := b.take(q, "busy/one")
			if ok {
				continue
			}
			if n != want || !at.Equal(start.Add(window)) {
				t.Errorf("quota %d: the busy one had %d calls, want %d, and again at %s", q, n, want, at)
			}
			break
		}
		for n := range want / 9 {
			if _, ok := b.take(q, "quiet/"+strconv.Itoa(n%3)); !ok {
				t.Fatalf("quota %d: the quiet ones had only %d calls", q, n)
			}
		}
	}
	now = now.Add(window)
	for range 720 {
		if _, ok := b.take(quotaStatuses, "busy/one"); !ok {
			t.Fatal("the busy one cannot tell")
		}
	}
	if _, ok := b.take(quotaStatuses, "busy/one"); ok {
		t.Error("the busy one tells what is left to others")
	}
	if _, ok := b.take(quotaStatuses, "quiet/one"); !ok {
		t.Error("the quiet one cannot tell")
	}
}

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]time.Duration{
		"0": 0, "7": 7 * time.Second, " 60 ": time.Minute,
		"86400":                         vcs.MaxRetryWait,
		"Sat, 10 Oct 2026 12:05:00 GMT": 5 * time.Minute,
		"Sat, 10 Oct 2026 11:00:00 GMT": 0,
		"Sun, 11 Oct 2026 12:00:00 GMT": vcs.MaxRetryWait,
		"-5":                            -1,
		"soon":                          -1,
		"":                              -1,
	} {
		at, told := vcs.RetryAfter(http.Header{"Retry-After": {value}}, start)
		if told != (want >= 0) || (told && !at.Equal(start.Add(want))) {
			t.Errorf("%q: %v %v, want %v", value, at, told, want)
		}
	}
}

func TestBudget_readsBeforeItTells(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)
	b := newBudget(Config{Now: func() time.Time { return now }, RequestsPerHour: 100, RawFilesPerHour: 100})
	b.refused(quotaStatuses, http.Header{})
	if _, ok := b.take(quotaStatuses, "a/b"); ok {
		t.Error("telling went on after a refusal")
	}
	for _, q := range []quota{quotaRepositories, quotaRawFiles, quotaNone} {
		if _, ok := b.take(q, "a/b"); !ok {
			t.Errorf("a refusal to tell stopped reading of kind %d", q)
		}
	}
	now = now.Add(time.Minute)
	for told := 1; ; told++ {
		if at, ok := b.take(quotaStatuses, "a/"+strconv.Itoa(told%3)); !ok {
			if told != 80 || !at.Equal(now.Add(window-time.Minute)) { // one call was for reading
				t.Errorf("%d calls may tell, and then at %s", told-1, at)
			}
			break
		}
	}
	for n := range 20 {
		if _, ok := b.take(quotaRepositories, "a/"+strconv.Itoa(n%3)); !ok {
			t.Fatalf("only %d calls were left for reading", n)
		}
	}
}
