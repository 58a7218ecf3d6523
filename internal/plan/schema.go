package plan

import "strings"

// ParseSchemaTemplate parses a schema path template, the path to which a database's schema is
// written. It may contain {{ENV_ID}} and {{DB_NAME}}, but no wildcards. Errors are *towpath.Error
// with CodeInvalid and the field schemaPathTemplate.
func ParseSchemaTemplate(s string) (Template, error) {
	p := parser{field: "schemaPathTemplate", known: []placeholder{envID, dbName}}
	return p.parse(s)
}

// Path returns the path of a database's schema by a schema path template, relative to the base
// directory.
func (t Template) Path(environment, database string) string {
	return strings.NewReplacer("{{"+string(envID)+"}}", environment, "{{"+string(dbName)+"}}",
		database).Replace(t.source)
}

// SchemaPathConflicts reports whether the schema path of any of these environments and databases
// matches the file template. A written schema would then become a migration.
func SchemaPathConflicts(schema, file Template, envs, dbs []string) bool {
	if len(envs) == 0 {
		envs = []string{"env"}
	}
	if len(dbs) == 0 {
		dbs = []string{"db"}
	}
	for _, env := range envs {
		for _, db := range dbs {
			if _, ok := file.match(strings.Split(schema.Path(env, db), "/")); ok {
				return true
			}
		}
	}
	return false
}
