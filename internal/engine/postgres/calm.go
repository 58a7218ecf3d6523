package postgres

import "github.com/jackc/pgx/v5"

// sessions counts what has ended.
type sessions struct {
	calm  int // committed, without a change of the catalog
	other int // which may have changed it
}

// readCatalogs are the catalogs that a reading of the schema depends on, whose rows a DROP, a GRANT or
// a COMMENT changes too. The numbers are the same on every server: pg_default_acl, pg_type,
// pg_attribute, pg_proc, pg_class, pg_authid, pg_aggregate, pg_attrdef, pg_constraint, pg_depend,
// pg_description, pg_index, pg_inherits, pg_namespace, pg_opclass, pg_operator, pg_rewrite, pg_trigger,
// pg_sequence, pg_extension, pg_policy, pg_partitioned_table, pg_statistic_ext, pg_init_privs,
// pg_collation, pg_event_trigger, pg_enum, pg_range, pg_ts_config.
const readCatalogs = "826, 1247, 1249, 1255, 1259, 1260, 2600, 2604, 2606, 2608, 2609, 2610, 2611, 2615, " +
	"2616, 2617, 2618, 2620, 2224, 3079, 3256, 3350, 3381, 3394, 3456, 3466, 3501, 3541, 3602"

// catalogMark reads how many rows of those catalogs this transaction has changed. What it has made and
// dropped counts too. It is -1 where the server counts nothing:
// https://www.postgresql.org/docs/current/runtime-config-statistics.html#GUC-TRACK-COUNTS
const catalogMark = `(SELECT CASE WHEN pg_catalog.current_setting('track_counts') OPERATOR(pg_catalog.<>) 'on' THEN -1
	ELSE pg_catalog.sum(pg_catalog.pg_stat_get_xact_tuples_inserted(o)
	OPERATOR(pg_catalog.+) pg_catalog.pg_stat_get_xact_tuples_updated(o)
	OPERATOR(pg_catalog.+) pg_catalog.pg_stat_get_xact_tuples_deleted(o))::pg_catalog.int8 END
	FROM pg_catalog.unnest('{` + readCatalogs + `}'::pg_catalog.oid[]) AS o)`

// catalogText reads catalogMark by itself.
const catalogText = "SELECT " + catalogMark

// changes are the results of catalogMark in a transaction. The server adds up those of several.
type changes struct {
	before, after int64
	begun, known  bool // the first is read; both were read
}

// start reads the mark at the beginning of a transaction.
func (c *changes) start() call {
	c.begun = true
	return call{text: catalogText, scan: func(row pgx.Row) error { return row.Scan(&c.before) }}
}

// end takes the mark at the end of a transaction, from the row of lastGuardText.
func (c *changes) end(row pgx.Row) error {
	var one int
	c.known = true
	return row.Scan(&one, &c.after)
}

// none reports whether no row of a catalog has changed.
func (c *changes) none() bool { return c.known && c.before >= 0 && c.before == c.after }

// ended notes the end of a session.
func (d *database) ended(calm bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if calm {
		d.since.calm++
	} else {
		d.since.other++
	}
}

// follows reports whether there is a reading that the next one may follow, so that it matters what
// sessions change.
func (d *database) follows() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.read != nil
}

// unchanged returns the last reading where the sessions since then have changed nothing of it: files
// that only write rows are many. What others have changed meanwhile is found by the next reading.
func (d *database) unchanged() (last *catalog, stays bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.read, d.read != nil && d.since.calm > 0 && d.since.other == 0
}
