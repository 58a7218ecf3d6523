package review

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"towpath"
	"towpath/internal/manifest"
	"towpath/internal/store"
)

// judged is a link with branches, each of which adds a migration.
type judged struct {
	*Service
	t    *testing.T
	link towpath.RepositoryLink
}

func newJudged(t *testing.T, branches int) *judged {
	t.Helper()
	st, err := store.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "m.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = st.Close() })
	j := &judged{Service: &Service{Store: st, Manifest: &manifest.Service{Store: st}}, t: t}
	j.write(func(ctx context.Context, tx *store.Tx) error {
		m := towpath.Member{Email: "ada@example.com", Role: towpath.RoleOwner}
		p := towpath.Project{Name: "Shop"}
		e := towpath.Environment{Name: "test"}
		for _, make := range []func() error{
			func() error { return tx.CreateMember(ctx, &m) },
			func() error { return tx.CreateProject(ctx, &p) },
			func() error { return tx.CreateEnvironment(ctx, &e) },
		} {
			if err := make(); err != nil {
				return err
			}
		}
		i := towpath.Instance{ID: store.NewID(), Name: "i", Engine: towpath.EngineSQLite, EnvironmentID: e.ID}
		g := towpath.GitProvider{ID: store.NewID(), Type: towpath.ProviderBitbucket, CreatedBy: m.ID}
		grant := towpath.Grant{
			ID: store.NewID(), ProviderID: g.ID, MemberID: m.ID, EncryptedAccessToken: []byte("x"),
			EncryptedRefreshToken: []byte("x"),
		}
		d := towpath.Database{
			InstanceID: i.ID, EnvironmentID: e.ID, Name: "shop", ProjectID: p.ID, AssignedAt: &tx.Now,
			Ledger: towpath.LedgerSnapshot{At: &tx.Now},
		}
		j.link = towpath.RepositoryLink{
			ID: store.NewID(), ProjectID: p.ID, ProviderID: g.ID, GrantID: grant.ID, RepositoryID: "{r}",
			Branch: "main", HookKey: "k", LatePolicy: towpath.LateHold, HookState: towpath.HookActive,
			WaitingStatus: towpath.WaitingStopped,
		}
		for _, make := range []func() error{
			func() error { return tx.CreateInstance(ctx, &i) },
			func() error { return tx.CreateDatabase(ctx, &d) },
			func() error { return tx.CreateGitProvider(ctx, &g) },
			func() error { return tx.CreateGrant(ctx, &grant) },
			func() error { return tx.CreateLink(ctx, &j.link) },
			func() error { return tx.PutManifestFile(ctx, j.file(1, "one")) },
		} {
			if err := make(); err != nil {
				return err
			}
		}
		for n := range branches {
			r := towpath.BranchReview{
				LinkID: j.link.ID, ProjectID: p.ID, Branch: fmt.Sprintf("b%03d", n), Head: "h", ReadHead: "h",
				Reviewed: "h", State: towpath.BranchDone, Files: 1, WantedAt: tx.Now,
			}
			if err := tx.CreateBranchReview(ctx, &r); err != nil {
				return err
			}
			f := j.file(100+10*n, fmt.Sprint("text ", n))
			if err := tx.SetBranchFiles(ctx, r.ID, []towpath.BranchFile{{ManifestFile: f}}); err != nil {
				return err
			}
		}
		return nil
	})
	return j
}

func (j *judged) file(version int, text string) towpath.ManifestFile {
	id := towpath.MigrationID{Version: fmt.Sprint(version), Type: towpath.TypeDDL}
	return towpath.ManifestFile{LinkID: j.link.ID, State: towpath.FileMatched, Migration: towpath.Migration{
		MigrationID: id, Label: id.Version, Path: fmt.Sprintf("shop/%d__ddl__a.sql", version), Checksum: text,
	}}
}

func (j *judged) write(fn func(context.Context, *store.Tx) error) {
	j.t.Helper()
	if err := j.Store.Write(j.t.Context(), func(tx *store.Tx) error { return fn(j.t.Context(), tx) }); err != nil {
		j.t.Fatal(err)
	}
}

// judge judges all branches. It returns the verdicts by branch, and how many reports it asked for.
func (j *judged) judge() (verdicts map[string]string, reports int) {
	j.t.Helper()
	asked := func() (n int64, rows []towpath.BranchReview) {
		err := j.Store.Read(j.t.Context(), func(tx *store.Tx) (err error) {
			if rows, err = tx.BranchReviews(j.t.Context(), j.link.ID); err != nil {
				return err
			}
			for _, r := range rows {
				job, err := tx.Job(j.t.Context(), towpath.JobPostReview, r.ID)
				if err == nil {
					n += job.Generation
				}
			}
			return nil
		})
		if err != nil {
			j.t.Fatal(err)
		}
		return n, rows
	}
	before, _ := asked()
	began := time.Now()
	if _, err := j.JudgeBranches(j.t.Context(), j.link.ID); err != nil {
		j.t.Fatal(err)
	}
	j.t.Logf("judged in %s", time.Since(began).Round(time.Millisecond))
	after, rows := asked()
	verdicts = map[string]string{}
	for _, r := range rows {
		verdicts[r.Branch] = string(r.Verdict) + string(r.Reason.Code)
	}
	return verdicts, int(after - before)
}

// A merge into the link's branch asks for the reports of those branches alone whose place changes.
func TestJudgeBranches_aMergeBesideAHundred(t *testing.T) {
	t.Parallel()
	j := newJudged(t, 100)
	verdicts, reports := j.judge()
	if reports != 100 || verdicts["b000"] != "late-once" || verdicts["b099"] != "clear" {
		t.Errorf("at first: %d reports, %s, %s", reports, verdicts["b000"], verdicts["b099"])
	}
	if _, reports = j.judge(); reports != 0 {
		t.Errorf("%d reports although nothing has changed", reports)
	}
	// the newest of all is merged: each other is late
	j.write(func(ctx context.Context, tx *store.Tx) error {
		return tx.PutManifestFile(ctx, j.file(100+10*99, "text 99"))
	})
	verdicts, reports = j.judge()
	if reports != 100 || verdicts["b099"] != "branch-merged" || verdicts["b050"] != "late" {
		t.Errorf("after a merge: %d reports, %s, %s", reports, verdicts["b099"], verdicts["b050"])
	}
	// an unrelated commit changes no place
	j.write(func(ctx context.Context, tx *store.Tx) error {
		return tx.PutManifestFile(ctx, j.file(2, "two"))
	})
	if _, reports = j.judge(); reports != 0 {
		t.Errorf("%d reports after a commit that matters to none", reports)
	}
}
