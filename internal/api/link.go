package api

import (
	"context"
	"time"

	"towpath"
	links "towpath/internal/link"
	"towpath/internal/store"
)

// RepositoryLink connects a project to a repository.
type RepositoryLink struct {
	ID                 string                `json:"id"`
	ProjectID          string                `json:"projectId"`
	ProviderID         string                `json:"providerId"`
	GrantID            string                `json:"grantId"`
	State              LinkState             `json:"state" enum:"attention,unknown,failed,held,unplanned,running,pending,missing,connected" doc:"What needs a person first, then the work in progress, then the state of the webhook."`
	RepositoryID       string                `json:"repositoryId"`
	RepositoryName     string                `json:"repositoryName"`
	RepositoryURL      string                `json:"repositoryUrl"`
	Branch             string                `json:"branch"`
	BaseDirectory      string                `json:"baseDirectory"`
	FilePathTemplate   string                `json:"filePathTemplate"`
	Exclude            []string              `json:"exclude" nullable:"false" doc:"Patterns of files below the base directory that are ignored."`
	AnyCaseEndings     bool                  `json:"anyCaseEndings" doc:"Whether files match by their endings in upper and lower case: 1_a.SQL."`
	Placeholders       towpath.Placeholders  `json:"placeholders" enum:"none,flyway,goose" doc:"Which marks in files stand for variables of the environment: none, ${name} as in Flyway, or those of goose between its markers ENVSUB ON and OFF."`
	SchemaPathTemplate string                `json:"schemaPathTemplate"`
	LatePolicy         towpath.LatePolicy    `json:"latePolicy" enum:"hold,apply,refuse"`
	WaitingStatus      towpath.WaitingStatus `json:"waitingStatus" enum:"stopped,successful" doc:"The build status of a commit whose changes wait for a person."`
	HookState          towpath.HookState     `json:"hookState" enum:"active,polling,missing"`
	HookReason         *Reason               `json:"hookReason,omitempty" doc:"Why there is no active webhook."`
	HeadCommit         string                `json:"headCommit,omitempty" doc:"The newest head seen on the branch."`
	SyncedCommit       string                `json:"syncedCommit,omitempty" doc:"The commit that the databases are compared with."`
	SyncedAt           *time.Time            `json:"syncedAt,omitempty"`
	BaselinedUpTo      string                `json:"baselinedUpTo,omitempty"`
	AttentionReason    *Reason               `json:"attentionReason,omitempty" doc:"Why the link cannot work without a person."`
	UnplannedFiles     int                   `json:"unplannedFiles" doc:"How many files the last plan could not place; the plan of the link says why."`
	LastDeliveryAt     *time.Time            `json:"lastDeliveryAt,omitempty"`
	LastPollAt         *time.Time            `json:"lastPollAt,omitempty"`
	NextPollAt         time.Time             `json:"nextPollAt"`
	CreatedBy          string                `json:"createdBy"`
	CreatedAt          time.Time             `json:"createdAt"`
	Reading            *linkReading          `json:"reading,omitempty" doc:"The progress of reading the repository, if that takes longer than a second."`
}

// linkReading is the progress of a reading.
type linkReading struct {
	Done  int       `json:"done"`
	Total int       `json:"total" doc:"How many files are to be read; 0 until that is known."`
	Since time.Time `json:"since"`
}

func linkReadingOf(p *towpath.Progress) *linkReading {
	if p == nil {
		return nil
	}
	return &linkReading{Done: p.Done, Total: p.Total, Since: p.Since}
}

// LinkState sums up a link: what needs a person first, then the work in progress, then the state of
// its webhook.
type LinkState string

