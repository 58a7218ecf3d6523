package bitbucket

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"towpath/internal/gitsim"
)

// prPagelen is the longest page of pull requests that the real service gives, whatever its
// documentation says.
const prPagelen = 50

func (s api) listPullRequests(c *call) error {
	states := c.query["state"]
	if len(states) == 0 {
		states = []string{"OPEN"}
	}
	var items []pullRequest
	s.mu.Lock()
	for _, pr := range s.state.PullRequests[c.repo.UUID] {
		if slices.Contains(states, pr.State) || c.query.Has("q") {
			items = append(items, pr.clone())
		}
	}
	s.mu.Unlock()
	slices.Reverse(items)
	return listing[pullRequest]{
		items: items, maximum: prPagelen,
		field: func(pr pullRequest, name string) string {
			return map[string]string{
				"state": pr.State, "title": pr.Title, "source.branch.name": pr.Source,
				"destination.branch.name": pr.Destination, "id": fmt.Sprintf("%09d", pr.ID),
				"updated_on": timestamp(pr.UpdatedOn), "created_on": timestamp(pr.CreatedOn),
			}[name]
		},
		render: func(pr pullRequest) (any, error) { return s.pullRequestObj(c.repo, pr, false), nil },
	}.answer(s, c)
}

func (s api) createPullRequest(c *call) error {
	data, err := readBody(c)
	if err != nil {
		return err
	}
	type end struct {
		Branch struct {
			Name string `json:"name"`
		} `json:"branch"`
	}
	var in struct {
		Title       string `json:"title"`
		Description string `json:"description"`
		Source      end    `json:"source"`
		Destination end    `json:"destination"`
		CloseSource bool   `json:"close_source_branch"`
		Draft       bool   `json:"draft"`
	}
	if json.Unmarshal(data, &in) != nil || in.Title == "" || in.Source.Branch.Name == "" {
		return badRequest("Bad request", obj{"title": []string{"required key not provided"}})
	}
	orElse(&in.Destination.Branch.Name, c.repo.MainBranch)
	source, err := c.git.Branch(in.Source.Branch.Name)
	if err != nil {
		return badRequest("source.branch.name: branch not found",
			obj{"source": []string{"branch not found: " + in.Source.Branch.Name}})
	}
	dest, err := c.git.Branch(in.Destination.Branch.Name)
	if err != nil {
		return badRequest("destination.branch.name: branch not found",
			obj{"destination": []string{"branch not found"}})
	}
	if source == dest || in.Source == in.Destination {
		return badRequest("There are no changes to be pulled", nil)
	}
	now := s.opts.Now().UTC()
	s.mu.Lock()
	pr := &pullRequest{
		ID:          len(s.state.PullRequests[c.repo.UUID]) + 1,
		Title:       in.Title,
		Description: in.Description,
		State:       "OPEN",
		Author:      c.user.UUID,
		Source:      in.Source.Branch.Name,
		Destination: in.Destination.Branch.Name,
		SourceHash:  source,
		DestHash:    dest,
		CloseSource: in.CloseSource,
		Draft:       in.Draft,
		CreatedOn:   now,
		UpdatedOn:   now,
	}
	s.state.PullRequests[c.repo.UUID] = append(s.state.PullRequests[c.repo.UUID], pr)
	made := pr.clone()
	s.save()
	s.mu.Unlock()
	s.emitPullRequest(c.repo, *c.user, "pullrequest:created", made)
	c.w.Header().Set("Location", s.repoAPI(c.repo)+"/pullrequests/"+itoa(made.ID))
	writeJSON(c.w, http.StatusCreated, s.pullRequestObj(c.repo, made, true))
	return nil
}

// openPullRequest reads the one of the path.
func (s api) openPullRequest(c *call) (pullRequest, error) {
	id, err := strconv.Atoi(c.vars["id"])
	pr, ok := s.pullRequest(c.repo.UUID, id)
	if err != nil || !ok {
		return pr, notFound("Pull request not found: " + c.vars["id"])
	}
	return pr, nil
}

func (s api) getPullRequest(c *call) error {
	pr, err := s.openPullRequest(c)
	if err == nil {
		writeJSON(c.w, http.StatusOK, s.pullRequestObj(c.repo, pr, true))
	}
	return err
}

