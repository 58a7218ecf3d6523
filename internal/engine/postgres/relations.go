package postgres

// sequenceOptions are the options of pg_sequence q that differ from the defaults.
const sequenceOptions = `
  CASE WHEN q.seqincrement <> 1 THEN ' INCREMENT BY ' || q.seqincrement ELSE '' END
  || CASE WHEN q.seqmin <> 1 THEN ' MINVALUE ' || q.seqmin ELSE '' END
  || CASE WHEN q.seqmax <> CASE q.seqtypid WHEN 'int2'::regtype THEN 32767 WHEN 'int4'::regtype
    THEN 2147483647 ELSE 9223372036854775807 END
     THEN ' MAXVALUE ' || q.seqmax ELSE '' END
  || CASE WHEN q.seqstart <> 1 THEN ' START WITH ' || q.seqstart ELSE '' END
  || CASE WHEN q.seqcache <> 1 THEN ' CACHE ' || q.seqcache ELSE '' END
  || CASE WHEN q.seqcycle THEN ' CYCLE' ELSE '' END`

const selectSequences = `
SELECT c.oid, 0::oid, format('%I.%I', nspname, relname), ARRAY[format('CREATE %sSEQUENCE %I.%I',
  CASE relpersistence WHEN 'u' THEN 'UNLOGGED ' ELSE '' END, nspname, relname)
  || CASE WHEN q.seqtypid <> 'int8'::regtype THEN ' AS ' || format_type(q.seqtypid, NULL) ELSE '' END
    || ` + sequenceOptions + `]
FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace JOIN pg_sequence q ON seqrelid = c.oid
WHERE relkind = 'S' AND relpersistence <> 't' AND NOT EXISTS (SELECT 1 FROM pg_depend
  WHERE classid = 'pg_class'::regclass AND objid = c.oid AND deptype = 'i')
  AND ` + userSchema

// selectOwnedSequences runs after both exist.
const selectOwnedSequences = `
SELECT c.oid, d.refobjid, format('%I.%I', n.nspname, c.relname),
  ARRAY[format('ALTER SEQUENCE %I.%I OWNED BY %s.%I', n.nspname, c.relname,
  d.refobjid::regclass, a.attname)]
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'a'
  AND d.refclassid = 'pg_class'::regclass
JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
WHERE c.relkind = 'S' AND c.relpersistence <> 't' AND ` + userSchema

// tableColumn writes one column: a attribute, d its default. A column of a typed table has only what
// its type lacks.
const tableColumn = `
  E'\n  ' || quote_ident(a.attname)
  || CASE WHEN c.reloftype = 0 THEN ' ' || format_type(a.atttypid, a.atttypmod) || ` + collation + `
    ELSE ' WITH OPTIONS' END
  || CASE
    WHEN a.attgenerated = 's' THEN ' GENERATED ALWAYS AS (' || pg_get_expr(d.adbin, d.adrelid) || ') STORED'
    WHEN a.attgenerated = 'v' THEN ' GENERATED ALWAYS AS (' || pg_get_expr(d.adbin, d.adrelid) || ') VIRTUAL'
    WHEN a.attidentity <> '' THEN ' GENERATED ' || CASE a.attidentity WHEN 'a' THEN 'ALWAYS'
    ELSE 'BY DEFAULT' END || ' AS IDENTITY'
      || coalesce((SELECT ' ('
        || nullif(trim(CASE WHEN s.relname <> left(c.relname || '_' || a.attname || '_seq', 63)
          OR s.relnamespace <> c.relnamespace
        THEN 'SEQUENCE NAME ' || s.oid::regclass ELSE '' END || ` + sequenceOptions + `), '') || ')'
        FROM pg_depend i JOIN pg_class s ON s.oid = i.objid AND s.relkind = 'S'
          JOIN pg_sequence q ON q.seqrelid = s.oid
        WHERE i.classid = 'pg_class'::regclass AND i.refclassid = 'pg_class'::regclass
          AND i.refobjid = a.attrelid AND i.refobjsubid = a.attnum AND i.deptype = 'i'), '')
    WHEN d.adbin IS NOT NULL THEN ' DEFAULT ' || pg_get_expr(d.adbin, d.adrelid)
    ELSE '' END
  || CASE WHEN NOT a.attnotnull THEN '' ELSE coalesce((SELECT ` + notNull + ` FROM pg_constraint k
    WHERE k.conrelid = a.attrelid AND k.contype = 'n' AND k.conkey = ARRAY[a.attnum]), ' NOT NULL') END`

