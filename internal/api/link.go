package api

import (
	"context"
	"time"

	"towpath"
	"towpath/internal/gitops"
	"towpath/internal/plan"
	"towpath/internal/store"
)

// RepositoryLink joins a project with a repository.
type RepositoryLink struct {
	ID                 string                `json:"id"`
	ProjectID          string                `json:"projectId"`
	ProviderID         string                `json:"providerId"`
	GrantID            string                `json:"grantId"`
	RepositoryID       string                `json:"repositoryId"`
	RepositoryName     string                `json:"repositoryName"`
	RepositoryURL      string                `json:"repositoryUrl"`
	Branch             string                `json:"branch"`
	BaseDirectory      string                `json:"baseDirectory"`
	FilePathTemplate   string                `json:"filePathTemplate"`
	SchemaPathTemplate string                `json:"schemaPathTemplate"`
	LatePolicy         towpath.LatePolicy    `json:"latePolicy" enum:"hold,apply,refuse"`
	WaitingStatus      towpath.WaitingStatus `json:"waitingStatus" enum:"stopped,successful" doc:"The build status of a commit whose changes wait for a person."`
	HookState          towpath.HookState     `json:"hookState" enum:"active,polling,missing"`
	HookReason         string                `json:"hookReason,omitempty"`
	HeadCommit         string                `json:"headCommit,omitempty" doc:"The newest head seen on the branch."`
	SyncedCommit       string                `json:"syncedCommit,omitempty" doc:"The commit that the databases are compared with."`
	SyncedAt           *time.Time            `json:"syncedAt,omitempty"`
	BaselinedUpTo      string                `json:"baselinedUpTo,omitempty"`
	AttentionReason    string                `json:"attentionReason,omitempty" doc:"Why the link cannot work without a person."`
	LastDeliveryAt     *time.Time            `json:"lastDeliveryAt,omitempty"`
	LastPollAt         *time.Time            `json:"lastPollAt,omitempty"`
	NextPollAt         time.Time             `json:"nextPollAt"`
	CreatedBy          string                `json:"createdBy"`
	CreatedAt          time.Time             `json:"createdAt"`
}

func linkOf(l towpath.RepositoryLink) RepositoryLink {
	return RepositoryLink{
		l.ID, l.ProjectID, l.ProviderID, l.GrantID, l.RepositoryID, l.RepositoryName, l.RepositoryURL, l.Branch, l.BaseDirectory,
		l.FilePathTemplate, l.SchemaPathTemplate, l.LatePolicy, l.WaitingStatus, l.HookState, l.HookReason, l.HeadCommit, l.SyncedCommit, l.SyncedAt,
		l.BaselinedUpTo, l.AttentionReason, l.LastDeliveryAt, l.LastPollAt, l.NextPollAt, l.CreatedBy, l.CreatedAt,
	}
}

type listLinksInput struct {
	ProjectPath
	Paging
}

func (s *Server) listLinks(ctx context.Context, in *listLinksInput) (list[RepositoryLink], error) {
	var rows []towpath.RepositoryLink
	err := s.Store.Read(ctx, func(tx *store.Tx) (err error) {
		rows, err = tx.Links(ctx, store.LinkFilter{ProjectID: in.Project}, in.oldest())
		return err
	})
	return page(in.Paging, rows, func(l towpath.RepositoryLink) string { return l.ID }, linkOf), err
}

// linkSpec is what a person says of a link.
type linkSpec struct {
	GrantID            string                `json:"grantId" maxLength:"200"`
	RepositoryID       string                `json:"repositoryId" maxLength:"500"`
	Branch             string                `json:"branch" maxLength:"500"`
	BaseDirectory      string                `json:"baseDirectory,omitempty" maxLength:"1000"`
	FilePathTemplate   string                `json:"filePathTemplate" maxLength:"1000"`
	SchemaPathTemplate string                `json:"schemaPathTemplate,omitempty" maxLength:"1000"`
	LatePolicy         towpath.LatePolicy    `json:"latePolicy,omitempty" enum:"hold,apply,refuse"`
	WaitingStatus      towpath.WaitingStatus `json:"waitingStatus,omitempty" enum:"stopped,successful" doc:"The build status of a commit whose changes wait for a person."`
	ExistingFiles      string                `json:"existingFiles,omitempty" enum:"run,baseline" doc:"What becomes of files that match already; needed when there are some."`
	BaselineVersion    string                `json:"baselineVersion,omitempty" maxLength:"500" doc:"With baseline: the newest version that the databases have."`
	Polling            bool                  `json:"polling,omitempty" doc:"Make no hook; look for new commits instead."`
}

