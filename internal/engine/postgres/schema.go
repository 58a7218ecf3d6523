package postgres

import (
	"cmp"
	"container/heap"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	dialect "towpath/internal/dialect/postgres"
	"towpath/internal/engine"
)

// key identifies an object: the catalog table's oid and the row's.
type key struct{ class, oid uint32 }

// object is created by a few statements of a dump.
type object struct {
	key
	relation uint32 // the table that it belongs to, 0 for none
	rank     int    // of its kind in the order of a dump
	name     string
	sql      []string
	layout   string   // of the first one, in a dump; "" until it is rendered
	notes    []string // about it
	needs    map[key]bool
}

// Schema implements engine.DB. It reads schemas, extensions, types, sequences, routines, tables,
// constraints, indexes, views, rules, triggers, policies, statistics, comments and grants. It does
// not read owners, tablespaces, operators, collations, text search, foreign data, casts and
// publications.
func (d *database) Schema(ctx context.Context) (engine.Schema, error) {
	c := newCatalog(d)
	d.startReading()
	err := d.snapshot(ctx, func() []reading {
		return slices.Concat(c.state(), []reading{c.presence()}, c.objectsOf(nil), c.rest(nil), []reading{c.unknownOptions()})
	})
	if err != nil {
		return engine.Schema{}, fmt.Errorf("read the schema: %w", err)
	}
	c.schema = c.render()
	d.keep(c)
	return c.schema, nil
}

// catalog collects the objects of a database.
type catalog struct {
	db       *database
	horizon  string         // of the snapshot: see selectHorizon
	present  map[key]bool   // what can be dropped
	apart    []key          // objects of extensions and of the ledger
	touched  []key          // what has changed since the reading before
	letters  map[key]string // the relkind or typtype of what was touched
	objects  map[key]*object
	skipped  map[key]bool // what is apart, with all that belongs to it
	alias    map[key]key  // from a part to the object that creates it
	comments []note
	grants   []note
	needs    []edge
	unknown  map[string]int // options that are left out
	schema   engine.Schema  // what was read, as text
}

// note is a statement about an object: a comment or a grant.
type note struct {
	key
	text string
}

// edge is a dependency.
type edge struct{ from, to key }

func newCatalog(d *database) *catalog {
	return &catalog{
		db:      d,
		present: map[key]bool{},
		objects: map[key]*object{},
		skipped: map[key]bool{},
		alias:   map[key]key{},
		letters: map[key]string{},
		unknown: map[string]int{},
	}
}

// objectsOf reads the objects among some; nil reads all.
func (c *catalog) objectsOf(some []key) (list []reading) {
	where := ""
	if some != nil {
		where = ofSome
	}
	for rank, kind := range kinds() {
		needed := true
		if some != nil {
			var catalog bool
			if catalog, needed = kind.among(some, c.letters); !catalog {
				continue
			}
		}
		var o object
		list = append(list, reading{
			name: kind.name,
			text: "SELECT " + kind.class + "::regclass::oid, q.* FROM (" + kind.query +
				") AS q (oid, relation, name, sql)" + where,
			idle: !needed,
			args: oidList(some),
			into: []any{&o.class, &o.oid, &o.relation, &o.name, &o.sql},
			each: func() {
				if c.skipped[o.key] || c.skipped[key{classRelation, o.relation}] {
					c.skipped[o.key] = true
					return
				}
				one := o
				one.rank = rank
				one.sql = slices.Clone(o.sql)
				c.objects[o.key] = &one
			},
		})
	}
	return list
}

const (
	// anyOfSome are the oids $1. The text for all objects has no condition, so that the server can look
	// up some by an index.
	anyOfSome = `ANY ((SELECT $1::text::oid[])::oid[])`
	// ofSome is the condition on q for those among the oids.
	ofSome = ` WHERE q.oid = ` + anyOfSome
)

