package postgres

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"towpath/internal/engine"
)

var _ engine.Follower = (*database)(nil)

// Follow implements engine.Follower. Each row of a catalog names the transaction that wrote it. So
// the rows since the last reading are found, and only the objects with them are read again, with
// those whose text may name them. What cannot be followed object by object is read as a whole.
func (d *database) Follow(ctx context.Context) (engine.Schema, error) {
	if last, stays := d.unchanged(); stays {
		return last.schema, nil
	}
	last := d.startReading() // one that fails is not followed
	if last == nil {
		return d.Schema(ctx)
	}
	next, part := last.successor(), newCatalog(d)
	whole, quiet, number := false, true, 0
	err := d.snapshot(ctx, func() []reading {
		return append(next.state(), next.number(&number), next.touchedSince(last.horizon))
	}, func() (list []reading) {
		next.expect(last)
		complete := len(next.present) == number
		if whole = next.movesNames(last); whole || (complete && len(next.touched) == 0) {
			return nil
		}
		if quiet = false; !complete {
			clear(next.present)
			list = append(list, next.presence())
		}
		part.skipped, part.letters = next.skipped, next.letters
		touched := append([]key{}, next.touched...) // nil would read all
		return slices.Concat(list, part.objectsOf(touched), part.rest(touched))
	})
	if err == nil && !whole && !quiet {
		gone := next.gone(last)
		whole = next.losesParts(gone)
		next.forget(slices.Concat(gone, next.touched))
		next.add(part)
	}
	switch {
	case err != nil:
		return engine.Schema{}, fmt.Errorf("follow the schema: %w", err)
	case whole:
		return d.Schema(ctx)
	case quiet && slices.Equal(next.comments, last.comments):
		next.schema = last.schema
	default:
		next.schema = next.render()
	}
	d.keep(next)
	return next.schema, nil
}

// startReading takes the last reading, and counts the sessions that end from now on.
func (d *database) startReading() (last *catalog) {
	d.mu.Lock()
	defer d.mu.Unlock()
	last, d.read, d.since = d.read, nil, sessions{}
	return last
}

// keep keeps a reading for the next one to follow.
func (d *database) keep(c *catalog) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.read = c
}

// successor starts with the objects of a catalog.
func (c *catalog) successor() *catalog {
	next := newCatalog(c.db)
	next.objects, next.skipped, next.unknown = c.objects, c.skipped, c.unknown
	next.alias, next.needs, next.grants = c.alias, c.needs, c.grants
	return next
}

// movesNames reports whether something has changed that the texts of many objects depend on.
func (c *catalog) movesNames(last *catalog) bool {
	return slices.Contains(c.touched, key{}) || !slices.Equal(c.apart, last.apart)
}

// losesParts reports whether something is gone that was a part of an object and that no row shows: a
// domain's constraint is one, and the domain's row stays the same.
func (c *catalog) losesParts(gone []key) bool {
	return slices.ContainsFunc(gone, func(k key) bool {
		return k.class == classConstraint && c.objects[k] == nil
	})
}

// expect fills in what is present when nothing is gone: what was there, and what is new.
func (c *catalog) expect(last *catalog) {
	maps.Copy(c.present, last.present)
	for _, k := range c.touched {
		if droppable(k) {
			c.present[k] = true
		}
	}
}

// gone lists the objects that the last reading had.
func (c *catalog) gone(last *catalog) (gone []key) {
	for k := range last.present {
		if !c.present[k] {
			gone = append(gone, k)
		}
	}
	return gone
}

// forget removes objects that are gone or are read again, with all that belongs to them.
func (c *catalog) forget(keys []key) {
	out, oids := map[key]bool{}, map[uint32]bool{}
	for _, k := range keys {
		out[k] = true
		oids[k.oid] = true
	}
	for k, o := range c.objects {
		relation := key{classRelation, o.relation}
		if out[k] || out[relation] || (partOfRelation(k.class) && out[key{classRelation, k.oid}]) {
			delete(c.objects, k)
		}
	}
	c.needs = slices.DeleteFunc(c.needs, func(e edge) bool { return oids[e.from.oid] })
	c.grants = slices.DeleteFunc(c.grants, func(n note) bool { return out[n.key] })
}

// add adds what was read of some objects.
func (c *catalog) add(part *catalog) {
	maps.Copy(c.objects, part.objects)
	maps.Copy(c.alias, part.alias)
	c.needs, c.grants = append(c.needs, part.needs...), append(c.grants, part.grants...)
}

// partOfRelation reports whether the oid of an object is that of a relation: what a sequence belongs
// to, and what a partition is attached to, have no oids of their own.
func partOfRelation(class uint32) bool { return class == classSequence || class == classInherits }

