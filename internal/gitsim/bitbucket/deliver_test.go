package bitbucket

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func (f *fixture) push(message string) string {
	f.Helper()
	hash, err := f.sim.Commit("acme/shop", "main", map[string]string{"file": message}, message)
	f.must(err)
	return hash
}

func TestSignature_isThatOfTheReferenceVector(t *testing.T) {
	t.Parallel()
	// RFC 4231, test case 2.
	got := Signature("Jefe", []byte("what do ya want for nothing?"))
	if want := "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestDelivery_isRepeatedOnServerErrorsOnly(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answers []int
		want    int
	}{
		"two failures, then success": {[]int{500, 503, 200}, 3},
		"three failures are the end": {[]int{500, 500, 500, 200}, 3},
		"a client error is final":    {[]int{404, 200}, 1},
		"a success is not repeated":  {[]int{200, 200}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := setup(t)
			hooks := f.receiver(c.answers...)
			f.hook(hooks.URL)
			f.push("one")
			f.must(f.sim.Close())
			got := f.sim.Deliveries()
			if len(got) != 1 || len(got[0].Attempts) != c.want || hooks.count() != c.want {
				t.Fatalf("%d requests, deliveries %+v", hooks.count(), got)
			}
			for i, head := range hooks.heads {
				if head.Get("X-Request-UUID") != got[0].ID ||
					head.Get("X-Attempt-Number") != itoa(i+1) ||
					got[0].Attempts[i].StatusCode != c.answers[i] {
					t.Errorf("attempt %d: %v", i, head)
				}
			}
		})
	}
}

func TestDelivery_isNotRepeatedAfterATimeOut(t *testing.T) {
	t.Parallel()
	f := setup(t)
	f.sim.deliveries.Client = &http.Client{Timeout: 20 * time.Millisecond}
	release := make(chan struct{})
	slow := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		<-release
	}))
	t.Cleanup(func() { close(release); slow.Close() })
	f.hook(slow.URL)
	f.push("one")
	f.eventually("the attempt", func() bool {
		d := f.sim.Deliveries()
		return len(d) == 1 &&
			len(d[0].Attempts) == 1
	})
	if got := f.sim.Deliveries()[0].Attempts[0]; got.StatusCode != 0 || got.Error == "" {
		t.Errorf("attempt: %+v", got)
	}
}

func TestDeliveryFaults(t *testing.T) {
	t.Parallel()
	t.Run("dropped", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		hooks := f.receiver()
		f.hook(hooks.URL)
		f.sim.SetFaults(Faults{DropDeliveries: true})
		f.push("lost")
		f.sim.SetFaults(Faults{})
		hash := f.push("kept")
		body, _ := f.wait(hooks, 0)
		if body.str("push", "changes", 0, "new", "target", "hash") != hash ||
			f.sim.Deliveries()[0].Dropped != "fault" {
			t.Errorf("deliveries: %+v", f.sim.Deliveries()[0])
		}
	})
	t.Run("too large", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		hooks := f.receiver()
		f.hook(hooks.URL)
		f.push(strings.Repeat("long ", 60_000))
		if got := f.sim.Deliveries()[0]; got.Dropped != "payload limit" || len(got.Attempts) != 0 {
			t.Errorf("dropped %q", got.Dropped)
		}
	})
	t.Run("doubled", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		hooks := f.receiver()
		f.hook(hooks.URL)
		f.sim.SetFaults(Faults{DoubleDeliveries: true})
		f.push("twice")
		_, a := f.wait(hooks, 0)
		_, b := f.wait(hooks, 1)
		if a.Get("X-Request-UUID") != b.Get("X-Request-UUID") {
			t.Error("the second has another request UUID")
		}
	})
	t.Run("swapped", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		hooks := f.receiver()
		f.hook(hooks.URL)
		f.sim.SetFaults(Faults{SwapDeliveries: true})
		one, two := f.push("one"), f.push("two")
		first, _ := f.wait(hooks, 0)
		second, _ := f.wait(hooks, 1)
		if first.str("push", "changes", 0, "new", "target", "hash") != two ||
			second.str("push", "changes", 0, "new", "target", "hash") != one {
			t.Error("the order did not change")
		}
		held := f.push("held")
		f.sim.SetFaults(Faults{})
		third, _ := f.wait(hooks, 2)
		if third.str("push", "changes", 0, "new", "target", "hash") != held {
			t.Error("the held delivery did not come when the fault ended")
		}
	})
	t.Run("forged", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		hooks := f.receiver()
		f.hook(hooks.URL)
		f.sim.SetFaults(Faults{WrongSignature: true})
		f.push("forged")
		body, head := f.wait(hooks, 0)
		if got := head.Get("X-Hub-Signature"); got == Signature("s3cret", body.body) ||
			!strings.HasPrefix(got, "sha256=") {
			t.Errorf("signature %s", got)
		}
	})
	t.Run("resent by hand", func(t *testing.T) {
		t.Parallel()
		f := setup(t)
		hooks := f.receiver()
		f.hook(hooks.URL)
		f.push("again")
		a, _ := f.wait(hooks, 0)
		f.must(f.sim.Redeliver(f.sim.Deliveries()[0].ID))
		b, head := f.wait(hooks, 1)
		if string(a.body) != string(b.body) || head.Get("X-Hub-Signature") != Signature("s3cret", b.body) {
			t.Error("the second one differs")
		}
	})
}
