package store_test

import (
	"context"
	"database/sql"
	"regexp"
	"strings"
	"testing"

	"towpath"
	"towpath/internal/store"
)

// hot are queries that run often, or on tables that keep growing.
var hot = map[string]func(ctx context.Context, tx *store.Tx) error{
	"the next due job": func(ctx context.Context,
		tx *store.Tx,
	) error {
		_, err := tx.NextDue(ctx)
		return err
	},
	"claiming jobs": func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.ClaimJobs(ctx, "me", tx.Now, 10)
		return err
	},
	"a job": func(ctx context.Context, tx *store.Tx) error {
		return tx.Enqueue(ctx,
			towpath.JobAdvance, "x")
	},
	"jobs of a subject": func(ctx context.Context, tx *store.Tx) error { return tx.DeleteJobs(ctx, "x") },
	"failing jobs": func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.Failing(ctx,
			1)
		return err
	},
	"a hook's link": found(func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.LinkByHook(ctx,
			"x")
		return err
	}),
	"due polls": func(ctx context.Context,
		tx *store.Tx,
	) error {
		_, err := tx.DuePolls(ctx)
		return err
	},
	"hooks that are to go": func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.HookRemovals(ctx, "x", store.Page{})
		return err
	},
	"hooks that are to go by a grant": func(ctx context.Context,
		tx *store.Tx,
	) error {
		_, err := tx.HookRemovalsOf(ctx, "x")
		return err
	},
	"links of a grant": func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.Links(ctx, store.LinkFilter{GrantID: "x"}, store.Page{})
		return err
	},
	"a session": found(func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.CredentialByHash(ctx, towpath.CredentialSession, []byte("x"))
		return err
	}),
	"a member": found(func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.MemberByEmail(ctx,
			"x")
		return err
	}),
	"a role": found(func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.ProjectMember(ctx, "x",
			"y")
		return err
	}),
	"a person's project": func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.Projects(ctx, "x", store.Page{})
		return err
	},
	"a project's databases with their ledgers": func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.ProjectDatabases(ctx, "x")
		return err
	},
	"a page of databases": func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.Databases(ctx, store.DatabaseFilter{ProjectID: "x"}, store.Page{After: "y"})
		return err
	},
	"a manifest": func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.Manifest(ctx,
			"x")
		return err
	},
	"a page of a manifest": func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.ManifestPage(ctx, "x", "matched", "y", 10)
		return err
	},
	"claims of other links": func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.OtherClaims(ctx,
			"x", "y")
		return err
	},
	"a page of deliveries": func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.Deliveries(ctx, "x", store.Page{NewestFirst: true})
		return err
	},
	"a change in the history": func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.InHistory(ctx, "x", towpath.LedgerEntry{})
		return err
	},
	"what may run one after the other": func(ctx context.Context,
		tx *store.Tx,
	) error {
		_, err := tx.NextTasks(ctx, "x", "y", 10)
		return err
	},
	"what runs in a database": func(ctx context.Context,
		tx *store.Tx,
	) error {
		_, err := tx.RunningTasks(ctx, "x")
		return err
	},
	"an instance's busy databases": func(ctx context.Context,
		tx *store.Tx,
	) error {
		_, err := tx.BusyTargets(ctx, "x")
		return err
	},
	"a reading": found(func(ctx context.Context,
		tx *store.Tx,
	) error {
		_, err := tx.Reading(ctx, "x")
		return err
	}),
	"how far a reading is": func(ctx context.Context,
		tx *store.Tx,
	) error {
		_, _, err := tx.ReadingProgress(ctx, "x")
		return err
	},
	"old deliveries": func(ctx context.Context,
		tx *store.Tx,
	) error {
		return tx.PruneDeliveries(ctx, 0)
	},
	"content": func(ctx context.Context,
		tx *store.Tx,
	) error {
		return tx.PutContent(ctx, "x", nil)
	},
	"a content's bytes": found(func(ctx context.Context,
		tx *store.Tx,
	) error {
		_, err := tx.Content(ctx, "x")
		return err
	}),
	"a rollout": found(func(ctx context.Context,
		tx *store.Tx,
	) error {
		_, err := tx.OpenRollout(ctx, "x")
		return err
	}),
	"a rollout's outline": func(ctx context.Context,
		tx *store.Tx,
	) error {
		_, err := tx.CommitTasks(ctx, "x", "y")
		return err
	},
	"rollouts of a project": func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.Rollouts(ctx, store.RolloutFilter{ProjectID: "x"}, store.Page{})
		return err
	},
	"the newest rollouts of projects": func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.NewestRollouts(ctx, []string{"x", "y"})
		return err
	},
	"rollouts of a link": func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.Rollouts(ctx, store.RolloutFilter{LinkID: "x"}, store.Page{})
		return err
	},
	"open tasks": func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.OpenTasks(ctx,
			"x")
		return err
	},
	"skipped tasks": func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.SkippedTasks(ctx,
			"x")
		return err
	},
	"attempts": func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.Attempts(ctx,
			"x")
		return err
	},
	"statements": func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.Statements(ctx, "x", 5,
			10)
		return err
	},
	"a database's history": func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.ChangeHistory(ctx, "x", store.Page{})
		return err
	},
	"a project's audit log": func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.Acts(ctx, store.ActFilter{ProjectID: "x"}, store.Page{})
		return err
	},
	"the whole audit log": func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.Acts(ctx, store.ActFilter{}, store.Page{NewestFirst: true})
		return err
	},
	"what is to be told": func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.Notes(ctx,
			"x")
		return err
	},
	"what is known of a commit": found(func(ctx context.Context,
		tx *store.Tx,
	) error {
		_, err := tx.Commit(ctx, "x", "y")
		return err
	}),
	"statuses that are under way": func(ctx context.Context,
		tx *store.Tx,
	) error {
		_, err := tx.PostedLike(ctx, "x", "y")
		return err
	},
	"statuses that are told": func(ctx context.Context,
		tx *store.Tx,
	) error {
		_, err := tx.PostedStatuses(ctx, "x", "y")
		return err
	},
}

