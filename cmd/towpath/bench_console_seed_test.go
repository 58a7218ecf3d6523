package main

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"towpath"
	"towpath/internal/store"
)

const (
	manyEmail    = "owner@example.com"
	manyPassword = "correct horse battery"

	manyProjects  = 200
	manyDatabases = 1000 // of the last project, in prod
)

// many seeds a large workspace.
type many struct {
	b            *testing.B
	store        *store.Store
	url          string
	environments []towpath.Environment
	instances    []towpath.Instance // one in each environment
	grant        towpath.Grant
	pages        []string // name=path of what is measured
}

// signUp makes the first owner.
func (m *many) signUp(s *server) {
	var greeting bytes.Buffer
	if err := s.greet(m.b.Context(), &greeting); err != nil {
		m.b.Fatal(err)
	}
	token := ""
	for line := range strings.Lines(greeting.String()) {
		if line = strings.TrimSpace(line); len(line) == 32 {
			token = line
		}
	}
	client, err := newAPIClient(s.url)
	if err != nil {
		m.b.Fatal(err)
	}
	if err := client.call(m.b.Context(), "POST", "/setup", map[string]string{
		"token": token, "email": manyEmail, "name": "Olive Owner", "password": manyPassword,
	}, nil); err != nil {
		m.b.Fatal(err)
	}
}

// write runs a transaction, or ends the benchmark.
func (m *many) write(do func(context.Context, *store.Tx) error) {
	ctx := m.b.Context()
	if err := m.store.Write(ctx, func(tx *store.Tx) error { return do(ctx, tx) }); err != nil {
		m.b.Fatal(err)
	}
}

// seed makes 200 projects. Each has a change that waits for consent in prod; the last one has an
// older rollout that failed in some of its databases, too.
func (m *many) seed() {
	m.write(m.places)
	m.pages = []string{"start=/", "inbox=/inbox"}
	for i := range manyProjects {
		m.write(func(ctx context.Context, tx *store.Tx) error {
			p := towpath.Project{Name: fmt.Sprintf("Größe %03d", i+1)}
			if err := tx.CreateProject(ctx, &p); err != nil {
				return err
			}
			last := i == manyProjects-1
			databases, err := m.databases(ctx, tx, p.ID, last)
			if err != nil {
				return err
			}
			l := towpath.RepositoryLink{
				ID: store.NewID(), ProjectID: p.ID, ProviderID: m.grant.ProviderID, GrantID: m.grant.ID,
				RepositoryID: fmt.Sprintf("{%d}", i), RepositoryName: fmt.Sprintf("acme/order-%d", i),
				Branch: "main", HookKey: fmt.Sprintf("key-%d", i), LatePolicy: towpath.LateHold,
				HookState: towpath.HookActive,
			}
			if err := tx.CreateLink(ctx, &l); err != nil {
				return err
			}
			if last {
				if err := m.failed(ctx, tx, l, databases); err != nil {
					return err
				}
			}
			waiting, err := m.waiting(ctx, tx, l, databases)
			if last {
				m.pages = append(m.pages, "project-1000=/projects/"+p.ID,
					"databases-1000=/projects/"+p.ID+"/databases", "rollout-1000-waiting=/rollouts/"+waiting)
			}
			return err
		})
	}
}

// places makes the environments with an instance in each, and a Git provider with an account.
func (m *many) places(ctx context.Context, tx *store.Tx) error {
	owner, err := tx.MemberByEmail(ctx, manyEmail)
	if err != nil {
		return err
	}
	for _, name := range []string{"test", "staging", "preprod", "prod"} {
		e := towpath.Environment{Name: name, Gate: towpath.Gate{Start: towpath.StartAutomatic}}
		if name == "prod" {
			e.Consent.People = 1
		}
		if err := tx.CreateEnvironment(ctx, &e); err != nil {
			return err
		}
		i := towpath.Instance{
			ID: store.NewID(), Name: "sqlite-" + name, Engine: towpath.EngineSQLite, EnvironmentID: e.ID,
		}
		if err := tx.CreateInstance(ctx, &i); err != nil {
			return err
		}
		m.environments, m.instances = append(m.environments, e), append(m.instances, i)
	}
	p := towpath.GitProvider{ID: store.NewID(), Type: towpath.ProviderBitbucket, CreatedBy: owner.ID}
	if err := tx.CreateGitProvider(ctx, &p); err != nil {
		return err
	}
	m.grant = towpath.Grant{
		ID: store.NewID(), ProviderID: p.ID, MemberID: owner.ID, AccountID: "olive", RefreshedAt: tx.Now,
	}
	return tx.CreateGrant(ctx, &m.grant)
}

// databases makes those of a project: one in each environment, and 1,000 in prod for the large one,
// of which three are behind. Each has five changes.
func (m *many) databases(
	ctx context.Context, tx *store.Tx, projectID string, large bool,
) (list []towpath.Database, err error) {
	for i, e := range m.environments {
		count := 1
		if large && e.Name == "prod" {
			count = manyDatabases
		}
		for n := range count {
			d := towpath.Database{
				InstanceID: m.instances[i].ID, EnvironmentID: e.ID, ProjectID: projectID,
				Name: fmt.Sprintf("tenant_%04d_%s", n, projectID[len(projectID)-6:]),
			}
			if err := tx.CreateDatabase(ctx, &d); err != nil {
				return nil, err
			}
			list = append(list, d)
			changes := 5
			if large && n > 0 && n < 4 {
				changes = 4
			}
			for v := 1; v <= changes; v++ {
				at := tx.Now.Add(time.Duration(v-6) * 100 * time.Hour)
				h := towpath.ChangeHistory{
					DatabaseID: d.ID, ProjectID: projectID, State: towpath.LedgerDone, StartedAt: at,
					FinishedAt: at.Add(time.Second), Migration: manyMigration(d.Name, v),
				}
				if err := tx.AddHistory(ctx, &h); err != nil {
					return nil, err
				}
			}
		}
	}
	return list, nil
}

func manyMigration(database string, v int) towpath.Migration {
	version := fmt.Sprint(v)
	return towpath.Migration{
		MigrationID: towpath.MigrationID{Version: version, Type: towpath.TypeDDL}, Label: version,
		Description: "add column note to order", Path: "migrations/" + version + "__ddl__order.sql",
		Checksum: strings.Repeat(version, 64), Database: database,
	}
}
