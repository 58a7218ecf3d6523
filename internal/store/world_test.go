package store_test

import (
	"context"
	"fmt"
	"testing"

	"towpath"
	"towpath/internal/store"
)

// world has one object of each kind that others refer to.
type world struct {
	member      towpath.Member
	project     towpath.Project
	environment towpath.Environment
	instance    towpath.Instance
	database    towpath.Database
	provider    towpath.GitProvider
	grant       towpath.Grant
	link        towpath.RepositoryLink
	rollout     towpath.Rollout
}

func newWorld(t testing.TB, s *store.Store) *world {
	t.Helper()
	w := &world{
		member: towpath.Member{
			Email: "ada@example.com", Name: "Ada", Role: towpath.RoleOwner,
			PasswordHash: "x",
		}, project: towpath.Project{Name: "Shop"},
		environment: towpath.Environment{Name: "test"},
	}
	write(t, s, func(ctx context.Context, tx *store.Tx) error {
		steps := []func() error{
			func() error { return tx.CreateMember(ctx, &w.member) },
			func() error { return tx.CreateProject(ctx, &w.project) },
			func() error { return tx.CreateEnvironment(ctx, &w.environment) },
			func() error {
				w.instance = towpath.Instance{
					ID:            store.NewID(),
					Name:          "one",
					Engine:        towpath.EngineSQLite,
					EnvironmentID: w.environment.ID,
				}
				return tx.CreateInstance(ctx, &w.instance)
			},
			func() error {
				w.database = towpath.Database{
					InstanceID:    w.instance.ID,
					EnvironmentID: w.environment.ID,
					Name:          "shop",
					ProjectID:     w.project.ID,
				}
				return tx.CreateDatabase(ctx, &w.database)
			},
			func() error {
				w.provider = towpath.GitProvider{
					ID: store.NewID(), Type: towpath.ProviderBitbucket,
					CreatedBy: w.member.ID,
				}
				return tx.CreateGitProvider(ctx, &w.provider)
			},
			func() error {
				w.grant = towpath.Grant{
					ID:          store.NewID(),
					ProviderID:  w.provider.ID,
					MemberID:    w.member.ID,
					AccountID:   "a",
					RefreshedAt: tx.Now,
				}
				return tx.CreateGrant(ctx, &w.grant)
			},
			func() error {
				w.link = w.newLink("migrations")
				return tx.CreateLink(ctx, &w.link)
			},
			func() error {
				w.rollout = w.newRollout()
				return tx.CreateRollout(ctx, &w.rollout)
			},
		}
		for _, step := range steps {
			if err := step(); err != nil {
				return err
			}
		}
		return nil
	})
	return w
}

func (w *world) newLink(base string) towpath.RepositoryLink {
	id := store.NewID()
	return towpath.RepositoryLink{
		ID:             id,
		ProjectID:      w.project.ID,
		ProviderID:     w.provider.ID,
		GrantID:        w.grant.ID,
		RepositoryID:   "{r}",
		RepositoryName: "acme/shop",
		Branch:         "main",
		BaseDirectory:  base,
		HookKey:        "key-" + id,
		LatePolicy:     towpath.LateHold,
		HookState:      towpath.HookActive,
	}
}

func (w *world) newRollout() towpath.Rollout {
	return towpath.Rollout{
		ProjectID: w.project.ID,
		LinkID:    w.link.ID,
		State:     towpath.RolloutPending,
		Commit:    "c0ffee",
	}
}

func (w *world) newTask(version string, state towpath.TaskState) towpath.Task {
	return towpath.Task{
		RolloutID:     w.rollout.ID,
		ProjectID:     w.project.ID,
		DatabaseID:    w.database.ID,
		EnvironmentID: w.environment.ID,
		Action:        towpath.ActionApply,
		State:         state,
		Commit:        w.rollout.Commit,
		Migration:     migration(version),
	}
}

func (w *world) entry(version string) towpath.LedgerEntry {
	return towpath.LedgerEntry{
		MigrationID: migration(version).MigrationID,
		State:       towpath.LedgerDone,
		DatabaseID:  w.database.ID,
		Checksum:    "sum" + version,
	}
}

func (w *world) file(path string) towpath.ManifestFile {
	m := migration("1")
	m.Path, m.Checksum = path, "sum of "+path
	return towpath.ManifestFile{LinkID: w.link.ID, State: towpath.FileMatched, Migration: m}
}

func migration(version string) towpath.Migration {
	return towpath.Migration{
		MigrationID: towpath.MigrationID{Version: version, Type: towpath.TypeDDL}, Label: "v" + version,
		Path: fmt.Sprintf("migrations/%s##ddl.sql", version), Checksum: "sum" + version,
	}
}
