package gitops

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"towpath"
	"towpath/internal/plan"
	"towpath/internal/secret"
	"towpath/internal/store"
	"towpath/internal/vcs"
)

func hookRow(linkID string) string { return "repository_link/" + linkID + "/hook" }

// RepositoryList is what a person may link.
type RepositoryList struct {
	Repositories []vcs.Repository // that the person administers, latest change first
	Unreadable   []string         // workspaces that the provider would not list, each with the reason
}

// Repositories lists the repositories that the grant's person administers.
func (s *Service) Repositories(ctx context.Context, actor towpath.Actor, grantID string) (list RepositoryList, err error) {
	client, _, err := s.ownClient(ctx, actor, grantID)
	if err != nil {
		return list, err
	}
	skipped, err := client.Repositories(ctx, func(r vcs.Repository) bool {
		list.Repositories = append(list.Repositories, r)
		return true
	})
	for _, w := range skipped {
		list.Unreadable = append(list.Unreadable, w.Workspace+": "+towpath.ErrorMessage(userError(w.Err, "list workspace")))
	}
	slices.SortStableFunc(list.Repositories, func(a, b vcs.Repository) int { return b.UpdatedAt.Compare(a.UpdatedAt) })
	return list, userError(err, "list repositories")
}

// Branches lists a repository's branches.
func (s *Service) Branches(ctx context.Context, actor towpath.Actor, grantID, repositoryID string) ([]vcs.Branch, error) {
	client, _, err := s.ownClient(ctx, actor, grantID)
	if err != nil {
		return nil, err
	}
	branches, err := client.Source(repositoryID).Branches(ctx)
	return branches, userError(err, "list branches")
}

// What to do with files that are in the repository when it is linked.
const (
	ExistingRun      = "run"      // they are pending like any other
	ExistingBaseline = "baseline" // those up to BaselineVersion are recorded as applied
)

// LinkSpec is what a person decides when linking a repository.
type LinkSpec struct {
	GrantID            string
	RepositoryID       string
	Branch             string
	BaseDirectory      string
	FilePathTemplate   string
	SchemaPathTemplate string
	LatePolicy         towpath.LatePolicy // "" is hold
	ExistingFiles      string             // ExistingRun or ExistingBaseline; needed only when files match already
	BaselineVersion    string
	Polling            bool // make no hook
}

// Preview is what a link would do now.
type Preview struct {
	Commit       string
	Plan         plan.Plan
	Files        []towpath.ManifestFile // below the base directory
	Outside      int                    // files outside of it
	Versions     []string               // of the matched files, as in their names, in order
	HookPossible bool
	HookAdvice   string // why not, and what happens instead
}

// draft is a checked LinkSpec.
type draft struct {
	link   towpath.RepositoryLink
	scope  plan.Scope
	client vcs.Client
	head   string
	files  []towpath.ManifestFile
	all    int
}

// Preview shows on the real tree what a link would match and do.
func (s *Service) Preview(ctx context.Context, actor towpath.Actor, projectID string, spec LinkSpec) (Preview, error) {
	d, err := s.draft(ctx, actor, projectID, spec)
	if err != nil {
		return Preview{}, err
	}
	if spec.ExistingFiles != "" {
		if err := chooseExisting(&d, spec); err != nil {
			return Preview{}, err
		}
	}
	p := Preview{Commit: d.head, Files: d.files, Outside: d.all - len(d.files), Versions: versionsOf(d.files)}
	p.HookAdvice = s.hookObstacle(d.link.ProviderID, s.instanceURL(ctx, d.link.ProviderID))
	p.HookPossible = p.HookAdvice == ""
	p.Plan, err = s.draftPlan(ctx, d)
	return p, err
}

