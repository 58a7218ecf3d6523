package postgres

import "strings"

// Oids of catalog tables; they are fixed in src/include/catalog.
const (
	classRelation uint32 = 1259 // pg_class
	classRoutine  uint32 = 1255 // pg_proc

	classConstraint uint32 = 2606 // pg_constraint
	classSequence   uint32 = 2224 // pg_sequence
	classInherits   uint32 = 2611 // pg_inherits
)

// kind is one kind of object. Its query returns oid, the oid of the table that it belongs to (or
// 0), name, and the statements that create it. search_path is empty, so the catalog's own functions
// qualify every name.
type kind struct {
	name, class, query string
	only               string // the relkind or typtype of its objects, a letter each; "" for any
}

// classes are the oids of the catalogs whose objects may be read one by one.
func classes() map[string]uint32 {
	return map[string]uint32{
		"'pg_class'": classRelation, "'pg_attribute'": classRelation, "'pg_inherits'": classRelation,
		"'pg_sequence'": classRelation, "'pg_proc'": classRoutine, "'pg_constraint'": classConstraint,
		"'pg_type'": 1247, "'pg_rewrite'": 2618, "'pg_trigger'": 2620, "'pg_policy'": 3256,
		"'pg_statistic_ext'": 3381, "'pg_event_trigger'": 3466,
	}
}

// among reports whether objects of the kind's catalog may be among some, and whether objects of the kind
// itself may, by their letters. What belongs to a relation depends on it, so that it is among them too.
func (k kind) among(some []key, letters map[key]string) (catalog, itself bool) {
	class := classes()[k.class]
	for _, s := range some {
		if s.class == class {
			letter := letters[s]
			catalog = true
			itself = itself || k.only == "" || letter == "" || strings.Contains(k.only, letter)
		}
	}
	return catalog, itself
}

// kinds are in the order of a dump, where dependencies do not decide.
func kinds() []kind {
	return []kind{
		{name: "schemas", class: "'pg_namespace'", query: selectSchemas},
		{name: "extensions", class: "'pg_extension'", query: selectExtensions},
		{name: "enums", class: "'pg_type'", query: selectEnums, only: "e"},
		{name: "composite types", class: "'pg_type'", query: selectComposites, only: "c"},
		{name: "domains", class: "'pg_type'", query: selectDomains, only: "d"},
		{name: "ranges", class: "'pg_type'", query: selectRanges, only: "r"},
		{name: "sequences", class: "'pg_class'", query: selectSequences, only: "S"},
		{name: "tables", class: "'pg_class'", query: selectTables, only: "rp"},
		{name: "inherited defaults", class: "'pg_attribute'", query: selectInheritedDefaults, only: "rp"},
		{name: "owners of sequences", class: "'pg_sequence'", query: selectOwnedSequences, only: "S"},
		{name: "partitions", class: "'pg_inherits'", query: selectPartitions, only: "rp"},
		{name: "routines", class: "'pg_proc'", query: selectRoutines},
		{name: "aggregates", class: "'pg_proc'", query: selectAggregates},
		{name: "constraints", class: "'pg_constraint'", query: selectConstraints},
		{name: "indexes", class: "'pg_class'", query: selectIndexes, only: "iI"},
		{name: "foreign keys", class: "'pg_constraint'", query: selectForeignKeys},
		{name: "views", class: "'pg_class'", query: selectViews, only: "vm"},
		{name: "rules", class: "'pg_rewrite'", query: selectRules},
		{name: "triggers", class: "'pg_trigger'", query: selectTriggers},
		{name: "policies", class: "'pg_policy'", query: selectPolicies},
		{name: "statistics", class: "'pg_statistic_ext'", query: selectStatistics},
		{name: "event triggers", class: "'pg_event_trigger'", query: selectEventTriggers},
		{name: "default privileges", class: "'pg_default_acl'", query: selectDefaultPrivileges},
	}
}

// userSchema is the condition on pg_namespace n that excludes the server's own schemas.
const userSchema = ` n.nspname NOT LIKE 'pg\_%' AND n.nspname <> 'information_schema' `

