package bitbucket

import (
	"net/http"
	"slices"
)

func (pr *pullRequest) approvedBy(user string) bool {
	return slices.ContainsFunc(pr.Approvals, func(a prApproval) bool { return a.User == user })
}

// approvePR notes a person's approval, of which the hooks hear. Approving twice is once.
func (s *Sim) approvePR(repo Repository, user User, id int) error {
	return s.answerPR(repo, user, id, "pullrequest:approved", func(pr *pullRequest) error {
		if !pr.approvedBy(user.UUID) {
			pr.Approvals = append(pr.Approvals, prApproval{User: user.UUID, At: s.opts.Now().UTC()})
		}
		return nil
	})
}

// unapprovePR takes an approval back, which is not possible after the merge.
func (s *Sim) unapprovePR(repo Repository, user User, id int) error {
	return s.answerPR(repo, user, id, "pullrequest:unapproved", func(pr *pullRequest) error {
		if pr.State == "MERGED" {
			return badRequest("Pull request cannot be unapproved because it has already been merged.", nil)
		}
		pr.Approvals = slices.DeleteFunc(pr.Approvals, func(a prApproval) bool { return a.User == user.UUID })
		return nil
	})
}

func (s *Sim) answerPR(
	repo Repository, user User, id int, event string, change func(*pullRequest) error,
) error {
	var changed pullRequest
	err := s.changePR(repo, id, func(pr *pullRequest) error {
		err := change(pr)
		changed = pr.clone()
		return err
	})
	if err != nil {
		return err
	}
	s.emit(repo, event, obj{
		"actor": s.userObj(user), "repository": s.eventRepository(repo),
		"pullrequest": s.pullRequestObj(repo, changed, true),
		"approval":    obj{"date": timestamp(s.opts.Now().UTC()), "user": s.userObj(user)},
	})
	return nil
}

// participants are the people who approved. Those who only commented are left out.
func (s *Sim) participants(pr pullRequest) []any {
	list := []any{}
	for _, a := range pr.Approvals {
		list = append(list, obj{
			"type": "participant", "user": s.accountObj(a.User), "role": "PARTICIPANT", "approved": true,
			"state": "approved", "participated_on": timestamp(a.At),
		})
	}
	return list
}

func (s api) approvePullRequest(c *call) error {
	pr, err := s.openPullRequest(c)
	if err == nil {
		err = s.approvePR(c.repo, *c.user, pr.ID)
	}
	if err != nil {
		return err
	}
	pr, err = s.openPullRequest(c)
	for i, a := range pr.Approvals {
		if a.User == c.user.UUID {
			writeJSON(c.w, http.StatusOK, s.participants(pr)[i])
		}
	}
	return err
}

func (s api) unapprovePullRequest(c *call) error {
	pr, err := s.openPullRequest(c)
	if err == nil {
		err = s.unapprovePR(c.repo, *c.user, pr.ID)
	}
	if err == nil {
		c.w.WriteHeader(http.StatusNoContent)
	}
	return err
}

// listActivity lists approvals and updates, the newest first.
func (s api) listActivity(c *call) error {
	pr, err := s.openPullRequest(c)
	if err != nil {
		return err
	}
	var items []prUpdate
	approvals := map[prUpdate]string{}
	items = append(items, pr.Updates...)
	for _, a := range pr.Approvals {
		item := prUpdate{State: "approval by " + a.User, At: a.At}
		items, approvals[item] = append(items, item), a.User
	}
	slices.SortStableFunc(items, func(a, b prUpdate) int { return b.At.Compare(a.At) })
	return listing[prUpdate]{
		items: items, maximum: prPagelen,
		render: func(u prUpdate) (any, error) {
			if user, approved := approvals[u]; approved {
				return obj{"approval": obj{"date": timestamp(u.At), "user": s.accountObj(user)}}, nil
			}
			return obj{"update": obj{
				"date": timestamp(u.At), "state": u.State, "title": pr.Title,
				"source": obj{
					"branch": obj{"name": pr.Source}, "commit": s.commitRef(c.repo, short(u.SourceHash)),
				},
			}}, nil
		},
	}.answer(s, c)
}

// approveByPage approves, or takes that back.
func (s pages) approveByPage(w http.ResponseWriter, r *http.Request, p repoPage, pr pullRequest) {
	user, signed := s.sessionUser(r)
	if !signed {
		s.toSignIn(w, r)
		return
	}
	var err error
	if r.PostFormValue("take") == "back" {
		err = s.unapprovePR(p.repo, user, pr.ID)
	} else {
		err = s.approvePR(p.repo, user, pr.ID)
	}
	s.act(w, r, p, pr, err)
}
