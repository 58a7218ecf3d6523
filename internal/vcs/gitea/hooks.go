package gitea

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"towpath/internal/vcs"
)

const (
	eventPush   = "push"
	eventDelete = "delete" // of a branch; the event "push" does not report it
)

// hooks manages the webhooks of one repository.
type hooks struct {
	c  *client
	id string
}

// hookJSON is a webhook as the API returns it, without the secret.
type hookJSON struct {
	ID     int64             `json:"id"`
	Active bool              `json:"active"`
	Config map[string]string `json:"config"`
}

func (h hookJSON) hook() vcs.Hook {
	return vcs.Hook{ID: strconv.FormatInt(h.ID, 10), URL: h.Config["url"], Active: h.Active}
}

// hookBody is a webhook as the API accepts it.
type hookBody struct {
	Type   string            `json:"type"`
	Config map[string]string `json:"config"`
	Events []string          `json:"events"`
	Active bool              `json:"active"`
}

// Hooks implements vcs.Client.
func (c *client) Hooks(id string) vcs.Hooks { return &hooks{c: c, id: id} }

// Ensure implements vcs.Hooks. A change of a hook leaves its secret as it was, so a new hook takes
// the place of the old one. It is made first: an event in between is delivered twice, not lost.
func (h *hooks) Ensure(ctx context.Context, hook vcs.Hook) (string, error) {
	const op = "set the webhook"
	if hook.Secret == "" {
		return "", &vcs.Error{Kind: vcs.Rejected, Op: op, Message: "a webhook needs a secret"}
	}
	at, err := h.c.locate(ctx, h.id)
	if err != nil {
		return "", err
	}
	var old []string
	err = list(ctx, h.c, "list webhooks", at.path()+"/hooks", func(found hookJSON) bool {
		if known := found.hook(); known.ID == hook.ID || known.URL == hook.URL {
			old = append(old, known.ID)
		}
		return true
	})
	if err != nil {
		return "", err
	}
	r, err := h.c.api(op, at.path()+"/hooks", nil).writing(http.MethodPost, hookBody{
		Type:   "gitea",
		Config: map[string]string{"url": hook.URL, "content_type": "json", "secret": hook.Secret},
		Events: []string{eventPush, eventDelete},
		Active: hook.Active,
	})
	if err != nil {
		return "", err
	}
	var made hookJSON
	if err := h.c.do(ctx, r, &made); err != nil {
		return "", err
	}
	if made.ID == 0 {
		return "", &vcs.Error{Kind: vcs.Unavailable, Op: op, Message: "the answer has no id"}
	}
	for _, id := range old {
		if err := h.Delete(ctx, id); err != nil {
			return made.hook().ID, err
		}
	}
	return made.hook().ID, nil
}

// List implements vcs.Hooks.
func (h *hooks) List(ctx context.Context, yield func(vcs.Hook) bool) error {
	at, err := h.c.locate(ctx, h.id)
	if err != nil {
		return err
	}
	return list(ctx, h.c, "list webhooks", at.path()+"/hooks",
		func(found hookJSON) bool { return yield(found.hook()) })
}

// Get implements vcs.Hooks.
func (h *hooks) Get(ctx context.Context, id string) (vcs.Hook, error) {
	const op = "read the webhook"
	if id == "" {
		return vcs.Hook{}, &vcs.Error{Kind: vcs.NotFound, Op: op, Message: "no id"}
	}
	at, err := h.c.locate(ctx, h.id)
	if err != nil {
		return vcs.Hook{}, err
	}
	var found hookJSON
	err = h.c.do(ctx, h.c.api(op, at.path()+"/hooks/"+url.PathEscape(id), nil), &found)
	return found.hook(), err
}

// Delete implements vcs.Hooks.
func (h *hooks) Delete(ctx context.Context, id string) error {
	if id == "" {
		return nil
	}
	at, err := h.c.locate(ctx, h.id)
	if err != nil {
		return err
	}
	r := h.c.api("delete the webhook", at.path()+"/hooks/"+url.PathEscape(id), nil)
	r.method = http.MethodDelete
	if err := h.c.do(ctx, r, nil); vcs.KindOf(err) != vcs.NotFound {
		return err
	}
	return nil
}
