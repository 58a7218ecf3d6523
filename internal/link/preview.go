package link

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"towpath"
	"towpath/internal/account"
	"towpath/internal/convention"
	"towpath/internal/manifest"
	"towpath/internal/plan"
	"towpath/internal/store"
	"towpath/internal/vcs"
)

// Preview shows what a link would do now.
type Preview struct {
	Commit       string
	Plan         plan.Plan
	Files        []towpath.ManifestFile // below the base directory
	Outside      int                    // files outside of it
	Versions     []string               // of the matched files, as in their names, in order
	HookPossible bool
	HookAdvice   towpath.Reason     // why no hook is possible, and what happens instead
	Conventions  []convention.Found // whose files the whole tree has, the likeliest first
	Baselines    []DatabaseBaseline // of each database of the project; only for a new link
	Histories    Histories          // of other tools; only for a new link
	Review       towpath.Review     // of the files that would run; without a State when there are none
	Texts        map[string]string  // of the reviewed files that the preview has read, by path
}

// draft is a validated Spec or Change, with the files that it matches.
type draft struct {
	link   towpath.RepositoryLink
	scope  plan.Scope
	client vcs.Client
	head   string
	files  []towpath.ManifestFile
	all    int
	paths  []string // of the whole tree

	policies  []string               // paths of files towpath.yaml that the commit has
	baselines []towpath.LinkBaseline // of a new link
}

// Preview returns what a new link would match and do, from the repository's current tree. With
// ExistingHistory, the plan is that of the ledgers with the histories recorded.
func (s *Service) Preview(
	ctx context.Context, actor towpath.Actor, projectID string, spec Spec,
) (Preview, error) {
	d, err := s.draft(ctx, actor, projectID, spec)
	if err != nil {
		return Preview{}, err
	}
	if spec.ExistingFiles != "" || len(spec.Baselines) > 0 {
		if err := s.chooseExisting(ctx, &d, spec); err != nil {
			return Preview{}, err
		}
	}
	p := d.preview()
	p.HookAdvice = s.hookObstacle(d.link.ProviderID, s.instanceURL(ctx, d.link.ProviderID))
	p.HookPossible = p.HookAdvice.IsZero()
	in, err := s.draftInput(ctx, d)
	if err != nil {
		return p, err
	}
	if p.Baselines, err = s.evidence(ctx, d, in); err != nil {
		return p, err
	}
	if p.Histories, err = s.compareHistories(ctx, d, in); err != nil {
		return p, err
	}
	if spec.ExistingFiles == ExistingHistory {
		return p, s.adoptedPlan(ctx, d, in, spec.History.Record, &p)
	}
	return p, s.draftPlan(ctx, d, in, &p)
}

// PreviewChange returns what a link would match and do after a change, from the repository's
// current tree.
func (s *Service) PreviewChange(
	ctx context.Context, linkID string, change Change,
) (p Preview, err error) {
	d, err := s.changedDraft(ctx, linkID, change)
	if err != nil {
		return p, err
	}
	if d.head, err = headOf(ctx, d.client.Source(d.link.RepositoryID),
		vcs.Repository{Name: d.link.RepositoryName}, d.link.Branch); err != nil {
		return p, err
	}
	if err := s.draftFiles(ctx, &d); err != nil {
		return p, err
	}
	p = d.preview()
	p.HookAdvice = s.hookObstacle(d.link.ProviderID, s.instanceURL(ctx, d.link.ProviderID))
	p.HookPossible = p.HookAdvice.IsZero()
	in, err := s.draftInput(ctx, d)
	if err != nil {
		return p, err
	}
	return p, s.draftPlan(ctx, d, in, &p)
}

// preview returns what the tree alone says.
func (d draft) preview() Preview {
	return Preview{
		Commit:      d.head,
		Files:       d.files,
		Outside:     d.all - len(d.files),
		Versions:    versionsOf(d.files),
		Conventions: convention.Find(d.paths),
	}
}