// rest reads what is about some objects; nil reads all.
func (c *catalog) rest(some []key) []reading {
	var k, to key
	where, whose, whoseNeeds := "", "", "objid >= 16384"
	if some != nil {
		where, whose = ofSome, " AND l.oid = "+anyOfSome
		whoseNeeds = "classid = ANY ((SELECT $2::text::oid[])::oid[]) AND objid = " + anyOfSome
	}
	pairs := func(name, query string, each func()) reading {
		return reading{
			name: name, text: "SELECT * FROM (" + query + ") AS q (class, oid, to_class, to_oid)" + where,
			args: oidList(some), into: []any{&k.class, &k.oid, &to.class, &to.oid}, each: each,
		}
	}
	needs := pairs("dependencies", selectNeeds(whoseNeeds), func() { c.needs = append(c.needs, edge{k, to}) })
	if some != nil {
		needs.args = append(needs.args, arrayOf(some, func(k key) uint32 { return k.class }))
	}
	var grant note
	return []reading{
		pairs("aliases", selectAliases, func() { c.alias[k] = to }),
		{
			name: "grants", text: selectGrants(whose), args: oidList(some),
			into: []any{&grant.class, &grant.oid, &grant.text},
			each: func() {
				if some == nil || slices.Contains(some, grant.key) {
					c.grants = append(c.grants, grant)
				}
			},
		},
		needs,
	}
}

// tie adds to the objects what is about them.
func (c *catalog) tie() {
	for _, o := range c.objects {
		o.needs, o.notes = map[key]bool{}, nil
	}
	for _, n := range slices.Concat(c.comments, c.grants) {
		if o := c.find(n.key); o != nil && !c.skipped[n.key] {
			o.notes = append(o.notes, n.text)
		}
	}
	for _, e := range c.needs {
		if a, b := c.find(e.from), c.find(e.to); a != nil && b != nil && a != b {
			a.needs[b.key] = true
		}
	}
}

// find returns the object that creates k, nil when the dump does not create it.
func (c *catalog) find(k key) *object {
	for range 4 {
		to, ok := c.alias[k]
		if !ok {
			break
		}
		k = to
	}
	return c.objects[k]
}

func (c *catalog) render() engine.Schema {
	var dump strings.Builder
	var definitions []string
	routines := false
	c.tie()
	for _, o := range c.order() {
		all := slices.Concat(o.sql, o.notes)
		if len(all) == 0 {
			continue
		}
		routines = routines || o.class == classRoutine
		text := strings.Join(all, ";\n") + ";\n"
		definitions = append(definitions, text)
		if o.layout == "" || len(o.sql) == 0 {
			o.layout = dialect.Layout(all[0])
		}
		dump.WriteString(o.layout + text[len(all[0]):] + "\n")
	}
	// The fingerprint does not depend on the order, which the object identifiers may affect.
	slices.Sort(definitions)
	sum := sha256.Sum256([]byte(strings.Join(definitions, "\x00")))
	schema := engine.Schema{
		Dump:        strings.TrimSuffix(dump.String(), "\n"),
		Fingerprint: hex.EncodeToString(sum[:]), LeftOut: c.leftOut(),
	}
	if routines {
		// A body may name a later object.
		schema.Dump = "SET check_function_bodies = off;\n\n" + schema.Dump
	}
	return schema
}

// order puts dependencies first; otherwise it sorts by kind and name.
func (c *catalog) order() []*object {
	waiting := map[key]int{}
	needed := map[key][]*object{}
	ready := &queue{}
	for _, o := range c.objects {
		for k := range o.needs {
			needed[k] = append(needed[k], o)
		}
		if waiting[o.key] = len(o.needs); len(o.needs) == 0 {
			heap.Push(ready, o)
		}
	}
	done := make([]*object, 0, len(c.objects))
	for len(done) < len(c.objects) {
		if ready.Len() == 0 {
			heap.Push(ready, c.breakCircle(waiting))
		}
		o := heap.Pop(ready).(*object)
		delete(waiting, o.key)
		done = append(done, o)
		for _, next := range needed[o.key] {
			if n, open := waiting[next.key]; open {
				if waiting[next.key] = n - 1; n == 1 {
					heap.Push(ready, next)
				}
			}
		}
	}
	return done
}

// breakCircle picks the first by kind and name of those that wait for each other.
func (c *catalog) breakCircle(waiting map[key]int) *object {
	var first *object
	for k := range waiting {
		if o := c.objects[k]; first == nil || less(o, first) {
			first = o
		}
	}
	delete(waiting, first.key)
	return first
}

func less(a, b *object) bool {
	return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.name, b.name), slices.Compare(a.sql, b.sql)) < 0
}

// queue is a heap of objects by kind and name.
type queue []*object

func (q queue) Len() int           { return len(q) }
func (q queue) Less(i, j int) bool { return less(q[i], q[j]) }
func (q queue) Swap(i, j int)      { q[i], q[j] = q[j], q[i] }
func (q *queue) Push(x any)        { *q = append(*q, x.(*object)) }
func (q *queue) Pop() any {
	last := (*q)[len(*q)-1]
	*q = (*q)[:len(*q)-1]
	return last
}
