package link

import (
	"context"
	"fmt"

	"towpath"
	"towpath/internal/plan"
	"towpath/internal/secret"
	"towpath/internal/store"
)

func hookRow(linkID string) string { return "repository_link/" + linkID + "/hook" }

// What to do with files that the repository has when it is linked.
const (
	ExistingRun      = "run"      // they are planned like any other
	ExistingBaseline = "baseline" // those up to BaselineVersion are recorded as applied
	ExistingHistory  = "history"  // those that other tools have applied are recorded as applied
)

// Spec is what a person decides when linking a repository.
type Spec struct {
	GrantID            string
	RepositoryID       string
	Branch             string
	BaseDirectory      string
	FilePathTemplate   string
	Exclude            []string             // patterns of files to ignore
	AnyCaseEndings     bool                 // take 1_a.SQL too
	Placeholders       towpath.Placeholders // "" is none
	SchemaPathTemplate string
	LatePolicy         towpath.LatePolicy    // "" is hold
	WaitingStatus      towpath.WaitingStatus // "" is stopped
	// ExistingRun, ExistingBaseline or ExistingHistory; needed only when files match already
	ExistingFiles   string
	BaselineVersion string
	Baselines       []BaselineChoice // for single databases; BaselineVersion is for all others
	History         HistoryChoice    // with ExistingHistory
	Polling         bool             // create no hook
}

// BaselineChoice is the chosen baseline of one database.
type BaselineChoice struct {
	DatabaseID string
	Version    string // the newest version that it has; "" for none
	Despite    bool   // use the version although the database contradicts it
}

// Link connects a project to a repository. It creates the hook first and then the row. When the row
// fails, the hook is removed.
func (s *Service) Link(
	ctx context.Context, actor towpath.Actor, projectID string, spec Spec,
) (towpath.RepositoryLink, error) {
	d, err := s.draft(ctx, actor, projectID, spec)
	if err != nil {
		return d.link, err
	}
	if err := s.chooseExisting(ctx, &d, spec); err != nil {
		return d.link, err
	}
	if err := s.checkBaselines(ctx, d, spec.Baselines); err != nil {
		return d.link, err
	}
	if spec.ExistingFiles == ExistingHistory {
		// First the ledgers: a link that exists without their rows would run the files.
		if err := s.adoptHistories(ctx, actor, d, spec.History); err != nil {
			return d.link, err
		}
	}
	link := d.link
	link.HookKey = secret.NewToken(18)
	hookSecret := secret.NewToken(32)
	link.EncryptedHookSecret = s.Keyring.Encrypt([]byte(hookSecret), hookRow(link.ID))
	link.NextPollAt = s.Store.Now().Add(s.pollInterval())
	link.HookState, link.HookReason = towpath.HookPolling, towpath.Why(towpath.ReasonPollingChosen, "every",
		s.pollInterval().String())
	if obstacle := s.hookObstacle(link.ProviderID, s.instanceURL(ctx, link.ProviderID)); !obstacle.IsZero() {
		link.HookReason = obstacle
	} else if !spec.Polling {
		if err := s.createHook(ctx, d.client, &link, hookSecret); err != nil {
			return link, err
		}
	}
	err = s.Store.Write(ctx, func(tx *store.Tx) error {
		if err := tx.CreateLink(ctx, &link); err != nil {
			return err
		}
		if err := tx.PutBaselines(ctx, d.baselines...); err != nil {
			return err
		}
		if err := claimHook(ctx, tx, link); err != nil {
			return err
		}
		if err := tx.Enqueue(ctx, towpath.JobReconcile, link.ID); err != nil {
			return err
		}
		tx.Emit(actor.Did(towpath.ActLinkAdd, link.ID, projectID,
			"repository", link.RepositoryName, "branch", link.Branch))
		return emitDespite(ctx, tx, actor, link, spec.Baselines)
	})
	if err != nil && link.HookID != "" {
		s.discardHook(ctx, link, true)
	}
	return link, err
}

// emitDespite emits an audit event for each baseline that a person chose despite contradictions.
func emitDespite(
	ctx context.Context, tx *store.Tx, actor towpath.Actor, link towpath.RepositoryLink,
	choices []BaselineChoice,
) error {
	for _, c := range choices {
		if !c.Despite {
			continue
		}
		database, err := tx.Database(ctx, c.DatabaseID)
		if err != nil {
			return err
		}
		environment, err := tx.Environment(ctx, database.EnvironmentID)
		if err != nil {
			return err
		}
		tx.Emit(actor.Did(towpath.ActLinkDespite, link.ID, link.ProjectID,
			"version", c.Version, "environment", environment.Name, "database", database.Name))
	}
	return nil
}

// chooseExisting sets the baselines of a draft. CodeInvalid until the caller decides about existing
// files.
func (s *Service) chooseExisting(ctx context.Context, d *draft, spec Spec) error {
	versions := versionsOf(d.files)
	switch spec.ExistingFiles {
	case "":
		if len(versions) > 0 && len(spec.Baselines) == 0 {
			return towpath.Invalid("existingFiles", "The branch has %d versions already, up to %s. Choose "+
				"baseline with a version to record those up to it as applied, or run.", len(versions),
				versions[len(versions)-1])
		}
	case ExistingRun, ExistingHistory:
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
		return towpath.Invalid("existingFiles", "Use run, baseline or history.")
	}
	return s.chooseBaselines(ctx, d, spec.Baselines)
}

// chooseBaselines sets the baselines of single databases.
func (s *Service) chooseBaselines(ctx context.Context, d *draft, choices []BaselineChoice) error {
	if len(choices) == 0 {
		return nil
	}
	ours := map[string]bool{}
	err := s.Store.Read(ctx, func(tx *store.Tx) error {
		list, err := tx.ProjectDatabases(ctx, d.link.ProjectID)
		for _, database := range list {
			ours[database.ID] = true
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("list databases: %w", err)
	}
	for i, c := range choices {
		if !ours[c.DatabaseID] {
			return towpath.Invalid("baselines",
				"The project has no database with the id %q, or it is named twice. "+
					"Name each of its databases once.", c.DatabaseID)
		}
		delete(ours, c.DatabaseID)
		b := towpath.LinkBaseline{LinkID: d.link.ID, DatabaseID: c.DatabaseID}
		if c.Version != "" {
			if b.Version, err = plan.ParseVersion(c.Version); err != nil {
				return towpath.Invalid(choiceField(i), "%s", towpath.ErrorMessage(err))
			}
		}
		d.baselines = append(d.baselines, b)
	}
	return nil
}
