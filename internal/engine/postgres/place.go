package postgres

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"towpath/internal/engine"
)

const (
	// defaultLedgerSchema is a name that no role has by accident: a schema named like the role is
	// searched first.
	defaultLedgerSchema = "towpath_ledger"
	// formerLedgerSchema was the default. Ledgers in it are moved.
	formerLedgerSchema = "towpath"
)

// place is where a database has its ledger, and the schemas that a file finds without naming one.
type place struct {
	schema  string // the configured schema of the ledger
	former  string // the earlier schema, where the ledger may still be; "" for none
	there   bool   // the ledger is in schema
	behind  bool   // the ledger is in former
	sealed  bool   // it has the columns of seals
	made    bool   // schema exists
	foreign bool   // schema exists, without a ledger and with something else in it

	owner string   // of what files create; "" for the user
	roles []string // the names that "$user" in a search path may mean
	path  []string // the schemas that are searched, in order
}

func newPlace(options map[string]string) place {
	p := place{schema: options[OptionLedgerSchema], owner: options[OptionRole]}
	if p.schema == "" {
		p.schema, p.former = defaultLedgerSchema, formerLedgerSchema
	}
	return p
}

// schemas are all schemas in which the ledger may be.
func (p place) schemas() []string {
	if p.former == "" {
		return []string{p.schema}
	}
	return []string{p.schema, p.former}
}

// ledger is the qualified and quoted name of the table in its current place; "" when there is none.
func (p place) ledger() string {
	switch {
	case p.there:
		return pgx.Identifier{p.schema, ledgerTable}.Sanitize()
	case p.behind:
		return pgx.Identifier{p.former, ledgerTable}.Sanitize()
	}
	return ""
}

// selectPlace: $1 is the schema, $2 the former default, $3 the table.
const selectPlace = `
SELECT EXISTS (SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname = $1 AND c.relname = $3),
  EXISTS (SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname = $2 AND c.relname = $3),
  EXISTS (SELECT 1 FROM pg_namespace WHERE nspname = $1),
  EXISTS (SELECT 1 FROM pg_depend d JOIN pg_namespace n ON n.oid = d.refobjid
  WHERE d.refclassid = 'pg_namespace'::regclass AND n.nspname = $1),
  EXISTS (SELECT 1 FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
  JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname IN ($1, $2) AND c.relname = $3 AND a.attname IN ('number', 'seal'))`

