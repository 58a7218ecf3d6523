package bitbucket

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"towpath/internal/gitsim"
)

// maxStatusKey is the longest key of a build status, in characters.
const maxStatusKey = 40

// Statuses are the build statuses of a commit, in the order in which their keys first came.
func (s *Sim) Statuses(repoFullName, commit string) []Status {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.state.repositoryByName(repoFullName)
	if r == nil {
		return nil
	}
	return s.statusesOf(r.UUID, commit)
}

func (s *Sim) statusesOf(repositoryUUID, hash string) []Status {
	var found []Status
	for _, st := range s.state.Statuses[commitKey(repositoryUUID, hash)] {
		found = append(found, *st)
	}
	return found
}

func (s api) statusObj(r Repository, hash string, st Status) obj {
	o := obj{
		"type": "build", "uuid": st.UUID, "key": st.Key, "state": st.State, "url": st.URL, "name": st.Name,
		"description": st.Description, "refname": nil, "created_on": timestamp(st.CreatedOn),
		"updated_on": timestamp(st.UpdatedOn), "commit": s.commitRef(r, hash), "repository": s.repoRef(r),
		"links": obj{
			"self":   link(s.repoAPI(r) + "/commit/" + hash + "/statuses/build/" + url.PathEscape(st.Key)),
			"commit": link(s.repoAPI(r) + "/commit/" + hash),
		},
	}
	if st.Refname != "" {
		o["refname"] = st.Refname
	}
	return o
}

func (s api) listStatuses(c *call) error {
	at, err := s.resolveCommit(c, c.vars["commit"])
	if err != nil {
		return err
	}
	s.mu.Lock()
	items := s.statusesOf(c.repo.UUID, at.Hash)
	s.mu.Unlock()
	if name := c.query.Get("refname"); name != "" {
		items = slices.DeleteFunc(items, func(st Status) bool { return st.Refname != name })
	}
	return listing[Status]{
		items: items,
		field: func(st Status, name string) string {
			return map[string]string{
				"key": st.Key, "state": st.State, "name": st.Name,
				"created_on": timestamp(st.CreatedOn),
			}[name]
		},
		render: func(st Status) (any, error) { return s.statusObj(c.repo, at.Hash, st), nil },
	}.answer(s, c)
}

// statusInput is the body of POST and PUT.
type statusInput struct {
	Key         *string `json:"key"`
	State       *string `json:"state"`
	URL         *string `json:"url"`
	Name        *string `json:"name"`
	Description *string `json:"description"`
	Refname     *string `json:"refname"`
}

func (s api) postStatus(c *call) error {
	at, err := s.statusCommit(c)
	if err != nil {
		return err
	}
	in, err := readStatus(c)
	if err != nil {
		return err
	}
	if in.Key == nil {
		return badRequest("key is required", obj{"key": []string{"required key not provided"}})
	}
	// The same key overwrites.
	return s.putStatusAs(c, at, *in.Key, in, true)
}

func (s api) putStatus(c *call) error {
	at, err := s.statusCommit(c)
	if err != nil {
		return err
	}
	in, err := readStatus(c)
	if err != nil {
		return err
	}
	if in.Key != nil && *in.Key != c.vars["key"] {
		return badRequest("key cannot be changed", obj{"key": []string{"cannot be changed"}})
	}
	return s.putStatusAs(c, at, c.vars["key"], in, false)
}

func (s api) statusCommit(c *call) (*gitsim.Commit, error) {
	at, err := s.resolveCommit(c, c.vars["commit"])
	if err == nil && s.lag.HidesFromStatuses(commitKey(c.repo.UUID, at.Hash)) {
		err = notFound("Commit not found: " + c.vars["commit"])
	}
	return at, err
}

func readStatus(c *call) (in statusInput, err error) {
	data, err := readBody(c)
	if err == nil && json.Unmarshal(data, &in) != nil {
		err = badRequest("Bad request", nil)
	}
	return in, err
}

func (s api) putStatusAs(c *call, at *gitsim.Commit, key string, in statusInput, create bool) error {
	s.mu.Lock()
	now, commitKey := s.opts.Now().UTC(), commitKey(c.repo.UUID, at.Hash)
	list := s.state.Statuses[commitKey]
	i := slices.IndexFunc(list, func(st *Status) bool { return st.Key == key })
	next := Status{UUID: newUUID(), Key: key, CreatedOn: now}
	if i >= 0 {
		next = *list[i]
	} else if !create {
		s.mu.Unlock()
		return notFound("Build status not found: " + key)
	}
	next.UpdatedOn = now
	for _, f := range []struct {
		to   *string
		from *string
	}{
		{&next.State, in.State},
		{&next.URL, in.URL},
		{&next.Name, in.Name},
		{&next.Description, in.Description},
		{&next.Refname, in.Refname},
	} {
		if f.from != nil {
			*f.to = *f.from
		}
	}
	if err := checkStatus(next); err != nil {
		s.mu.Unlock()
		return err
	}
	if i >= 0 {
		list[i] = &next
	} else {
		s.state.Statuses[commitKey] = append(list, &next)
	}
	s.saveSoon()
	s.mu.Unlock()
	status, event := http.StatusOK, "repo:commit_status_updated"
	if create {
		status = http.StatusCreated
	}
	c.detail = next.State
	if i < 0 {
		event = "repo:commit_status_created"
	}
	o := s.statusObj(c.repo, at.Hash, next)
	s.emit(c.repo, event, obj{
		"actor": s.userObj(*c.user), "repository": s.eventRepository(c.repo),
		"commit_status": o,
	})
	writeJSON(c.w, status, o)
	return nil
}

func checkStatus(st Status) error {
	target, err := url.Parse(st.URL)
	switch {
	case st.Key == "" || len([]rune(st.Key)) > maxStatusKey:
		return badRequest("Invalid key", obj{"key": []string{"Ensure this value has at most 40 characters."}})
	case !slices.Contains([]string{"INPROGRESS", "SUCCESSFUL", "FAILED", "STOPPED"}, st.State):
		return badRequest("Invalid state", obj{"state": []string{"Select a valid choice."}})
	case st.URL == "" || err != nil || !target.IsAbs() ||
		(target.Host == "" && !strings.Contains(st.URL, "{")):
		return badRequest("Invalid url", obj{"url": []string{"Enter a valid URL."}})
	}
	return nil
}

func (s api) getStatus(c *call) error {
	at, err := s.resolveCommit(c, c.vars["commit"])
	if err != nil {
		return err
	}
	for _, st := range s.Statuses(c.repo.FullName(), at.Hash) {
		if st.Key == c.vars["key"] {
			writeJSON(c.w, http.StatusOK, s.statusObj(c.repo, at.Hash, st))
			return nil
		}
	}
	return notFound("Build status not found: " + c.vars["key"])
}
