package webhook

import (
	"bytes"
	"context"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"towpath"
	"towpath/internal/store"
)

// Send sends a request for approval, unless nothing waits as it was when it was wanted. It is the
// handler of towpath.JobAskApproval. A receiver that a crash of the server leaves in doubt gets the
// request again, with the same id.
func (s *Service) Send(ctx context.Context, requestID string) (requeueAt *time.Time, err error) {
	var q towpath.ApprovalRequest
	var h towpath.ApprovalHook
	var message Message
	waits := false
	err = s.Store.Read(ctx, func(tx *store.Tx) error {
		waits = false
		if q, err = tx.ApprovalRequest(ctx, requestID); err != nil {
			return err
		}
		if h, err = tx.ApprovalHook(ctx, q.EnvironmentID); err != nil {
			return err
		}
		message, waits, err = s.wanted(ctx, tx, q)
		return err
	})
	if towpath.ErrorCode(err) == towpath.CodeNotFound { // it was removed
		return nil, nil
	}
	if err != nil || q.State != towpath.RequestPending {
		return nil, err
	}
	var failed towpath.Reason
	ctx = context.WithoutCancel(ctx) // a stop waits for the answer: it would be sent twice otherwise
	if waits {
		if failed, err = s.post(ctx, h, message); err != nil {
			return nil, err
		}
	}
	err = s.Store.Write(ctx, func(tx *store.Tx) error {
		requeueAt = nil
		now, err := tx.ApprovalRequest(ctx, requestID)
		if towpath.ErrorCode(err) == towpath.CodeNotFound {
			return nil
		}
		if err != nil || now.State != towpath.RequestPending {
			return err
		}
		if waits {
			now, requeueAt = now.Tried(failed, tx.Now)
		} else {
			now.State = towpath.RequestObsolete
		}
		return tx.UpdateApprovalRequest(ctx, now)
	})
	return requeueAt, err
}

// wanted builds the message of a request. waits is false when something else waits now, or nothing.
func (s *Service) wanted(
	ctx context.Context, tx *store.Tx, q towpath.ApprovalRequest,
) (m Message, waits bool, err error) {
	r, err := tx.Rollout(ctx, q.RolloutID)
	if towpath.ErrorCode(err) == towpath.CodeNotFound || r.FinishedAt != nil {
		return m, false, nil
	}
	if err != nil {
		return m, false, err
	}
	gates := tx.Gates()
	stage, err := gates.Stage(ctx, r, q.EnvironmentID)
	if err != nil || len(stage.Tasks) == 0 || stage.Evidence() != q.Evidence {
		return m, false, err
	}
	answers, err := tx.Approvals(ctx, r.LinkID, q.EnvironmentID)
	if err != nil {
		return m, false, err
	}
	d := stage.Environment.Decide(stage, q.Evidence, answers, tx.Now)
	members, err := gates.Members(ctx)
	if err != nil {
		return m, false, err
	}
	return wanted(q, r, stage, d, members, s.ExternalURL), d.Waits(), nil
}

// Test sends a message about nothing and returns what came of it. CodeNotFound when the environment
// asks nowhere.
func (s *Service) Test(
	ctx context.Context, actor towpath.Actor, environmentID string,
) (q towpath.ApprovalRequest, err error) {
	var h towpath.ApprovalHook
	var e towpath.Environment
	err = s.Store.Read(ctx, func(tx *store.Tx) error {
		if e, err = tx.Environment(ctx, environmentID); err != nil {
			return err
		}
		h, err = tx.ApprovalHook(ctx, environmentID)
		return err
	})
	if err != nil {
		return q, err
	}
	q = towpath.ApprovalRequest{
		ID: store.NewID(), EnvironmentID: environmentID, CreatedAt: s.Store.Now(), State: towpath.RequestFailed,
	}
	failed, err := s.post(ctx, h, test(q, e, s.ExternalURL))
	if err != nil {
		return q, err
	}
	if failed.IsZero() {
		q.State = towpath.RequestDelivered
	}
	err = s.Store.Write(ctx, func(tx *store.Tx) error {
		q.Attempts, q.Reason, q.TriedAt = 1, failed, &tx.Now
		tx.Emit(actor.Did(towpath.ActApprovalHookTest, e.ID, "", "environment", e.Name))
		return tx.PutApprovalTest(ctx, q)
	})
	return q, err
}

// maxAnswer bounds what is read of an answer, so that the connection can be used again.
const maxAnswer = 16 << 10

// post sends a message once. failed says why the receiver has not taken it; err is of this server.
func (s *Service) post(
	ctx context.Context, h towpath.ApprovalHook, m Message,
) (failed towpath.Reason, err error) {
	key, err := s.Keyring.Decrypt(h.EncryptedSecret, row(h.EnvironmentID))
	if err != nil {
		return failed, towpath.Errorf(towpath.CodeInternal,
			"The secret of the receiver cannot be decrypted with this server's key. Enter it again.")
	}
	body, err := m.body()
	if err != nil {
		return failed, err
	}
	return Post(ctx, s.Client, h.URL, Signed(key, m.ID, body), body)
}

// Signed returns the headers of a body that is sent now under an id.
func Signed(key []byte, id string, body []byte) http.Header {
	h := http.Header{}
	h.Set(DeliveryHeader, id)
	h.Set(SignatureHeader, Sign(key, body, time.Now()))
	return h
}

// Post sends JSON once, within ten seconds, and follows no redirect. failed says why the receiver has
// not taken it, without its address, which may be secret. err is that of ctx. client guards the
// addresses that it connects to.
func Post(
	ctx context.Context, client *http.Client, address string, header http.Header, body []byte,
) (failed towpath.Reason, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return unreached(err), nil
	}
	maps.Copy(r.Header, header)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", "Towpath")
	c := *client
	c.Timeout = timeout
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	answer, err := c.Do(r)
	if err != nil {
		return unreached(err), ctx.Err()
	}
	defer func() { _ = answer.Body.Close() }()                         // nothing depends on it
	_, _ = io.Copy(io.Discard, io.LimitReader(answer.Body, maxAnswer)) // the status is the answer
	if answer.StatusCode < 200 || answer.StatusCode > 299 {
		return towpath.Why(towpath.ReasonReceiverAnswered, "status", strconv.Itoa(answer.StatusCode)), nil
	}
	return failed, nil
}

// unreached is why a receiver was not reached, without its address, which may be secret.
func unreached(err error) towpath.Reason {
	var where *url.Error
	if errors.As(err, &where) {
		err = where.Err
	}
	return towpath.Why(towpath.ReasonReceiverUnreached, "text", towpath.ClipRunes(err.Error(), 200))
}
