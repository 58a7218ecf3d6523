package bitbucket

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
)

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
		items: pr.Comments,
		field: func(comment prComment, name string) string {
			return map[string]string{
				"created_on": timestamp(comment.CreatedOn) + fmt.Sprintf("%09d", comment.ID),
				"deleted":    strconv.FormatBool(comment.Deleted), "id": fmt.Sprintf("%09d", comment.ID),
			}[name]
		},
		render: func(comment prComment) (any, error) { return s.commentObj(c.repo, pr, comment), nil },
	}.answer(s, c)
}

// changeComments lets f change the comments of the pull request of the path and answers the comment
// that it returns.
func (s api) changeComments(c *call, status int, f func(*pullRequest) (*prComment, error)) error {
	id, _ := strconv.Atoi(c.vars["id"])
	var pr pullRequest
	var changed prComment
	err := s.changePR(c.repo, id, func(found *pullRequest) error {
		comment, err := f(found)
		if err == nil {
			comment.UpdatedOn = s.opts.Now().UTC()
			pr, changed = found.clone(), *comment
		}
		return err
	})
	switch {
	case err != nil:
		return err
	case status == http.StatusNoContent:
		c.w.WriteHeader(status)
		return nil
	}
	writeJSON(c.w, status, s.commentObj(c.repo, pr, changed))
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
	pr, err := s.openPullRequest(c)
	if err != nil {
		return err
	}
	pr, made, err := s.commentPR(c.repo, *c.user, pr.ID, raw, inline)
	if err != nil {
		return err
	}
	o := s.commentObj(c.repo, pr, made)
	c.w.Header().Set("Location", o["links"].(obj)["self"].(obj)["href"].(string))
	writeJSON(c.w, http.StatusCreated, o)
	return nil
}

func findComment(c *call, pr *pullRequest) (*prComment, error) {
	for i := range pr.Comments {
		if strconv.Itoa(pr.Comments[i].ID) == c.vars["comment"] && !pr.Comments[i].Deleted {
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

func (s api) taskObj(r Repository, pr pullRequest, t prTask) obj {
	state := "UNRESOLVED"
	o := obj{
		"id": t.ID, "content": rendered(t.Raw), "creator": s.accountObj(t.Author), "pending": false,
		"created_on": timestamp(t.CreatedOn), "updated_on": timestamp(t.UpdatedOn),
		"links": obj{
			"self": link(fmt.Sprintf("%s/pullrequests/%d/tasks/%d", s.repoAPI(r), pr.ID, t.ID)),
			"html": link(fmt.Sprintf("%s/pull-requests/%d", s.repoWeb(r), pr.ID)),
		},
	}
	if t.Resolved {
		state = "RESOLVED"
		o["resolved_on"], o["resolved_by"] = timestamp(t.UpdatedOn), s.accountObj(t.ResolvedBy)
	}
	o["state"] = state
	return o
}

func (s api) listTasks(c *call) error {
	pr, err := s.openPullRequest(c)
	if err != nil {
		return err
	}
	return listing[prTask]{
		items:  pr.Tasks,
		render: func(t prTask) (any, error) { return s.taskObj(c.repo, pr, t), nil },
	}.answer(s, c)
}

// changeTasks lets f change the tasks of the pull request of the path and answers the task that it
// returns.
func (s api) changeTasks(c *call, status int, f func(*pullRequest) (*prTask, error)) error {
	id, _ := strconv.Atoi(c.vars["id"])
	var pr pullRequest
	var changed prTask
	err := s.changePR(c.repo, id, func(found *pullRequest) error {
		task, err := f(found)
		if err == nil {
			pr, changed = found.clone(), *task
		}
		return err
	})
	if err == nil {
		writeJSON(c.w, status, s.taskObj(c.repo, pr, changed))
	}
	return err
}

func (s api) createTask(c *call) error {
	raw, _, err := readComment(c)
	if err != nil {
		return err
	}
	return s.changeTasks(c, http.StatusCreated, func(pr *pullRequest) (*prTask, error) {
		now := s.opts.Now().UTC()
		pr.Tasks = append(pr.Tasks, prTask{
			ID:        pr.ID*10_000 + len(pr.Tasks) + 1,
			Author:    c.user.UUID,
			Raw:       raw,
			CreatedOn: now,
			UpdatedOn: now,
		})
		return &pr.Tasks[len(pr.Tasks)-1], nil
	})
}

func findTask(c *call, pr *pullRequest) (int, error) {
	for i := range pr.Tasks {
		if strconv.Itoa(pr.Tasks[i].ID) == c.vars["task"] {
			return i, nil
		}
	}
	return 0, notFound("Task not found: " + c.vars["task"])
}

func (s api) updateTask(c *call) error {
	data, err := readBody(c)
	if err != nil {
		return err
	}
	var in struct {
		Content *struct {
			Raw string `json:"raw"`
		} `json:"content"`
		State string `json:"state"`
	}
	if json.Unmarshal(data, &in) != nil ||
		(in.State != "" && in.State != "RESOLVED" && in.State != "UNRESOLVED") {
		return badRequest("Bad request", obj{"state": []string{"not a valid choice"}})
	}
	return s.changeTasks(c, http.StatusOK, func(pr *pullRequest) (*prTask, error) {
		at, err := findTask(c, pr)
		if err != nil {
			return nil, err
		}
		task := &pr.Tasks[at]
		if in.Content != nil {
			task.Raw = in.Content.Raw
		}
		if in.State != "" {
			task.Resolved, task.ResolvedBy = in.State == "RESOLVED", c.user.UUID
		}
		task.UpdatedOn = s.opts.Now().UTC()
		return task, nil
	})
}

func (s api) deleteTask(c *call) error {
	id, _ := strconv.Atoi(c.vars["id"])
	err := s.changePR(c.repo, id, func(pr *pullRequest) error {
		at, err := findTask(c, pr)
		if err == nil {
			pr.Tasks = append(pr.Tasks[:at:at], pr.Tasks[at+1:]...)
		}
		return err
	})
	if err == nil {
		c.w.WriteHeader(http.StatusNoContent)
	}
	return err
}