// found runs queries that find nothing in an empty database.
func found(do func(ctx context.Context, tx *store.Tx) error) func(ctx context.Context, tx *store.Tx) error {
	return func(ctx context.Context, tx *store.Tx) error {
		if err := do(ctx, tx); towpath.ErrorCode(err) != towpath.CodeNotFound {
			return err
		}
		return nil
	}
}

// walks follow an index until they have enough rows, which is soon.
var walks = map[string]bool{"the next due job": true, "the whole audit log": true}

// wholeTable matches a plan that reads a table, or an index without a condition, from beginning to
// end.
var wholeTable = map[bool]*regexp.Regexp{
	false: regexp.MustCompile(`(?m)^SCAN "?(?:` + tableNames() + `)"?( USING|$)`),
	true:  regexp.MustCompile(`Seq Scan on|Index (?:Only )?Scan[^\n]*\n\s*Filter`),
}

func tableNames() string {
	var names []string
	for _, p := range store.Probes() {
		names = append(names, p.Title())
	}
	return strings.Join(names, "|")
}

func TestHotQueries_readNoWholeTable(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		explain := "EXPLAIN QUERY PLAN "
		if s.Shared() {
			explain = "EXPLAIN "
		}
		for name, do := range hot {
			t.Run(name, func(t *testing.T) {
				write(t, s, func(ctx context.Context, tx *store.Tx) error {
					if s.Shared() { // its tables are empty: use an index wherever possible
						if err := tx.Exec(ctx, "SET LOCAL enable_seqscan = off"); err != nil {
							return err
						}
					}
					heard := 0
					err := do(ctx, tx.Heard(func(text string, args []any) {
						heard++
						rows, err := tx.Query(ctx, explain+text, args...)
						if err != nil {
							t.Fatal(err)
						}
						if plan := planText(t, rows); !walks[name] &&
							wholeTable[s.Shared()].MatchString(plan) {
							t.Errorf("%s\n%s", text, plan)
						}
					}))
					if heard == 0 {
						t.Error("no query was heard")
					}
					return err
				})
			})
		}
	})
}

// planText reads the last column, which describes the step, in both databases.
func planText(t *testing.T, rows *sql.Rows) string {
	t.Helper()
	defer func() { _ = rows.Close() }() // rows.Err returns the error that matters
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for rows.Next() {
		var line string
		cells := make([]any, len(columns))
		for i := range cells {
			cells[i] = new(any)
		}
		cells[len(cells)-1] = &line
		if err := rows.Scan(cells...); err != nil {
			t.Fatal(err)
		}
		lines = append(lines, line)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return strings.Join(lines, "\n")
}