// PreviewChange shows on the real tree what a link would match and do after a change.
func (s *Service) PreviewChange(ctx context.Context, linkID string, change LinkChange) (p Preview, err error) {
	d, err := s.changed(ctx, linkID, change)
	if err != nil {
		return p, err
	}
	if d.head, err = s.headOf(ctx, d.client.Source(d.link.RepositoryID), vcs.Repository{Name: d.link.RepositoryName}, d.link.Branch); err != nil {
		return p, err
	}
	if err := s.draftFiles(ctx, &d); err != nil {
		return p, err
	}
	p = Preview{Commit: d.head, Files: d.files, Outside: d.all - len(d.files), Versions: versionsOf(d.files)}
	p.HookAdvice = s.hookObstacle(d.link.ProviderID, s.instanceURL(ctx, d.link.ProviderID))
	p.HookPossible = p.HookAdvice == ""
	p.Plan, err = s.draftPlan(ctx, d)
	return p, err
}

// changed is a link as it would be after a change, checked as far as that asks nobody.
func (s *Service) changed(ctx context.Context, linkID string, change LinkChange) (d draft, err error) {
	if d.link, err = s.readLink(ctx, linkID); err != nil {
		return d, err
	}
	set(&d.link.Branch, change.Branch)
	set(&d.link.BaseDirectory, change.BaseDirectory)
	set(&d.link.FilePathTemplate, change.FilePathTemplate)
	set(&d.link.SchemaPathTemplate, change.SchemaPathTemplate)
	set(&d.link.LatePolicy, change.LatePolicy)
	if d.scope, err = scopeOf(d.link.BaseDirectory, d.link.FilePathTemplate); err != nil {
		return d, err
	}
	d.link.BaseDirectory, d.link.FilePathTemplate = d.scope.BaseDirectory, d.scope.Template.String()
	if err := s.checkPolicy(ctx, d.link.ProjectID, &d.link, d.scope, d.link.SchemaPathTemplate); err != nil {
		return d, err
	}
	d.client, err = s.client(ctx, d.link.GrantID)
	return d, err
}

func (s *Service) instanceURL(ctx context.Context, providerID string) string {
	p, err := s.readProvider(ctx, providerID)
	if err != nil {
		return ""
	}
	return p.InstanceURL
}

// hookObstacle says why the provider could not deliver to us; "" when it can, as far as the addresses tell.
// A provider that is itself on this machine (the simulator) reaches private addresses.
func (s *Service) hookObstacle(providerID, instanceURL string) string {
	switch {
	case providerID == "":
		return ""
	case s.Polling:
		return "This server is set to make no webhooks. It will look for new commits every " + s.pollInterval().String() + "."
	case isPrivateURL(s.ExternalURL) && !isPrivateURL(instanceURL):
		host := instanceURL
		if u, err := url.Parse(instanceURL); err == nil {
			host = u.Hostname()
		}
		return fmt.Sprintf("%s cannot reach %s from the Internet, so there will be no webhook. Towpath will look for new commits every %s instead.", host, s.ExternalURL, s.pollInterval())
	}
	return ""
}

// versionsOf lists the labels of matched files' versions, each once, in order.
func versionsOf(files []towpath.ManifestFile) []string {
	matched := slices.DeleteFunc(slices.Clone(files), func(f towpath.ManifestFile) bool { return f.State != towpath.FileMatched })
	slices.SortStableFunc(matched, func(a, b towpath.ManifestFile) int { return plan.Compare(a.Version, b.Version) })
	matched = slices.CompactFunc(matched, func(a, b towpath.ManifestFile) bool { return a.Version == b.Version })
	labels := make([]string, len(matched))
	for i, f := range matched {
		labels[i] = f.Label
	}
	return labels
}

