package bitbucket

import (
	"slices"
	"strings"
	"time"

	"towpath/internal/gitsim"
)

// pullRequest is a pull request inside one repository.
type pullRequest struct {
	ID          int          `json:"id"`
	Title       string       `json:"title"`
	Description string       `json:"description"`
	State       string       `json:"state"` // OPEN, MERGED, DECLINED or SUPERSEDED
	Author      string       `json:"author"`
	Source      string       `json:"source"` // branch
	Destination string       `json:"destination"`
	SourceHash  string       `json:"source_hash"`
	DestHash    string       `json:"dest_hash"`
	MergeHash   string       `json:"merge_hash"`
	CloseSource bool         `json:"close_source"`
	Draft       bool         `json:"draft"`
	ClosedBy    string       `json:"closed_by"`
	Comments    []prComment  `json:"comments"`
	Tasks       []prTask     `json:"tasks"`
	Approvals   []prApproval `json:"approvals"`
	Updates     []prUpdate   `json:"updates"`
	CreatedOn   time.Time    `json:"created_on"`
	UpdatedOn   time.Time    `json:"updated_on"`
}

type prComment struct {
	ID        int       `json:"id"`
	Author    string    `json:"author"`
	Raw       string    `json:"raw"`
	Inline    obj       `json:"inline"`
	Deleted   bool      `json:"deleted"`
	CreatedOn time.Time `json:"created_on"`
	UpdatedOn time.Time `json:"updated_on"`
}

type prTask struct {
	ID         int       `json:"id"`
	Author     string    `json:"author"`
	Raw        string    `json:"raw"`
	Resolved   bool      `json:"resolved"`
	ResolvedBy string    `json:"resolved_by"`
	CreatedOn  time.Time `json:"created_on"`
	UpdatedOn  time.Time `json:"updated_on"`
}

// prApproval is one person's approval, which a push to the source does not take back.
type prApproval struct {
	User string    `json:"user"`
	At   time.Time `json:"at"`
}

// prUpdate is what the activity log says after a pull request was changed.
type prUpdate struct {
	State      string    `json:"state"`
	SourceHash string    `json:"source_hash"`
	At         time.Time `json:"at"`
}

// updated notes a change in the activity log.
func (pr *pullRequest) updated(at time.Time) {
	pr.UpdatedOn = at
	pr.Updates = append(pr.Updates, prUpdate{State: pr.State, SourceHash: pr.SourceHash, At: at})
}

// short is a hash as pull requests abbreviate it.
func short(hash string) string { return hash[:min(12, len(hash))] }

// updatePullRequests follows the branches of open pull requests after a push and notifies the
// hooks.
func (s *Sim) updatePullRequests(repo Repository, actor User, changes []gitsim.RefChange) {
	s.mu.Lock()
	var moved []pullRequest
	for _, pr := range s.state.PullRequests[repo.UUID] {
		for _, c := range changes {
			if pr.State != "OPEN" || c.New == "" {
				continue
			}
			switch strings.TrimPrefix(c.Ref, "refs/heads/") {
			case pr.Source:
				pr.SourceHash = c.New
				pr.updated(s.opts.Now().UTC())
				moved = append(moved, pr.clone())
			case pr.Destination:
				pr.DestHash = c.New
			}
		}
	}
	s.mu.Unlock()
	for _, pr := range moved {
		s.emitPullRequest(repo, actor, "pullrequest:updated", pr)
	}
}

func (s *Sim) emitPullRequest(repo Repository, actor User, event string, pr pullRequest) {
	s.emit(repo, event, obj{
		"actor": s.userObj(actor), "repository": s.eventRepository(repo),
		"pullrequest": s.pullRequestObj(repo, pr, true),
	})
}

func (pr *pullRequest) clone() pullRequest {
	c := *pr
	c.Comments, c.Tasks = slices.Clone(pr.Comments), slices.Clone(pr.Tasks)
	c.Approvals, c.Updates = slices.Clone(pr.Approvals), slices.Clone(pr.Updates)
	return c
}

func (s *Sim) accountObj(uuid string) any {
	s.mu.Lock()
	defer s.mu.Unlock()
	if u := s.state.userByUUID(uuid); u != nil {
		return s.userObj(*u)
	}
	return nil
}

// pullRequestObj is a pull request; lists leave out reviewers and participants.
func (s *Sim) pullRequestObj(r Repository, pr pullRequest, full bool) obj {
	self := s.repoAPI(r) + "/pullrequests/" + itoa(pr.ID)
	links := obj{"self": link(self), "html": link(s.repoWeb(r) + "/pull-requests/" + itoa(pr.ID))}
	for _, name := range []string{
		"commits", "approve", "diff", "diffstat", "comments", "activity", "merge",
		"decline", "statuses",
	} {
		links[name] = link(self + "/" + name)
	}
	end := func(branch, hash string) obj {
		return obj{
			"branch": obj{"name": branch}, "commit": s.commitRef(r, short(hash)),
			"repository": s.repoRef(r),
		}
	}
	open := 0
	for _, t := range pr.Tasks {
		if !t.Resolved {
			open++
		}
	}
	o := obj{
		"type": "pullrequest", "id": pr.ID, "title": pr.Title, "description": pr.Description,
		"state": pr.State, "draft": pr.Draft, "author": s.accountObj(pr.Author),
		"source": end(pr.Source, pr.SourceHash), "destination": end(pr.Destination, pr.DestHash),
		"merge_commit": nil, "closed_by": nil, "close_source_branch": pr.CloseSource, "reason": "",
		"comment_count": len(pr.Comments), "task_count": open, "created_on": timestamp(pr.CreatedOn),
		"updated_on": timestamp(pr.UpdatedOn), "links": links, "summary": rendered(pr.Description),
	}
	if pr.MergeHash != "" {
		o["merge_commit"] = s.commitRef(r, short(pr.MergeHash))
	}
	if pr.ClosedBy != "" {
		o["closed_by"] = s.accountObj(pr.ClosedBy)
	}
	if full {
		o["reviewers"], o["participants"] = []any{}, s.participants(pr)
	}
	return o
}