// selectSkipped lists the objects of extensions, and the ledger with its schema if nothing else is
// in it. $1 are the possible schemas, $2 is the table.
const selectSkipped = `
SELECT classid, objid FROM pg_depend WHERE refclassid = 'pg_extension'::regclass AND deptype = 'e'
UNION ALL SELECT 'pg_namespace'::regclass, n.oid FROM pg_namespace n WHERE nspname = ANY ($1)
  AND nspname <> 'public'
  AND (nspname = ($1)[1] OR EXISTS (SELECT 1 FROM pg_class WHERE relnamespace = n.oid AND relname = $2))
  AND NOT EXISTS (SELECT 1 FROM pg_depend WHERE refclassid = 'pg_namespace'::regclass AND refobjid = n.oid
    AND (classid IN ('pg_proc'::regclass, 'pg_type'::regclass) OR classid = 'pg_class'::regclass
      AND (SELECT relname FROM pg_class WHERE oid = objid) <> $2))
UNION ALL SELECT 'pg_class'::regclass, c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname = ANY ($1) AND c.relname = $2`

// selectAliases maps parts to the objects that create them: defaults, identity sequences, row
// types, array types, the rule of a view, the index of a constraint, the constraints of a domain,
// the NOT NULL of a column.
const selectAliases = `
SELECT 'pg_attrdef'::regclass::oid, oid, 'pg_class'::regclass::oid, adrelid FROM pg_attrdef
UNION ALL SELECT 'pg_rewrite'::regclass, oid, 'pg_class'::regclass, ev_class FROM pg_rewrite
  WHERE rulename = '_RETURN'
UNION ALL SELECT 'pg_class'::regclass, objid, 'pg_constraint'::regclass, refobjid FROM pg_depend
  WHERE classid = 'pg_class'::regclass AND refclassid = 'pg_constraint'::regclass AND deptype = 'i'
UNION ALL SELECT 'pg_constraint'::regclass, oid, 'pg_type'::regclass, contypid FROM pg_constraint
  WHERE contypid <> 0
UNION ALL SELECT 'pg_constraint'::regclass, oid, 'pg_class'::regclass, conrelid FROM pg_constraint
  WHERE contype = 'n' AND conrelid <> 0
UNION ALL SELECT 'pg_class'::regclass, d.objid, 'pg_class'::regclass, d.refobjid FROM pg_depend d
  WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.deptype = 'i'
    AND (SELECT relkind FROM pg_class s WHERE s.oid = d.objid) = 'S'
UNION ALL SELECT 'pg_class'::regclass, oid, 'pg_type'::regclass, reltype FROM pg_class
  WHERE relkind = 'c'
UNION ALL SELECT 'pg_type'::regclass, oid, 'pg_class'::regclass, typrelid FROM pg_type
  WHERE typrelid <> 0 AND (SELECT relkind FROM pg_class c WHERE c.oid = typrelid) <> 'c'
UNION ALL SELECT 'pg_type'::regclass, (to_jsonb(r) ->> 'rngmultitypid')::oid, 'pg_type'::regclass, rngtypid
  FROM pg_range r WHERE to_jsonb(r) ? 'rngmultitypid'
UNION ALL SELECT 'pg_type'::regclass, oid, 'pg_type'::regclass, typelem FROM pg_type a
  WHERE typelem <> 0 AND (SELECT typarray FROM pg_type t WHERE t.oid = a.typelem) = a.oid`

