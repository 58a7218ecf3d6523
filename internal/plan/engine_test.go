package plan

import (
	"slices"
	"testing"
	"time"

	"towpath"
)

func TestTemplate_engine(t *testing.T) {
	t.Parallel()
	const named = "{{VERSION}}_{{DESCRIPTION}}.{{ENGINE}}.up.sql"
	const both = "{{VERSION}}_{{DESCRIPTION}}.{{ENGINE}}.sql | R__{{DESCRIPTION}}.{{ENGINE}}.sql"
	const folder = "{{ENGINE}}/V{{VERSION}}__{{DESCRIPTION}}.sql"
	for _, c := range []struct{ template, path, want string }{
		{named, "1_a.mysql.up.sql", "1 a mysql"},
		{named, "1_a.MariaDB.up.sql", "1 a mysql"},
		{named, "1_a.postgresql.up.sql", "1 a postgres"},
		{named, "1_a.pg.up.sql", "1 a postgres"},
		{named, "1_a.sqlite3.up.sql", "1 a sqlite"},
		{named, "1_mysql.up.sql", "1 mysql "},
		{named, "1_a.up.sql", "1 a "},
		{named, "1_a.oracle.up.sql", "other-engine engine=oracle"},
		{named, "1_a.mysq1.up.sql", "engine-unknown engine=mysq1"},
		{named, "1_a.b.mysql.up.sql", "engine-unknown engine=b.mysql"},
		{named, "1_a.mysqlx.up.sql", "engine-unknown engine=mysqlx"},
		{folder, "postgresql/V1__a.sql", "1 a postgres"},
		{folder, "h2/V1__a.sql", "other-engine engine=h2"},
		{folder, "common/V1__a.sql", "part-missing name=common part=ENGINE"},
		{"{{VERSION}}.{{ENGINE}}.sql", "1.2.mysql.sql", "1.2  mysql"},
		{both, "R__a.SQLite.sql", "R__a.SQLite a sqlite"},
		{both, "R__a.sql", "R__a a "},
		{both, "R__a.db2.sql", "other-engine engine=db2"},
		{"{{VERSION}}.{{ENGINE}}.sql", "1.2.sql", "1.2  "},
	} {
		scope, err := NewScope("", c.template, nil)
		if err != nil {
			t.Fatal(err)
		}
		m, _, reason := scope.Match(c.path)
		got := m.Label + " " + m.Description + " " + string(m.Engine)
		if !reason.IsZero() {
			got = reason.String()
		}
		if got != c.want {
			t.Errorf("%s by %s: %q, want %q", c.path, c.template, got, c.want)
		}
	}
}

func TestBuild_theSpecificFileWins(t *testing.T) {
	t.Parallel()
	file := func(path string, e towpath.EngineType) towpath.ManifestFile {
		return towpath.ManifestFile{State: towpath.FileMatched, Migration: towpath.Migration{
			MigrationID: towpath.MigrationID{Version: "1", Type: towpath.TypeDDL}, Path: path, Engine: e,
			Checksum: path,
		}}
	}
	in := Input{
		Files: []towpath.ManifestFile{
			file("1.mysql.sql", towpath.EngineMySQL), file("1.sql", ""), file("1.sqlite.sql", towpath.EngineSQLite),
		},
		Environments: []towpath.Environment{{ID: "e", Name: "test"}},
		Engines:      map[string]towpath.EngineType{"m": towpath.EngineMySQL, "p": towpath.EnginePostgres},
	}
	now := in.LinkedAt
	for id := range in.Engines {
		in.Databases = append(in.Databases, towpath.Database{
			ID: id, Name: id, EnvironmentID: "e", Ledger: towpath.LedgerSnapshot{At: &now},
		})
	}
	p := Build(in)
	var ran []string
	for _, task := range p.Tasks {
		ran = append(ran, task.DatabaseID+" "+task.Path)
	}
	slices.Sort(ran)
	if !slices.Equal(ran, []string{"m 1.mysql.sql", "p 1.sql"}) {
		t.Errorf("tasks: %q", ran)
	}
	var aside []string
	for _, item := range p.Items {
		if item.State == ItemIgnored {
			aside = append(aside, item.Database+" "+item.Path+" "+string(item.Reason.Code))
		}
	}
	slices.Sort(aside)
	if !slices.Equal(aside, []string{" 1.sqlite.sql no-engine-here", "m 1.sql specific-file"}) {
		t.Errorf("left out: %q", aside)
	}
	in.Files = append(in.Files, file("1.mariadb.sql", towpath.EngineMySQL))
	for _, item := range Build(in).Items {
		if item.DatabaseID == "m" && item.State != ItemConflict {
			t.Errorf("two files for one engine: %+v", item)
		}
	}
}