// changedDraft returns a link after a change, with all checks that need no call to the provider.
func (s *Service) changedDraft(ctx context.Context, linkID string, change Change) (d draft, err error) {
	if d.link, err = store.Get(ctx, s.Store, (*store.Tx).Link, linkID); err != nil {
		return d, err
	}
	towpath.Patch(&d.link.Branch, change.Branch)
	towpath.Patch(&d.link.BaseDirectory, change.BaseDirectory)
	towpath.Patch(&d.link.FilePathTemplate, change.FilePathTemplate)
	towpath.Patch(&d.link.Exclude, change.Exclude)
	towpath.Patch(&d.link.AnyCaseEndings, change.AnyCaseEndings)
	towpath.Patch(&d.link.Placeholders, change.Placeholders)
	towpath.Patch(&d.link.SchemaPathTemplate, change.SchemaPathTemplate)
	towpath.Patch(&d.link.LatePolicy, change.LatePolicy)
	towpath.Patch(&d.link.WaitingStatus, change.WaitingStatus)
	if d.scope, err = plan.ScopeOf(d.link); err != nil {
		return d, err
	}
	d.link.BaseDirectory, d.link.FilePathTemplate = d.scope.BaseDirectory, d.scope.Template.String()
	d.link.Exclude = d.scope.Excluded()
	if err := s.checkPolicy(ctx, d.link.ProjectID, &d.link, d.scope, d.link.SchemaPathTemplate); err != nil {
		return d, err
	}
	d.client, err = s.Accounts.Client(ctx, d.link.GrantID)
	return d, err
}

func (s *Service) instanceURL(ctx context.Context, providerID string) string {
	p, err := store.Get(ctx, s.Store, (*store.Tx).GitProvider, providerID)
	if err != nil {
		return ""
	}
	return p.InstanceURL
}

// hookObstacle returns why the provider cannot send deliveries to this server, judging by the
// addresses; the zero Reason when it can. A provider on this machine, such as a simulator, reaches
// private addresses.
func (s *Service) hookObstacle(providerID, instanceURL string) towpath.Reason {
	switch {
	case providerID == "":
		return towpath.Reason{}
	case s.Polling:
		return towpath.Why(towpath.ReasonPollingSet, "every", s.pollInterval().String())
	case isPrivateURL(s.ExternalURL) && !isPrivateURL(instanceURL):
		host := instanceURL
		if u, err := url.Parse(instanceURL); err == nil {
			host = u.Hostname()
		}
		return towpath.Why(towpath.ReasonUnreachableServer, "provider", host, "url", s.ExternalURL, "every",
			s.pollInterval().String())
	}
	return towpath.Reason{}
}

// versionsOf lists the labels of the matched files' versions in order, without duplicates.
func versionsOf(files []towpath.ManifestFile) []string {
	matched := slices.DeleteFunc(slices.Clone(files),
		func(f towpath.ManifestFile) bool { return f.State != towpath.FileMatched })
	slices.SortStableFunc(matched,
		func(a, b towpath.ManifestFile) int { return plan.Compare(a.Version, b.Version) })
	matched = slices.CompactFunc(matched,
		func(a, b towpath.ManifestFile) bool { return a.Version == b.Version })
	labels := make([]string, len(matched))
	for i, f := range matched {
		labels[i] = f.Label
	}
	return labels
}

// draft validates a spec, also with calls to the provider, and lists the files that it matches.
func (s *Service) draft(
	ctx context.Context, actor towpath.Actor, projectID string, spec Spec,
) (d draft, err error) {
	if d.scope, err = plan.ScopeOf(towpath.RepositoryLink{
		BaseDirectory: spec.BaseDirectory, FilePathTemplate: spec.FilePathTemplate, Exclude: spec.Exclude,
		AnyCaseEndings: spec.AnyCaseEndings,
	}); err != nil {
		return d, err
	}
	client, grant, err := s.Accounts.OwnClient(ctx, actor, spec.GrantID)
	if err != nil {
		return d, err
	}
	d.client = client
	d.link = towpath.RepositoryLink{
		ID:               store.NewID(),
		ProjectID:        projectID,
		ProviderID:       grant.ProviderID,
		GrantID:          grant.ID,
		RepositoryID:     spec.RepositoryID,
		Branch:           spec.Branch,
		BaseDirectory:    d.scope.BaseDirectory,
		FilePathTemplate: d.scope.Template.String(),
		Exclude:          d.scope.Excluded(),
		AnyCaseEndings:   spec.AnyCaseEndings,
		Placeholders:     cmp.Or(spec.Placeholders, towpath.PlaceholdersNone),
		LatePolicy:       cmp.Or(spec.LatePolicy, towpath.LateHold),
		WaitingStatus:    cmp.Or(spec.WaitingStatus, towpath.WaitingStopped),
		CreatedBy:        actor.Member.ID,
	}
	if err := s.checkPolicy(ctx, projectID, &d.link, d.scope, spec.SchemaPathTemplate); err != nil {
		return d, err
	}
	repository, err := client.Repository(ctx, spec.RepositoryID)
	if err != nil {
		return d, account.Explain(err, "read repository")
	}
	if !repository.Admin {
		return d, towpath.Invalid("repositoryId",
			"%s does not administer %s. Linking needs an administrator of the repository.", grant.AccountName,
			repository.Name)
	}
	d.link.RepositoryID = repository.ID
	d.link.RepositoryName = repository.Name
	d.link.RepositoryURL = repository.URL
	if d.head, err = headOf(ctx, client.Source(spec.RepositoryID), repository, spec.Branch); err != nil {
		return d, err
	}
	return d, s.draftFiles(ctx, &d)
}

