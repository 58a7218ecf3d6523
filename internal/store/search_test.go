package store_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"towpath"
	"towpath/internal/store"
)

func TestSearch(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		w := newWorld(t, s)
		names := []string{"Ärger", "100 % off", "100 apples", `back\slash`, "snake_case", "snakeXcase"}
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			for _, name := range names {
				if err := tx.CreateProject(ctx, &towpath.Project{Name: name}); err != nil {
					return err
				}
			}
			return tx.SetProjectMember(ctx, towpath.ProjectMember{
				ProjectID: w.project.ID, MemberID: w.member.ID, Role: towpath.ProjectDeveloper,
			})
		})
		for text, want := range map[string]string{
			"SHOP":           "Shop database link",
			"shop acme":      "link",
			"shop TEST":      "database",
			"one":            "database",
			"Ärger":          "Ärger",
			"%":              "100 % off",
			"100":            "100 apples, 100 % off",
			`\`:              `back\slash`,
			"snake_":         "snake_case",
			"CASE snake":     "snakeXcase, snake_case",
			w.rollout.Commit: "rollout",
			" ":              "",
			"' OR 1=1 --":    "",
			"a\x00b":         "",
		} {
			read(t, s, func(ctx context.Context, tx *store.Tx) error {
				f, err := tx.Search(ctx, store.Search{Text: text, Limit: 5})
				if got := foundWords(f); got != want {
					t.Errorf("%q finds %q, want %q", text, got, want)
				}
				return err
			})
		}
		for member, want := range map[string]string{w.member.ID: "Shop database link", "stranger": ""} {
			read(t, s, func(ctx context.Context, tx *store.Tx) error {
				f, err := tx.Search(ctx, store.Search{Text: "shop", MemberID: member, Limit: 5})
				if got := foundWords(f); got != want {
					t.Errorf("%s finds %q, want %q", member, got, want)
				}
				return err
			})
		}
	})
}

// foundWords lists projects by their names, and what else was found by its kind.
func foundWords(f store.Found) string {
	var projects []string
	for _, p := range f.Projects {
		projects = append(projects, p.Name)
	}
	words := []string{strings.Join(projects, ", ")}
	for range f.Databases {
		words = append(words, "database")
	}
	for range f.Links {
		words = append(words, "link")
	}
	for range f.Rollouts {
		words = append(words, "rollout")
	}
	return strings.Join(slices.DeleteFunc(words, func(w string) bool { return w == "" }), " ")
}
