package postgres

// selectRoutines leaves out the constructors that a range type creates.
const selectRoutines = `
SELECT p.oid, 0::oid, format('%I.%I(%s)', nspname, proname, pg_get_function_identity_arguments(p.oid)),
  ARRAY[rtrim(pg_get_functiondef(p.oid), E'\n')]
FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace WHERE prokind IN ('f', 'p', 'w')
  AND NOT EXISTS (SELECT 1 FROM pg_depend WHERE classid = 'pg_proc'::regclass AND objid = p.oid
  AND deptype = 'i') AND ` + userSchema

const selectAggregates = `
SELECT p.oid, 0::oid, format('%I.%I(%s)', n.nspname, proname, pg_get_function_identity_arguments(p.oid)),
  ARRAY[format('CREATE AGGREGATE %I.%I(%s) (%s)', n.nspname, proname,
    CASE pronargs WHEN 0 THEN '*' ELSE pg_get_function_identity_arguments(p.oid) END, concat_ws(', ',
    'SFUNC = ' || aggtransfn::regproc,
    'STYPE = ' || format_type(aggtranstype, NULL),
    'SSPACE = ' || nullif(aggtransspace, 0),
    'FINALFUNC = ' || nullif(aggfinalfn::oid, 0)::regproc,
    CASE WHEN aggfinalextra THEN 'FINALFUNC_EXTRA' END,
    ` + aggregateModify + `
    'COMBINEFUNC = ' || nullif(aggcombinefn::oid, 0)::regproc,
    'SERIALFUNC = ' || nullif(aggserialfn::oid, 0)::regproc,
    'DESERIALFUNC = ' || nullif(aggdeserialfn::oid, 0)::regproc,
    'INITCOND = ' || quote_literal(agginitval),
    'MSFUNC = ' || nullif(aggmtransfn::oid, 0)::regproc,
    'MINVFUNC = ' || nullif(aggminvtransfn::oid, 0)::regproc,
    'MSTYPE = ' || format_type(nullif(aggmtranstype, 0), NULL),
    'MSSPACE = ' || nullif(aggmtransspace, 0),
    'MFINALFUNC = ' || nullif(aggmfinalfn::oid, 0)::regproc,
    CASE WHEN aggmfinalextra THEN 'MFINALFUNC_EXTRA' END,
    'MINITCOND = ' || quote_literal(aggminitval),
    'SORTOP = ' || (SELECT format('OPERATOR(%I.%s)', sn.nspname, oprname) FROM pg_operator o
    JOIN pg_namespace sn ON sn.oid = oprnamespace
      WHERE o.oid = aggsortop),
    CASE aggkind WHEN 'h' THEN 'HYPOTHETICAL' END,
    'PARALLEL = ' || CASE proparallel WHEN 's' THEN 'SAFE' WHEN 'r' THEN 'RESTRICTED' END))]
FROM pg_proc p JOIN pg_aggregate ON aggfnoid = p.oid JOIN pg_namespace n ON n.oid = pronamespace
WHERE prokind = 'a' AND ` + userSchema

// aggregateModify returns what final functions do to the state, where it is not the default of the
// aggregate's kind.
const aggregateModify = `
    CASE WHEN aggfinalmodify <> CASE aggkind WHEN 'n' THEN 'r' ELSE 'w' END::"char" THEN 'FINALFUNC_MODIFY = '
      || CASE aggfinalmodify WHEN 'r' THEN 'READ_ONLY' WHEN 's' THEN 'SHAREABLE' ELSE 'READ_WRITE' END END,
    CASE WHEN aggmfinalmodify <> CASE aggkind WHEN 'n' THEN 'r' ELSE 'w' END::"char"
      THEN 'MFINALFUNC_MODIFY = '
      || CASE aggmfinalmodify WHEN 'r' THEN 'READ_ONLY' WHEN 's' THEN 'SHAREABLE' ELSE 'READ_WRITE' END END,`

const selectEventTriggers = `
SELECT e.oid, 0::oid, evtname::text, ARRAY[format('CREATE EVENT TRIGGER %I ON %s%s EXECUTE FUNCTION %s()',
  evtname, evtevent,
  coalesce((SELECT format(E'\n  WHEN TAG IN (%s)', string_agg(quote_literal(tag), ', ' ORDER BY tag))
  FROM unnest(evttags) AS tag
    HAVING count(*) > 0), ''), evtfoid::regproc)]
  || CASE evtenabled WHEN 'O' THEN '{}'::text[] ELSE ARRAY[format('ALTER EVENT TRIGGER %I %s', evtname,
    CASE evtenabled WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA' ELSE 'ENABLE ALWAYS' END)] END
FROM pg_event_trigger e`

const selectDefaultPrivileges = `
SELECT d.oid, 0::oid, format('%s %s %s', defaclnamespace::regnamespace, defaclobjtype,
  pg_get_userbyid(defaclrole)),
  (SELECT coalesce(array_agg(format('ALTER DEFAULT PRIVILEGES FOR ROLE %I%s GRANT %s ON %s TO %s%s',
  pg_get_userbyid(defaclrole),
      CASE defaclnamespace WHEN 0 THEN '' ELSE ' IN SCHEMA ' || defaclnamespace::regnamespace END, g.rights,
      CASE defaclobjtype WHEN 'r' THEN 'TABLES' WHEN 'S' THEN 'SEQUENCES' WHEN 'f' THEN 'FUNCTIONS'
        WHEN 'T' THEN 'TYPES' ELSE 'SCHEMAS' END,
      g.role, CASE WHEN g.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
      ORDER BY g.role, g.is_grantable), '{}')
    FROM (SELECT CASE grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END AS role,
      is_grantable,
        string_agg(privilege_type, ', ' ORDER BY privilege_type) AS rights
      FROM aclexplode(defaclacl) WHERE grantee <> defaclrole GROUP BY 1, 2) AS g)
FROM pg_default_acl d`