type linkInput struct {
	ProjectPath
	Body linkSpec
}

func (s *Server) createLink(ctx context.Context, in *linkInput) (RepositoryLink, error) {
	l, err := s.GitOps.Link(ctx, actorOf(ctx), in.Project, gitops.LinkSpec(in.Body))
	return linkOf(l), err
}

// linkPreview is what a link would do now.
type linkPreview struct {
	Commit       string         `json:"commit"`
	Plan         planView       `json:"plan"`
	Files        []manifestFile `json:"files" nullable:"false" doc:"Below the base directory, 2000 at most."`
	MoreFiles    int            `json:"moreFiles" doc:"How many were left out."`
	Outside      int            `json:"outside" doc:"How many files are outside the base directory."`
	Versions     []string       `json:"versions" nullable:"false" doc:"Of the matched files, in order, to choose a baseline from."`
	HookPossible bool           `json:"hookPossible"`
	HookAdvice   string         `json:"hookAdvice,omitempty" doc:"Why no hook is possible, and what happens instead."`
}

// previewLimit bounds how many files and items a preview shows.
const previewLimit = 2000

func (s *Server) previewLink(ctx context.Context, in *linkInput) (linkPreview, error) {
	p, err := s.GitOps.Preview(ctx, actorOf(ctx), in.Project, gitops.LinkSpec(in.Body))
	return previewOf(p), err
}

// previewLinkChange shows what a link would do after a change.
func (s *Server) previewLinkChange(ctx context.Context, in *changeLinkInput) (linkPreview, error) {
	p, err := s.GitOps.PreviewChange(ctx, in.Link, gitops.LinkChange(in.Body))
	return previewOf(p), err
}

func previewOf(p gitops.Preview) linkPreview {
	shown := p.Files[:min(len(p.Files), previewLimit)]
	return linkPreview{
		p.Commit, planOf(p.Plan, previewLimit, nil), all(shown, manifestFileOf).Items, len(p.Files) - len(shown), p.Outside,
		orEmpty(p.Versions), p.HookPossible, p.HookAdvice,
	}
}

// planView is how the files stand in the databases.
type planView struct {
	Blocked   string                 `json:"blocked,omitempty" doc:"Why nothing more is planned until somebody acts."`
	Counts    map[plan.ItemState]int `json:"counts" doc:"How many items there are in each state."`
	Items     []planItem             `json:"items" nullable:"false"`
	MoreItems int                    `json:"moreItems" doc:"How many were left out."`
}

// planItem is how one file stands in one database.
type planItem struct {
	Migration
	DatabaseID    string         `json:"databaseId,omitempty"`
	EnvironmentID string         `json:"environmentId,omitempty"`
	State         plan.ItemState `json:"state"`
	Reason        string         `json:"reason,omitempty"`
	Applied       *appliedFile   `json:"applied,omitempty" doc:"What the database has, where that differs or matters."`
}

// appliedFile is what a ledger says of a migration.
type appliedFile struct {
	Path     string    `json:"path"`
	Checksum string    `json:"checksum"`
	Commit   string    `json:"commit"`
	At       time.Time `json:"at"`
}

// quiet are the states of items that nobody needs to look at.
var quiet = map[plan.ItemState]bool{plan.ItemApplied: true, plan.ItemBaselined: true, plan.ItemIgnored: true}

// planOf converts a plan, with at most limit items, and without those in the states to leave out.
func planOf(p plan.Plan, limit int, without map[plan.ItemState]bool) planView {
	v := planView{Blocked: p.Blocked, Counts: map[plan.ItemState]int{}, Items: []planItem{}}
	for _, i := range p.Items {
		v.Counts[i.State]++
		if without[i.State] {
			continue
		}
		if len(v.Items) == limit {
			v.MoreItems++
			continue
		}
		item := planItem{Migration: migrationOf(i.Migration), DatabaseID: i.DatabaseID, EnvironmentID: i.EnvironmentID, State: i.State, Reason: i.Reason}
		if e := i.Previous; e != nil {
			item.Applied = &appliedFile{e.Path, e.Checksum, e.Commit, e.StartedAt}
		}
		v.Items = append(v.Items, item)
	}
	return v
}

// LinkPath names a link in a path.
type LinkPath struct {
	Link string `path:"link"`
}