const (
	LinkAttention LinkState = "attention" // it needs a person; AttentionReason says why
	LinkUnknown   LinkState = "unknown"   // its open rollout is; so are failed, held, running and pending
	LinkFailed    LinkState = "failed"
	LinkHeld      LinkState = "held"
	LinkUnplanned LinkState = "unplanned" // some files cannot be planned
	LinkRunning   LinkState = "running"
	LinkPending   LinkState = "pending"   // so is a commit that is not compared yet
	LinkMissing   LinkState = "missing"   // its webhook is missing, so the server polls
	LinkConnected LinkState = "connected" // it works, and no rollout is open
)

func stateOfLink(l towpath.RepositoryLink, open towpath.RolloutState) LinkState {
	moves := open == towpath.RolloutRunning || open == towpath.RolloutPending
	switch {
	case !l.AttentionReason.IsZero():
		return LinkAttention
	case l.UnplannedFiles > 0 && (open == "" || moves):
		return LinkUnplanned
	case open != "":
		return LinkState(open)
	case l.SyncedCommit == "", l.SyncedCommit != l.HeadCommit:
		return LinkPending
	case l.HookState == towpath.HookMissing:
		return LinkMissing
	}
	return LinkConnected
}

// linkView is a link with the state of its open rollout, "" for none, and the progress of its
// reading, nil for none.
type linkView struct {
	towpath.RepositoryLink
	open    towpath.RolloutState
	reading *towpath.Progress
}

func linkOf(v linkView) RepositoryLink {
	l := v.RepositoryLink
	return RepositoryLink{
		ID:                 l.ID,
		ProjectID:          l.ProjectID,
		ProviderID:         l.ProviderID,
		GrantID:            l.GrantID,
		State:              stateOfLink(l, v.open),
		RepositoryID:       l.RepositoryID,
		RepositoryName:     l.RepositoryName,
		RepositoryURL:      l.RepositoryURL,
		Branch:             l.Branch,
		BaseDirectory:      l.BaseDirectory,
		FilePathTemplate:   l.FilePathTemplate,
		Exclude:            orEmpty(l.Exclude),
		AnyCaseEndings:     l.AnyCaseEndings,
		Placeholders:       l.Placeholders,
		SchemaPathTemplate: l.SchemaPathTemplate,
		LatePolicy:         l.LatePolicy,
		WaitingStatus:      l.WaitingStatus,
		HookState:          l.HookState,
		HookReason:         reasonOf(l.HookReason),
		HeadCommit:         l.HeadCommit,
		SyncedCommit:       l.SyncedCommit,
		SyncedAt:           l.SyncedAt,
		BaselinedUpTo:      l.BaselinedUpTo,
		AttentionReason:    reasonOf(l.AttentionReason),
		UnplannedFiles:     l.UnplannedFiles,
		LastDeliveryAt:     l.LastDeliveryAt,
		LastPollAt:         l.LastPollAt,
		NextPollAt:         l.NextPollAt,
		CreatedBy:          l.CreatedBy,
		CreatedAt:          l.CreatedAt,
		Reading:            linkReadingOf(v.reading),
	}
}

// viewLinks reads the states of the links' open rollouts and the progress of their readings.
func viewLinks(ctx context.Context, tx *store.Tx, rows []towpath.RepositoryLink) ([]linkView, error) {
	ids := make([]string, len(rows))
	for i, l := range rows {
		ids[i] = l.ID
	}
	open, err := tx.OpenRolloutStates(ctx, ids)
	if err != nil {
		return nil, err
	}
	readings, err := tx.Progress(ctx, ids...)
	views := make([]linkView, len(rows))
	for i, l := range rows {
		views[i] = linkView{RepositoryLink: l, open: open[l.ID]}
		if p, ok := readings[l.ID]; ok {
			views[i].reading = &p
		}
	}
	return views, err
}

// linkResult converts a link that a service has returned, unless it failed.
func (s *Server) linkResult(
	ctx context.Context, l towpath.RepositoryLink, err error,
) (RepositoryLink, error) {
	if err != nil {
		return RepositoryLink{}, err
	}
	var views []linkView
	err = s.Store.Read(ctx, func(tx *store.Tx) error {
		views, err = viewLinks(ctx, tx, []towpath.RepositoryLink{l})
		return err
	})
	if err != nil {
		return RepositoryLink{}, err
	}
	return linkOf(views[0]), nil
}

