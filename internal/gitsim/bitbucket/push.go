package bitbucket

import (
	"fmt"
	"slices"
	"strings"

	"towpath/internal/gitsim"
)

// receive runs an update that moves refs, and sends the event of a push unless notify is false.
func (s *Sim) receive(repo Repository, actor User, notify bool, update func() error) error {
	g := s.gitRepo(repo)
	return g.Push(update, func(first bool, changes []gitsim.RefChange) error {
		if first {
			s.adoptMainBranch(&repo, g, changes)
		}
		s.notePush(repo, changes, notify)
		if !notify {
			return nil
		}
		rows := make([]any, 0, len(changes))
		for _, c := range changes {
			row, err := s.changeObj(repo, g, c)
			if err != nil {
				return fmt.Errorf("describe the push to %s: %w", repo.FullName(), err)
			}
			rows = append(rows, row)
		}
		s.emit(repo, "repo:push", obj{
			"actor": s.userObj(actor), "repository": s.eventRepository(repo), "push": obj{"changes": rows},
		})
		s.updatePullRequests(repo, actor, changes)
		return nil
	})
}

// adoptMainBranch makes the first branch of an empty repository its main branch.
func (s *Sim) adoptMainBranch(repo *Repository, g *gitsim.Repo, changes []gitsim.RefChange) {
	if slices.ContainsFunc(changes, func(c gitsim.RefChange) bool {
		return c.Ref == "refs/heads/"+repo.MainBranch
	}) {
		return
	}
	branch, ok := strings.CutPrefix(changes[0].Ref, "refs/heads/")
	if !ok {
		return
	}
	s.mu.Lock()
	if r := s.state.repository("{}", repo.UUID); r != nil {
		r.MainBranch, repo.MainBranch = branch, branch
		s.save()
	}
	s.mu.Unlock()
	if _, err := g.Run(nil, "symbolic-ref", "HEAD", "refs/heads/"+branch); err != nil {
		s.opts.Logger.Error("move HEAD", "repository", repo.FullName(), "error", err)
	}
}

// notePush starts the lag of the new heads and moves the repository's date.
func (s *Sim) notePush(repo Repository, changes []gitsim.RefChange, lagging bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r := s.state.repository("{}", repo.UUID); r != nil {
		r.UpdatedOn = s.opts.Now().UTC()
		s.saveSoon()
	}
	f := s.faults.Current()
	for _, c := range changes {
		if lagging && c.New != "" {
			s.lag.Note(commitKey(repo.UUID, c.New), f)
		}
	}
}

// changeObj is one entry of push.changes.
func (s *Sim) changeObj(repo Repository, g *gitsim.Repo, c gitsim.RefChange) (obj, error) {
	change := obj{"created": c.Old == "", "closed": c.New == "", "forced": false, "old": nil, "new": nil}
	for key, hash := range map[string]string{"old": c.Old, "new": c.New} {
		if hash == "" {
			continue
		}
		ref, err := s.eventRef(repo, g, c.Ref, hash)
		if err != nil {
			return nil, err
		}
		change[key] = ref
	}
	if c.New == "" || strings.HasPrefix(c.Ref, "refs/tags/") {
		change["truncated"] = false
		return change, nil // no commits and no links, as the real ones
	}
	history, forced, err := g.Gained(c.Old, c.New, 6)
	if err != nil {
		return nil, err
	}
	change["forced"] = forced
	change["truncated"] = len(history) > 5
	var commits []any
	for _, hash := range history[:min(5, len(history))] {
		row, err := g.Commit(hash)
		if err != nil {
			return nil, err
		}
		commits = append(commits, s.eventCommit(repo, row))
	}
	change["commits"] = commits
	change["links"] = s.changeLinks(repo, c, forced)
	return change, nil
}

func (s *Sim) changeLinks(repo Repository, c gitsim.RefChange, forced bool) obj {
	api, web := s.repoAPI(repo), s.repoWeb(repo)
	links := obj{"commits": link(api + "/commits?include=" + c.New)}
	if c.Old == "" {
		links["html"] = link(web + "/branch/" + escapePath(strings.TrimPrefix(c.Ref, "refs/heads/")))
		return links
	}
	links["commits"] = link(api + "/commits?include=" + c.New + "&exclude=" + c.Old)
	links["html"] = link(web + "/branches/compare/" + c.New + ".." + c.Old)
	if !forced {
		links["diff"] = link(api + "/diff/" + c.New + ".." + c.Old)
	}
	return links
}
