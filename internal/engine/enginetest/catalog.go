package enginetest

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"towpath/internal/engine"
	"towpath/internal/schema"
	"towpath/internal/sqlparse"
	"towpath/internal/sqlreview"
)

// Catalog reads what a target holds.
func Catalog(t *testing.T, e engine.Engine, target engine.Target) schema.Catalog {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), wait)
	defer cancel()
	db, err := e.Open(ctx, target)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	reader, ok := db.(engine.Cataloger)
	if !ok {
		t.Fatalf("%T reads no catalog", db)
	}
	catalog, err := reader.Catalog(ctx)
	if err != nil {
		t.Fatalf("read the catalog: %v", err)
	}
	return catalog
}

// Followed compares what a target holds with what the review makes of the script that has run in it.
func Followed(t *testing.T, e engine.Engine, target engine.Target, mariadb bool, script string) {
	t.Helper()
	dialect := e.Describe().Type
	files, err := sqlparse.Read(t.Context(), sqlparse.InProcess{}, dialect,
		[]sqlparse.Script{{Path: "script.sql", Content: script}})
	if err != nil {
		t.Fatal(err)
	}
	server := sqlreview.Server{Dialect: dialect, MariaDB: mariadb}
	followed := sqlreview.CatalogOf(server, files)
	real := Catalog(t, e, target)
	for _, t := range followed.Tables { // of a query, whose columns a review does not know
		for i := range real.Tables {
			r := &real.Tables[i]
			r.Unknown = r.Unknown || (t.Unknown && r.Schema == t.Schema && r.Name == t.Name)
		}
	}
	compareCatalogs(t, real, followed)
}

// SameCatalog compares what two targets hold.
func SameCatalog(t *testing.T, e engine.Engine, source, replay engine.Target) {
	t.Helper()
	compareCatalogs(t, Catalog(t, e, source), Catalog(t, e, replay))
}

func compareCatalogs(t *testing.T, one, other schema.Catalog) {
	t.Helper()
	if !one.Complete || !other.Complete {
		t.Error("a catalog is not complete")
	}
	second, first := lineDiff(strings.Join(facts(one), "\n"), strings.Join(facts(other), "\n"))
	if len(first)+len(second) > 0 {
		t.Errorf("the catalogs differ.\nOnly the first has:\n  %s\nOnly the second has:\n  %s",
			strings.Join(first, "\n  "), strings.Join(second, "\n  "))
	}
}

// facts are the lines by which catalogs are compared.
func facts(c schema.Catalog) (all []string) {
	for _, t := range c.Tables {
		all = append(all, factsOf(t)...)
	}
	for _, o := range slices.Concat(c.Views, c.Others) {
		if o.Kind == "sequence" {
			o.On = "" // OWNED BY may change it
		}
		all = append(all, strings.TrimSpace(o.Kind+" "+o.Name+" "+o.On))
	}
	for _, one := range c.Types {
		all = append(all, fmt.Sprintf("type %s %q", one.Name, one.Values))
	}
	slices.Sort(all)
	return all
}

func factsOf(t schema.Table) (all []string) {
	name := t.Name
	if t.Schema != "" {
		name = t.Schema + "." + name
	}
	all = append(all, "table "+name+marks(map[string]bool{
		"partitioned": t.Partitioned, "versioned": t.Versioned, "row security": t.RowSecurity,
		"temporary": t.Temporary, "unknown": t.Unknown, "partition of " + t.PartitionOf: t.PartitionOf != "",
	}))
	if t.Unknown {
		return all
	}
	for i, c := range t.Columns {
		all = append(all, fmt.Sprintf("%s column %d %s %s%q%q%s", name, i+1, c.Name, c.Type, c.Args, c.Values,
			marks(map[string]bool{
				"array": c.Array, "not null": c.NotNull, "default": c.Default != "",
				"identity": c.Identity, "auto": c.AutoIncrement, "unsigned": c.Unsigned, c.Generated: c.Generated != "",
				"invisible": c.Invisible,
			})))
	}
	for _, i := range t.Indexes {
		all = append(all, fmt.Sprintf("%s index %s %q%s", name, i.Name, i.Columns, marks(map[string]bool{
			"unique": i.Unique, i.Method: i.Method != "", "where " + loose(i.Where): i.Where != "", "invalid": i.Invalid,
			"invisible": i.Invisible,
		})))
	}
	for _, k := range t.Constraints {
		if k.Kind == "not null" { // PostgreSQL lists it since version 18
			continue
		}
		all = append(all, fmt.Sprintf("%s %s %s %q%s", name, k.Kind, k.Name, k.Columns, marks(map[string]bool{
			fmt.Sprintf("to %s %q", k.Table, k.Refers): k.Table != "", "cascades": k.Cascades,
			"check " + loose(k.Check): k.Check != "", "not valid": k.NotValid,
		})))
	}
	return all
}

// marks are the words that hold, in order.
func marks(words map[string]bool) string {
	var all strings.Builder
	for _, word := range slices.Sorted(maps.Keys(words)) {
		if words[word] {
			all.WriteString(" " + word)
		}
	}
	return all.String()
}

// loose is an expression without what each server writes in its own way: blanks, quotes, brackets,
// casts and case.
func loose(text string) string {
	text = casts.ReplaceAllString(strings.ToLower(text), "")
	return noise.Replace(strings.ReplaceAll(text, "public.", ""))
}

var (
	casts = regexp.MustCompile(`::("?[a-z_]+"?\.)?("[^"]+"|` +
		`[a-z_]+( varying| precision| with(out)? time zone)?)(\([0-9,]+\))?(\[\])*`)
	noise = strings.NewReplacer(" ", "", "\n", "", "(", "", ")", "", "`", "", `"`, "", "'", "")
)
