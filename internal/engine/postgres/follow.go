package postgres

import (
	"context"
	"fmt"
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
	d.mu.Lock()
	last := d.read
	d.read = nil // a reading that fails is not followed
	d.mu.Unlock()
	if last == nil {
		return d.Schema(ctx)
	}
	next := last.successor()
	whole, quiet := false, false
	err := d.snapshot(ctx, func() []reading {
		return append(next.state(), next.touchedSince(last.horizon))
	}, func() []reading {
		if whole = next.needsWhole(last); whole {
			return nil
		}
		gone := next.gone(last)
		if quiet = len(gone)+len(next.touched) == 0; quiet {
			return nil
		}
		next.forget(gone)
		next.touched = append(next.touched, gone...) // nil would read all
		return append(next.objectsOf(next.touched), next.rest(next.touched)...)
	})
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

// needsWhole reports whether something has changed that the texts of many objects depend on, or that
// no row shows afterwards.
func (c *catalog) needsWhole(last *catalog) bool {
	if slices.Contains(c.touched, key{}) || !slices.Equal(c.apart, last.apart) {
		return true
	}
	for k := range last.present {
		// A domain's constraint is a part of the domain, whose row stays the same.
		if k.class == classConstraint && !c.present[k] && c.objects[k] == nil {
			return true
		}
	}
	return false
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

// forget removes what is gone, and what is read again, with all that belongs to it.
func (c *catalog) forget(gone []key) {
	out, oids := map[key]bool{}, map[uint32]bool{}
	for _, k := range slices.Concat(gone, c.touched) {
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

// partOfRelation reports whether the oid of an object is that of a relation: what a sequence belongs
// to, and what a partition is attached to, have no oids of their own.
func partOfRelation(class uint32) bool { return class == classSequence || class == classInherits }

// oidList writes the oids as an array, for the one argument of a reading of some; none for nil.
func oidList(keys []key) []any {
	if keys == nil {
		return nil
	}
	list := make([]string, len(keys))
	for i, k := range keys {
		list[i] = strconv.FormatUint(uint64(k.oid), 10)
	}
	return []any{"{" + strings.Join(list, ",") + "}"}
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
			name: "oids", text: selectPresent, into: []any{&k.class, &k.oid},
			each: func() { c.present[k] = true },
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

// touchedSince reads which objects have changed since a snapshot, or depend on one that has.
func (c *catalog) touchedSince(horizon string) reading {
	var k key
	return reading{
		name: "changes", text: selectTouched, args: []any{horizon}, into: []any{&k.class, &k.oid},
		each: func() { c.touched = append(c.touched, k) },
	}
}

// selectHorizon is the oldest transaction that was not over: rows of older ones have been read.
const selectHorizon = `SELECT pg_snapshot_xmin(pg_current_snapshot())::xid::text`

// selectPresent lists what can be dropped.
const selectPresent = `
SELECT 'pg_class'::regclass::oid, oid FROM pg_class WHERE oid >= 16384
UNION ALL SELECT 'pg_proc'::regclass, oid FROM pg_proc WHERE oid >= 16384
UNION ALL SELECT 'pg_type'::regclass, oid FROM pg_type WHERE oid >= 16384
UNION ALL SELECT 'pg_constraint'::regclass, oid FROM pg_constraint WHERE oid >= 16384
UNION ALL SELECT 'pg_rewrite'::regclass, oid FROM pg_rewrite WHERE oid >= 16384
UNION ALL SELECT 'pg_trigger'::regclass, oid FROM pg_trigger WHERE oid >= 16384
UNION ALL SELECT 'pg_policy'::regclass, oid FROM pg_policy
UNION ALL SELECT 'pg_statistic_ext'::regclass, oid FROM pg_statistic_ext
UNION ALL SELECT 'pg_namespace'::regclass, oid FROM pg_namespace
UNION ALL SELECT 'pg_extension'::regclass, oid FROM pg_extension
UNION ALL SELECT 'pg_event_trigger'::regclass, oid FROM pg_event_trigger
UNION ALL SELECT 'pg_default_acl'::regclass, oid FROM pg_default_acl`

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
SELECT class, oid FROM touched`
