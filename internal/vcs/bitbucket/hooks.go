package bitbucket

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"regexp"

	"towpath/internal/vcs"
)

// hooks manages the webhooks of one repository.
// https://developer.atlassian.com/cloud/bitbucket/rest/api-group-repositories/#api-repositories-workspace-repo-slug-hooks-get
type hooks struct {
	c  *client
	id string
}

// hookBody is the body of a write. An update replaces all of it, and leaving out the secret would
// keep an old, unknown one.
type hookBody struct {
	Description string   `json:"description"`
	URL         string   `json:"url"`
	Active      bool     `json:"active"`
	Events      []string `json:"events"`
	Secret      string   `json:"secret"`
}

// Hooks implements vcs.Client.
func (c *client) Hooks(id string) vcs.Hooks { return &hooks{c: c, id: id} }

// Ensure implements vcs.Hooks. Bitbucket takes the same address twice and would deliver twice, so
// it looks first.
func (h *hooks) Ensure(ctx context.Context, hook vcs.Hook) (string, error) {
	const op = "set the webhook"
	if hook.Secret == "" {
		return "", &vcs.Error{Kind: vcs.Rejected, Op: op, Message: "a webhook needs a secret"}
	}
	kept, extra, err := h.find(ctx, hook)
	if err != nil {
		return "", err
	}
	body := hookBody{
		Description: "Towpath",
		URL:         hook.URL,
		Active:      hook.Active,
		Events:      []string{eventPush},
		Secret:      hook.Secret,
	}
	if hook.PullRequests {
		body.Events = append(body.Events, pullRequestEvents...)
	}
	if kept != "" {
		err := h.write(ctx, op, http.MethodPut, h.path(kept), body, nil)
		if vcs.KindOf(err) == vcs.NotFound {
			kept = "" // deleted since it was listed
		} else if err != nil {
			return "", err
		}
	}
	if kept == "" {
		var created hookJSON
		if err := h.write(ctx, op, http.MethodPost, h.path(""), body, &created); err != nil {
			return "", err
		}
		if kept = created.UUID; kept == "" {
			return "", &vcs.Error{Kind: vcs.Unavailable, Op: op, Message: "the answer has no uuid"}
		}
	}
	for _, id := range extra {
		if err := h.Delete(ctx, id); err != nil {
			return kept, err
		}
	}
	return kept, nil
}

// find returns our hook, found by id or else by address, and the other hooks with the same address.
func (h *hooks) find(ctx context.Context, hook vcs.Hook) (kept string, extra []string, err error) {
	err = list(ctx, h.c, h.listing(), func(found hookJSON) bool {
		switch {
		case found.UUID == "":
		case hook.ID != "" && bareUUID(found.UUID) == bareUUID(hook.ID):
			if kept != "" {
				extra = append(extra, kept)
			}
			kept = found.UUID
		case found.URL != hook.URL:
		case kept == "":
			kept = found.UUID
		case bareUUID(kept) != bareUUID(found.UUID):
			extra = append(extra, found.UUID)
		}
		return true
	})
	return kept, extra, err
}

// List implements vcs.Hooks.
func (h *hooks) List(ctx context.Context, yield func(vcs.Hook) bool) error {
	return list(ctx, h.c, h.listing(), func(found hookJSON) bool {
		return found.UUID == "" ||
			yield(convertHook(found))
	})
}

func (h *hooks) listing() request {
	return h.c.apiRequest("list webhooks", h.path(""), url.Values{"pagelen": {"100"}})
}

// Get implements vcs.Hooks.
func (h *hooks) Get(ctx context.Context, id string) (vcs.Hook, error) {
	const op = "read the webhook"
	if id == "" {
		return vcs.Hook{}, &vcs.Error{Kind: vcs.NotFound, Op: op, Message: "no id"}
	}
	var hook hookJSON
	if err := h.c.do(ctx, h.c.apiRequest(op, h.path(id), nil), &hook); err != nil {
		return vcs.Hook{}, err
	}
	return convertHook(hook), nil
}

// Delete implements vcs.Hooks.
func (h *hooks) Delete(ctx context.Context, id string) error {
	if id == "" {
		return nil
	}
	r := h.c.apiRequest("delete the webhook", h.path(id), nil)
	r.method = http.MethodDelete
	if err := h.c.do(ctx, r, nil); vcs.KindOf(err) != vcs.NotFound {
		return err
	}
	return nil
}

func (h *hooks) path(id string) string {
	path := repositoryPath(h.id) + "/hooks"
	if id != "" {
		path += "/" + escapeUUID(id)
	}
	return path
}

// privateAddress matches refusals of a webhook because Bitbucket cannot reach the address. The text
// is not documented.
var privateAddress = regexp.MustCompile(
	`(?i)\b(private|public|publicly|internal|loopback|localhost|reserved|resolve[sd]?|unresolvable|reach(able)?|unreachable|routable|routed)\b`)

func (h *hooks) write(ctx context.Context, op, method, path string, body hookBody, out any) error {
	r, err := h.c.apiRequest(op, path, nil).writing(method, body)
	if err != nil {
		return err
	}
	err = h.c.do(ctx, r, out)
	var e *vcs.Error
	if errors.As(err, &e) && e.Kind == vcs.Rejected && privateAddress.MatchString(e.Message) {
		e.Reason = vcs.ReasonUnreachable
	}
	return err
}
