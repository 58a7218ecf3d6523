package bitbucket

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"

	"towpath"

	"towpath/internal/vcs"
)

const (
	maxStatusKey  = 40
	maxStatusText = 255 // runes; no limit is documented
)

var statusStates = map[vcs.StatusState]string{
	vcs.StatusInProgress: "INPROGRESS",
	vcs.StatusSuccessful: "SUCCESSFUL",
	vcs.StatusFailed:     "FAILED",
	vcs.StatusStopped:    "STOPPED",
}

type statusBody struct {
	Type        string `json:"type"` // the API's description requires it in every object
	Key         string `json:"key"`
	State       string `json:"state"`
	URL         string `json:"url"`
	Name        string `json:"name,omitempty"`
	Description string `json:"description,omitempty"`
	RefName     string `json:"refname,omitempty"`
}

// PutStatus implements vcs.Client. Right after a push Bitbucket may answer that the commit is not
// found. https://developer.atlassian.com/cloud/bitbucket/rest/api-group-commit-statuses/
func (c *client) PutStatus(ctx context.Context, id, commit string, s vcs.Status) error {
	const op = "set the build status"
	state, known := statusStates[s.State]
	if !known || s.Key == "" || s.URL == "" {
		return &vcs.Error{
			Kind: vcs.Rejected, Op: op,
			Message: "a build status needs a key, a state and a URL",
		}
	}
	path := repositoryPath(id) + "/commit/" + url.PathEscape(commit) + "/statuses/build"
	r, err := c.apiRequest(op, path, nil).writing(http.MethodPost, statusBody{
		Type:        "build",
		Key:         statusKey(s.Key),
		State:       state,
		URL:         s.URL,
		Name:        towpath.ClipRunes(s.Name, maxStatusText),
		Description: towpath.ClipRunes(s.Description, maxStatusText),
		RefName:     s.Branch,
	})
	if err != nil {
		return err
	}
	r.quota = quotaStatuses
	return c.do(ctx, r, nil)
}

// statusKey hashes a long key: cutting could make two keys equal.
func statusKey(key string) string {
	if len(key) <= maxStatusKey {
		return key
	}
	sum := sha256.Sum256([]byte(key))
	return hex.EncodeToString(sum[:])[:maxStatusKey]
}
