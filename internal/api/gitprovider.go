package api

import (
	"context"
	"time"

	"towpath"
	"towpath/internal/account"
)

// gitProvider is a Git service that an owner has added. The optional fields are only for people who
// may manage providers.
type gitProvider struct {
	ID            string               `json:"id"`
	Type          towpath.ProviderType `json:"type"`
	InstanceURL   string               `json:"instanceUrl"`
	DisplayName   string               `json:"displayName"`
	ApplicationID string               `json:"applicationId,omitempty"`
	CreatedBy     string               `json:"createdBy,omitempty"`
	CreatedAt     time.Time            `json:"createdAt"`
	Health        string               `json:"health,omitempty" enum:"ok,attention" doc:"attention: a link through it needs attention."`
	Links         []linkedProject      `json:"links,omitempty" nullable:"false"`
}

// linkedProject names a link.
type linkedProject struct {
	ProjectID      string  `json:"projectId"`
	ProjectName    string  `json:"projectName"`
	LinkID         string  `json:"linkId"`
	RepositoryName string  `json:"repositoryName"`
	Attention      *Reason `json:"attention,omitempty" doc:"Why the link needs attention."`
}

func gitProviderOf(p towpath.GitProvider) gitProvider {
	return gitProvider{
		ID:            p.ID,
		Type:          p.Type,
		InstanceURL:   p.InstanceURL,
		DisplayName:   p.DisplayName,
		ApplicationID: p.ApplicationID,
		CreatedBy:     p.CreatedBy,
		CreatedAt:     p.CreatedAt,
	}
}

func summaryFor(ctx context.Context) func(account.ProviderSummary) gitProvider {
	full := actorOf(ctx).Member.Role.Can(towpath.ManageGitProviders)
	return func(sum account.ProviderSummary) gitProvider {
		p := gitProviderOf(sum.GitProvider)
		if !full {
			p.ApplicationID, p.CreatedBy = "", ""
			return p
		}
		p.Health = "ok"
		for _, l := range sum.Links {
			p.Links = append(p.Links, linkedProject{
				ProjectID:      l.ProjectID,
				ProjectName:    l.ProjectName,
				LinkID:         l.LinkID,
				RepositoryName: l.RepositoryName,
				Attention:      reasonOf(l.Attention),
			})
			if !l.Attention.IsZero() {
				p.Health = "attention"
			}
		}
		return p
	}
}

func (s *Server) listGitProviders(ctx context.Context, in *pageInput) (list[gitProvider], error) {
	rows, err := s.Accounts.Providers(ctx, in.oldest())
	return page(in.Paging, rows, func(p account.ProviderSummary) string { return p.ID }, summaryFor(ctx)), err
}

// ProviderPath names a Git provider in a path.
type ProviderPath struct {
	Provider string `path:"provider" doc:"The id of the Git provider."`
}

// confirmation is the last step of a verification.
type confirmation struct {
	VerificationID string `json:"verificationId" maxLength:"200" doc:"A verification in the state verified. Its data are used."`
	ConnectAccount *bool  `json:"connectAccount,omitempty" default:"true" doc:"Stores the sign-in as a grant of the caller, so that linking a repository needs no second sign-in."`
}

func (c confirmation) of() account.Confirmation {
	return account.Confirmation{
		VerificationID: c.VerificationID,
		ConnectAccount: c.ConnectAccount == nil || *c.ConnectAccount,
	}
}

type addGitProviderInput struct {
	Body confirmation
}

func (s *Server) addGitProvider(ctx context.Context, in *addGitProviderInput) (gitProvider, error) {
	p, err := s.Accounts.AddProvider(ctx, actorOf(ctx), in.Body.of())
	return gitProviderOf(p), err
}

type renameGitProviderInput struct {
	ProviderPath
	Body struct {
		DisplayName string `json:"displayName" maxLength:"500"`
	}
}

func (s *Server) renameGitProvider(ctx context.Context, in *renameGitProviderInput) (gitProvider, error) {
	p, err := s.Accounts.RenameProvider(ctx, actorOf(ctx), in.Provider, in.Body.DisplayName)
	return gitProviderOf(p), err
}