// querier is a connection or a transaction.
type querier interface {
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

// look finds the ledger, with an empty search path.
func (p *place) look(ctx context.Context, q querier) error {
	return p.scan(q.QueryRow(ctx, selectPlace, p.schema, p.former, ledgerTable))
}

func (p *place) scan(row pgx.Row) error {
	var other bool
	err := row.Scan(&p.there, &p.behind, &p.made, &other, &p.sealed)
	p.foreign = other && !p.there && p.schema == defaultLedgerSchema
	return err
}

// find finds the ledger, and the search path as a file sees it, in one round trip.
func (p *place) find(ctx context.Context, conn interface {
	SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults
},
) error {
	var path, user, session string
	batch := &pgx.Batch{}
	batch.Queue("BEGIN READ ONLY")
	batch.Queue("SELECT pg_catalog.current_setting('search_path'), current_user::pg_catalog.text, " +
		"session_user::pg_catalog.text").
		QueryRow(func(row pgx.Row) error { return row.Scan(&path, &user, &session) })
	batch.Queue("SET LOCAL search_path = ''")
	batch.Queue(selectPlace, p.schema, p.former, ledgerTable).QueryRow(p.scan)
	batch.Queue("COMMIT")
	err := conn.SendBatch(ctx, batch).Close()
	p.roles, p.path = []string{user, session}, pathNames(path)
	if p.owner != "" {
		p.roles = append(p.roles, p.owner)
	}
	return err
}

// pathNames parses the value of search_path: names separated by commas, quoted or in lower case.
func pathNames(value string) (names []string) {
	for value != "" {
		var name string
		value = strings.TrimLeft(value, " \t\n\r,")
		if !strings.HasPrefix(value, `"`) {
			name, value, _ = strings.Cut(value, ",")
			names = append(names, strings.ToLower(strings.TrimSpace(name)))
			continue
		}
		for strings.HasPrefix(value, `"`) {
			part, rest, _ := strings.Cut(value[1:], `"`)
			name, value = name+part, rest
			if strings.HasPrefix(rest, `"`) {
				name += `"`
			}
		}
		names = append(names, name)
	}
	return names
}

// obstacle explains why the ledger cannot be used, and the way out; both are "" when it can.
// Objects that a file creates without naming a schema must land where they would without us, so the
// ledger's schema must not be one that the server searches. The schema public may be: it is shared
// by all.
func (p place) obstacle() (message, fix string) {
	const elsewhere = "Give the instance another ledgerSchema."
	if message, fix := p.twice(); message != "" {
		return message, fix
	}
	switch {
	case p.schema == "public":
		return "", ""
	case slices.Contains(p.roles, p.schema):
		return fmt.Sprintf("The ledger's schema %s has the user's name, so PostgreSQL would create objects "+
			"there that files create without naming a schema.", p.schema), elsewhere
	case slices.Contains(p.path, p.schema):
		return fmt.Sprintf("The ledger's schema %s is in the user's search_path, "+
				"so objects that files create without naming a schema may go there.", p.schema),
			"Take it out of the search_path, or give the instance another ledgerSchema."
	case p.foreign:
		return fmt.Sprintf("There is a schema %s with objects of others, and no ledger in it.",
			p.schema), elsewhere
	}
	return "", ""
}

// twice is the obstacle of a ledger in both schemas.
func (p place) twice() (message, fix string) {
	if !p.there || !p.behind {
		return "", ""
	}
	return fmt.Sprintf(
			"There are two ledgers, %s.%s and %[3]s.%[2]s: Towpath cannot know which one is right.",
			p.schema, ledgerTable, p.former),
		"Compare them, and drop the one that is not up to date."
}

// refused is the obstacle as an error of a session.
func (p place) refused() error {
	message, fix := p.obstacle()
	if message == "" {
		return nil
	}
	return &engine.Error{Kind: engine.Refused, Message: message + " " + fix}
}

// move moves a ledger from its former schema to the configured one, and drops the former schema if
// it is empty. It returns the names of the objects that keep the schema.
func (p place) move(ctx context.Context, tx pgx.Tx) (left []string, err error) {
	if _, err := tx.Exec(ctx, "ALTER TABLE "+pgx.Identifier{p.former, ledgerTable}.Sanitize()+" SET SCHEMA "+
		pgx.Identifier{p.schema}.Sanitize()); err != nil {
		return nil, err
	}
	rows, err := tx.Query(ctx, `SELECT DISTINCT pg_describe_object(classid, objid, 0) FROM pg_depend d
		JOIN pg_namespace n ON n.oid = d.refobjid
		WHERE d.refclassid = 'pg_namespace'::regclass AND n.nspname = $1 ORDER BY 1`, p.former)
	if err != nil {
		return nil, err
	}
	if left, err = pgx.CollectRows(rows, pgx.RowTo[string]); err != nil || len(left) > 0 {
		return left, err
	}
	var ours bool
	if err := tx.QueryRow(ctx, "SELECT pg_has_role(nspowner, 'USAGE') FROM pg_namespace WHERE nspname = $1",
		p.former).Scan(&ours); err != nil {
		return nil, err
	}
	if !ours {
		return []string{"its owner is another role"}, nil
	}
	_, err = tx.Exec(ctx, "DROP SCHEMA "+pgx.Identifier{p.former}.Sanitize())
	return nil, err
}