// selectNeeds lists dependencies. It leaves out that of a sequence on the column that owns it,
// since the sequence is created first. whose is the condition on d.
func selectNeeds(whose string) string {
	return `
SELECT classid, objid, refclassid, refobjid FROM pg_depend d
WHERE ` + whose + ` AND deptype IN ('n', 'a', 'i', 'P', 'S') AND refobjid >= 16384
  AND NOT (deptype IN ('a', 'i') AND classid = 'pg_class'::regclass AND refobjsubid > 0
    AND EXISTS (SELECT 1 FROM pg_class c WHERE c.oid = objid AND c.relkind = 'S'))
UNION ALL SELECT 'pg_sequence'::regclass, objid, 'pg_class'::regclass, objid FROM pg_depend
  WHERE classid = 'pg_class'::regclass AND deptype = 'a' AND refobjsubid > 0
UNION ALL SELECT 'pg_sequence'::regclass, objid, 'pg_class'::regclass, refobjid FROM pg_depend
  WHERE classid = 'pg_class'::regclass AND deptype = 'a' AND refobjsubid > 0
UNION ALL SELECT 'pg_attribute'::regclass, oid, 'pg_class'::regclass, adrelid FROM pg_attrdef
UNION ALL SELECT 'pg_attribute'::regclass, oid, 'pg_class'::regclass, inhrelid FROM pg_attrdef
  JOIN pg_inherits ON inhparent = adrelid
UNION ALL SELECT 'pg_inherits'::regclass, inhrelid, 'pg_class'::regclass, r.oid FROM pg_inherits,
  LATERAL (VALUES (inhrelid), (inhparent)) AS r (oid)`
}

// selectComments writes a comment for everything that has one, with the catalog's own name for it.
// OFFSET keeps the server from naming the thousands of its own objects that have one, too.
const selectComments = `
SELECT d.classoid, d.objoid, 'COMMENT ON ' || CASE
    WHEN i.type LIKE '% column' THEN 'COLUMN'
    WHEN i.type = 'table constraint' THEN 'CONSTRAINT'
    WHEN i.type = 'domain constraint' THEN 'CONSTRAINT'
    WHEN i.type = 'statistics object' THEN 'STATISTICS'
    WHEN i.type = 'composite type' THEN 'TYPE'
    ELSE upper(i.type) END || ' ' ||
    CASE WHEN i.type = 'domain constraint' THEN replace(i.identity, ' on ', ' ON DOMAIN ') ELSE i.identity END
    || ' IS ' || quote_literal(d.description)
FROM (
  SELECT * FROM pg_description WHERE objoid >= 16384
    OR (classoid = 'pg_namespace'::regclass AND description <> 'standard public schema'
      AND objoid = (SELECT oid FROM pg_namespace WHERE nspname = 'public'))
  OFFSET 0
) d, LATERAL pg_identify_object(d.classoid, d.objoid, d.objsubid) i
ORDER BY d.classoid, d.objoid, d.objsubid`

