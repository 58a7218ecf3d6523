package bitbucket

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"towpath"

	"towpath/internal/vcs"
)

const (
	pullRequestsOfPage = 50     // the longest page of pull requests, whatever the documentation says
	maxComment         = 30_000 // characters; no limit is documented
	maxTitle           = 200    // characters; no limit is documented
)

var (
	_ vcs.PullRequester = (*client)(nil)
	_ vcs.Tasker        = (*client)(nil)
	_ vcs.PullOpener    = (*client)(nil)
)

// OpenPullRequests implements vcs.PullRequester.
// https://developer.atlassian.com/cloud/bitbucket/rest/api-group-pullrequests/
func (c *client) OpenPullRequests(ctx context.Context, id, into string) ([]vcs.PullRequest, error) {
	r := c.apiRequest("list pull requests", repositoryPath(id)+"/pullrequests", url.Values{
		"pagelen": {strconv.Itoa(pullRequestsOfPage)},
		"q":       {`state = "OPEN" AND destination.branch.name = ` + quoted(into)},
	})
	var found []vcs.PullRequest
	err := list(ctx, c, r, func(pr pullRequestJSON) bool {
		got := convertPullRequest(pr, id)
		if got.State == towpath.PullRequestOpen && got.Into == into && !got.Foreign {
			found = append(found, got)
		}
		return len(found) < vcs.MaxPullRequests
	})
	return found, err
}

// PullRequest implements vcs.PullRequester.
func (c *client) PullRequest(ctx context.Context, id string, number int) (vcs.PullRequest, error) {
	var pr pullRequestJSON
	err := c.do(ctx, c.apiRequest("read the pull request", pullRequestPath(id, number), nil), &pr)
	return convertPullRequest(pr, id), err
}

// OpenPullRequest implements vcs.PullOpener. The merge deletes the source branch.
// https://developer.atlassian.com/cloud/bitbucket/rest/api-group-pullrequests/#api-repositories-workspace-repo-slug-pullrequests-post
func (c *client) OpenPullRequest(
	ctx context.Context, id string, p vcs.NewPullRequest,
) (vcs.PullRequest, error) {
	const op = "open a pull request"
	end := func(branch string) any { return map[string]any{"branch": map[string]string{"name": branch}} }
	var made pullRequestJSON
	err := c.tell(ctx, op, http.MethodPost, repositoryPath(id)+"/pullrequests", map[string]any{
		"title":       towpath.ClipRunes(p.Title, maxTitle),
		"description": towpath.ClipRunes(p.Description, maxComment),
		"source":      end(p.Source), "destination": end(p.Into), "close_source_branch": true,
	}, &made)
	if err == nil && made.ID <= 0 {
		err = &vcs.Error{Kind: vcs.Unavailable, Op: op, Message: "the answer has no id"}
	}
	return convertPullRequest(made, id), err
}

// Comments implements vcs.PullRequester.
func (c *client) Comments(ctx context.Context, id string, number, n int) ([]vcs.Comment, error) {
	r := c.apiRequest("list comments", pullRequestPath(id, number)+"/comments", url.Values{
		"pagelen": {strconv.Itoa(min(n, 100))}, "sort": {"-created_on"},
	})
	var found []vcs.Comment
	seen := 0
	err := list(ctx, c, r, func(comment commentJSON) bool {
		if !comment.Deleted {
			found = append(found, convertComment(comment))
		}
		seen++
		return seen < n
	})
	return found, err
}

// AddComment implements vcs.PullRequester.
func (c *client) AddComment(ctx context.Context, id string, number int, text string) (string, error) {
	var made commentJSON
	err := c.tell(ctx, "comment on the pull request", http.MethodPost,
		pullRequestPath(id, number)+"/comments", commentBody(text), &made)
	return madeID("comment on the pull request", made.ID, err)
}

// EditComment implements vcs.PullRequester.
func (c *client) EditComment(ctx context.Context, id string, number int, comment, text string) error {
	return c.tell(ctx, "edit the comment", http.MethodPut,
		pullRequestPath(id, number)+"/comments/"+url.PathEscape(comment), commentBody(text), nil)
}

// MayWrite implements vcs.PullRequester. The permission is the effective one, groups included.
// https://developer.atlassian.com/cloud/bitbucket/rest/api-group-workspaces/#api-workspaces-workspace-permissions-repositories-repo-slug-get
func (c *client) MayWrite(ctx context.Context, id, account string) (bool, error) {
	at, err := c.Repository(ctx, id)
	if err != nil {
		return false, err
	}
	workspace, slug, _ := strings.Cut(at.Name, "/")
	r := c.apiRequest("read a permission", "/workspaces/"+url.PathEscape(workspace)+
		"/permissions/repositories/"+url.PathEscape(slug), url.Values{
		"q": {`user.uuid = ` + quoted(account)},
	})
	may := false
	err = list(ctx, c, r, func(p permissionJSON) bool {
		who := p.User != nil && bareUUID(p.User.UUID) == bareUUID(account)
		may = who && (p.Permission == "write" || p.Permission == "admin")
		return !may
	})
	return may, err
}