// draft checks everything about a spec that can be checked and lists the files that it matches.
func (s *Service) draft(ctx context.Context, actor towpath.Actor, projectID string, spec LinkSpec) (d draft, err error) {
	if d.scope, err = scopeOf(spec.BaseDirectory, spec.FilePathTemplate); err != nil {
		return d, err
	}
	client, grant, err := s.ownClient(ctx, actor, spec.GrantID)
	if err != nil {
		return d, err
	}
	d.client = client
	d.link = towpath.RepositoryLink{
		ID: store.NewID(), ProjectID: projectID, ProviderID: grant.ProviderID, GrantID: grant.ID, RepositoryID: spec.RepositoryID,
		Branch: spec.Branch, BaseDirectory: d.scope.BaseDirectory, FilePathTemplate: d.scope.Template.String(),
		LatePolicy: cmp.Or(spec.LatePolicy, towpath.LateHold), CreatedBy: actor.Member.ID,
	}
	if err := s.checkPolicy(ctx, projectID, &d.link, d.scope, spec.SchemaPathTemplate); err != nil {
		return d, err
	}
	repository, err := client.Repository(ctx, spec.RepositoryID)
	if err != nil {
		return d, userError(err, "read repository")
	}
	if !repository.Admin {
		return d, towpath.Invalid("repositoryId", "%s does not administer %s. Linking needs an administrator of the repository.", grant.AccountName, repository.Name)
	}
	d.link.RepositoryID, d.link.RepositoryName, d.link.RepositoryURL = repository.ID, repository.Name, repository.URL
	if d.head, err = s.headOf(ctx, client.Source(spec.RepositoryID), repository, spec.Branch); err != nil {
		return d, err
	}
	return d, s.draftFiles(ctx, &d)
}

func (s *Service) checkPolicy(ctx context.Context, projectID string, link *towpath.RepositoryLink, scope plan.Scope, schemaTemplate string) error {
	switch link.LatePolicy {
	case towpath.LateHold, towpath.LateApply, towpath.LateRefuse:
	default:
		return towpath.Invalid("latePolicy", "Use hold, apply or refuse.")
	}
	link.SchemaPathTemplate = ""
	if schemaTemplate == "" {
		return nil
	}
	schema, err := plan.ParseSchemaTemplate(schemaTemplate)
	if err != nil {
		return err
	}
	var environments, names []string
	err = s.Store.Read(ctx, func(tx *store.Tx) error {
		all, err := tx.Environments(ctx)
		for _, e := range all {
			environments = append(environments, e.Name)
		}
		if err != nil {
			return err
		}
		databases, err := tx.Databases(ctx, store.DatabaseFilter{ProjectID: projectID}, store.Page{Limit: 1000})
		for _, d := range databases {
			names = append(names, d.Name)
		}
		return err
	})
	if err != nil {
		return err
	}
	if plan.SchemaPathConflicts(schema, scope.Template, environments, names) {
		return towpath.Invalid("schemaPathTemplate", "This path matches the file path template too, so Towpath would run the schema that it writes. Choose another folder or ending.")
	}
	link.SchemaPathTemplate = schema.String()
	return nil
}

func (s *Service) headOf(ctx context.Context, source vcs.Source, repository vcs.Repository, branch string) (string, error) {
	if branch == "" {
		return "", towpath.Invalid("branch", "Choose the branch whose commits reach the databases.")
	}
	heads, err := source.Heads(ctx)
	if err != nil {
		return "", userError(err, "read branches")
	}
	head, ok := heads[branch]
	if !ok {
		return "", towpath.Invalid("branch", "%s has no branch named %s. It has %s.", repository.Name, branch, someOf(heads))
	}
	return head, nil
}

func someOf(heads map[string]string) string {
	names := make([]string, 0, len(heads))
	for name := range heads {
		names = append(names, name)
	}
	slices.Sort(names)
	switch {
	case len(names) == 0:
		return "none yet: push a commit first"
	case len(names) > 8:
		return fmt.Sprintf("%s and %d more", strings.Join(names[:8], ", "), len(names)-8)
	}
	return strings.Join(names, ", ")
}

func (s *Service) draftFiles(ctx context.Context, d *draft) error {
	entries, err := s.trees.get(ctx, d.client.Source(d.link.RepositoryID), d.link.RepositoryID, d.head)
	if err != nil {
		return userError(err, "list files")
	}
	d.all = len(entries)
	for _, e := range entries {
		if f, in := s.classify(d.scope, d.link.ID, e); in {
			d.files = append(d.files, f)
		}
	}
	slices.SortFunc(d.files, func(a, b towpath.ManifestFile) int { return cmp.Compare(a.Path, b.Path) })
	return nil
}