// notNull writes constraint k, which columns have since PostgreSQL 18. One that is not validated is
// added later.
const notNull = `CASE WHEN NOT k.convalidated THEN '' ELSE CASE WHEN k.conname = c.relname || '_'
	|| a.attname || '_not_null' THEN ''
  ELSE ' CONSTRAINT ' || quote_ident(k.conname) END || ' NOT NULL' || CASE WHEN k.connoinherit
  THEN ' NO INHERIT' ELSE '' END END`

// inheritedNotNull are a table's own constraints on columns that it inherits. They can be named
// only when it is created.
const inheritedNotNull = `coalesce((SELECT string_agg(CASE WHEN nr = 1 AND NOT EXISTS (SELECT 1
	FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0
      AND NOT attisdropped AND attislocal) THEN '' ELSE ',' END || format(E'\n  CONSTRAINT %I NOT NULL %I',
      conname, attname), '' ORDER BY nr)
    FROM (SELECT conname, attname, row_number() OVER (ORDER BY attnum) AS nr FROM pg_constraint k
      JOIN pg_attribute a ON attrelid = conrelid AND attnum = conkey[1]
      WHERE conrelid = c.oid AND contype = 'n' AND conislocal AND convalidated AND NOT attislocal
        AND NOT c.relispartition
        AND (conname <> c.relname || '_' || attname || '_not_null' OR EXISTS (SELECT 1 FROM pg_inherits
          JOIN pg_attribute p ON p.attrelid = inhparent AND p.attname = a.attname WHERE inhrelid = c.oid
            AND p.attnotnull))) AS own), '')`

// columnExtras are properties that a column's definition cannot contain, in tables and materialized
// views. Only types of variable length have a storage to choose. PostgreSQL 13 has no compression: there
// the name means the column of the row outside.
const columnExtras = `
  SELECT 2 AS o, a.attnum AS num, format('ALTER TABLE ONLY %s ALTER COLUMN %I SET STORAGE %s',
    c.oid::regclass, a.attname,
    CASE attstorage WHEN 'p' THEN 'PLAIN' WHEN 'e' THEN 'EXTERNAL' WHEN 'm' THEN 'MAIN'
      ELSE 'EXTENDED' END) AS text
    FROM pg_attribute a WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped AND attlen = -1
      AND attstorage <> (SELECT typstorage FROM pg_type t WHERE t.oid = atttypid)
  UNION ALL SELECT 3, a.attnum, format('ALTER TABLE ONLY %s ALTER COLUMN %I SET STATISTICS %s',
    c.oid::regclass, a.attname, attstattarget)
    FROM pg_attribute a WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped AND attstattarget >= 0
  UNION ALL SELECT 4, a.attnum, format('ALTER TABLE ONLY %s ALTER COLUMN %I SET (%s)', c.oid::regclass,
    a.attname, array_to_string(` + columnOptions + `, ', '))
    FROM pg_attribute a WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped
      AND attoptions IS NOT NULL AND ` + columnOptions + ` IS NOT NULL
  UNION ALL SELECT 5, a.num, format('ALTER TABLE ONLY %s ALTER COLUMN %I SET COMPRESSION %s',
    c.oid::regclass, a.name, CASE a.method WHEN 'p' THEN 'pglz' ELSE 'lz4' END)
    FROM (SELECT ''::"char" AS attcompression OFFSET 0) AS outside, LATERAL (
      SELECT attnum AS num, attname AS name, attcompression AS method FROM pg_attribute
        WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped AND attlen = -1) AS a
    WHERE a.method IN ('p', 'l')`