// Tasks implements vcs.Tasker.
func (c *client) Tasks(ctx context.Context, id string, number int) (tasks []vcs.Task, err error) {
	r := c.apiRequest("list tasks", pullRequestPath(id, number)+"/tasks", url.Values{"pagelen": {"100"}})
	err = list(ctx, c, r, func(task taskJSON) bool {
		got := vcs.Task{ID: strconv.Itoa(task.ID), Open: task.State != "RESOLVED"}
		if task.Content != nil {
			got.Text = task.Content.Raw
		}
		tasks = append(tasks, got)
		return len(tasks) < vcs.MaxPullRequests
	})
	return tasks, err
}

// AddTask implements vcs.Tasker.
func (c *client) AddTask(ctx context.Context, id string, number int, text string) (string, error) {
	var made taskJSON
	err := c.tell(ctx, "add a task", http.MethodPost, pullRequestPath(id, number)+"/tasks",
		map[string]any{"content": contentJSON{Raw: towpath.ClipRunes(text, maxDetails)}}, &made)
	return madeID("add a task", made.ID, err)
}

// SetTask implements vcs.Tasker.
func (c *client) SetTask(ctx context.Context, id string, number int, task string, open bool) error {
	state := "RESOLVED"
	if open {
		state = "UNRESOLVED"
	}
	return c.tell(ctx, "change a task", http.MethodPut,
		pullRequestPath(id, number)+"/tasks/"+url.PathEscape(task), map[string]any{"state": state}, nil)
}

// tell sends what leaves calls for reading, as build statuses do.
func (c *client) tell(ctx context.Context, op, method, path string, body, out any) error {
	r, err := c.apiRequest(op, path, nil).writing(method, body)
	if err != nil {
		return err
	}
	r.quota = quotaStatuses
	return c.do(ctx, r, out)
}

func madeID(op string, id int, err error) (string, error) {
	if err == nil && id == 0 {
		err = &vcs.Error{Kind: vcs.Unavailable, Op: op, Message: "the answer has no id"}
	}
	return strconv.Itoa(id), err
}

func commentBody(text string) any {
	return map[string]any{
		"type": "pullrequest_comment", "content": contentJSON{Raw: towpath.ClipRunes(text, maxComment)},
	}
}

func pullRequestPath(id string, number int) string {
	return repositoryPath(id) + "/pullrequests/" + strconv.Itoa(number)
}

// quoted is a string of the filter language.
func quoted(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text) + `"`
}

// parsePullRequestEvent reads the pull request of an event, which may have any shape.
func parsePullRequestEvent(body []byte, repository string) (*vcs.PullRequest, *vcs.Comment) {
	var payload pullRequestEventJSON
	if json.Unmarshal(body, &payload) != nil || payload.PullRequest == nil || payload.PullRequest.ID <= 0 {
		return nil, nil
	}
	vcs.ClipAll(&payload)
	pr := convertPullRequest(*payload.PullRequest, repository)
	if payload.Comment == nil {
		return &pr, nil
	}
	comment := convertComment(*payload.Comment)
	return &pr, &comment
}

func convertPullRequest(pr pullRequestJSON, repository string) vcs.PullRequest {
	out := vcs.PullRequest{
		Number:   pr.ID,
		Title:    pr.Title,
		URL:      pr.Links.page(),
		State:    towpath.PullRequestDeclined, // or superseded by another
		Source:   pr.Source.name(),
		Into:     pr.Destination.name(),
		Foreign:  bareUUID(pr.Source.repository()) != bareUUID(repository),
		Comments: pr.Comments,
	}
	switch pr.State {
	case "OPEN":
		out.State = towpath.PullRequestOpen
	case "MERGED":
		out.State = towpath.PullRequestMerged
	}
	if pr.Author != nil {
		out.Author = pr.Author.UUID
	}
	return out
}

func convertComment(c commentJSON) vcs.Comment {
	out := vcs.Comment{ID: strconv.Itoa(c.ID), Number: c.ID, At: c.CreatedOn.Time}
	if c.User != nil {
		out.Author = convertAccount(*c.User)
	}
	if c.Content != nil {
		out.Text = c.Content.Raw
	}
	return out
}
