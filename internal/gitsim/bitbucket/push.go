package bitbucket

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
)

const zeroHash = "0000000000000000000000000000000000000000"

// refChange is what a push did to one ref; an empty hash means that the ref is not there.
type refChange struct {
	Ref, Old, New string
}

// receive runs something that moves refs, compares them before and after, and tells the hooks. One
// push at a time runs in a repository, so that each delivery tells the changes of exactly one push.
func (s *Sim) receive(repo Repository, actor User, notify bool, update func(*gitRepo) error) error {
	g := s.gitRepo(repo)
	g.push.Lock()
	defer g.push.Unlock()
	before, err := g.refs()
	if err != nil {
		return err
	}
	if err := update(g); err != nil {
		return fmt.Errorf("update %s: %w", repo.FullName(), err)
	}
	after, err := g.refs()
	if err != nil {
		return err
	}
	changes := compareRefs(before, after)
	if len(changes) == 0 {
		return nil
	}
	s.adoptMainBranch(&repo, g, before, changes)
	s.notePush(repo, changes, notify)
	if !notify {
		return nil
	}
	payload := obj{"actor": s.userObj(actor), "repository": s.eventRepository(repo)}
	rows := make([]any, 0, len(changes))
	for _, c := range changes {
		row, err := s.changeObj(repo, g, c)
		if err != nil {
			return fmt.Errorf("describe the push to %s: %w", repo.FullName(), err)
		}
		rows = append(rows, row)
	}
	payload["push"] = obj{"changes": rows}
	s.emit(repo, "repo:push", payload)
	s.updatePullRequests(repo, actor, changes)
	return nil
}

// compareRefs lists changed branches and tags in the order of their names.
func compareRefs(before, after map[string]string) []refChange {
	names := slices.Collect(maps.Keys(before))
	for name := range after {
		if _, ok := before[name]; !ok {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	var changes []refChange
	for _, name := range names {
		known := strings.HasPrefix(name, "refs/heads/") || strings.HasPrefix(name, "refs/tags/")
		if known && before[name] != after[name] {
			changes = append(changes, refChange{Ref: name, Old: before[name], New: after[name]})
		}
	}
	return changes
}

// adoptMainBranch lets the first branch of an empty repository be its main branch.
func (s *Sim) adoptMainBranch(repo *Repository, g *gitRepo, before map[string]string, changes []refChange) {
	if len(before) > 0 ||
		slices.ContainsFunc(changes, func(c refChange) bool {
			return c.Ref == "refs/heads/"+
				repo.MainBranch
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
	if _, err := g.run(nil, "symbolic-ref", "HEAD", "refs/heads/"+branch); err != nil {
		s.opts.Logger.Error("move HEAD", "repository", repo.FullName(), "error", err)
	}
}

// notePush arms the lag faults for the new heads and moves the repository's date.
func (s *Sim) notePush(repo Repository, changes []refChange, lagging bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r := s.state.repository("{}", repo.UUID); r != nil {
		r.UpdatedOn = s.opts.Now().UTC()
		s.saveSoon()
	}
	for _, c := range changes {
		if lagging && c.New != "" && (s.faults.CommitLag > 0 || s.faults.StatusLag > 0) {
			s.lag[commitKey(repo.UUID, c.New)] = &lag{
				commits:  s.faults.CommitLag,
				statuses: s.faults.StatusLag,
			}
		}
	}
}

// changeObj is one entry of push.changes.
func (s *Sim) changeObj(repo Repository, g *gitRepo, c refChange) (obj, error) {
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
	history, forced, err := g.pushed(c.Old, c.New)
	if err != nil {
		return nil, err
	}
	change["forced"] = forced
	change["truncated"] = len(history) > 5
	var commits []any
	for _, hash := range history[:min(5, len(history))] {
		row, err := g.commit(hash)
		if err != nil {
			return nil, err
		}
		commits = append(commits, s.eventCommit(repo, row))
	}
	change["commits"] = commits
	change["links"] = s.changeLinks(repo, c, forced)
	return change, nil
}

func (s *Sim) changeLinks(repo Repository, c refChange, forced bool) obj {
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

// pushed lists at most six commits that a branch gained, newest first, and reports whether it lost
// some. A new branch lists its ancestors, also those that other branches already had.
func (g *gitRepo) pushed(before, after string) (hashes []string, forced bool, err error) {
	// Nearly every push adds a few commits in a row: no process is needed to see that.
	at := after
	for len(hashes) < 6 && before != "" {
		c, err := g.commit(at)
		if err != nil {
			return nil, false, err
		}
		hashes = append(hashes, at)
		if len(c.Parents) != 1 {
			break
		}
		if at = c.Parents[0]; at == before {
			return hashes, false, nil
		}
	}
	args := []string{"rev-list", "--max-count=6", after}
	if before != "" {
		args = append(args, "^"+before)
		lost, err := g.run(nil, "rev-list", "--max-count=1", before, "^"+after)
		if err != nil {
			return nil, false, err
		}
		forced = len(bytes.TrimSpace(lost)) > 0
	}
	out, err := g.run(nil, args...)
	return strings.Fields(string(out)), forced, err
}