func (s *Service) checkPolicy(
	ctx context.Context, projectID string, link *towpath.RepositoryLink, scope plan.Scope,
	schemaTemplate string,
) error {
	switch link.LatePolicy {
	case towpath.LateHold, towpath.LateApply, towpath.LateRefuse:
	default:
		return towpath.Invalid("latePolicy", "Use hold, apply or refuse.")
	}
	if link.WaitingStatus != towpath.WaitingStopped && link.WaitingStatus != towpath.WaitingSuccessful {
		return towpath.Invalid("waitingStatus", "Use stopped or successful.")
	}
	if err := towpath.CheckPlaceholders(link.Placeholders); err != nil {
		return err
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
		databases, err := store.All(tx.EveryDatabase(ctx, store.DatabaseFilter{ProjectID: projectID}))
		for _, d := range databases {
			names = append(names, d.Name)
		}
		return err
	})
	if err != nil {
		return err
	}
	if plan.SchemaPathConflicts(schema, scope.Template, environments, names) {
		return towpath.Invalid("schemaPathTemplate",
			"This path matches the file path template too, so Towpath would run the schema that it writes. "+
				"Choose another folder or ending.")
	}
	link.SchemaPathTemplate = schema.String()
	return nil
}

func headOf(
	ctx context.Context, source vcs.Source, repository vcs.Repository, branch string,
) (string, error) {
	if branch == "" {
		return "", towpath.Invalid("branch", "Choose the branch whose commits reach the databases.")
	}
	heads, err := source.Heads(ctx)
	if err != nil {
		return "", account.Explain(err, "read branches")
	}
	head, ok := heads.Branches[branch]
	if !ok {
		return "", towpath.Invalid("branch", "%s has no branch named %s. It has %s.", repository.Name, branch,
			listBranches(heads.Branches))
	}
	return head, nil
}

func listBranches(heads map[string]string) string {
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
		return account.Explain(err, "list files")
	}
	d.all, d.paths = len(entries), make([]string, 0, len(entries))
	has := map[string]bool{}
	for _, e := range entries {
		has[e.Path] = true
		d.paths = append(d.paths, e.Path)
		if f, in := s.Manifest.Classify(d.scope, d.link.ID,
			manifest.Entry{Path: e.Path, Size: e.Size, Unfit: e.Unfit()}); in {
			d.files = append(d.files, f)
		}
	}
	for _, path := range d.link.PolicyPaths() {
		if has[path] {
			d.policies = append(d.policies, path)
		}
	}
	slices.SortFunc(d.files, func(a, b towpath.ManifestFile) int { return cmp.Compare(a.Path, b.Path) })
	return nil
}

// draftPlan plans and reviews a draft. It reads only the texts of files that are in a ledger, to
// compare them, and of the first files that would run, to validate them.
func (s *Service) draftPlan(ctx context.Context, d draft, in plan.Input, p *Preview) error {
	known := map[towpath.MigrationID]bool{}
	for _, db := range in.Databases {
		for _, e := range db.Ledger.Entries {
			known[e.File()] = true
		}
	}
	source, sums := d.client.Source(d.link.RepositoryID), manifest.TextSums{}
	for i, f := range in.Files {
		if !manifest.NeedsText(f) || !known[f.MigrationID] {
			continue
		}
		read, err := s.Manifest.ReadFile(ctx, source, d.head, f, sums.Read)
		if err != nil {
			return account.Explain(err, "read file")
		}
		in.Files[i] = read
	}
	err := s.Store.Read(ctx, func(tx *store.Tx) error { return manifest.ReadTexts(ctx, tx, &in) })
	if err != nil {
		return err
	}
	maps.Copy(in.Texts, sums)
	texts := map[string]string{}
	if err := s.validateDraft(ctx, d, &in, texts); err != nil {
		return err
	}
	p.Plan = plan.Build(in)
	return s.reviewDraft(ctx, d, in, texts, p)
}