// oidList writes the oids as an array, for the one argument of a reading of some; none for nil.
func oidList(keys []key) []any {
	if keys == nil {
		return nil
	}
	return []any{arrayOf(keys, func(k key) uint32 { return k.oid })}
}

// arrayOf writes an array of one value of each key.
func arrayOf(keys []key, value func(key) uint32) string {
	list := make([]string, len(keys))
	for i, k := range keys {
		list[i] = strconv.FormatUint(uint64(value(k)), 10)
	}
	slices.Sort(list)
	return "{" + strings.Join(slices.Compact(list), ",") + "}"
}

// state reads what shows whether anything has changed.
func (c *catalog) state() []reading {
	var k key
	var comment note
	return []reading{
		{
			name: "the snapshot", text: selectHorizon, into: []any{&c.horizon},
		},
		{
			name: "skipped objects", text: selectSkipped,
			args: []any{c.db.place.schemas(), ledgerTable},
			into: []any{&k.class, &k.oid},
			each: func() { c.apart, c.skipped[k] = append(c.apart, k), true },
		},
		{
			name: "comments", text: selectComments, into: []any{&comment.class, &comment.oid, &comment.text},
			each: func() { c.comments = append(c.comments, comment) },
		},
	}
}

// presence reads what can be dropped.
func (c *catalog) presence() reading {
	var k key
	return reading{
		name: "oids", text: selectPresent(), into: []any{&k.class, &k.oid},
		each: func() { c.present[k] = true },
	}
}

// number counts what can be dropped.
func (c *catalog) number(n *int) reading {
	return reading{name: "the number of oids", text: selectNumber(), into: []any{n}}
}

// touchedSince reads which objects have changed since a snapshot, or depend on one that has.
func (c *catalog) touchedSince(horizon string) reading {
	var k key
	var letter string
	return reading{
		name: "changes", text: selectTouched, args: []any{horizon}, into: []any{&k.class, &k.oid, &letter},
		each: func() { c.touched, c.letters[k] = append(c.touched, k), letter },
	}
}

// selectHorizon is the oldest transaction that was not over: rows of older ones have been read.
const selectHorizon = `SELECT pg_snapshot_xmin(pg_current_snapshot())::xid::text`

// droppableRows are the rows of a catalog whose objects can be dropped.
type droppableRows struct {
	name  string
	class uint32
	all   bool // those of the server itself too
}

var droppables = []droppableRows{
	{"pg_class", classRelation, false}, {"pg_proc", classRoutine, false}, {"pg_type", 1247, false},
	{"pg_constraint", classConstraint, false}, {"pg_rewrite", 2618, false}, {"pg_trigger", 2620, false},
	{"pg_policy", 3256, true}, {"pg_statistic_ext", 3381, true}, {"pg_namespace", 2615, true},
	{"pg_extension", 3079, true}, {"pg_event_trigger", 3466, true}, {"pg_default_acl", 826, true},
}

// droppable reports whether an object has a row that can be dropped.
func droppable(k key) bool {
	return slices.ContainsFunc(droppables, func(d droppableRows) bool {
		return d.class == k.class && (d.all || k.oid >= firstOid)
	})
}

// firstOid is the first one that is not the server's own.
const firstOid = 16384

// selectPresent lists what can be dropped.
func selectPresent() string {
	lists := make([]string, len(droppables))
	for i, d := range droppables {
		lists[i] = fmt.Sprintf("SELECT '%s'::regclass::oid, oid FROM %[1]s%s", d.name, d.where())
	}
	return strings.Join(lists, " UNION ALL ")
}

// selectNumber counts it. A dropped object leaves no row, only a smaller number than expected.
func selectNumber() string {
	counts := make([]string, len(droppables))
	for i, d := range droppables {
		counts[i] = fmt.Sprintf("(SELECT count(*) FROM %s%s)", d.name, d.where())
	}
	return "SELECT " + strings.Join(counts, " + ")
}

func (d droppableRows) where() string {
	if d.all {
		return ""
	}
	return fmt.Sprintf(" WHERE oid >= %d", firstOid)
}

// since is the condition on a row that is not older than transaction $1. Rows of the server itself
// are left out before, since they are many.
const since = ` AND age(xmin) <= (SELECT age($1::text::xid))`