// draftPlan plans a link that does not exist yet. Contents are read only of files that some ledger knows, to compare them.
func (s *Service) draftPlan(ctx context.Context, d draft) (plan.Plan, error) {
	if err := s.RefreshLedgers(ctx, d.link.ProjectID); err != nil {
		return plan.Plan{}, fmt.Errorf("refresh ledgers: %w", err)
	}
	var in plan.Input
	err := s.Store.Read(ctx, func(tx *store.Tx) (err error) {
		in, err = planInput(ctx, tx, d.link, d.files)
		if in.LinkedAt.IsZero() { // not linked yet
			in.LinkedAt = tx.Now
		}
		return err
	})
	if err != nil {
		return plan.Plan{}, err
	}
	known := map[towpath.MigrationID]bool{}
	for _, db := range in.Databases {
		for _, e := range db.Ledger.Entries {
			known[e.MigrationID] = true
		}
	}
	source := d.client.Source(d.link.RepositoryID)
	for i, f := range in.Files {
		if f.State != towpath.FileMatched || !known[f.MigrationID] {
			continue
		}
		read, _, err := s.readFile(ctx, source, d.head, f)
		if err != nil {
			return plan.Plan{}, userError(err, "read file")
		}
		in.Files[i] = read
	}
	return plan.Build(in), nil
}

// planInput gathers what a link's plan depends on, with the given files as its manifest.
func planInput(ctx context.Context, tx *store.Tx, link towpath.RepositoryLink, files []towpath.ManifestFile) (in plan.Input, err error) {
	in = plan.Input{Files: slices.Clone(files), Late: link.LatePolicy, BaselinedUpTo: link.BaselinedUpTo, LinkedAt: link.CreatedAt}
	if in.Others, err = tx.OtherClaims(ctx, link.ProjectID, link.ID); err != nil {
		return in, err
	}
	if in.Skipped, err = tx.SkippedTasks(ctx, link.ProjectID); err != nil {
		return in, err
	}
	if in.Environments, err = tx.Environments(ctx); err != nil {
		return in, err
	}
	in.Databases, err = tx.ProjectDatabases(ctx, link.ProjectID)
	return in, err
}

// Link joins a project with a repository. The hook is made first, then the row, or neither.
func (s *Service) Link(ctx context.Context, actor towpath.Actor, projectID string, spec LinkSpec) (towpath.RepositoryLink, error) {
	d, err := s.draft(ctx, actor, projectID, spec)
	if err != nil {
		return d.link, err
	}
	if err := chooseExisting(&d, spec); err != nil {
		return d.link, err
	}
	link := d.link
	link.HookKey = secret.NewToken(18)
	hookSecret := secret.NewToken(32)
	link.SealedHookSecret = s.Keeper.Seal([]byte(hookSecret), hookRow(link.ID))
	link.NextPollAt = s.Store.Now().Add(s.pollInterval())
	link.HookState, link.HookReason = towpath.HookPolling, "You chose polling. Towpath looks for new commits every "+s.pollInterval().String()+"."
	if obstacle := s.hookObstacle(link.ProviderID, s.instanceURL(ctx, link.ProviderID)); obstacle != "" {
		link.HookReason = obstacle
	} else if !spec.Polling {
		if err := s.makeHook(ctx, d.client, &link, hookSecret); err != nil {
			return link, err
		}
	}
	err = s.Store.Write(ctx, func(tx *store.Tx) error {
		if err := tx.CreateLink(ctx, &link); err != nil {
			return err
		}
		if err := tx.Enqueue(ctx, towpath.JobReconcile, link.ID); err != nil {
			return err
		}
		return tx.Audit(ctx, towpath.AuditEvent{MemberID: actor.Member.ID, Action: "repository-link.add", Subject: link.ID, ProjectID: projectID,
			Detail: fmt.Sprintf("Linked %s, branch %s.", link.RepositoryName, link.Branch)})
	})
	if err != nil && link.HookID != "" {
		undo, cancel := detach(ctx)
		defer cancel()
		err = errors.Join(err, d.client.Hooks(link.RepositoryID).Delete(undo, link.HookID))
	}
	return link, err
}

