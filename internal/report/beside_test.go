package report_test

import (
	"strings"
	"testing"

	links "towpath/internal/link"
	"towpath/internal/link/linktest"
)

// Two links of a repository may have similar folders. Neither reports the other's files.
func TestPostPlan_ignoresSimilarFoldersOfAnotherLink(t *testing.T) {
	t.Parallel()
	b := linktest.Setup(t, linktest.SQLite(t))
	b.Commit(t, map[string]string{"README.md": "0"})
	_, grant := b.Connect(t)
	spec := b.Spec(grant)
	spec.BaseDirectory, spec.ExistingFiles = "migrations", links.ExistingRun
	link, err := b.Link(t.Context(), b.Actor, b.Project, spec)
	if err != nil {
		t.Fatal(err)
	}
	b.Reconciled(t, link.ID)
	told := func(file string) string {
		head := b.Commit(t, map[string]string{file: "SELECT 1"})
		b.Reconciled(t, link.ID)
		if _, err := b.PostPlan(t.Context(), link.ID); err != nil {
			t.Fatal(err)
		}
		for _, st := range b.Sim.Statuses(linktest.Repo, head) {
			if strings.Contains(st.Name, "plan") {
				return st.Description
			}
		}
		return ""
	}
	if said := told("migration/shop/1__ddl__a.sql"); !strings.Contains(said,
		"and the base directory is “migrations”; move it there") {
		t.Errorf("the commit says %q", said)
	}
	spec.BaseDirectory = "migration"
	if _, err := b.Link(t.Context(), b.Actor, b.Project, spec); err != nil {
		t.Fatal(err)
	}
	if said := told("migration/shop/2__ddl__b.sql"); said != "" {
		t.Errorf("the commit says %q", said)
	}
	if said := told("Migration/shop/2__ddl__b.sql"); !strings.Contains(said, "“Migration”") {
		t.Errorf("the commit says %q", said)
	}
}