// tableExtras are properties that a CREATE TABLE cannot contain.
const tableExtras = columnExtras + `
  UNION ALL SELECT 6, a.attnum, format('ALTER TABLE ONLY %s ALTER COLUMN %I SET NOT NULL',
    c.oid::regclass, a.attname)
    FROM pg_attribute a WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped AND attnotnull
      AND NOT attislocal AND NOT c.relispartition
    AND NOT EXISTS (SELECT 1 FROM pg_inherits JOIN pg_attribute p ON p.attrelid = inhparent
    AND p.attname = a.attname WHERE inhrelid = c.oid AND p.attnotnull)
    AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE conrelid = c.oid AND contype = 'n'
    AND conkey = ARRAY[attnum]
      AND (conname <> c.relname || '_' || attname || '_not_null' OR NOT convalidated))
  UNION ALL SELECT 6, conkey[1], format('ALTER TABLE ONLY %s ADD CONSTRAINT %I %s', c.oid::regclass,
    conname, pg_get_constraintdef(k.oid))
    FROM pg_constraint k WHERE conrelid = c.oid AND contype = 'n' AND conislocal AND NOT convalidated
  UNION ALL SELECT 7, 0, format('ALTER TABLE ONLY %s REPLICA IDENTITY %s', c.oid::regclass,
    CASE relreplident WHEN 'f' THEN 'FULL' ELSE 'NOTHING' END)
    WHERE relreplident IN ('f', 'n')
  UNION ALL SELECT 8, 0, format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', c.oid::regclass)
    WHERE relrowsecurity
  UNION ALL SELECT 9, 0, format('ALTER TABLE ONLY %s FORCE ROW LEVEL SECURITY', c.oid::regclass)
    WHERE relforcerowsecurity`

// storageOptions are those of a table and of its TOAST table; SQL names only the table.
const storageOptions = `coalesce(E'\nWITH (' || nullif(array_to_string(` + tableOptions + `
  || (SELECT array_agg('toast.' || o ORDER BY nr)
    FROM pg_class AS ts, unnest(ts.reloptions) WITH ORDINALITY AS u (o, nr)
    WHERE ts.oid = c.reltoastrelid AND split_part(o, '=', 1) = ANY (` + tableOptionNames + `)), ', '), '')
      || ')', '')`

const selectTables = `
SELECT c.oid, c.oid, format('%I.%I', n.nspname, c.relname),
  ARRAY[format('CREATE %sTABLE %s', CASE relpersistence WHEN 'u' THEN 'UNLOGGED ' ELSE '' END,
  c.oid::regclass)
    || CASE WHEN c.reloftype = 0 THEN ' (' ELSE ' OF ' || c.reloftype::regtype END
    || coalesce((SELECT CASE WHEN c.reloftype = 0 THEN '' ELSE ' (' END || string_agg(` + tableColumn + `,
      ',' ORDER BY a.attnum) || E'\n'
        || CASE WHEN c.reloftype = 0 THEN '' ELSE ')' END
      FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
      WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND (a.attislocal OR c.relispartition)
        AND (c.reloftype = 0 OR d.adbin IS NOT NULL OR a.attnotnull OR a.attidentity <> '')), '')
        || ` + inheritedNotNull + ` || CASE WHEN c.reloftype = 0 THEN ')' ELSE '' END
    || coalesce((SELECT E'\nINHERITS (' || string_agg(inhparent::regclass::text, ', '
      ORDER BY inhseqno) || ')'
      FROM pg_inherits WHERE inhrelid = c.oid AND NOT c.relispartition), '')
    || CASE WHEN relkind = 'p' THEN E'\nPARTITION BY ' || pg_get_partkeydef(c.oid) ELSE '' END
    || ` + storageOptions + `]
  || coalesce((SELECT array_agg(text ORDER BY o, num) FROM (` + tableExtras + `) AS x), '{}')
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE relkind IN ('r', 'p')
  AND relpersistence <> 't' AND ` + userSchema