// TestMatch_repeatableOfEngines is about files that are told apart by their paths, without a description.
func TestMatch_repeatableOfEngines(t *testing.T) {
	t.Parallel()
	for template, paths := range map[string][]string{
		"{{TYPE}}/{{VERSION}}.{{ENGINE}}.sql":                 {"repeatable/1.sql", "repeatable/1.mysql.sql"},
		"{{TYPE}}/{{ENGINE}}/{{VERSION}}.sql":                 {"repeatable/pg/1.sql", "repeatable/mysql/1.sql"},
		"{{VERSION}}.sql | R__{{DESCRIPTION}}.{{ENGINE}}.sql": {"R__ä_b.sql", "R__ä-b.MySQL.sql"},
	} {
		scope, err := NewScope("", template, nil)
		if err != nil {
			t.Fatal(err)
		}
		var ids []towpath.MigrationID
		for _, path := range paths {
			m, _, reason := scope.Match(path)
			if !reason.IsZero() || m.Type != towpath.TypeRepeatable {
				t.Errorf("%s: %v %+v", path, reason, m)
			}
			ids = append(ids, m.MigrationID)
		}
		if ids[0] != ids[1] {
			t.Errorf("%s: %v", template, ids)
		}
	}
}

func TestBuild_theSpecificRepeatableWins(t *testing.T) {
	t.Parallel()
	scope, err := NewScope("", "{{VERSION}}.sql | R__{{DESCRIPTION}}.{{ENGINE}}.sql", nil)
	if err != nil {
		t.Fatal(err)
	}
	var in Input
	for _, path := range []string{"R__total.sql", "R__total.pg.sql"} {
		m, _, _ := scope.Match(path)
		m.Checksum = path
		in.Files = append(in.Files, towpath.ManifestFile{State: towpath.FileMatched, Migration: m})
	}
	in.Environments = []towpath.Environment{{ID: "e", Name: "test"}}
	in.Engines = map[string]towpath.EngineType{"m": towpath.EngineMySQL, "p": towpath.EnginePostgres}
	now := in.LinkedAt
	for id := range in.Engines {
		in.Databases = append(in.Databases, towpath.Database{
			ID: id, Name: id, EnvironmentID: "e", Ledger: towpath.LedgerSnapshot{At: &now},
		})
	}
	got := map[string]string{}
	for _, task := range Build(in).Tasks {
		got[task.DatabaseID] += task.Path
	}
	if len(got) != 2 || got["m"] != "R__total.sql" || got["p"] != "R__total.pg.sql" {
		t.Errorf("tasks: %v", got)
	}
}

// TestQueue_engines is about a branch that touches the file for one engine beside the one for all.
func TestQueue_engines(t *testing.T) {
	t.Parallel()
	file := func(path string, e towpath.EngineType, sum string) towpath.ManifestFile {
		return towpath.ManifestFile{State: towpath.FileMatched, Migration: towpath.Migration{
			MigrationID: towpath.MigrationID{Version: "1", Type: towpath.TypeDDL}, Label: "1", Path: path,
			Engine: e, Checksum: sum,
		}}
	}
	now := time.Now()
	applied := func(path string) towpath.LedgerSnapshot {
		return towpath.LedgerSnapshot{At: &now, Entries: []towpath.LedgerEntry{{
			MigrationID: towpath.MigrationID{Version: "1", Type: towpath.TypeDDL}, State: towpath.LedgerDone,
			Path: path, Checksum: "old",
		}}}
	}
	trunk := []towpath.ManifestFile{file("1.mysql.sql", towpath.EngineMySQL, "old"), file("1.sql", "", "old")}
	for name, c := range map[string]struct {
		ledgers map[string]towpath.LedgerSnapshot
		trunk   []towpath.ManifestFile
		branch  towpath.ManifestFile
		want    towpath.MergeVerdict
	}{
		"the one for all, which runs elsewhere": {
			map[string]towpath.LedgerSnapshot{"m": applied("1.mysql.sql"), "p": {At: &now}}, trunk,
			file("1.sql", "", "new"), towpath.MergeClear,
		},
		"the one for all, which ran": {
			map[string]towpath.LedgerSnapshot{"m": {At: &now}, "p": applied("1.sql")}, trunk,
			file("1.sql", "", "new"), towpath.MergeEdits,
		},
		"one for an engine, which runs elsewhere": {
			map[string]towpath.LedgerSnapshot{"m": {At: &now}, "p": applied("1.sql")}, trunk,
			file("1.mysql.sql", towpath.EngineMySQL, "new"), towpath.MergeClear,
		},
		"another one of the engine": {
			map[string]towpath.LedgerSnapshot{"m": {At: &now}, "p": {At: &now}}, trunk,
			file("1.mariadb.sql", towpath.EngineMySQL, "new"), towpath.MergeConflict,
		},
		"the first of the engine": {
			map[string]towpath.LedgerSnapshot{"m": {At: &now}, "p": applied("1.sql")}, trunk[1:],
			file("1.mysql.sql", towpath.EngineMySQL, "new"), towpath.MergeClear,
		},
	} {
		in := Input{
			Files: c.trunk, Environments: []towpath.Environment{{ID: "e", Name: "test"}},
			Engines: map[string]towpath.EngineType{"m": towpath.EngineMySQL, "p": towpath.EnginePostgres},
		}
		for id, ledger := range c.ledgers {
			in.Databases = append(in.Databases, towpath.Database{
				ID: id, Name: id, EnvironmentID: "e", Ledger: ledger,
			})
		}
		got := Queue(in, []Branch{{Name: "b", Files: []towpath.BranchFile{{ManifestFile: c.branch}}}})["b"]
		if got.Verdict != c.want {
			t.Errorf("%s: %s %v, want %s", name, got.Verdict, got.Order, c.want)
		}
	}
}
