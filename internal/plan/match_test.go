package plan

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"towpath"
)

const (
	fullTemplate  = `{{ENV_ID}}/{{DB_NAME}}##{{VERSION}}##{{TYPE}}##{{DESCRIPTION}}.sql`
	dbTemplate    = `{{DB_NAME}}/{{VERSION}}__{{TYPE}}__{{DESCRIPTION}}.sql`
	flywayLike    = `migrations/**/V{{VERSION}}__{{DESCRIPTION}}.sql`
	shortTemplate = `{{VERSION}}_{{DESCRIPTION}}.sql`
)

func mustTemplate(t testing.TB, s string) Template {
	t.Helper()
	template, err := ParseTemplate(s)
	if err != nil {
		t.Fatalf("ParseTemplate(%q): %v", s, err)
	}
	return template
}

func TestParseTemplate_refuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ template, says string }{
		"an empty one":            {" ", "empty"},
		"one without a version":   {"{{DB_NAME}}.sql", "{{VERSION}} is missing"},
		"a placeholder twice":     {"{{DB_NAME}}/{{DB_NAME}}_{{VERSION}}.sql", "twice"},
		"a version in four parts": {strings.Repeat("{{VERSION}}/", 3) + "{{VERSION}}.sql", "more than 3 times"},
		"an unknown placeholder": {
			"{{TENANT}}/{{VERSION}}.sql",
			"{{ENV_ID}}, {{DB_NAME}}, {{ENGINE}}, {{VERSION}}, {{TYPE}}, {{DESCRIPTION}}",
		},
		"a placeholder that is not closed": {"{{VERSION.sql", "not closed"},
		"one that was never opened":        {"VERSION}}.sql", "without {{"},
		"a folder as the end":              {"{{VERSION}}/", "ends with a slash"},
		"any folders as the end":           {"{{VERSION}}/**", "ends with **"},
		"two slashes in a row":             {"a//{{VERSION}}.sql", "two slashes"},
		"a way out of the base directory":  {"../{{VERSION}}.sql", "cannot leave it"},
		"** beside other text":             {"a**/{{VERSION}}.sql", "whole folders"},
		"placeholders without a separator": {"{{DB_NAME}}{{VERSION}}.sql", "Nothing separates {{DB_NAME}}"},
		"a placeholder before *":           {"{{VERSION}}*.sql", "Nothing separates {{VERSION}}"},
		"a backslash":                      {`db\{{VERSION}}.sql`, "backslash"},
		"a line break":                     {"db\n/{{VERSION}}.sql", "line break"},
		"a very long one":                  {strings.Repeat("a", 500) + "{{VERSION}}", "longer than 500"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := ParseTemplate(c.template)
			var e *towpath.Error
			if !errors.As(err, &e) || e.Code != towpath.CodeInvalid || e.Field != "filePathTemplate" ||
				!strings.Contains(e.Message, c.says) {
				t.Errorf("ParseTemplate(%q) = %v; want it to say %q", c.template, err, c.says)
			}
		})
	}
}

func TestParseTemplate_forgivesALeadingSlash(t *testing.T) {
	t.Parallel()
	if got := mustTemplate(t, "/db/{{VERSION}}.sql").String(); got != "db/{{VERSION}}.sql" {
		t.Errorf("String() = %q", got)
	}
}