// selectInheritedDefaults runs when all children exist: a table cannot be created with parents that
// differ.
const selectInheritedDefaults = `
SELECT d.oid, c.oid, format('%I.%I.%s', n.nspname, c.relname, adnum),
  ARRAY[format('ALTER TABLE ONLY %s ALTER COLUMN %I SET DEFAULT %s',
  c.oid::regclass, attname, pg_get_expr(adbin, adrelid))]
FROM pg_attrdef d JOIN pg_attribute a ON attrelid = adrelid AND attnum = adnum
  JOIN pg_class c ON c.oid = adrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE NOT attislocal AND attgenerated = '' AND relkind = 'r' AND NOT relispartition
  AND relpersistence <> 't' AND ` + userSchema

// selectPartitions attaches before the parent's constraints and indexes are created, which then
// apply to the partitions.
const selectPartitions = `
SELECT c.oid, c.oid, format('%I.%I', n.nspname, c.relname),
  ARRAY[format('ALTER TABLE ONLY %s ATTACH PARTITION %s %s', inhparent::regclass, c.oid::regclass,
  pg_get_expr(relpartbound, c.oid))]
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_inherits ON inhrelid = c.oid
WHERE relispartition AND relkind IN ('r', 'p') AND ` + userSchema

// indexExtras are properties that no definition of an index contains: i is its pg_index.
const indexExtras = `coalesce((SELECT array_agg(text ORDER BY o, num) FROM (
  SELECT 1 AS o, 0 AS num, format('ALTER TABLE %s CLUSTER ON %I', i.indrelid::regclass, relname) AS text
    FROM pg_class WHERE oid = i.indexrelid AND i.indisclustered
  UNION ALL SELECT 2, 0, format('ALTER TABLE ONLY %s REPLICA IDENTITY USING INDEX %I',
    i.indrelid::regclass, relname)
    FROM pg_class WHERE oid = i.indexrelid AND i.indisreplident
  UNION ALL SELECT 3, attnum, format('ALTER INDEX %s ALTER COLUMN %s SET STATISTICS %s',
    i.indexrelid::regclass, attnum, attstattarget)
    FROM pg_attribute WHERE attrelid = i.indexrelid AND attstattarget >= 0) AS x), '{}')`

// constraints leaves out those inherited from a parent. The options of an index are not in its
// constraint's definition.
const constraints = `
SELECT k.oid, conrelid, format('%I.%I.%I', n.nspname, c.relname, conname),
  ARRAY[format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass,
  conname, ` + constraintDefinition + `)]
  || CASE WHEN contype IN ('p', 'u') AND ` + indexOptions + ` IS NOT NULL
    THEN ARRAY[format('ALTER INDEX %s SET (%s)', x.oid::regclass, array_to_string(` + indexOptions + `,
    ', '))] ELSE '{}' END || ` + indexExtras + `
FROM pg_constraint k JOIN pg_class c ON c.oid = conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_index i ON i.indexrelid = conindid AND contype IN ('p', 'u', 'x')
  LEFT JOIN pg_class x ON x.oid = i.indexrelid
WHERE c.relpersistence <> 't' AND conparentid = 0 AND conislocal AND ` + userSchema

const (
	selectConstraints = constraints + ` AND contype IN ('p', 'u', 'x', 'c')`
	selectForeignKeys = constraints + ` AND contype = 'f'`
)

const selectIndexes = `
SELECT x.oid, i.indrelid, format('%I.%I', n.nspname, x.relname),
  ARRAY[replace(` + indexDefinition + `, ' ON ONLY ', ' ON ')] || ` + indexExtras + `
FROM pg_class x JOIN pg_index i ON i.indexrelid = x.oid JOIN pg_namespace n ON n.oid = x.relnamespace
WHERE x.relpersistence <> 't' AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = x.oid
  AND contype IN ('p', 'u', 'x'))
  AND NOT EXISTS (SELECT 1 FROM pg_inherits WHERE inhrelid = x.oid) AND ` + userSchema

