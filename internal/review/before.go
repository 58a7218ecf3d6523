package review

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"towpath"
	"towpath/internal/catalog"
	"towpath/internal/schema"
	"towpath/internal/sqlparse"
	"towpath/internal/sqlreview"
	"towpath/internal/store"
)

// atOnce bounds how many databases are read at the same time.
const atOnce = 8

// set is databases of one environment that hold the same and get the same files: one review.
type set struct {
	environment towpath.Environment
	databases   int
	files       []file
	against     string // "" when it could not be read
	server      sqlreview.Server
	catalog     schema.Catalog
	reason      towpath.Reason // why it could not be read, or what is not known of it
}

// sets reads what the databases hold before the first file of each, and groups them. running is
// true when a change runs in one whose state before is not known yet.
func (s *Service) sets(ctx context.Context, sub subject) (sets []*set, running bool, err error) {
	states := make([]before, len(sub.changes))
	var group errgroup.Group
	group.SetLimit(atOnce)
	for i, c := range sub.changes {
		group.Go(func() (err error) {
			states[i], err = s.before(ctx, sub, c)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, false, err
	}
	known := map[string]*set{}
	for i, c := range sub.changes {
		b := states[i]
		running = running || b.running
		key := groupKey(c, b)
		if one, ok := known[key]; ok {
			one.databases++
			larger(one.catalog.Tables, b.Catalog.Tables)
			continue
		}
		one := &set{
			environment: sub.environments[c.database.EnvironmentID], databases: 1, files: c.files,
			catalog: b.Catalog, reason: b.reason,
		}
		if !b.unread {
			one.server, one.against = serverOf(b.Content)
		}
		known[key] = one
		sets = append(sets, one)
	}
	slices.SortStableFunc(sets, func(a, b *set) int {
		return a.environment.Position - b.environment.Position
	})
	return sets, running, nil
}

// groupKey is equal for databases of one environment that one review is about.
func groupKey(c change, b before) string {
	var key strings.Builder
	fmt.Fprintf(&key, "%q %q %q %q %s", c.database.EnvironmentID, b.Engine, b.Version,
		b.Fingerprint, b.reason)
	for _, f := range c.files {
		fmt.Fprintf(&key, " %q %q %q %t", f.Path, f.Checksum, f.late, f.edited)
	}
	return key.String()
}

// larger raises the sizes of tables to those of other databases that hold the same.
func larger(tables, others []schema.Table) {
	for i := range tables {
		if i < len(others) {
			tables[i].Rows = max(tables[i].Rows, others[i].Rows)
			tables[i].Bytes = max(tables[i].Bytes, others[i].Bytes)
		}
	}
}

// serverOf reads the version of a server, and formats it for people.
func serverOf(c catalog.Content) (server sqlreview.Server, against string) {
	name, number, _ := strings.Cut(c.Version, " ")
	server, err := sqlreview.ParseVersion(c.Engine, number)
	if err != nil {
		server = sqlreview.Server{Dialect: c.Engine}
		return server, string(c.Engine)
	}
	server.MariaDB = server.MariaDB || strings.EqualFold(name, "MariaDB")
	kind := string(c.Engine)
	if server.MariaDB {
		kind = "mariadb"
	}
	return server, kind + " " + server.Version.String()
}

// before is what a database holds before its first file.
type before struct {
	catalog.Content
	reason  towpath.Reason // why it could not be read, or what is not known
	unread  bool           // it could not be read
	running bool           // a change runs, and nobody has noted what was there before it
}

// before reads what a database holds before the first file of a change. A file that has begun
// already may have changed it: then what the executor has noted counts. Its error is about the
// metadata.
func (s *Service) before(ctx context.Context, sub subject, c change) (b before, err error) {
	b.Content, err = s.Content(ctx, c.database.ID)
	if ctx.Err() != nil {
		return b, context.Cause(ctx)
	}
	if err != nil {
		b.unread = true
		b.reason = towpath.Why(towpath.ReasonReviewUnread, "environment",
			sub.environments[c.database.EnvironmentID].Name, "database", c.database.Name, "message",
			towpath.ClipRunes(err.Error(), 500))
		return b, nil
	}
	if !sub.began {
		return b, nil
	}
	first, err := s.firstBegun(ctx, c.tasks)
	if err != nil || first == nil {
		return b, err
	}
	return s.past(ctx, b, *first)
}

// firstBegun returns the first task that may have changed its database by now; nil when none has.
func (s *Service) firstBegun(ctx context.Context, tasks []towpath.Task) (first *towpath.Task, err error) {
	err = s.Store.Read(ctx, func(tx *store.Tx) error {
		for _, t := range tasks {
			now, err := tx.Task(ctx, t.ID)
			if towpath.ErrorCode(err) == towpath.CodeNotFound {
				continue
			}
			if err != nil {
				return err
			}
			begun, err := mayHaveChanged(ctx, tx, now)
			if err != nil {
				return err
			}
			if begun {
				first = &now
				return nil
			}
		}
		return nil
	})
	return first, err
}

// mayHaveChanged reports whether a task may have changed its database.
func mayHaveChanged(ctx context.Context, tx *store.Tx, t towpath.Task) (bool, error) {
	if t.StartedAt == nil {
		return false, nil
	}
	if t.State != towpath.TaskFailed && t.State != towpath.TaskPending && t.State != towpath.TaskHeld {
		return true, nil
	}
	attempts, err := tx.Attempts(ctx, t.ID)
	for _, a := range attempts {
		untouched := a.Extent == towpath.ExtentUntouched || (a.Extent == towpath.ExtentKept && a.Kept == 0)
		if !untouched {
			return true, err
		}
	}
	return false, err
}

// past replaces what a database holds by what it held before a task, as far as it was noted.
func (s *Service) past(ctx context.Context, now before, t towpath.Task) (before, error) {
	var dump []byte
	noted := false
	err := s.Store.Read(ctx, func(tx *store.Tx) error {
		checksum, err := tx.SchemaBefore(ctx, t)
		if err == nil {
			dump, err = tx.Content(ctx, checksum)
		}
		noted = err == nil
		if towpath.ErrorCode(err) == towpath.CodeNotFound {
			return nil
		}
		return err
	})
	if err != nil {
		return now, err
	}
	if !noted {
		now.running = t.State == towpath.TaskRunning
		now.Catalog = schema.Catalog{Path: now.Catalog.Path, FoldCase: now.Catalog.FoldCase}
		now.reason = towpath.Why(towpath.ReasonReviewBlind,
			"environment", t.Environment, "database", t.Database)
		now.Fingerprint = ""
		return now, nil
	}
	was, err := s.catalogOf(ctx, now.Content, string(dump))
	if err != nil {
		now.unread = true
		now.reason = towpath.Why(towpath.ReasonReviewParser, "message", towpath.ClipRunes(err.Error(), 300))
		return now, nil
	}
	now.Catalog = was
	now.Fingerprint, err = catalog.Fingerprint(was)
	return now, err
}

// maxDump bounds the schema that is read from a text, in bytes.
const maxDump = 16 << 20

// catalogOf reads a dump. What a dump does not have, such as the sizes of tables, is as it is now.
func (s *Service) catalogOf(ctx context.Context, now catalog.Content, dump string) (schema.Catalog, error) {
	was := schema.Catalog{}
	if len(dump) <= maxDump {
		server, _ := serverOf(now)
		files, err := sqlparse.Read(ctx, s.Parser, now.Engine,
			[]sqlparse.Script{{Path: "schema", Content: dump}})
		if err != nil {
			return was, fmt.Errorf("read a schema: %w", err)
		}
		was = sqlreview.CatalogOf(server, files)
		was.Complete = !slices.ContainsFunc(files[0].Statements, func(t sqlreview.Text) bool {
			return t.NotAnalyzed != "" || t.Failed != ""
		})
	}
	was.Path, was.FoldCase = now.Catalog.Path, now.Catalog.FoldCase
	was.Charset, was.Collate = now.Catalog.Charset, now.Catalog.Collate
	sizes := map[[2]string]schema.Table{}
	for _, t := range now.Catalog.Tables {
		sizes[[2]string{t.Schema, t.Name}] = t
	}
	for i := range was.Tables {
		t := &was.Tables[i]
		is := sizes[[2]string{t.Schema, t.Name}]
		if is.Name == "" && t.Schema != "" {
			is = sizes[[2]string{"", t.Name}] // of the schema in which new objects are made
		}
		t.Rows, t.Bytes = is.Rows, is.Bytes
	}
	return was, nil
}