// selectTouched follows dependencies from each row since transaction $1: a view's text has the names
// of columns. Object 0 stands for what others are named after.
const selectTouched = `
WITH RECURSIVE fresh (class, oid) AS (
  SELECT 'pg_class'::regclass::oid, oid FROM pg_class WHERE oid >= 16384` + since + `
  UNION ALL SELECT 'pg_class'::regclass, attrelid FROM pg_attribute WHERE attrelid >= 16384` + since + `
  UNION ALL SELECT 'pg_class'::regclass, adrelid FROM pg_attrdef WHERE adrelid >= 16384` + since + `
  UNION ALL SELECT 'pg_class'::regclass, indexrelid FROM pg_index WHERE indexrelid >= 16384` + since + `
  UNION ALL SELECT 'pg_class'::regclass, seqrelid FROM pg_sequence WHERE seqrelid >= 16384` + since + `
  UNION ALL SELECT 'pg_class'::regclass, r.oid FROM pg_inherits,
    LATERAL (VALUES (inhrelid), (inhparent)) AS r (oid) WHERE true` + since + `
  UNION ALL SELECT 'pg_constraint'::regclass, oid FROM pg_constraint WHERE oid >= 16384` + since + `
  UNION ALL SELECT 'pg_type'::regclass, oid FROM pg_type WHERE oid >= 16384` + since + `
  UNION ALL SELECT 'pg_type'::regclass, enumtypid FROM pg_enum WHERE enumtypid >= 16384` + since + `
  UNION ALL SELECT 'pg_type'::regclass, rngtypid FROM pg_range WHERE rngtypid >= 16384` + since + `
  UNION ALL SELECT 'pg_proc'::regclass, oid FROM pg_proc WHERE oid >= 16384` + since + `
  UNION ALL SELECT 'pg_proc'::regclass, aggfnoid::oid FROM pg_aggregate
    WHERE aggfnoid::oid >= 16384` + since + `
  UNION ALL SELECT 'pg_rewrite'::regclass, oid FROM pg_rewrite WHERE oid >= 16384` + since + `
  UNION ALL SELECT 'pg_trigger'::regclass, oid FROM pg_trigger WHERE oid >= 16384` + since + `
  UNION ALL SELECT 'pg_policy'::regclass, oid FROM pg_policy WHERE oid >= 16384` + since + `
  UNION ALL SELECT 'pg_statistic_ext'::regclass, oid FROM pg_statistic_ext WHERE oid >= 16384` + since + `
  UNION ALL SELECT 0::oid, 0::oid FROM pg_namespace WHERE true` + since + `
  UNION ALL SELECT 0::oid, 0::oid FROM pg_extension WHERE true` + since + `
  UNION ALL SELECT 0::oid, 0::oid FROM pg_collation WHERE oid >= 16384` + since + `
  UNION ALL SELECT 0::oid, 0::oid FROM pg_operator WHERE oid >= 16384` + since + `
  UNION ALL SELECT 0::oid, 0::oid FROM pg_opclass WHERE oid >= 16384` + since + `
  UNION ALL SELECT 0::oid, 0::oid FROM pg_ts_config WHERE oid >= 16384` + since + `
  UNION ALL SELECT 0::oid, 0::oid FROM pg_event_trigger WHERE true` + since + `
  UNION ALL SELECT 0::oid, 0::oid FROM pg_default_acl WHERE true` + since + `
), touched (class, oid) AS (
  SELECT class, oid FROM fresh
  UNION SELECT n.class, n.oid FROM touched t, LATERAL (
    SELECT classid, objid FROM pg_depend
      WHERE refclassid = t.class AND refobjid = t.oid AND objid >= 16384
    UNION ALL SELECT refclassid, refobjid FROM pg_depend
      WHERE classid = t.class AND objid = t.oid AND deptype = 'i'
    UNION ALL SELECT 'pg_class'::regclass, adrelid FROM pg_attrdef d
      WHERE t.class = 'pg_attrdef'::regclass AND d.oid = t.oid
    UNION ALL SELECT 'pg_class'::regclass, ev_class FROM pg_rewrite r
      WHERE t.class = 'pg_rewrite'::regclass AND r.oid = t.oid
    UNION ALL SELECT 'pg_class'::regclass, conrelid FROM pg_constraint k
      WHERE t.class = 'pg_constraint'::regclass AND k.oid = t.oid AND contype = 'n' AND conrelid <> 0
    UNION ALL SELECT 'pg_type'::regclass, contypid FROM pg_constraint k
      WHERE t.class = 'pg_constraint'::regclass AND k.oid = t.oid AND contypid <> 0
  ) AS n (class, oid)
)
SELECT class, oid, coalesce(CASE class
  WHEN 'pg_class'::regclass THEN (SELECT relkind::text FROM pg_class c WHERE c.oid = t.oid)
  WHEN 'pg_type'::regclass THEN (SELECT typtype::text FROM pg_type y WHERE y.oid = t.oid) END, '')
FROM touched t`
