package bitbucket

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"towpath"

	"towpath/internal/vcs"
)

const (
	eventPush       = "repo:push"
	maxHeaderLength = 200
)

// pullRequestEvents are the events that a grant may hear of that may read pull requests.
var pullRequestEvents = []string{
	"pullrequest:created", "pullrequest:updated", "pullrequest:fulfilled", "pullrequest:rejected",
	"pullrequest:comment_created",
}

// ParseWebhook implements vcs.Provider. The event's name and the request's id come from headers
// that the signature does not cover: they may route and count, never allow.
// https://support.atlassian.com/bitbucket-cloud/docs/manage-webhooks/#Secure-webhooks
func (p *Provider) ParseWebhook(header http.Header, body []byte, secret string) (vcs.Event, error) {
	if err := checkSignature(header.Get("X-Hub-Signature"), body, secret); err != nil {
		return vcs.Event{}, err
	}
	event := vcs.Event{
		RequestID: towpath.ClipRunes(bareUUID(header.Get("X-Request-UUID")), maxHeaderLength),
		Name:      towpath.ClipRunes(header.Get("X-Event-Key"), maxHeaderLength),
	}
	var payload pushEventJSON
	if err := json.Unmarshal(body, &payload); err != nil {
		if event.Name != eventPush {
			return event, nil // an unknown event may have any shape
		}
		return vcs.Event{}, &vcs.Error{
			Kind:    vcs.Rejected,
			Op:      "read webhook",
			Message: "the payload is not what repo:push promises",
			Err:     err,
		}
	}
	vcs.ClipAll(&payload)
	if payload.Repository != nil {
		event.RepositoryID, event.Repository = payload.Repository.UUID, payload.Repository.FullName
		event.URL = payload.Repository.Links.page()
	}
	switch {
	case event.Name == eventPush:
		event.Refs = convertRefs(payload)
	case slices.Contains(pullRequestEvents, event.Name):
		event.PullRequest, event.Comment = parsePullRequestEvent(body, event.RepositoryID)
	}
	return event, nil
}

func checkSignature(given string, body []byte, secret string) error {
	refuse := func(message string) error {
		return &vcs.Error{Kind: vcs.Unauthorized, Op: "check webhook signature", Message: message}
	}
	if secret == "" {
		return refuse("this hook has no secret, so nothing can be trusted")
	}
	if given == "" {
		return refuse("X-Hub-Signature is missing")
	}
	digits, found := strings.CutPrefix(given, "sha256=")
	if !found {
		return refuse("X-Hub-Signature is not of the sha256= kind")
	}
	want, err := hex.DecodeString(digits)
	if err != nil {
		return refuse("X-Hub-Signature is not hexadecimal")
	}
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(body)
	if !hmac.Equal(mac.Sum(nil), want) {
		return refuse("X-Hub-Signature does not match the body")
	}
	return nil
}