// selectGrants compares each list of rights with the object's initial rights. It leaves out the
// owner's own rights. whose is another condition on l.
func selectGrants(whose string) string {
	return `
WITH lists AS (
  SELECT 'pg_class'::regclass::oid AS class, c.oid, 0 AS sub, c.relacl AS acl, c.relowner AS owner,
    acldefault(CASE relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", relowner) AS base FROM pg_class c
    WHERE relkind IN ('r', 'p', 'v', 'm', 'S') AND c.oid >= 16384
  UNION ALL SELECT 'pg_namespace'::regclass, oid, 0, nspacl, nspowner, acldefault('n', nspowner)
    FROM pg_namespace
  UNION ALL SELECT 'pg_proc'::regclass, oid, 0, proacl, proowner, acldefault('f', proowner) FROM pg_proc
    WHERE oid >= 16384
  UNION ALL SELECT 'pg_type'::regclass, oid, 0, typacl, typowner, acldefault('T', typowner) FROM pg_type
    WHERE typtype IN ('e', 'd', 'c', 'r') AND oid >= 16384
  UNION ALL SELECT 'pg_class'::regclass, attrelid, attnum, attacl, relowner, acldefault('c', relowner)
    FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid
    WHERE attrelid >= 16384 AND NOT attisdropped AND attacl IS NOT NULL
), pairs AS (
  SELECT l.class, l.oid, l.sub, l.owner, l.acl, coalesce(p.initprivs, l.base) AS base FROM lists l
  LEFT JOIN pg_init_privs p ON p.classoid = l.class AND p.objoid = l.oid AND p.objsubid = l.sub
  WHERE l.acl IS NOT NULL AND (l.oid >= 16384 OR l.class = 'pg_namespace'::regclass
    AND l.oid = 'public'::regnamespace)` + whose + `
), changes AS (
  SELECT class, oid, sub, owner, true AS given, x.grantee, x.privilege_type, x.is_grantable FROM pairs b,
    LATERAL (SELECT grantee, privilege_type, is_grantable FROM aclexplode(b.acl)
      EXCEPT SELECT grantee, privilege_type, is_grantable FROM aclexplode(b.base)) x
  UNION ALL
  SELECT class, oid, sub, owner, false, x.grantee, x.privilege_type, x.is_grantable FROM pairs b,
    LATERAL (SELECT grantee, privilege_type, is_grantable FROM aclexplode(b.base)
      EXCEPT SELECT grantee, privilege_type, is_grantable FROM aclexplode(b.acl)) x
), named AS (
  SELECT c.*, CASE grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END AS role,
    i.type, i.identity,
    (SELECT quote_ident(attname) FROM pg_attribute WHERE attrelid = c.oid AND attnum = c.sub
    AND c.sub > 0) AS attribute
  FROM changes c, LATERAL pg_identify_object(c.class, c.oid, 0) i WHERE grantee <> owner
)
SELECT class, oid, CASE WHEN given THEN 'GRANT ' ELSE 'REVOKE ' END
  || string_agg(privilege_type || coalesce(' (' || attribute || ')', ''), ', ' ORDER BY privilege_type)
  || ' ON ' || CASE WHEN type IN ('view', 'materialized view') THEN 'TABLE'
    WHEN type = 'composite type' THEN 'TYPE'
    WHEN type = 'aggregate' THEN 'FUNCTION' ELSE upper(type) END || ' ' || identity
  || CASE WHEN given THEN ' TO ' ELSE ' FROM ' END || role || CASE WHEN given AND is_grantable
    THEN ' WITH GRANT OPTION' ELSE '' END
FROM named GROUP BY class, oid, sub, given, role, is_grantable, type, identity
ORDER BY class, oid, sub, given, role, is_grantable`
}

const selectSchemas = `
SELECT n.oid, 0::oid, nspname::text, CASE nspname WHEN 'public' THEN '{}'
  ELSE ARRAY[format('CREATE SCHEMA %I', nspname)] END
FROM pg_namespace n WHERE ` + userSchema

const selectExtensions = `
SELECT e.oid, 0::oid, extname::text, ARRAY[format('CREATE EXTENSION %I WITH SCHEMA %I', extname, nspname)]
FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE extname <> 'plpgsql'`

const selectEnums = `
SELECT t.oid, 0::oid, format('%I.%I', nspname, typname),
  ARRAY[format('CREATE TYPE %I.%I AS ENUM (%s)', nspname, typname,
  (SELECT coalesce(string_agg(quote_literal(enumlabel), ', ' ORDER BY enumsortorder), '') FROM pg_enum
  WHERE enumtypid = t.oid))]
FROM pg_type t JOIN pg_namespace n ON n.oid = typnamespace WHERE typtype = 'e' AND ` + userSchema

const selectComposites = `
SELECT t.oid, 0::oid, format('%I.%I', nspname, typname),
  ARRAY[format('CREATE TYPE %I.%I AS (%s)', nspname, typname,
  (SELECT string_agg(E'\n  ' || quote_ident(attname) || ' ' || format_type(atttypid, atttypmod)
  || ` + collation + `, ',' ORDER BY attnum)
   || E'\n' FROM pg_attribute a WHERE attrelid = t.typrelid
     AND NOT attisdropped AND attnum > 0))]
FROM pg_type t JOIN pg_namespace n ON n.oid = typnamespace JOIN pg_class c ON c.oid = typrelid
  AND relkind = 'c'
WHERE ` + userSchema

