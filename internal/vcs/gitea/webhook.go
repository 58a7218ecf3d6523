package gitea

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"towpath"

	"towpath/internal/vcs"
)

const (
	maxHeaderLength = 200
	headerSignature = "X-Gitea-Signature"
	branchesRef     = "refs/heads/"
	tagsRef         = "refs/tags/"
)

// eventJSON is the part of an event that we read.
type eventJSON struct {
	Ref        string          `json:"ref"` // whole in a push, short in a deletion
	RefType    string          `json:"ref_type"`
	Before     string          `json:"before"`
	After      string          `json:"after"`
	Repository *repositoryJSON `json:"repository"`
}

// ParseWebhook implements vcs.Provider. The event's name and the delivery's id come from headers
// that the signature does not cover: they may route and count, never allow. Forgejo sends the
// headers of Gitea beside its own. https://docs.gitea.com/usage/webhooks
func (p *Provider) ParseWebhook(header http.Header, body []byte, secret string) (vcs.Event, error) {
	if err := checkSignature(header.Get(headerSignature), body, secret); err != nil {
		return vcs.Event{}, err
	}
	event := vcs.Event{
		RequestID: towpath.ClipRunes(header.Get("X-Gitea-Delivery"), maxHeaderLength),
		Name:      towpath.ClipRunes(header.Get("X-Gitea-Event"), maxHeaderLength),
	}
	known := event.Name == eventPush || event.Name == eventDelete
	var payload eventJSON
	if err := json.Unmarshal(body, &payload); err != nil {
		if !known {
			return event, nil // an unknown event may have any shape
		}
		return vcs.Event{}, &vcs.Error{
			Kind:    vcs.Rejected,
			Op:      "read webhook",
			Message: "the payload is not what the event promises",
			Err:     err,
		}
	}
	vcs.ClipAll(&payload)
	if r := payload.Repository; r != nil && r.ID != 0 {
		event.RepositoryID = strconv.FormatInt(r.ID, 10)
		event.Repository = r.FullName
		event.URL = p.page(r.FullName)
	}
	if ref, ok := payload.ref(event.Name); ok {
		event.Refs = []vcs.RefChange{ref}
	}
	return event, nil
}

// ref reads the changed ref. It ignores the payload's commits: the list is cut, and on a new branch
// they are old ones.
func (e eventJSON) ref(event string) (vcs.RefChange, bool) {
	out := vcs.RefChange{Old: hashOf(e.Before), New: hashOf(e.After)}
	switch {
	case event == eventDelete && e.RefType == "branch":
		return vcs.RefChange{Branch: e.Ref}, e.Ref != ""
	case event == eventDelete && e.RefType == "tag":
		return vcs.RefChange{Tag: e.Ref}, e.Ref != ""
	case event != eventPush, e.Before == "" && e.After == "":
		return out, false
	}
	if branch, ok := strings.CutPrefix(e.Ref, branchesRef); ok {
		out.Branch = branch
		return out, branch != ""
	}
	tag, ok := strings.CutPrefix(e.Ref, tagsRef)
	out.Tag = tag
	return out, ok && tag != ""
}

// hashOf returns "" for the hash of zeros, which means a ref that does not exist.
func hashOf(hash string) string {
	if strings.Trim(hash, "0") == "" {
		return ""
	}
	return hash
}

func checkSignature(given string, body []byte, secret string) error {
	refuse := func(message string) error {
		return &vcs.Error{Kind: vcs.Unauthorized, Op: "check webhook signature", Message: message}
	}
	if secret == "" {
		return refuse("this hook has no secret, so nothing can be trusted")
	}
	if given == "" {
		return refuse(headerSignature + " is missing")
	}
	want, err := hex.DecodeString(given)
	if err != nil {
		return refuse(headerSignature + " is not hexadecimal")
	}
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(body)
	if !hmac.Equal(mac.Sum(nil), want) {
		return refuse(headerSignature + " does not match the body")
	}
	return nil
}
