package bitbucket

import (
	"fmt"
	"slices"
	"strings"

	"towpath/internal/gitsim"
)

// AddUser adds a person. Empty fields are filled; a username that exists returns that user
// unchanged.
func (s *Sim) AddUser(u User) User {
	s.mu.Lock()
	defer s.mu.Unlock()
	if old := s.state.userByName(u.Username); old != nil {
		return *old
	}
	orElse(&u.UUID, newUUID())
	orElse(&u.AccountID, "557058:"+bareUUID(newUUID()))
	orElse(&u.DisplayName, u.Username)
	orElse(&u.Nickname, u.DisplayName)
	orElse(&u.Email, u.Username+"@example.com")
	u.CreatedOn = s.opts.Now().UTC()
	s.state.Users = append(s.state.Users, &u)
	s.save()
	return u
}

// AddWorkspace adds a workspace; a slug that exists returns that workspace unchanged.
func (s *Sim) AddWorkspace(slug, name string) Workspace {
	s.mu.Lock()
	defer s.mu.Unlock()
	if old := s.state.workspace(slug); old != nil {
		return *old
	}
	w := &Workspace{
		UUID:      newUUID(),
		Slug:      slug,
		Name:      name,
		Members:   map[string]string{},
		CreatedOn: s.opts.Now().UTC(),
	}
	s.state.Workspaces = append(s.state.Workspaces, w)
	s.save()
	return *w
}

// SetMember gives a user the role "owner" or "member" in a workspace; an empty role removes the
// user. An owner is admin of every repository; a member has only what [Sim.SetPermission] gives.
// Unknown names change nothing.
func (s *Sim) SetMember(workspace, username, role string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	w, u := s.state.workspace(workspace), s.state.userByName(username)
	if w == nil || u == nil {
		return
	}
	if role == "" {
		delete(w.Members, u.UUID)
	} else {
		w.Members[u.UUID] = role
	}
	s.save()
}

// SetPermission gives a user "admin", "write" or "read" on a repository; an empty permission takes
// it away. The owners of the workspace stay admins. Unknown names change nothing.
func (s *Sim) SetPermission(repoFullName, username, permission string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, u := s.state.repositoryByName(repoFullName), s.state.userByName(username)
	if r == nil || u == nil {
		return
	}
	if permission == "" {
		delete(r.Permissions, u.UUID)
	} else {
		r.Permissions[u.UUID] = permission
	}
	s.save()
}

// AddConsumer adds an OAuth consumer; an empty Key or Secret is generated in today's lengths, 32
// and 76 characters. A key that exists replaces that consumer.
func (s *Sim) AddConsumer(c Consumer) Consumer {
	s.mu.Lock()
	defer s.mu.Unlock()
	orElse(&c.Key, gitsim.RandomText(32))
	orElse(&c.Secret, gitsim.RandomText(76))
	if old := s.state.consumer(c.Key); old != nil {
		c.ID = old.ID
		*old = c
	} else {
		for _, other := range s.state.Consumers {
			c.ID = max(c.ID, other.ID)
		}
		c.ID++
		s.state.Consumers = append(s.state.Consumers, &c)
	}
	s.save()
	return c
}

// AddRepository makes an empty bare repository in an existing workspace. A repository that exists
// is returned unchanged.
func (s *Sim) AddRepository(spec RepositorySpec) (Repository, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	w := s.state.workspace(spec.Workspace)
	if w == nil {
		return Repository{}, fmt.Errorf("add repository %s: no workspace %q", spec.Slug, spec.Workspace)
	}
	if spec.Slug == "" || strings.ContainsAny(spec.Slug, "/ {}") {
		return Repository{}, fmt.Errorf("add repository: %q is no slug", spec.Slug)
	}
	if old := s.state.repository(w.Slug, spec.Slug); old != nil {
		return old.clone(), nil
	}
	orElse(&spec.Name, spec.Slug)
	orElse(&spec.MainBranch, "main")
	now := s.opts.Now().UTC()
	r := &Repository{
		UUID:        newUUID(),
		Workspace:   w.Slug,
		Slug:        spec.Slug,
		Name:        spec.Name,
		MainBranch:  spec.MainBranch,
		Private:     spec.Private,
		Permissions: map[string]string{},
		CreatedOn:   now,
		UpdatedOn:   now,
	}
	r.CloneURL = s.cloneURL(*r)
	if err := s.repositories.Create(bareUUID(r.UUID), spec.MainBranch); err != nil {
		return Repository{}, fmt.Errorf("add repository %s: %w", spec.Slug, err)
	}
	s.state.Repositories = append(s.state.Repositories, r)
	s.save()
	return r.clone(), nil
}

// Repository finds a repository by its full name.
func (s *Sim) Repository(fullName string) (Repository, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r := s.state.repositoryByName(fullName); r != nil {
		return r.clone(), true
	}
	return Repository{}, false
}

// Commit makes a commit on a branch in the name of the simulator and notifies the hooks, as a push
// does. Files map paths to contents; [Deleted] as contents removes the file. A branch that does not
// exist starts at the main branch, or is the first one.
func (s *Sim) Commit(repoFullName, branch string, files map[string]string, message string) (string, error) {
	return s.seedCommit(repoFullName, branch, files, message, true)
}