type listLinksInput struct {
	ProjectPath
	Paging
}

func (s *Server) listLinks(ctx context.Context, in *listLinksInput) (list[RepositoryLink], error) {
	var rows []linkView
	err := s.Store.Read(ctx, func(tx *store.Tx) error {
		links, err := tx.Links(ctx, store.LinkFilter{ProjectID: in.Project}, in.oldest())
		if err != nil {
			return err
		}
		rows, err = viewLinks(ctx, tx, links)
		return err
	})
	return page(in.Paging, rows, func(l linkView) string { return l.ID }, linkOf), err
}

// linkSpec is a person's input about a link.
type linkSpec struct {
	GrantID            string                `json:"grantId" maxLength:"200"`
	RepositoryID       string                `json:"repositoryId" maxLength:"500"`
	Branch             string                `json:"branch" maxLength:"500"`
	BaseDirectory      string                `json:"baseDirectory,omitempty" maxLength:"1000"`
	FilePathTemplate   string                `json:"filePathTemplate" maxLength:"1000"`
	Exclude            []string              `json:"exclude,omitempty" maxItems:"100" doc:"Patterns of files below the base directory to ignore, at most 20: * is any text in a name, ** any folders."`
	AnyCaseEndings     bool                  `json:"anyCaseEndings,omitempty" doc:"Also take files whose endings are in another case than the template's: 1_a.SQL."`
	Placeholders       towpath.Placeholders  `json:"placeholders,omitempty" enum:"none,flyway,goose" doc:"Which marks in files stand for variables of the environment; none by default."`
	SchemaPathTemplate string                `json:"schemaPathTemplate,omitempty" maxLength:"1000"`
	LatePolicy         towpath.LatePolicy    `json:"latePolicy,omitempty" enum:"hold,apply,refuse"`
	WaitingStatus      towpath.WaitingStatus `json:"waitingStatus,omitempty" enum:"stopped,successful" doc:"The build status of a commit whose changes wait for a person."`
	ExistingFiles      string                `json:"existingFiles,omitempty" enum:"run,baseline,history" doc:"What to do with files that match already; required when there are any. With run, they wait for a person in databases with tables and without a ledger. With history, those that another migration tool has applied are recorded, and the others are planned."`
	BaselineVersion    string                `json:"baselineVersion,omitempty" maxLength:"500" doc:"With baseline: the newest version that the databases have."`
	Baselines          []baselineChoice      `json:"baselines,omitempty" maxItems:"10000" doc:"For single databases; baselineVersion is for all others."`
	History            historyChoice         `json:"history,omitzero" doc:"With history: what you have seen, and what counts despite the catalog."`
	Polling            bool                  `json:"polling,omitempty" doc:"Create no webhook; poll for new commits instead."`
}

// baselineChoice is the chosen baseline of one database.
type baselineChoice struct {
	DatabaseID string `json:"databaseId" maxLength:"200"`
	Version    string `json:"version" maxLength:"500" doc:"The newest version that it has; empty for none."`
	Despite    bool   `json:"despite,omitempty" doc:"Use the version although the database contradicts it. The audit log records this."`
}

func (l linkSpec) spec() links.Spec {
	baselines := make([]links.BaselineChoice, len(l.Baselines))
	for i, b := range l.Baselines {
		baselines[i] = links.BaselineChoice(b)
	}
	return links.Spec{
		GrantID:            l.GrantID,
		RepositoryID:       l.RepositoryID,
		Branch:             l.Branch,
		BaseDirectory:      l.BaseDirectory,
		FilePathTemplate:   l.FilePathTemplate,
		Exclude:            l.Exclude,
		AnyCaseEndings:     l.AnyCaseEndings,
		Placeholders:       l.Placeholders,
		SchemaPathTemplate: l.SchemaPathTemplate,
		LatePolicy:         l.LatePolicy,
		WaitingStatus:      l.WaitingStatus,
		ExistingFiles:      l.ExistingFiles,
		BaselineVersion:    l.BaselineVersion,
		Baselines:          baselines,
		History:            links.HistoryChoice(l.History),
		Polling:            l.Polling,
	}
}

