package bitbucket

import (
	"encoding/json"
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
	made, err := s.openPR(c.repo, *c.user, PullRequestSpec{
		Title:       in.Title,
		Description: in.Description,
		Source:      in.Source.Branch.Name,
		Destination: in.Destination.Branch.Name,
		CloseSource: in.CloseSource,
		Draft:       in.Draft,
	})
	if err != nil {
		return err
	}
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

func (s api) declinePullRequest(c *call) error {
	pr, err := s.openPullRequest(c)
	if err == nil {
		pr, err = s.declinePR(c.repo, *c.user, pr)
	}
	if err == nil {
		writeJSON(c.w, http.StatusOK, s.pullRequestObj(c.repo, pr, true))
	}
	return err
}

func (s api) mergePullRequest(c *call) error {
	pr, err := s.openPullRequest(c)
	if err != nil {
		return err
	}
	in := mergeSpec{Strategy: gitsim.MergeCommit}
	if data, err := readBody(c); err != nil {
		return err
	} else if len(data) > 0 && json.Unmarshal(data, &in) != nil {
		return badRequest("Bad request", nil)
	}
	merged, err := s.mergePR(c.repo, *c.user, pr, in)
	if err == nil {
		writeJSON(c.w, http.StatusOK, s.pullRequestObj(c.repo, merged, true))
	}
	return err
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
