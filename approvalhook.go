package towpath

import "time"

// ApprovalHook is where an environment asks for approvals outside of Towpath.
type ApprovalHook struct {
	EnvironmentID   string
	URL             string
	EncryptedSecret []byte // signs what is sent
	CreatedAt       time.Time
}

// RequestState is how far a request for approval is.
type RequestState string

const (
	RequestPending   RequestState = "pending"   // it is sent, or sent again
	RequestDelivered RequestState = "delivered" // the receiver has taken it
	RequestFailed    RequestState = "failed"    // it was given up
	RequestObsolete  RequestState = "obsolete"  // nothing waits as it was when it was wanted
)

// ApprovalRequest is one message to a receiver: that approvals are wanted, or a test.
type ApprovalRequest struct {
	ID            string
	EnvironmentID string
	RolloutID     string // "" for a test
	Evidence      Evidence
	State         RequestState
	Attempts      int
	Reason        Reason // why the last attempt failed
	CreatedAt     time.Time
	TriedAt       *time.Time // the last attempt
}

// maxRequestAttempts bounds how often a request is sent, within about three hours.
const maxRequestAttempts = 10

// Tried returns the request after an attempt, with when to try again. failed is zero when the receiver
// has taken it.
func (q ApprovalRequest) Tried(failed Reason, now time.Time) (tried ApprovalRequest, again *time.Time) {
	q.Attempts++
	q.TriedAt, q.Reason = &now, failed
	switch {
	case failed.IsZero():
		q.State = RequestDelivered
	case q.Attempts >= maxRequestAttempts:
		q.State = RequestFailed
	default:
		at := now.Add(10 * time.Second << (q.Attempts - 1))
		again = &at
	}
	return q, again
}