type linkInput struct {
	ProjectPath
	Body linkSpec
}

func (s *Server) createLink(ctx context.Context, in *linkInput) (RepositoryLink, error) {
	l, err := s.Links.Link(ctx, actorOf(ctx), in.Project, in.Body.spec())
	return s.linkResult(ctx, l, err)
}

// LinkPath names a link in a path.
type LinkPath struct {
	Link string `path:"link" doc:"The id of the repository link."`
}

// linkStatus is everything that answers "why is nothing happening?".
type linkStatus struct {
	RepositoryLink
	WaitsFor       *Reason    `json:"waitsFor,omitempty" doc:"What it waits for; left out when no work is pending."`
	Failures       int        `json:"failures" doc:"Consecutive failures to reconcile the repository."`
	LastError      *Reason    `json:"lastError,omitempty" doc:"Why the last look at the repository failed."`
	RetryAt        *time.Time `json:"retryAt,omitempty"`
	WriteBackError *Reason    `json:"writeBackError,omitempty" doc:"Why the schema could not be written into the repository. The server retries."`
	GrantName      string     `json:"grantName" doc:"The account that the link uses."`
	GrantBroken    *Reason    `json:"grantBroken,omitempty" doc:"Why that account no longer works."`
	Usage          usage      `json:"usage"`
	Plan           planView   `json:"plan" doc:"Without items that are applied, baselined or ignored."`
	Rollout        *Rollout   `json:"rollout,omitempty" doc:"The open one."`

	WrittenHistories []writtenHistory `json:"writtenHistories" nullable:"false" doc:"The databases in which another migration tool has written to its table since it was accepted, at most 100."`
}

// statusLimit bounds how many items a link's page shows.
const statusLimit = 500

func (s *Server) getLink(ctx context.Context, in *LinkPath) (linkStatus, error) {
	st, err := s.Links.LinkStatus(ctx, in.Link)
	shown := linkView{RepositoryLink: st.Link, reading: st.Progress}
	if st.Rollout != nil {
		shown.open = st.Rollout.State
	}
	view := linkStatus{
		RepositoryLink: linkOf(shown),
		WaitsFor:       reasonOf(st.WaitsFor),
		Failures:       st.Job.Attempts,
		LastError:      reasonOf(st.Job.LastError),
		GrantName:      st.GrantName,
		GrantBroken:    reasonOf(st.GrantBroken),
		Usage:          usageOf(st.Usage.Used, st.Usage.Limit, st.Usage.BackoffUntil),
		Plan:           planOf(st.Plan, statusLimit, quiet, st.Review),

		WrittenHistories: all(st.Written[:min(len(st.Written), mostWritten)], writtenHistoryOf).Items,
	}
	if st.WriteBack.Attempts > 0 {
		view.WriteBackError = reasonOf(st.WriteBack.LastError)
	}
	if st.Job.Attempts > 0 {
		view.RetryAt = &st.Job.DueAt
	}
	if st.Rollout != nil {
		open := rolloutOf(*st.Rollout)
		if st.Review.State != "" {
			open.Review = countsOf(st.Review)
		}
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
		Exclude            *[]string              `json:"exclude,omitempty" maxItems:"100" doc:"Patterns of files to ignore, at most 20."`
		AnyCaseEndings     *bool                  `json:"anyCaseEndings,omitempty" doc:"Whether files match by their endings in upper and lower case."`
		Placeholders       *towpath.Placeholders  `json:"placeholders,omitempty" enum:"none,flyway,goose" doc:"Which marks in files stand for variables. It holds for files that have not started."`
		SchemaPathTemplate *string                `json:"schemaPathTemplate,omitempty" maxLength:"1000"`
		LatePolicy         *towpath.LatePolicy    `json:"latePolicy,omitempty" enum:"hold,apply,refuse"`
		WaitingStatus      *towpath.WaitingStatus `json:"waitingStatus,omitempty" enum:"stopped,successful" doc:"The build status of a commit whose changes wait for a person."`
		Polling            *bool                  `json:"polling,omitempty" doc:"false creates a missing webhook again."`
	}
}