// redirectPullRequest answers diff and diffstat by a redirect whose hashes are joined by an encoded
// carriage return.
func redirectPullRequest(kind string) func(api, *call) error {
	return func(s api, c *call) error {
		pr, err := s.openPullRequest(c)
		if err != nil {
			return err
		}
		target := fmt.Sprintf("%s/%s/%s:%s%%0D%s?from_pullrequest_id=%d&topic=true",
			s.repoAPI(c.repo), kind, c.repo.FullName(), short(pr.SourceHash), short(pr.DestHash), pr.ID)
		http.Redirect(c.w, c.r, target, http.StatusFound)
		return nil
	}
}

func (s api) listPullRequestStatuses(c *call) error {
	pr, err := s.openPullRequest(c)
	if err != nil {
		return err
	}
	return listing[Status]{
		items:  s.Statuses(c.repo.FullName(), pr.SourceHash),
		render: func(st Status) (any, error) { return s.statusObj(c.repo, pr.SourceHash, st), nil },
	}.answer(s, c)
}

func (s api) closePullRequest(c *call, state, merge string) error {
	id, _ := strconv.Atoi(c.vars["id"])
	s.mu.Lock()
	var closed pullRequest
	for _, pr := range s.state.PullRequests[c.repo.UUID] {
		if pr.ID == id {
			pr.State = state
			pr.MergeHash = merge
			pr.ClosedBy = c.user.UUID
			pr.UpdatedOn = s.opts.Now().UTC()
			closed = pr.clone()
		}
	}
	s.save()
	s.mu.Unlock()
	event := "pullrequest:fulfilled"
	if state == "DECLINED" {
		event = "pullrequest:rejected"
	}
	s.emitPullRequest(c.repo, *c.user, event, closed)
	writeJSON(c.w, http.StatusOK, s.pullRequestObj(c.repo, closed, true))
	return nil
}

func (s api) declinePullRequest(c *call) error {
	pr, err := s.openPullRequest(c)
	if err != nil {
		return err
	}
	if pr.State != "OPEN" {
		return badRequest("This pull request is already closed.", nil)
	}
	return s.closePullRequest(c, "DECLINED", "")
}

// mergePullRequest makes a merge commit; other strategies are taken for it. The branch moves like
// by any push.
func (s api) mergePullRequest(c *call) error {
	pr, err := s.openPullRequest(c)
	if err != nil {
		return err
	}
	if pr.State != "OPEN" {
		return badRequest("This pull request is already closed.", nil)
	}
	var in struct {
		Message     string `json:"message"`
		CloseSource *bool  `json:"close_source_branch"`
	}
	if data, err := readBody(c); err != nil {
		return err
	} else if len(data) > 0 && json.Unmarshal(data, &in) != nil {
		return badRequest("Bad request", nil)
	}
	orElse(&in.Message, fmt.Sprintf("Merged in %s (pull request #%d)\n\n%s", pr.Source, pr.ID, pr.Title))
	merge := ""
	err = s.receive(c.repo, *c.user, true, func() (err error) {
		merge, err = c.git.Merge(pr.Destination, pr.SourceHash, in.Message,
			fmt.Sprintf("%s <%s>", c.user.DisplayName, c.user.Email))
		if err == nil && ((pr.CloseSource && in.CloseSource == nil) ||
			(in.CloseSource != nil && *in.CloseSource)) {
			_, err = c.git.Run(nil, "update-ref", "-d", "refs/heads/"+pr.Source)
		}
		return err
	})
	if errors.Is(err, gitsim.ErrConflict) {
		return apiError{
			status:  http.StatusConflict,
			message: "The pull request cannot be merged: it has conflicts or its branches moved.",
		}
	}
	if err != nil {
		return err
	}
	return s.closePullRequest(c, "MERGED", merge)
}

func (s api) commentObj(r Repository, pr pullRequest, c prComment) obj {
	content := rendered(c.Raw)
	o := obj{
		"type": "pullrequest_comment", "id": c.ID, "content": content, "deleted": c.Deleted, "pending": false,
		"user": s.accountObj(c.Author), "created_on": timestamp(c.CreatedOn),
		"updated_on": timestamp(c.UpdatedOn), "pullrequest": obj{
			"type": "pullrequest", "id": pr.ID,
			"title": pr.Title,
		},
		"links": obj{
			"self": link(fmt.Sprintf("%s/pullrequests/%d/comments/%d", s.repoAPI(r), pr.ID, c.ID)),
			"html": link(fmt.Sprintf("%s/pull-requests/%d#comment-%d", s.repoWeb(r), pr.ID, c.ID)),
		},
	}
	if c.Inline != nil {
		o["inline"] = c.Inline
	}
	return o
}

