package bitbucket

import (
	"net/url"
	"strings"
	"time"

	"towpath/internal/gitsim"
)

// obj is a JSON object of the wire.
type obj = map[string]any

func link(href string) obj { return obj{"href": href} }

func timestamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000+00:00") }

func commitDate(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05+00:00") }

// escapePath encodes each segment and keeps the slashes.
func escapePath(path string) string {
	segments := strings.Split(path, "/")
	for i, segment := range segments {
		segments[i] = url.PathEscape(segment)
	}
	return strings.Join(segments, "/")
}

func (s *Sim) repoAPI(r Repository) string { return s.base + "/2.0/repositories/" + r.FullName() }
func (s *Sim) repoWeb(r Repository) string { return s.base + "/" + r.FullName() }

// userObj is a user as others see it: without username and mail.
func (s *Sim) userObj(u User) obj {
	id := url.PathEscape(u.UUID)
	return obj{
		"type": "user", "uuid": u.UUID, "account_id": u.AccountID, "nickname": u.Nickname,
		"display_name": u.DisplayName,
		"links": obj{
			"self":   link(s.base + "/2.0/users/" + id),
			"html":   link(s.base + "/" + id + "/"),
			"avatar": link(s.base + "/avatars/" + bareUUID(u.UUID) + ".svg"),
		},
	}
}

func (s *Sim) workspaceBase(w Workspace) obj {
	return obj{
		"type": "workspace_base", "uuid": w.UUID, "slug": w.Slug,
		"links": obj{
			"self":   link(s.base + "/2.0/workspaces/" + w.Slug),
			"avatar": link(s.base + "/avatars/" + bareUUID(w.UUID) + ".svg"),
		},
	}
}

func (s *Sim) workspaceObj(w Workspace) obj {
	o := s.workspaceBase(w)
	o["type"], o["name"] = "workspace", w.Name
	links := o["links"].(obj)
	links["html"] = link(s.base + "/" + w.Slug + "/")
	return o
}

func (s *Sim) workspaceFull(w Workspace) obj {
	o := s.workspaceObj(w)
	self := s.base + "/2.0/workspaces/" + w.Slug
	o["is_private"], o["is_personal"], o["created_on"] = true, false, timestamp(w.CreatedOn)
	links := o["links"].(obj)
	links["members"], links["projects"] = link(self+"/members"), link(self+"/projects")
	links["repositories"] = link(s.base + "/2.0/repositories/" + w.Slug)
	return o
}

// repoRef is the condensed repository inside other objects.
func (s *Sim) repoRef(r Repository) obj {
	return obj{
		"type": "repository", "uuid": r.UUID, "name": r.Name, "full_name": r.FullName(),
		"links": obj{
			"self":   link(s.repoAPI(r)),
			"html":   link(s.repoWeb(r)),
			"avatar": link(s.base + "/avatars/" + bareUUID(r.UUID) + ".svg"),
		},
	}
}

func (s *Sim) workspaceOf(r Repository) Workspace {
	s.mu.Lock()
	defer s.mu.Unlock()
	if w := s.state.workspace(r.Workspace); w != nil {
		return *w
	}
	return Workspace{Slug: r.Workspace}
}

// eventRepository is the repository inside a delivery: no slug, no main branch, no clone links.
func (s *Sim) eventRepository(r Repository) obj {
	w := s.workspaceOf(r)
	o := s.repoRef(r)
	o["scm"], o["is_private"], o["website"] = "git", r.Private, ""
	o["workspace"] = s.workspaceObj(w)
	o["owner"] = s.ownerObj(w)
	o["project"] = s.projectObj(w)
	return o
}

func (s *Sim) ownerObj(w Workspace) obj {
	id := url.PathEscape(w.UUID)
	return obj{
		"type": "team", "uuid": w.UUID, "display_name": w.Name, "username": w.Slug,
		"links": obj{
			"self":   link(s.base + "/2.0/workspaces/" + id),
			"html":   link(s.base + "/" + id + "/"),
			"avatar": link(s.base + "/avatars/" + bareUUID(w.UUID) + ".svg"),
		},
	}
}

// projectObj is the one project of a workspace; the simulator has no others.
func (s *Sim) projectObj(w Workspace) obj {
	return obj{
		"type": "project", "key": "PROJ", "name": "Project", "uuid": "{" +
			strings.Repeat("0", 8) + bareUUID(w.UUID)[min(8, len(bareUUID(w.UUID))):] + "}",
		"links": obj{
			"self":   link(s.base + "/2.0/workspaces/" + w.Slug + "/projects/PROJ"),
			"html":   link(s.base + "/" + w.Slug + "/workspace/projects/PROJ"),
			"avatar": link(s.base + "/avatars/" + bareUUID(w.UUID) + ".svg"),
		},
	}
}

func (s *Sim) repoFull(r Repository) obj {
	o := s.eventRepository(r)
	api := s.repoAPI(r)
	o["slug"], o["description"], o["language"], o["fork_policy"] = r.Slug, "", "", "no_public_forks"
	o["has_issues"], o["has_wiki"], o["size"] = false, false, 0
	o["created_on"], o["updated_on"] = timestamp(r.CreatedOn), timestamp(r.UpdatedOn)
	o["mainbranch"] = nil
	if _, err := s.gitRepo(r).Branch(r.MainBranch); err == nil {
		o["mainbranch"] = obj{"type": "branch", "name": r.MainBranch}
	}
	links := o["links"].(obj)
	for _, name := range []string{"pullrequests", "commits", "forks", "watchers", "downloads", "hooks"} {
		links[name] = link(api + "/" + name)
	}
	links["clone"] = []any{obj{"name": "https", "href": s.cloneURL(r)}}
	return o
}

// authorObj links the author to a user when the mail address is known, as the real one does.
func (s *Sim) authorObj(kind string, c *gitsim.Commit) obj {
	author := obj{"type": kind, "raw": c.Author}
	s.mu.Lock()
	u := s.state.userByEmail(c.Email())
	s.mu.Unlock()
	if u != nil {
		author["user"] = s.userObj(*u)
	}
	return author
}

func (s *Sim) commitRef(r Repository, hash string) obj {
	return obj{
		"type": "commit", "hash": hash,
		"links": obj{
			"self": link(s.repoAPI(r) + "/commit/" + hash),
			"html": link(s.repoWeb(r) + "/commits/" + hash),
		},
	}
}

// eventCommit is a commit inside a delivery.
func (s *Sim) eventCommit(r Repository, c *gitsim.Commit) obj {
	o := s.commitRef(r, c.Hash)
	o["author"], o["message"], o["date"] = s.authorObj("author", c), c.Message, commitDate(c.Date)
	o["summary"] = rendered(c.Message)
	parents := []any{}
	for _, p := range c.Parents {
		parents = append(parents, s.commitRef(r, p))
	}
	o["parents"] = parents
	return o
}

func (s *Sim) commitFull(r Repository, c *gitsim.Commit) obj {
	o := s.eventCommit(r, c)
	o["repository"], o["participants"] = s.repoRef(r), []any{}
	links, self := o["links"].(obj), s.repoAPI(r)+"/commit/"+c.Hash
	for _, name := range []string{"comments", "approve", "statuses"} {
		links[name] = link(self + "/" + name)
	}
	links["diff"], links["patch"] = link(s.repoAPI(r)+"/diff/"+c.Hash), link(s.repoAPI(r)+"/patch/"+c.Hash)
	return o
}

func rendered(text string) obj {
	return obj{"type": "rendered", "raw": text, "markup": "markdown", "html": "<p>" +
		htmlEscape(strings.TrimSpace(text)) + "</p>"}
}

var mergeStrategies = []string{
	"merge_commit", "squash", "fast_forward", "squash_fast_forward",
	"rebase_fast_forward", "rebase_merge",
}

func (s *Sim) branchObj(r Repository, name string, target obj) obj {
	return obj{
		"type": "branch", "name": name, "target": target,
		"merge_strategies": mergeStrategies, "default_merge_strategy": "merge_commit",
		"links": s.refLinks(r, "branches", "branch", name),
	}
}

func (s *Sim) refLinks(r Repository, list, page, name string) obj {
	return obj{
		"self":    link(s.repoAPI(r) + "/refs/" + list + "/" + escapePath(name)),
		"commits": link(s.repoAPI(r) + "/commits/" + escapePath(name)),
		"html":    link(s.repoWeb(r) + "/" + page + "/" + escapePath(name)),
	}
}

// eventRef is `old` or `new` of a change. A tag has the type "tag" also when it is annotated.
func (s *Sim) eventRef(r Repository, g *gitsim.Repo, ref, hash string) (obj, error) {
	c, err := g.Commit(hash)
	if err != nil {
		return nil, err
	}
	target := s.eventCommit(r, c)
	if name, ok := strings.CutPrefix(ref, "refs/heads/"); ok {
		return s.branchObj(r, name, target), nil
	}
	name := strings.TrimPrefix(ref, "refs/tags/")
	o := obj{"type": "tag", "name": name, "target": target, "links": s.refLinks(r, "tags", "commits/tag",
		name)}
	if tagger, at, message, ok := g.Tag(hash); ok {
		o["message"], o["date"], o["tagger"] = message, commitDate(at), obj{"type": "author", "raw": tagger}
	}
	return o, nil
}