func (s *Server) deleteGitProvider(ctx context.Context, in *ProviderPath) error {
	return s.Accounts.DeleteProvider(ctx, actorOf(ctx), in.Provider)
}

type replaceSecretInput struct {
	ProviderPath
	Body confirmation
}

func (s *Server) replaceSecret(ctx context.Context, in *replaceSecretInput) (gitProvider, error) {
	p, err := s.Accounts.ReplaceSecret(ctx, actorOf(ctx), in.Provider, in.Body.of())
	return gitProviderOf(p), err
}

// grant is the caller's authorization of an account at a provider.
type grant struct {
	ID           string    `json:"id"`
	ProviderID   string    `json:"providerId"`
	AccountName  string    `json:"accountName"`
	Scopes       []string  `json:"scopes" nullable:"false"`
	Rung         int       `json:"rung" doc:"The highest rung of the provider's type that the scopes reach; 0 for what is needed."`
	BrokenReason *Reason   `json:"brokenReason,omitempty" doc:"Why it no longer works and what to do."`
	Usage        usage     `json:"usage"`
	CreatedAt    time.Time `json:"createdAt"`
}

// usage is the state of a grant's budget of calls at the provider.
type usage struct {
	Used         int        `json:"used" doc:"Calls in the last hour."`
	Limit        int        `json:"limit"`
	BackoffUntil *time.Time `json:"backoffUntil,omitempty" doc:"Until when the provider refuses calls."`
}

func usageOf(used, limit int, backoff time.Time) usage {
	u := usage{Used: used, Limit: limit}
	if !backoff.IsZero() {
		u.BackoffUntil = &backoff
	}
	return u
}

func grantOf(g account.GrantSummary) grant {
	return grant{
		ID:           g.ID,
		ProviderID:   g.ProviderID,
		AccountName:  g.AccountName,
		Scopes:       orEmpty(g.Scopes),
		Rung:         g.Rung,
		BrokenReason: reasonOf(g.BrokenReason),
		Usage:        usageOf(g.Usage.Used, g.Usage.Limit, g.Usage.BackoffUntil),
		CreatedAt:    g.CreatedAt,
	}
}

// listGrants lists the caller's own grants at a provider.
func (s *Server) listGrants(ctx context.Context, in *ProviderPath) (list[grant], error) {
	rows, err := s.Accounts.Grants(ctx, actorOf(ctx), in.Provider)
	return all(rows, grantOf), err
}

// repository is a repository that can be linked.
type repository struct {
	ID            string    `json:"id" doc:"The provider's stable id."`
	Name          string    `json:"name"`
	URL           string    `json:"url"`
	DefaultBranch string    `json:"defaultBranch,omitempty"`
	UpdatedAt     time.Time `json:"updatedAt"`
}

// repositories lists what a grant's account administers.
type repositories struct {
	Items      []repository `json:"items" nullable:"false" doc:"The latest change first."`
	Unreadable []string     `json:"unreadable" nullable:"false" doc:"Workspaces that could not be listed, each with the reason."`
}

type grantPath struct {
	Grant string `path:"grant" doc:"The id of the grant."`
}

func (s *Server) listRepositories(ctx context.Context, in *grantPath) (repositories, error) {
	found, err := s.Accounts.Repositories(ctx, actorOf(ctx), in.Grant)
	r := repositories{[]repository{}, orEmpty(found.Unreadable)}
	for _, one := range found.Repositories {
		r.Items = append(r.Items, repository{
			ID:            one.ID,
			Name:          one.Name,
			URL:           one.URL,
			DefaultBranch: one.DefaultBranch,
			UpdatedAt:     one.UpdatedAt,
		})
	}
	return r, err
}

// branch is a branch and its head.
type branch struct {
	Name string `json:"name"`
	Head string `json:"head"`
}

type branchesInput struct {
	Grant      string `path:"grant" doc:"The id of the grant."`
	Repository string `path:"repository" doc:"The id of the repository, as the Git provider has it."`
}

func (s *Server) listBranches(ctx context.Context, in *branchesInput) (list[branch], error) {
	found, err := s.Accounts.Branches(ctx, actorOf(ctx), in.Grant, in.Repository)
	l := list[branch]{Items: []branch{}}
	for _, b := range found {
		l.Items = append(l.Items, branch(b))
	}
	return l, err
}