func (s api) listComments(c *call) error {
	pr, err := s.openPullRequest(c)
	if err != nil {
		return err
	}
	return listing[prComment]{
		items:  pr.Comments,
		render: func(comment prComment) (any, error) { return s.commentObj(c.repo, pr, comment), nil },
	}.answer(s, c)
}

// changeComments lets f change the comments of the pull request of the path and answers the comment
// that it returns.
func (s api) changeComments(c *call, status int, f func(*pullRequest) (*prComment, error)) error {
	id, _ := strconv.Atoi(c.vars["id"])
	s.mu.Lock()
	var found *pullRequest
	for _, pr := range s.state.PullRequests[c.repo.UUID] {
		if pr.ID == id {
			found = pr
		}
	}
	if found == nil {
		s.mu.Unlock()
		return notFound("Pull request not found: " + c.vars["id"])
	}
	comment, err := f(found)
	if err != nil {
		s.mu.Unlock()
		return err
	}
	comment.UpdatedOn = s.opts.Now().UTC()
	pr, changed := found.clone(), *comment
	s.saveSoon()
	s.mu.Unlock()
	if status == http.StatusNoContent {
		c.w.WriteHeader(status)
		return nil
	}
	o := s.commentObj(c.repo, pr, changed)
	if status == http.StatusCreated {
		c.w.Header().Set("Location", o["links"].(obj)["self"].(obj)["href"].(string))
	}
	writeJSON(c.w, status, o)
	return nil
}

func readComment(c *call) (raw string, inline obj, err error) {
	data, err := readBody(c)
	if err != nil {
		return "", nil, err
	}
	var in struct {
		Content struct {
			Raw string `json:"raw"`
		} `json:"content"`
		Inline obj `json:"inline"`
	}
	if json.Unmarshal(data, &in) != nil || in.Content.Raw == "" {
		return "", nil, badRequest("Bad request", obj{"content": []string{"required key not provided"}})
	}
	return in.Content.Raw, in.Inline, nil
}

func (s api) createComment(c *call) error {
	raw, inline, err := readComment(c)
	if err != nil {
		return err
	}
	return s.changeComments(c, http.StatusCreated, func(pr *pullRequest) (*prComment, error) {
		pr.Comments = append(pr.Comments, prComment{
			ID:        pr.ID*10_000 + len(pr.Comments) + 1,
			Author:    c.user.UUID,
			Raw:       raw,
			Inline:    inline,
			CreatedOn: s.opts.Now().UTC(),
		})
		return &pr.Comments[len(pr.Comments)-1], nil
	})
}

func findComment(c *call, pr *pullRequest) (*prComment, error) {
	for i := range pr.Comments {
		if strconv.Itoa(pr.Comments[i].ID) == c.vars["comment"] {
			return &pr.Comments[i], nil
		}
	}
	return nil, notFound("Comment not found: " + c.vars["comment"])
}

func (s api) updateComment(c *call) error {
	raw, _, err := readComment(c)
	if err != nil {
		return err
	}
	return s.changeComments(c, http.StatusOK, func(pr *pullRequest) (*prComment, error) {
		comment, err := findComment(c, pr)
		if err == nil {
			comment.Raw = raw
		}
		return comment, err
	})
}

// deleteComment leaves the comment in the list, marked as deleted.
func (s api) deleteComment(c *call) error {
	return s.changeComments(c, http.StatusNoContent, func(pr *pullRequest) (*prComment, error) {
		comment, err := findComment(c, pr)
		if err == nil {
			comment.Deleted, comment.Raw = true, ""
		}
		return comment, err
	})
}

// listCommitPullRequests finds the pull requests that a commit is the head or the merge of.
func (s api) listCommitPullRequests(c *call) error {
	at, err := s.resolveCommit(c, c.vars["commit"])
	if err != nil {
		return err
	}
	var items []pullRequest
	s.mu.Lock()
	for _, pr := range s.state.PullRequests[c.repo.UUID] {
		if pr.SourceHash == at.Hash || pr.MergeHash == at.Hash {
			items = append(items, pr.clone())
		}
	}
	s.mu.Unlock()
	return listing[pullRequest]{
		items: items, pagelen: 30,
		render: func(pr pullRequest) (any, error) { return s.pullRequestObj(c.repo, pr, false), nil },
	}.answer(s, c)
}