func TestMatch_readsNames(t *testing.T) {
	t.Parallel()
	migration := func(env, db, label, version string, kind towpath.ChangeType,
		description string,
	) towpath.Migration {
		return towpath.Migration{
			MigrationID: towpath.MigrationID{Version: version, Type: kind},
			Environment: env, Database: db, Label: label, Description: description,
		}
	}
	for name, c := range map[string]struct {
		base, template, path string
		want                 towpath.Migration
	}{
		"all placeholders": {
			"", fullTemplate, "test/shop##1.02##ddl##add_user-name.sql",
			migration("test", "shop", "1.02", "1.2", towpath.TypeDDL, "add user name"),
		},
		"the separator within the description": {
			"", fullTemplate, "test/shop##1##DML##a##b.sql",
			migration("test", "shop", "1", "1", towpath.TypeDML, "a##b"),
		},
		"migrate is ddl": {
			"", dbTemplate, "shop/1_0__Migrate__x.sql",
			migration("", "shop", "1_0", "1.0", towpath.TypeDDL, "x"),
		},
		"data is dml": {
			"", dbTemplate, "shop/v1__data__x.sql",
			migration("", "shop", "v1", "1", towpath.TypeDML, "x"),
		},
		"baseline": {
			"", dbTemplate, "shop/1__baseline__x.sql",
			migration("", "shop", "1", "1", towpath.TypeBaseline, "x"),
		},
		"** as no folder": {
			"", flywayLike, "migrations/V1__init.sql",
			migration("", "", "1", "1", towpath.TypeDDL, "init"),
		},
		"** as two folders": {
			"", flywayLike, "migrations/a/b/V2024-01-31__init.sql",
			migration("", "", "2024-01-31", "2024.1.31", towpath.TypeDDL, "init"),
		},
		"the shortest version": {
			"", shortTemplate, "1_2_add.sql",
			migration("", "", "1", "1", towpath.TypeDDL, "2 add"),
		},
		"a base directory": {
			"services/db", shortTemplate, "services/db/1_a.sql",
			migration("", "", "1", "1", towpath.TypeDDL, "a"),
		},
		"* within a name": {
			"", "team-*/{{VERSION}}.sql", "team-red/7.sql",
			migration("", "", "7", "7", towpath.TypeDDL, ""),
		},
		"characters that regular expressions know": {
			"", "a+(b)/{{VERSION}}.sql", "a+(b)/7.sql",
			migration("", "", "7", "7", towpath.TypeDDL, ""),
		},
		"the version as a folder": {
			"", "{{VERSION}}_{{DESCRIPTION}}/up.sql", "3_x/up.sql",
			migration("", "", "3", "3", towpath.TypeDDL, "x"),
		},
		"a version of a folder and a name": {
			"db", "{{VERSION}}/{{VERSION}}_{{DESCRIPTION}}.sql", "db/3/07_add.sql",
			migration("", "", "3.07", "3.7", towpath.TypeDDL, "add"),
		},
		"a version of three parts, two of them in one name": {
			"", "v{{VERSION}}/**/{{VERSION}}-{{VERSION}}_{{DESCRIPTION}}.sql", "v0.19/x/00-2b_add.sql",
			migration("", "", "0.19.00.2b", "0.19.0.2.b", towpath.TypeDDL, "add"),
		},
		"a folder that is a time": {
			"prisma/migrations", "{{VERSION}}_{{DESCRIPTION}}/migration.sql",
			"prisma/migrations/20260131120000_größe/migration.sql",
			migration("", "", "20260131120000", "20260131120000", towpath.TypeDDL, "größe"),
		},
		"a folder that is a date with dashes": {
			"", "{{VERSION}}_{{DESCRIPTION}}/up.sql", "2026-01-31-120000_add_user/up.sql",
			migration("", "", "2026-01-31-120000", "2026.1.31.120000", towpath.TypeDDL, "add user"),
		},
		"an underscore as a dot": {
			"", "V{{VERSION}}__{{DESCRIPTION}}.sql", "V1_02__add_user.sql",
			migration("", "", "1_02", "1.2", towpath.TypeDDL, "add user"),
		},
		"several ** in one template": {
			"", "**/sql/**/{{VERSION}}.sql", "a/sql/sql/b/7.sql",
			migration("", "", "7", "7", towpath.TypeDDL, ""),
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, in, reason := Scope{BaseDirectory: c.base, Template: mustTemplate(t, c.template)}.Match(c.path)
			c.want.Path = c.path
			if !in || !reason.IsZero() {
				t.Fatalf("in %v, reason %q", in, reason)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestMatch_explainsWhatDoesNotMatch(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ template, path, want string }{
		{shortTemplate, "init_users.sql", "version-expected word=init"},
		{fullTemplate, "test/shop##init##ddl##x.sql", "version-expected word=init"},
		{"{{VERSION}}.sql", "init.sql", "version-expected word=init"},
		{shortTemplate, "1_init.txt", "ending have=.txt want=.sql"},
		{shortTemplate, "1_init.SQL", "ending-case have=.SQL want=.sql"},
		{shortTemplate, "Makefile", "no-ending want=.sql"},
		{fullTemplate, "a/test/shop##1##ddl##x.sql", "depth have=2 want=1"},
		{fullTemplate, "shop##1##ddl##x.sql", "in-base want=1"},
		{"a/**/b/{{VERSION}}.sql", "a/1.sql", "depth-open have=1 want=2"},
		{fullTemplate, "test/shop##1##foo##x.sql", "type-unknown word=foo"},
		{
			fullTemplate, "test/shop#1#ddl#x.sql",
			"expected-after name=shop#1#ddl#x.sql part=DB_NAME want=##",
		},
		{shortTemplate, "12.sql", "expected-after name=12.sql part=VERSION want=_"},
		{shortTemplate, "1_.sql", "part-missing name=1_.sql part=DESCRIPTION"},
		{flywayLike, "migrations/1__init.sql", "start name=1__init.sql want=V"},
		{flywayLike, "db/V1__init.sql", "start name=db want=migrations"},
		{"a/{{VERSION}}.sql", "ab/1.sql", "goes-on name=ab rest=b"},
		{"**/x/**/{{VERSION}}.sql", "a/b/1.sql", "folders"},
	} {
		_, in, reason := Scope{Template: mustTemplate(t, c.template)}.Match(c.path)
		if !in || reason.String() != c.want {
			t.Errorf("%s with %s\nsays %q\nwant %q", c.path, c.template, reason, c.want)
		}
	}
}

func TestMatch_comparesTheBaseDirectoryBySegments(t *testing.T) {
	t.Parallel()
	s := Scope{BaseDirectory: "db", Template: mustTemplate(t, shortTemplate)}
	for path, want := range map[string]bool{
		"db/1_a.sql": true, "db/README": true, "dbx/1_a.sql": false,
		"1_a.sql": false, "db": false, "a/db/1_a.sql": false,
	} {
		if _, in, reason := s.Match(path); in != want || !in && reason.IsZero() {
			t.Errorf("%s: in %v, reason %q; want in %v", path, in, reason, want)
		}
	}
}

func TestMatch_staysQuickWithManyWildcards(t *testing.T) {
	t.Parallel()
	s := Scope{Template: mustTemplate(t, strings.Repeat("**/a/", 12)+"{{VERSION}}.sql")}
	if _, _, reason := s.Match(strings.Repeat("a/", 200) + "x.sql"); reason.IsZero() {
		t.Error("matched without a version")
	}
}

func TestNormalizeBase(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]string{
		"": "", "/": "", ".": "", "db": "db", "/a/b/": "a/b",
		" a b ": "a b", "..a": "..a",
	} {
		if got, err := NormalizeBase(s); err != nil || got != want {
			t.Errorf("NormalizeBase(%q) = %q, %v; want %q", s, got, err, want)
		}
	}
	for _, s := range []string{"..", "a/../b", "a//b", "./a", `a\b`, "a\x00b", strings.Repeat("a", 501)} {
		_, err := NormalizeBase(s)
		var e *towpath.Error
		if !errors.As(err, &e) || e.Field != "baseDirectory" {
			t.Errorf("NormalizeBase(%q): %v; want it refused", s, err)
		}
	}
}

func TestSchemaPathConflicts(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		schema, file string
		want         bool
	}{
		"another ending":             {"schema/{{ENV_ID}}/{{DB_NAME}}.schema", "**/{{VERSION}}.sql", false},
		"a name without a version":   {"{{ENV_ID}}/{{DB_NAME}}.sql", "{{ENV_ID}}/{{VERSION}}.sql", false},
		"a database like a version":  {"{{ENV_ID}}/{{DB_NAME}}.sql", "prod/{{VERSION}}.sql", true},
		"a fixed name and a version": {"schema/1_latest.sql", "**/{{VERSION}}_{{DESCRIPTION}}.sql", true},
	} {
		schema, err := ParseSchemaTemplate(c.schema)
		if err != nil {
			t.Fatal(err)
		}
		dbs := []string{"shop"}
		if name == "a database like a version" {
			dbs = append(dbs, "2024")
		}
		if got := SchemaPathConflicts(schema, mustTemplate(t, c.file), []string{"test", "prod"},
			dbs); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
	for _, s := range []string{"", "{{VERSION}}.sql", "*/{{DB_NAME}}.sql", "**/x"} {
		_, err := ParseSchemaTemplate(s)
		var e *towpath.Error
		if !errors.As(err, &e) || e.Field != "schemaPathTemplate" {
			t.Errorf("ParseSchemaTemplate(%q): %v; want it refused", s, err)
		}
	}
}

func FuzzMatch(f *testing.F) {
	f.Add(fullTemplate, "", "test/shop##1##ddl##x.sql")
	f.Add(flywayLike, "db", "db/migrations/a/V1__x.sql")
	f.Add("**/a/**/b*/**/{{VERSION}}.sql", "", "a/a/b/b/1.sql")
	f.Add("{{VERSION}}", "", "\xff/1")
	f.Add("\xcf{{VERSION}}", "", "1")
	f.Fuzz(func(t *testing.T, template, base, path string) {
		parsed, err := ParseTemplate(template)
		if err != nil {
			if towpath.ErrorCode(err) != towpath.CodeInvalid {
				t.Fatalf("an error nobody can act on: %v", err)
			}
			return
		}
		base, err = NormalizeBase(base)
		if err != nil {
			return
		}
		m, in, reason := Scope{BaseDirectory: base, Template: parsed}.Match(path)
		matched := in && reason.IsZero()
		if !in && reason.IsZero() || matched != (m.Version != "") || m.Path != path {
			t.Fatalf("%+v, in %v, reason %q", m, in, reason)
		}
		if matched && strings.Contains(m.Environment+m.Database+m.Label, "/") {
			t.Fatalf("a placeholder crosses a slash: %+v", m)
		}
	})
}

func TestMatch_foldersSimilarToTheBase(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		base, path, says string
	}{
		{"migrations", "Migrations/shop/1__ddl__a.sql", "beside-base base=migrations folder=Migrations"},
		{"migrations", "migration/shop/1__ddl__a.sql", "folder=migration"},
		{"Services/shop_db", "services/shop-db/shop/1__ddl__a.sql", "folder=services/shop-db"},
		{"größen", "GRÖSSEN/a/1__ddl__a.sql", ""}, // no one letter is another there
		{"größen", "GRÖßEN/a/1__ddl__a.sql", "folder=GRÖßEN"},
		{"db", "dbx/shop/1__ddl__a.sql", ""},
		{"db/one", "db/two/1__ddl__a.sql", ""},
		{"db/one", "DB/1__ddl__a.sql", ""},
		{"migrations", "migration", ""},
		{"", "Migrations/1.sql", ""},
	} {
		scope := Scope{BaseDirectory: c.base, Template: mustTemplate(t, dbTemplate)}
		_, in, reason := scope.Match(c.path)
		if c.says == "" && (scope.Beside(c.path) || (in && c.base != "")) {
			t.Errorf("%s beside %s: in is %v, %s", c.path, c.base, in, reason)
		}
		if c.says != "" && (!in || !scope.Beside(c.path) || !strings.HasSuffix(reason.String(), c.says)) {
			t.Errorf("%s beside %s: in is %v, %s", c.path, c.base, in, reason)
		}
	}
}