// CommitQuiet is [Sim.Commit] without any delivery.
func (s *Sim) CommitQuiet(
	repoFullName, branch string, files map[string]string, message string,
) (string, error) {
	return s.seedCommit(repoFullName, branch, files, message, false)
}

// DeleteBranch removes a branch without any delivery.
func (s *Sim) DeleteBranch(repoFullName, branch string) error {
	r, ok := s.Repository(repoFullName)
	if !ok {
		return fmt.Errorf("delete a branch of %s: no such repository", repoFullName)
	}
	_, err := s.gitRepo(r).Run(nil, "update-ref", "-d", "refs/heads/"+branch)
	return err
}

// OpenPullRequest opens a pull request in the name of a person and returns its number.
func (s *Sim) OpenPullRequest(repoFullName, username string, spec PullRequestSpec) (int, error) {
	repo, user, err := s.person(repoFullName, username)
	if err != nil {
		return 0, err
	}
	pr, err := s.openPR(repo, user, spec)
	return pr.ID, err
}

// MergePullRequest merges a pull request in the name of a person. The strategy is one of
// [gitsim.MergeCommit], [gitsim.MergeSquash] and [gitsim.MergeFast].
func (s *Sim) MergePullRequest(repoFullName, username string, id int, strategy string) error {
	repo, user, err := s.person(repoFullName, username)
	if err != nil {
		return err
	}
	pr, _ := s.pullRequest(repo.UUID, id)
	_, err = s.mergePR(repo, user, pr, mergeSpec{Strategy: strategy})
	return err
}

// DeclinePullRequest declines a pull request in the name of a person.
func (s *Sim) DeclinePullRequest(repoFullName, username string, id int) error {
	repo, user, err := s.person(repoFullName, username)
	if err != nil {
		return err
	}
	_, err = s.declinePR(repo, user, pullRequest{ID: id})
	return err
}

// ApprovePullRequest approves a pull request in the name of a person, or takes that back.
func (s *Sim) ApprovePullRequest(repoFullName, username string, id int, approve bool) error {
	repo, user, err := s.person(repoFullName, username)
	if err != nil {
		return err
	}
	if approve {
		return s.approvePR(repo, user, id)
	}
	return s.unapprovePR(repo, user, id)
}

// Comment comments on a pull request in the name of a person.
func (s *Sim) Comment(repoFullName, username string, id int, text string) error {
	repo, user, err := s.person(repoFullName, username)
	if err != nil {
		return err
	}
	_, _, err = s.commentPR(repo, user, id, text, nil)
	return err
}

func (s *Sim) person(repoFullName, username string) (Repository, User, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, u := s.state.repositoryByName(repoFullName), s.state.userByName(username)
	if r == nil || u == nil {
		return Repository{}, User{}, fmt.Errorf("no repository %s or no person %s", repoFullName, username)
	}
	return r.clone(), *u, nil
}

// PullRequestView is a pull request as its page shows it.
type PullRequestView struct {
	Title, Description string

	State    string
	Comments []string // texts of those that were not deleted
	Tasks    []TaskView
}

// TaskView is a task of a pull request.
type TaskView struct {
	Text     string
	Resolved bool
}

// PullRequest reads a pull request; the zero view when there is none.
func (s *Sim) PullRequest(repoFullName string, id int) (v PullRequestView) {
	repo, ok := s.Repository(repoFullName)
	if !ok {
		return v
	}
	pr, _ := s.pullRequest(repo.UUID, id)
	v.State, v.Title, v.Description = pr.State, pr.Title, pr.Description
	for _, c := range pr.Comments {
		if !c.Deleted {
			v.Comments = append(v.Comments, c.Raw)
		}
	}
	for _, t := range pr.Tasks {
		v.Tasks = append(v.Tasks, TaskView{t.Raw, t.Resolved})
	}
	return v
}

// Deleted is the contents, in [Sim.Commit], of a file that the commit removes.
const Deleted = "\x00deleted\x00"

func (s *Sim) seedCommit(
	fullName, branch string, files map[string]string, message string, notify bool,
) (string, error) {
	r, ok := s.Repository(fullName)
	if !ok {
		return "", fmt.Errorf("commit to %s: no such repository", fullName)
	}
	change := gitsim.NewCommit{
		Branch:  branch,
		Start:   r.MainBranch,
		Message: message,
		Author:  "Bitbucket Simulator <simulator@example.com>",
	}
	orElse(&change.Branch, r.MainBranch)
	for path, contents := range files {
		change.Files = append(change.Files, gitsim.FileChange{
			Path: path, Data: []byte(contents),
			Delete: contents == Deleted,
		})
	}
	slices.SortFunc(change.Files, func(a, b gitsim.FileChange) int { return strings.Compare(a.Path, b.Path) })
	var hash string
	actor := User{
		DisplayName: "Bitbucket Simulator",
		Nickname:    "simulator",
		UUID:        simulatorUUID,
		AccountID:   "557058:simulator",
	}
	err := s.receive(r, actor, notify, func() (err error) {
		hash, err = s.gitRepo(r).Write(change, s.opts.Now())
		return err
	})
	return hash, err
}

const simulatorUUID = "{00000000-0000-4000-8000-000000000001}"

func orElse(field *string, value string) {
	if *field == "" {
		*field = value
	}
}
