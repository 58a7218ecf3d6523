package plan

import "strings"

// ParseSchemaTemplate reads a schema path template: where a database's schema is written back to.
// {{ENV_ID}} and {{DB_NAME}} may be in it, wildcards may not. Errors are *towpath.Error with
// CodeInvalid and the field schemaPathTemplate.
func ParseSchemaTemplate(s string) (Template, error) {
	p := parser{field: "schemaPathTemplate", known: []placeholder{envID, dbName}}
	return p.parse(s)
}

// Path returns the path, relative to the base directory, that a schema path template means for one
// database.
func (t Template) Path(environment, database string) string {
	return strings.NewReplacer("{{"+string(envID)+"}}", environment, "{{"+string(dbName)+"}}",
		database).Replace(t.source)
}

// SchemaPathConflicts reports whether a schema path of any of these environments and databases is a
// migration by the file template. Such a schema would come back as a migration when it is written.
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