// chooseExisting refuses to link while it is not said what becomes of files that are there already.
func chooseExisting(d *draft, spec LinkSpec) error {
	versions := versionsOf(d.files)
	switch spec.ExistingFiles {
	case "":
		if len(versions) > 0 {
			return towpath.Invalid("existingFiles", "The branch has %d versions already, up to %s. Choose baseline with a version to record those up to it as applied, or run.", len(versions), versions[len(versions)-1])
		}
	case ExistingRun:
		if spec.BaselineVersion != "" {
			return towpath.Invalid("baselineVersion", "Leave it out, or set existingFiles to baseline.")
		}
	case ExistingBaseline:
		if spec.BaselineVersion == "" && len(versions) > 0 {
			spec.BaselineVersion = versions[len(versions)-1]
		}
		version, err := plan.ParseVersion(spec.BaselineVersion)
		if err != nil {
			return towpath.Invalid("baselineVersion", "%s", towpath.ErrorMessage(err))
		}
		d.link.BaselinedUpTo = version
	default:
		return towpath.Invalid("existingFiles", "Use run or baseline.")
	}
	return nil
}

// LinkChange is what may be changed of a link; nil leaves a thing as it is.
type LinkChange struct {
	Branch             *string
	BaseDirectory      *string
	FilePathTemplate   *string
	SchemaPathTemplate *string
	LatePolicy         *towpath.LatePolicy
	Polling            *bool
}

// UpdateLink changes a link. A changed branch or template is planned anew from the whole tree; applied history stays.
func (s *Service) UpdateLink(ctx context.Context, actor towpath.Actor, linkID string, change LinkChange) (link towpath.RepositoryLink, err error) {
	d, err := s.changed(ctx, linkID, change)
	if err != nil {
		return link, err
	}
	want := d.link
	if change.Branch != nil {
		if _, err := s.headOf(ctx, d.client.Source(want.RepositoryID), vcs.Repository{Name: want.RepositoryName}, want.Branch); err != nil {
			return link, err
		}
	}
	if change.Polling != nil {
		if err := s.switchHook(ctx, &want, *change.Polling); err != nil {
			return link, err
		}
	}
	err = s.Store.Write(ctx, func(tx *store.Tx) error {
		if link, err = tx.Link(ctx, linkID); err != nil {
			return err
		}
		// Only what was asked for is written: the provider was asked meanwhile, and others may have changed the rest.
		before := link
		setTo(&link.Branch, change.Branch, want.Branch)
		setTo(&link.BaseDirectory, change.BaseDirectory, want.BaseDirectory)
		setTo(&link.FilePathTemplate, change.FilePathTemplate, want.FilePathTemplate)
		setTo(&link.SchemaPathTemplate, change.SchemaPathTemplate, want.SchemaPathTemplate)
		setTo(&link.LatePolicy, change.LatePolicy, want.LatePolicy)
		if change.Polling != nil {
			link.HookID, link.HookURL, link.HookState, link.HookReason = want.HookID, want.HookURL, want.HookState, want.HookReason
			link.UntoldAt = nil
		}
		if link.Branch != before.Branch || link.BaseDirectory != before.BaseDirectory || link.FilePathTemplate != before.FilePathTemplate {
			link.SyncedCommit = ""
		}
		if link.LatePolicy != before.LatePolicy {
			if err := tx.StaleLedgers(ctx, link.ProjectID); err != nil {
				return err
			}
		}
		if err := tx.UpdateLink(ctx, &link); err != nil {
			return err
		}
		for _, kind := range []towpath.JobKind{towpath.JobReconcile, towpath.JobWriteBack} {
			if err := tx.Enqueue(ctx, kind, linkID); err != nil {
				return err
			}
		}
		return tx.Audit(ctx, towpath.AuditEvent{MemberID: actor.Member.ID, Action: "repository-link.edit", Subject: linkID, ProjectID: link.ProjectID,
			Detail: fmt.Sprintf("Set branch %s, base directory %q, template %s.", link.Branch, link.BaseDirectory, link.FilePathTemplate)})
	})
	return link, err
}

func set[T any](field *T, value *T) {
	if value != nil {
		*field = *value
	}
}

