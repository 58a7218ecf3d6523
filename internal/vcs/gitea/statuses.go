package gitea

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"net/url"

	"towpath"

	"towpath/internal/vcs"
)

const (
	maxStatusContext = 255 // bytes of the column
	maxStatusText    = 255 // runes
)

// statusStates are the states that every version of Gitea and Forgejo has.
var statusStates = map[vcs.StatusState]string{
	vcs.StatusInProgress: "pending",
	vcs.StatusSuccessful: "success",
	vcs.StatusFailed:     "failure",
	vcs.StatusStopped:    "error",
}

type statusBody struct {
	State       string `json:"state"`
	Context     string `json:"context"`
	Description string `json:"description"`
	TargetURL   string `json:"target_url"`
}

// PutStatus implements vcs.Client. Gitea shows the latest status of each context. For an unknown
// commit it answers 500, as for a fault of its own, so the commit is asked for then.
func (c *client) PutStatus(ctx context.Context, id, commit string, s vcs.Status) error {
	const op = "set the commit status"
	state, known := statusStates[s.State]
	if !known || s.Key == "" || s.URL == "" {
		return &vcs.Error{
			Kind: vcs.Rejected, Op: op,
			Message: "a commit status needs a key, a state and a URL",
		}
	}
	at, err := c.locate(ctx, id)
	if err != nil {
		return err
	}
	r, err := c.api(op, at.path()+"/statuses/"+url.PathEscape(commit), nil).writing(http.MethodPost,
		statusBody{
			State:       state,
			Context:     statusContext(s.Key),
			Description: towpath.ClipRunes(s.Description, maxStatusText),
			TargetURL:   s.URL,
		})
	if err != nil {
		return err
	}
	err = c.do(ctx, r, nil)
	var e *vcs.Error
	if !errors.As(err, &e) || e.Status != http.StatusInternalServerError {
		return err
	}
	if _, missing := c.Source(id).Commit(ctx, commit); vcs.KindOf(missing) == vcs.NotFound {
		e.Kind, e.Message = vcs.NotFound, "the commit is not there"
	}
	return e
}

// statusContext hashes a long key: cutting could make two keys equal.
func statusContext(key string) string {
	if len(key) <= maxStatusContext {
		return key
	}
	sum := sha256.Sum256([]byte(key))
	return hex.EncodeToString(sum[:])
}
