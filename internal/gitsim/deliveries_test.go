package gitsim_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"towpath/internal/gitsim"
)

// receiver is the far side of deliveries. It answers 500 so many times, then 200.
type receiver struct {
	mu     sync.Mutex
	bodies []string
	broken int
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	body, _ := io.ReadAll(req.Body)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.bodies = append(r.bodies, string(body)+" "+req.Header.Get("X-Signed-By"))
	if r.broken > 0 {
		r.broken--
		w.WriteHeader(http.StatusInternalServerError)
	}
}

// queue returns deliveries to a receiver, a function that sends one with a text, and one that waits
// for all of them and returns what the receiver got.
func queue(t *testing.T, f gitsim.Faults, broken int) (
	q *gitsim.Deliveries, send func(text string), received func() []string,
) {
	t.Helper()
	far := &receiver{broken: broken}
	server := httptest.NewServer(far)
	t.Cleanup(server.Close)
	faults := &gitsim.FaultSwitch{}
	faults.Set(f)
	q = &gitsim.Deliveries{
		Client: server.Client(),
		Now:    time.Now,
		Faults: faults,
		Tries:  3,
		Header: func(_ gitsim.Delivery, secret string, _ int, _ time.Time) http.Header {
			return http.Header{"X-Signed-By": {secret}}
		},
	}
	send = func(text string) {
		q.Send([]gitsim.Parcel{{Secret: "größe", Delivery: gitsim.Delivery{
			ID: text, Hook: "hook", URL: server.URL, Body: []byte(text),
		}}})
	}
	return q, send, func() []string {
		if err := q.Close(); err != nil {
			t.Error(err)
		}
		return far.bodies
	}
}

func TestDeliveries_faults(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		faults gitsim.Faults
		broken int
		want   []string
	}{
		"healthy":           {want: []string{"a größe"}},
		"repeats after 5xx": {broken: 1, want: []string{"a größe", "a größe"}},
		"gives up":          {broken: 9, want: []string{"a größe", "a größe", "a größe"}},
		"dropped":           {faults: gitsim.Faults{DropDeliveries: true}},
		"doubled": {
			faults: gitsim.Faults{DoubleDeliveries: true}, want: []string{"a größe", "a größe"},
		},
		"forged":  {faults: gitsim.Faults{WrongSignature: true}, want: []string{"a größe forged"}},
		"delayed": {faults: gitsim.Faults{DeliveryDelay: time.Millisecond}, want: []string{"a größe"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			q, send, received := queue(t, c.faults, c.broken)
			send("a")
			if got := received(); !slices.Equal(got, c.want) {
				t.Errorf("received %q, want %q", got, c.want)
			}
			all := q.All()
			if len(all) != 1 || len(all[0].Attempts) != len(c.want) ||
				(all[0].Dropped != "") != c.faults.DropDeliveries {
				t.Errorf("the journal has %+v", all)
			}
		})
	}
}

func TestDeliveries_swapTwo(t *testing.T) {
	t.Parallel()
	_, send, received := queue(t, gitsim.Faults{SwapDeliveries: true}, 0)
	send("first")
	send("second")
	if got := received(); !slices.Equal(got, []string{"second größe", "first größe"}) {
		t.Errorf("received %q", got)
	}
}

func TestDeliveries_resendUnderANewID(t *testing.T) {
	t.Parallel()
	q, send, received := queue(t, gitsim.Faults{}, 0)
	send("a")
	if err := q.Resend("a", "b", func(hook string) string { return "new secret of " + hook }); err != nil {
		t.Fatal(err)
	}
	if err := q.Resend("none", "c", func(string) string { return "" }); err == nil {
		t.Error("an unknown delivery was sent")
	}
	got := received()
	slices.Sort(got) // two deliveries of their own have no order
	if !slices.Equal(got, []string{"a größe", "a new secret of hook"}) {
		t.Errorf("received %q", got)
	}
	if all := q.All(); len(all) != 2 || all[1].ID != "b" {
		t.Errorf("the journal has %+v", all)
	}
}