const selectViews = `
SELECT c.oid, c.oid, format('%I.%I', n.nspname, c.relname),
  ARRAY[format('CREATE %sVIEW %s%s AS', CASE relkind WHEN 'm' THEN 'MATERIALIZED ' ELSE '' END,
  c.oid::regclass,
    coalesce(' WITH (' || array_to_string(` + viewOptions + `, ', ') || ')', ''))
    || E'\n' || rtrim(pg_get_viewdef(c.oid), ';') || CASE relkind WHEN 'm' THEN E'\nWITH NO DATA' ELSE '' END]
  || coalesce((SELECT array_agg(format('ALTER VIEW %s ALTER COLUMN %I SET DEFAULT %s',
    c.oid::regclass, a.attname,
    pg_get_expr(d.adbin, d.adrelid)) ORDER BY attnum) FROM pg_attribute a
    JOIN pg_attrdef d ON adrelid = attrelid AND adnum = attnum
    WHERE attrelid = c.oid), '{}')
  || coalesce((SELECT array_agg(text ORDER BY o, num) FROM (` + columnExtras + `) AS x
    WHERE c.relkind = 'm'), '{}')
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE relkind IN ('v', 'm')
  AND relpersistence <> 't' AND ` + userSchema

const selectRules = `
SELECT r.oid, ev_class, format('%I.%I.%I', n.nspname, c.relname, rulename),
  ARRAY[rtrim(pg_get_ruledef(r.oid), ';')]
  || CASE ev_enabled WHEN 'O' THEN '{}'::text[]
    ELSE ARRAY[format('ALTER TABLE %s %s RULE %I', ev_class::regclass,
    CASE ev_enabled WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA' ELSE 'ENABLE ALWAYS' END,
      rulename)] END
FROM pg_rewrite r JOIN pg_class c ON c.oid = ev_class JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE rulename <> '_RETURN' AND ` + userSchema

// selectTriggers leaves out triggers inherited from a partitioned table, unless a partition has
// enabled or disabled its own.
const selectTriggers = `
SELECT t.oid, t.tgrelid, format('%I.%I.%I', n.nspname, c.relname, t.tgname),
  CASE t.tgparentid WHEN 0 THEN ARRAY[pg_get_triggerdef(t.oid)] ELSE '{}' END
  || CASE WHEN t.tgenabled = coalesce(p.tgenabled, 'O') THEN '{}'::text[]
    ELSE ARRAY[format('ALTER TABLE %s %s TRIGGER %I', t.tgrelid::regclass,
    CASE t.tgenabled WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA' WHEN 'A' THEN 'ENABLE ALWAYS'
      ELSE 'ENABLE' END, t.tgname)] END
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_trigger p ON p.oid = t.tgparentid
WHERE (t.tgparentid = 0 AND NOT t.tgisinternal OR t.tgconstraint = 0 AND t.tgenabled <> p.tgenabled)
  AND ` + userSchema

const selectPolicies = `
SELECT p.oid, polrelid, format('%I.%I.%I', n.nspname, c.relname, polname),
  ARRAY[format('CREATE POLICY %I ON %s%s%s', polname, polrelid::regclass, CASE WHEN polpermissive THEN ''
  ELSE ' AS RESTRICTIVE' END,
    CASE polcmd WHEN 'r' THEN ' FOR SELECT' WHEN 'a' THEN ' FOR INSERT' WHEN 'w' THEN ' FOR UPDATE'
      WHEN 'd' THEN ' FOR DELETE' ELSE '' END)
  || CASE WHEN polroles = '{0}' THEN '' ELSE ' TO ' || (SELECT string_agg(quote_ident(rolname), ', '
    ORDER BY rolname)
    FROM pg_roles WHERE oid = ANY (polroles)) END
  || coalesce(' USING (' || pg_get_expr(polqual, polrelid) || ')', '')
  || coalesce(' WITH CHECK (' || pg_get_expr(polwithcheck, polrelid) || ')', '')]
FROM pg_policy p JOIN pg_class c ON c.oid = polrelid JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE ` + userSchema

const selectStatistics = `
SELECT s.oid, stxrelid, format('%I.%I', n.nspname, stxname), ARRAY[pg_get_statisticsobjdef(s.oid)]
  || CASE WHEN stxstattarget >= 0 THEN ARRAY[format('ALTER STATISTICS %I.%I SET STATISTICS %s', nspname,
    stxname, stxstattarget)] ELSE '{}' END
FROM pg_statistic_ext s JOIN pg_namespace n ON n.oid = stxnamespace WHERE ` + userSchema