// collation is that of attribute a, if it is not its type's own. A join with pg_type would read all
// of it for each table, and so the usual types (text, character and varchar) are not looked up either.
const collation = `CASE WHEN a.attcollation = 0 OR (a.attcollation = 100 AND a.atttypid IN (25, 1042, 1043))
    OR a.attcollation = (SELECT typcollation FROM pg_type WHERE oid = a.atttypid)
  THEN '' ELSE coalesce((SELECT ' COLLATE ' || format('%I.%I', cn.nspname, co.collname) FROM pg_collation co
    JOIN pg_namespace cn ON cn.oid = co.collnamespace WHERE co.oid = a.attcollation), '') END`

const selectDomains = `
SELECT t.oid, 0::oid, format('%I.%I', nspname, typname),
  ARRAY[format('CREATE DOMAIN %I.%I AS %s', nspname, typname,
  format_type(typbasetype, typtypmod))
  || coalesce((SELECT ' COLLATE ' || format('%I.%I', cn.nspname, co.collname) FROM pg_collation co
    JOIN pg_namespace cn ON cn.oid = co.collnamespace JOIN pg_type b ON b.oid = t.typbasetype
    WHERE co.oid = t.typcollation AND co.oid <> b.typcollation), '')
  || coalesce(' DEFAULT ' || pg_get_expr(typdefaultbin, 0), '') || CASE WHEN typnotnull
    THEN coalesce((SELECT format(' CONSTRAINT %I', conname)
    FROM pg_constraint WHERE contypid = t.oid AND contype = 'n' AND conname <> t.typname || '_not_null'),
      '') || ' NOT NULL' ELSE '' END
  || coalesce((SELECT string_agg(format(E'\n  CONSTRAINT %I %s', conname, pg_get_constraintdef(k.oid)), ''
    ORDER BY conname)
    FROM pg_constraint k WHERE contypid = t.oid AND contype = 'c' AND convalidated), '')]
  || coalesce((SELECT array_agg(format('ALTER DOMAIN %I.%I ADD CONSTRAINT %I %s', nspname, typname, conname,
    pg_get_constraintdef(k.oid)) ORDER BY conname)
    FROM pg_constraint k WHERE contypid = t.oid AND contype = 'c' AND NOT convalidated), '{}')
FROM pg_type t JOIN pg_namespace n ON n.oid = typnamespace WHERE typtype = 'd' AND ` + userSchema

// selectRanges reads the name of the multirange through JSON: PostgreSQL 13 has no such column.
const selectRanges = `
SELECT t.oid, 0::oid, format('%I.%I', nspname, typname),
  ARRAY[format('CREATE TYPE %I.%I AS RANGE (SUBTYPE = %s%s%s%s%s)', nspname, typname,
  format_type(rngsubtype, NULL),
  (SELECT format(', MULTIRANGE_TYPE_NAME = %I.%I', mn.nspname, m.typname) FROM pg_type m
  JOIN pg_namespace mn ON mn.oid = m.typnamespace
    WHERE m.oid = (to_jsonb(r) ->> 'rngmultitypid')::oid),
  (SELECT format(', SUBTYPE_OPCLASS = %I.%I', pn.nspname, opcname) FROM pg_opclass o
  JOIN pg_namespace pn ON pn.oid = opcnamespace
    WHERE o.oid = rngsubopc AND NOT opcdefault),
  coalesce((SELECT format(', COLLATION = %I.%I', cn.nspname, co.collname) FROM pg_collation co
  JOIN pg_namespace cn ON cn.oid = co.collnamespace
    JOIN pg_type b ON b.oid = rngsubtype WHERE co.oid = rngcollation AND co.oid <> b.typcollation), ''),
  CASE rngsubdiff::oid WHEN 0 THEN '' ELSE ', SUBTYPE_DIFF = ' || rngsubdiff::regproc END)]
FROM pg_type t JOIN pg_range r ON rngtypid = t.oid JOIN pg_namespace n ON n.oid = typnamespace
  WHERE ` + userSchema