// setTo sets a field to its checked value when it was asked to change.
func setTo[T any](field *T, asked *T, checked T) {
	if asked != nil {
		*field = checked
	}
}

// TakeOverLink lets another administrator's grant carry a link, for when a person leaves or loses a right.
func (s *Service) TakeOverLink(ctx context.Context, actor towpath.Actor, linkID, grantID string) (link towpath.RepositoryLink, err error) {
	if link, err = s.readLink(ctx, linkID); err != nil {
		return link, err
	}
	client, grant, err := s.ownClient(ctx, actor, grantID)
	if err != nil {
		return link, err
	}
	if grant.ProviderID != link.ProviderID {
		return link, towpath.Invalid("grantId", "That account is at another Git provider than the repository.")
	}
	repository, err := client.Repository(ctx, link.RepositoryID)
	if err != nil {
		return link, userError(err, "read repository")
	}
	if !repository.Admin {
		return link, towpath.Invalid("grantId", "%s does not administer %s.", grant.AccountName, repository.Name)
	}
	err = s.Store.Write(ctx, func(tx *store.Tx) error {
		if link, err = tx.Link(ctx, linkID); err != nil {
			return err
		}
		link.GrantID, link.AttentionReason = grant.ID, ""
		link.RepositoryName, link.RepositoryURL = repository.Name, repository.URL
		if err := tx.UpdateLink(ctx, &link); err != nil {
			return err
		}
		for _, kind := range []towpath.JobKind{towpath.JobReconcile, towpath.JobCheckHook} {
			if err := tx.Enqueue(ctx, kind, linkID); err != nil {
				return err
			}
		}
		return tx.Audit(ctx, towpath.AuditEvent{MemberID: actor.Member.ID, Action: "repository-link.take-over", Subject: linkID, ProjectID: link.ProjectID,
			Detail: fmt.Sprintf("The account %s carries the link now.", grant.AccountName)})
	})
	return link, err
}

// Unlink removes a link and its hook. Tasks that have not begun are cancelled; history stays. A provider that refuses or does
// not answer does not hold the link: the hook's address is dead afterwards anyway.
func (s *Service) Unlink(ctx context.Context, actor towpath.Actor, linkID string) error {
	link, err := s.readLink(ctx, linkID)
	if err != nil {
		return err
	}
	if link.HookID != "" {
		client, err := s.client(ctx, link.GrantID)
		if err == nil {
			err = client.Hooks(link.RepositoryID).Delete(ctx, link.HookID)
		}
		if err != nil {
			s.Logger.Warn("unlinked, but the hook could not be removed", "link", linkID, "repository", link.RepositoryName, "error", err)
		}
	}
	return s.Store.Write(ctx, func(tx *store.Tx) error {
		if err := s.closeRollout(ctx, tx, linkID, "the repository was unlinked"); err != nil {
			return err
		}
		if err := tx.DeleteLink(ctx, linkID); err != nil {
			return err
		}
		if err := tx.DeleteJobs(ctx, linkID); err != nil {
			return err
		}
		if err := wakeSiblings(ctx, tx, link); err != nil {
			return err
		}
		return tx.Audit(ctx, towpath.AuditEvent{MemberID: actor.Member.ID, Action: "repository-link.remove", Subject: linkID, ProjectID: link.ProjectID,
			Detail: fmt.Sprintf("Unlinked %s, branch %s.", link.RepositoryName, link.Branch)})
	})
}

// Sync asks for a look at the repository now.
func (s *Service) Sync(ctx context.Context, _ towpath.Actor, linkID string) error {
	return s.Store.Write(ctx, func(tx *store.Tx) error {
		if _, err := tx.Link(ctx, linkID); err != nil {
			return err
		}
		return tx.Enqueue(ctx, towpath.JobReconcile, linkID)
	})
}

func (s *Service) readLink(ctx context.Context, id string) (link towpath.RepositoryLink, err error) {
	err = s.Store.Read(ctx, func(tx *store.Tx) error {
		link, err = tx.Link(ctx, id)
		return err
	})
	return link, err
}
