package towpath_test

import (
	"testing"
	"time"

	"towpath"
)

// A request that is not taken is sent again ever later, and given up within a day.
func TestApprovalRequest_isTriedABoundedNumberOfTimes(t *testing.T) {
	t.Parallel()
	now := time.Date(2027, 2, 3, 12, 0, 0, 0, time.UTC)
	begun := now
	q := towpath.ApprovalRequest{State: towpath.RequestPending}
	var wait time.Duration
	for {
		var again *time.Time
		q, again = q.Tried(towpath.Why(towpath.ReasonReceiverAnswered, "status", "503"), now)
		if again == nil {
			break
		}
		if again.Sub(now) <= wait || q.State != towpath.RequestPending {
			t.Fatalf("after %d attempts again at %s: %+v", q.Attempts, again, q)
		}
		wait, now = again.Sub(now), *again
	}
	if q.State != towpath.RequestFailed || q.Attempts != 10 || now.Sub(begun) > 24*time.Hour {
		t.Errorf("given up after %s: %+v", now.Sub(begun), q)
	}
	q, again := towpath.ApprovalRequest{Attempts: 3}.Tried(towpath.Reason{}, now)
	if q.State != towpath.RequestDelivered || again != nil || !q.TriedAt.Equal(now) {
		t.Errorf("%+v again at %v", q, again)
	}
}