func (s *Server) changeLink(ctx context.Context, in *changeLinkInput) (RepositoryLink, error) {
	l, err := s.Links.UpdateLink(ctx, actorOf(ctx), in.Link, links.Change(in.Body))
	return s.linkResult(ctx, l, err)
}

func (s *Server) deleteLink(ctx context.Context, in *LinkPath) error {
	return s.Links.Unlink(ctx, actorOf(ctx), in.Link)
}

func (s *Server) syncLink(ctx context.Context, in *LinkPath) error {
	return s.Syncs.Sync(ctx, actorOf(ctx), in.Link)
}

type takeOverLinkInput struct {
	LinkPath
	Body struct {
		GrantID string `json:"grantId" maxLength:"200" doc:"One of the caller's own."`
	}
}

func (s *Server) takeOverLink(ctx context.Context, in *takeOverLinkInput) (RepositoryLink, error) {
	l, err := s.Links.TakeOverLink(ctx, actorOf(ctx), in.Link, in.Body.GrantID)
	return s.linkResult(ctx, l, err)
}

type acceptInput struct {
	LinkPath
	Body struct {
		DatabaseID string             `json:"databaseId" maxLength:"200"`
		Version    string             `json:"version" maxLength:"500" doc:"In its canonical form."`
		Type       towpath.ChangeType `json:"type" enum:"ddl,dml,baseline,repeatable,undo"`
	}
}

// acceptFile records the current text of an edited or moved file as applied, without running it.
func (s *Server) acceptFile(ctx context.Context, in *acceptInput) (Rollout, error) {
	r, err := s.Syncs.Accept(ctx, actorOf(ctx), in.Link, in.Body.DatabaseID,
		towpath.MigrationID{Version: in.Body.Version, Type: in.Body.Type})
	return rolloutOf(r), err
}

type skipFileInput struct {
	LinkPath
	Body struct {
		DatabaseID string             `json:"databaseId" maxLength:"200"`
		Version    string             `json:"version" maxLength:"500" doc:"In its canonical form."`
		Type       towpath.ChangeType `json:"type" enum:"ddl,dml,baseline,repeatable,undo"`
		Reason     string             `json:"reason" maxLength:"4000" doc:"Kept with the file; up to 1000 characters."`
	}
}

// skipFile skips a file that cannot run in one database, so that newer files can run.
func (s *Server) skipFile(ctx context.Context, in *skipFileInput) (Rollout, error) {
	id := towpath.MigrationID{Version: in.Body.Version, Type: in.Body.Type}
	r, err := s.Syncs.Skip(ctx, actorOf(ctx), in.Link, in.Body.DatabaseID, id, in.Body.Reason)
	return rolloutOf(r), err
}

type acceptEditedInput struct {
	LinkPath
	Body struct {
		Commit string `json:"commit" maxLength:"200" doc:"The synced commit whose texts the person has seen."`
	}
}

// acceptEdited records the current texts of all edited files as applied, without running them.
func (s *Server) acceptEdited(ctx context.Context, in *acceptEditedInput) (Rollout, error) {
	r, err := s.Syncs.AcceptEdited(ctx, actorOf(ctx), in.Link, in.Body.Commit)
	return rolloutOf(r), err
}
