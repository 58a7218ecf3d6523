package bitbucket

import (
	"errors"
	"fmt"
	"net/http"
	"slices"

	"towpath/internal/gitsim"
)

// PullRequestSpec says what a pull request is for. Destination is by default the main branch.
type PullRequestSpec struct {
	Title, Description, Source, Destination string

	CloseSource bool // the merge deletes the source branch
	Draft       bool
}

// mergeSpec is how a pull request is merged.
type mergeSpec struct {
	Strategy    string `json:"merge_strategy"`
	Message     string `json:"message"`
	CloseSource *bool  `json:"close_source_branch"` // by default what the pull request says
}

// changePR lets f change a pull request.
func (s *Sim) changePR(repo Repository, id int, f func(*pullRequest) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, pr := range s.state.PullRequests[repo.UUID] {
		if pr.ID == id {
			defer s.saveSoon()
			return f(pr)
		}
	}
	return notFound("Pull request not found: " + itoa(id))
}

func (s *Sim) openPR(repo Repository, user User, spec PullRequestSpec) (made pullRequest, err error) {
	g := s.gitRepo(repo)
	orElse(&spec.Destination, repo.MainBranch)
	source, err := g.Branch(spec.Source)
	if err != nil {
		return made, badRequest("source.branch.name: branch not found",
			obj{"source": []string{"branch not found: " + spec.Source}})
	}
	dest, err := g.Branch(spec.Destination)
	if err != nil {
		return made, badRequest("destination.branch.name: branch not found",
			obj{"destination": []string{"branch not found"}})
	}
	if source == dest || spec.Source == spec.Destination {
		return made, badRequest("There are no changes to be pulled", nil)
	}
	now := s.opts.Now().UTC()
	s.mu.Lock()
	pr := &pullRequest{
		ID:          len(s.state.PullRequests[repo.UUID]) + 1,
		Title:       spec.Title,
		Description: spec.Description,
		State:       "OPEN",
		Author:      user.UUID,
		Source:      spec.Source,
		Destination: spec.Destination,
		SourceHash:  source,
		DestHash:    dest,
		CloseSource: spec.CloseSource,
		Draft:       spec.Draft,
		CreatedOn:   now,
		UpdatedOn:   now,
	}
	pr.updated(now)
	s.state.PullRequests[repo.UUID] = append(s.state.PullRequests[repo.UUID], pr)
	made = pr.clone()
	s.save()
	s.mu.Unlock()
	s.emitPullRequest(repo, user, "pullrequest:created", made)
	return made, nil
}

var errPullRequestClosed = badRequest("This pull request is already closed.", nil)

// closePR ends a pull request, of which the hooks hear. dest is the head of its destination before.
func (s *Sim) closePR(
	repo Repository, user User, id int, state, merge, dest string,
) (pullRequest, error) {
	var closed pullRequest
	err := s.changePR(repo, id, func(pr *pullRequest) error {
		if pr.State != "OPEN" {
			return errPullRequestClosed
		}
		pr.State, pr.MergeHash, pr.ClosedBy = state, merge, user.UUID
		pr.DestHash = dest
		pr.updated(s.opts.Now().UTC())
		closed = pr.clone()
		return nil
	})
	if err != nil {
		return closed, err
	}
	event := "pullrequest:fulfilled"
	if state == "DECLINED" {
		event = "pullrequest:rejected"
	}
	s.emitPullRequest(repo, user, event, closed)
	return closed, nil
}

func (s *Sim) declinePR(repo Repository, user User, pr pullRequest) (pullRequest, error) {
	return s.closePR(repo, user, pr.ID, "DECLINED", "", pr.DestHash)
}

// mergePR brings a pull request into its destination. The branch moves like by any push.
func (s *Sim) mergePR(repo Repository, user User, pr pullRequest, how mergeSpec) (pullRequest, error) {
	if pr.State != "OPEN" {
		return pr, errPullRequestClosed
	}
	known := []string{gitsim.MergeCommit, gitsim.MergeSquash, gitsim.MergeFast}
	if orElse(&how.Strategy, gitsim.MergeCommit); !slices.Contains(known, how.Strategy) {
		return pr, badRequest("The simulator does not merge by "+how.Strategy, nil)
	}
	orElse(&how.Message, fmt.Sprintf("Merged in %s (pull request #%d)\n\n%s", pr.Source, pr.ID, pr.Title))
	if how.CloseSource != nil {
		pr.CloseSource = *how.CloseSource
	}
	g, merge := s.gitRepo(repo), ""
	dest, err := g.Branch(pr.Destination)
	if err != nil {
		return pr, err
	}
	err = s.receive(repo, user, true, func() (err error) {
		merge, err = g.Merge(pr.Destination, pr.SourceHash, how.Strategy, how.Message,
			fmt.Sprintf("%s <%s>", user.DisplayName, user.Email))
		if err == nil && pr.CloseSource {
			_, err = g.Run(nil, "update-ref", "-d", "refs/heads/"+pr.Source)
		}
		return err
	})
	if errors.Is(err, gitsim.ErrConflict) {
		return pr, apiError{
			status:  http.StatusConflict,
			message: "The pull request cannot be merged: it has conflicts or its branches moved.",
		}
	}
	if err != nil {
		return pr, err
	}
	return s.closePR(repo, user, pr.ID, "MERGED", merge, dest)
}

// commentPR adds a comment, of which the hooks hear.
func (s *Sim) commentPR(
	repo Repository, user User, id int, raw string, inline obj,
) (pr pullRequest, made prComment, err error) {
	now := s.opts.Now().UTC()
	err = s.changePR(repo, id, func(found *pullRequest) error {
		made = prComment{
			ID:        id*10_000 + len(found.Comments) + 1,
			Author:    user.UUID,
			Raw:       raw,
			Inline:    inline,
			CreatedOn: now,
			UpdatedOn: now,
		}
		found.Comments = append(found.Comments, made)
		pr = found.clone()
		return nil
	})
	if err == nil {
		s.emit(repo, "pullrequest:comment_created", obj{
			"actor": s.userObj(user), "repository": s.eventRepository(repo),
			"pullrequest": s.pullRequestObj(repo, pr, true), "comment": api{s}.commentObj(repo, pr, made),
		})
	}
	return pr, made, err
}