// linkStatus is everything that answers "why is nothing happening?".
type linkStatus struct {
	RepositoryLink
	WaitsFor       string     `json:"waitsFor,omitempty" doc:"What it waits for; left out when nothing is to come."`
	Failures       int        `json:"failures" doc:"How often in a row the repository could not be reconciled."`
	LastError      string     `json:"lastError,omitempty"`
	RetryAt        *time.Time `json:"retryAt,omitempty"`
	WriteBackError string     `json:"writeBackError,omitempty" doc:"Why the schema could not be written into the repository; it is tried again."`
	GrantName      string     `json:"grantName" doc:"The account that carries the link."`
	GrantBroken    string     `json:"grantBroken,omitempty"`
	Usage          usage      `json:"usage"`
	Plan           planView   `json:"plan" doc:"Without what is applied, baselined or ignored."`
	Rollout        *Rollout   `json:"rollout,omitempty" doc:"The open one."`
}

// statusLimit bounds how many items a link's page shows.
const statusLimit = 500

func (s *Server) getLink(ctx context.Context, in *LinkPath) (linkStatus, error) {
	st, err := s.GitOps.LinkStatus(ctx, in.Link)
	view := linkStatus{
		RepositoryLink: linkOf(st.Link), WaitsFor: st.WaitsFor, Failures: st.Job.Attempts, LastError: st.Job.LastError, GrantName: st.GrantName,
		GrantBroken: st.GrantBroken, Usage: usageOf(st.Usage.Used, st.Usage.Limit, st.Usage.BackoffUntil), Plan: planOf(st.Plan, statusLimit, quiet),
	}
	if st.WriteBack.Attempts > 0 {
		view.WriteBackError = st.WriteBack.LastError
	}
	if st.Job.Attempts > 0 {
		view.RetryAt = &st.Job.DueAt
	}
	if st.Rollout != nil {
		open := rolloutOf(*st.Rollout)
		view.Rollout = &open
	}
	return view, err
}

type changeLinkInput struct {
	LinkPath
	Body struct {
		Branch             *string                `json:"branch,omitempty" maxLength:"500"`
		BaseDirectory      *string                `json:"baseDirectory,omitempty" maxLength:"1000"`
		FilePathTemplate   *string                `json:"filePathTemplate,omitempty" maxLength:"1000"`
		SchemaPathTemplate *string                `json:"schemaPathTemplate,omitempty" maxLength:"1000"`
		LatePolicy         *towpath.LatePolicy    `json:"latePolicy,omitempty" enum:"hold,apply,refuse"`
		WaitingStatus      *towpath.WaitingStatus `json:"waitingStatus,omitempty" enum:"stopped,successful" doc:"The build status of a commit whose changes wait for a person."`
		Polling            *bool                  `json:"polling,omitempty" doc:"false makes a missing hook again."`
	}
}

func (s *Server) changeLink(ctx context.Context, in *changeLinkInput) (RepositoryLink, error) {
	l, err := s.GitOps.UpdateLink(ctx, actorOf(ctx), in.Link, gitops.LinkChange(in.Body))
	return linkOf(l), err
}

func (s *Server) deleteLink(ctx context.Context, in *LinkPath) error {
	return s.GitOps.Unlink(ctx, actorOf(ctx), in.Link)
}

func (s *Server) syncLink(ctx context.Context, in *LinkPath) error {
	return s.GitOps.Sync(ctx, actorOf(ctx), in.Link)
}

type takeOverLinkInput struct {
	LinkPath
	Body struct {
		GrantID string `json:"grantId" maxLength:"200" doc:"One of the caller's own."`
	}
}

func (s *Server) takeOverLink(ctx context.Context, in *takeOverLinkInput) (RepositoryLink, error) {
	l, err := s.GitOps.TakeOverLink(ctx, actorOf(ctx), in.Link, in.Body.GrantID)
	return linkOf(l), err
}

type acceptInput struct {
	LinkPath
	Body struct {
		DatabaseID string             `json:"databaseId" maxLength:"200"`
		Version    string             `json:"version" maxLength:"500" doc:"In its canonical form."`
		Type       towpath.ChangeType `json:"type" enum:"ddl,dml,baseline"`
	}
}

// acceptFile records the present text of an edited or moved file as applied, without running it.
func (s *Server) acceptFile(ctx context.Context, in *acceptInput) (Rollout, error) {
	r, err := s.GitOps.Accept(ctx, actorOf(ctx), in.Link, in.Body.DatabaseID, towpath.MigrationID{Version: in.Body.Version, Type: in.Body.Type})
	return rolloutOf(r), err
}
