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
	needs    map[key]bool
}

// Schema implements engine.DB. It reads schemas, extensions, types, sequences, routines, tables,
// constraints, indexes, views, rules, triggers, policies, statistics, comments and grants. It does
// not read owners, tablespaces, operators, collations, text search, foreign data, casts and
// publications.
func (d *database) Schema(ctx context.Context) (engine.Schema, error) {
	c := &catalog{
		db:      d,
		objects: map[key]*object{},
		skipped: map[key]bool{},
		alias:   map[key]key{},
		unknown: map[string]int{},
	}
	if err := d.readAll(ctx, c.readings()); err != nil {
		return engine.Schema{}, fmt.Errorf("read the schema: %w", err)
	}
	return c.render(), nil
}

// catalog collects the objects of a database.
type catalog struct {
	db      *database
	objects map[key]*object
	skipped map[key]bool   // objects of extensions and of the ledger
	alias   map[key]key    // from a part to the object that creates it
	unknown map[string]int // options that are left out
}

// readings are in their order: what is skipped comes first, objects before what is about them.
func (c *catalog) readings() []reading {
	var k, to key
	list := []reading{{
		name: "skipped objects", text: selectSkipped, args: []any{c.db.place.schemas(), ledgerTable},
		into: []any{&k.class, &k.oid},
		each: func() { c.skipped[k] = true },
	}}
	for rank, kind := range kinds() {
		list = append(list, c.objectsOf(rank, kind))
	}
	list = append(list, reading{
		name: "aliases", text: selectAliases, into: []any{&k.class, &k.oid, &to.class, &to.oid},
		each: func() { c.alias[k] = to },
	})
	list = append(list, c.notes("comments", selectComments), c.notes("grants", selectGrants))
	return append(list, reading{
		name: "dependencies", text: selectNeeds, into: []any{&k.class, &k.oid, &to.class, &to.oid},
		each: func() {
			if a, b := c.find(k), c.find(to); a != nil && b != nil && a != b {
				a.needs[b.key] = true
			}
		},
	}, c.unknownOptions())
}

// objectsOf reads the objects of one kind.
func (c *catalog) objectsOf(rank int, kind kind) reading {
	var o object
	return reading{
		name: kind.name,
		text: "SELECT " + kind.class + "::regclass::oid, q.* FROM (" + kind.query + ") AS q",
		into: []any{&o.class, &o.oid, &o.relation, &o.name, &o.sql},
		each: func() {
			if c.skipped[o.key] || c.skipped[key{classRelation, o.relation}] {
				c.skipped[o.key] = true
				return
			}
			one := o
			one.rank = rank
			one.needs = map[key]bool{}
			one.sql = slices.Clone(o.sql)
			c.objects[o.key] = &one
		},
	}
}

// notes reads comments or grants, and adds them to the objects that they are about.
func (c *catalog) notes(name, query string) reading {
	var k key
	var text string
	return reading{
		name: name, text: query, into: []any{&k.class, &k.oid, &text},
		each: func() {
			if o := c.find(k); o != nil && !c.skipped[k] {
				o.sql = append(o.sql, text)
			}
		},
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
	for _, o := range c.order() {
		if len(o.sql) == 0 {
			continue
		}
		routines = routines || o.class == classRoutine
		text := strings.Join(o.sql, ";\n") + ";\n"
		definitions = append(definitions, text)
		dump.WriteString(dialect.Layout(o.sql[0]) + text[len(o.sql[0]):] + "\n")
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
