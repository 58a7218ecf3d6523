package plan

import (
	"testing"
	"time"

	"towpath"
)

func TestNextFile_isBehindAllOthersWhereTheTemplateSays(t *testing.T) {
	t.Parallel()
	now := time.Date(2031, 2, 3, 4, 5, 6, 0, time.UTC)
	for _, c := range []struct {
		name, base, template string
		files, branch        []string
		want                 string // path and version; "" for no place
	}{
		{"numbers", "", "{{DB_NAME}}/{{VERSION}}__{{TYPE}}__{{DESCRIPTION}}.sql",
			[]string{"shop/1__ddl__a.sql", "shop/9__ddl__b.sql"}, nil, "shop/10__ddl__repair.sql 10"},
		{"behind another branch", "", "{{DB_NAME}}/{{VERSION}}__{{DESCRIPTION}}.sql",
			[]string{"shop/01__a.sql"}, []string{"shop/04__b.sql"}, "shop/05__repair.sql 05"},
		{"times", "db", "{{VERSION}}_{{DESCRIPTION}}.sql",
			[]string{"db/20300101120000_a.sql"}, nil, "db/20310203040506_repair.sql 20310203040506"},
		{"no file yet", "db", "V{{VERSION}}__{{DESCRIPTION}}.sql", nil, nil, "db/V1__repair.sql 1"},
		{"an environment and an engine", "", "{{ENV_ID}}/{{DB_NAME}}##{{VERSION}}##{{DESCRIPTION}}.{{ENGINE}}.sql",
			nil, nil, "prod/shop##1##repair.postgres.sql 1"},
		{"the folder of the newest file", "", "**/{{DB_NAME}}/*_{{VERSION}}.sql",
			[]string{"billing/eu/shop/a_2.sql", "x/audit/a_9.sql"}, nil, "billing/eu/shop/_10.sql 10"},
		{"parts of a version", "", "{{VERSION}}/{{VERSION}}_{{DESCRIPTION}}.sql",
			[]string{"3/07_a.sql"}, nil, "3/08_repair.sql 3.08"},
		{"too few parts", "", "{{VERSION}}/{{VERSION}}_{{DESCRIPTION}}.sql", nil, nil, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			scope := Scope{BaseDirectory: c.base, Template: mustTemplate(t, c.template)}
			in := Input{
				Environments: []towpath.Environment{{ID: "p", Name: "prod"}},
				Databases:    []towpath.Database{{ID: "d", Name: "shop", EnvironmentID: "p"}},
				Engines:      map[string]towpath.EngineType{"d": towpath.EnginePostgres},
			}
			file := func(path string) towpath.ManifestFile {
				m, in, why := scope.Match(path)
				if !in || !why.IsZero() {
					t.Fatalf("%s does not match", path)
				}
				m.Checksum = path
				return towpath.ManifestFile{Migration: m, State: towpath.FileMatched}
			}
			for _, path := range c.files {
				in.Files = append(in.Files, file(path))
			}
			var branches []Branch
			for _, path := range c.branch {
				branches = append(branches, Branch{Name: "x", Files: []towpath.BranchFile{{ManifestFile: file(path)}}})
			}
			got, ok, err := NextFile(in, branches, scope, Draft{DatabaseID: "d", Description: "repair"}, now)
			if text := got.To + " " + got.Version; err != nil || ok != (c.want != "") || (ok && text != c.want) {
				t.Errorf("%q %v %v, want %q", text, ok, err, c.want)
			}
		})
	}
}
