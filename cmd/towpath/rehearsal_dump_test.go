package main

import (
	"log/slog"
	"strings"
	"testing"

	"towpath/internal/engine"
	"towpath/internal/rehearsal"
	"towpath/internal/wording"
)

// merged are dumps of targets in which somebody has merged what must do nothing when a scratch
// database gets the schema. A dump of PostgreSQL can call functions: an index over constants does.
var merged = map[string][]string{
	"postgres": {
		"CREATE FUNCTION f() RETURNS int IMMUTABLE LANGUAGE plpgsql AS " +
			"$$ BEGIN EXECUTE 'ALTER DATABASE OTHER SET work_mem = ''64kB'''; RETURN 1; END $$;\n" +
			"CREATE TABLE a (id int);\nCREATE INDEX i ON a (id) WHERE f() = 1",
		"CREATE FUNCTION f() RETURNS int IMMUTABLE LANGUAGE plpgsql AS " +
			"$$ BEGIN EXECUTE 'DROP DATABASE OTHER'; RETURN 1; END $$;\n" +
			"CREATE TABLE a (id int);\nCREATE INDEX i ON a (id) WHERE f() = 1",
		"CREATE DATABASE mine", "DROP DATABASE OTHER", "ALTER ROLE USER CREATEROLE",
	},
	"mysql": {
		"DROP DATABASE OTHER", "CREATE VIEW v AS SELECT * FROM SHOP.orders", "GRANT ALL ON OTHER.* TO PUBLIC",
	},
	"sqlite": {"ATTACH 'OTHER' AS other", "CREATE TABLE a (id int); DELETE FROM sqlite_schema"},
}

// fillsNothing expects that no schema is made of hostile dumps, and that nothing else changes.
func (s stage) fillsNothing(t *testing.T, dumps []string, words *strings.Replacer) {
	t.Helper()
	for _, dump := range dumps {
		_, err := rehearsal.Run(t.Context(), s.rehearsalOf(words.Replace(dump)))
		if err == nil || !strings.Contains(err.Error(), "make the schema") {
			t.Errorf("%s: %v", dump, err)
		}
	}
}

// rehearsalOf rehearses nothing with a schema.
func (s stage) rehearsalOf(dump string) rehearsal.Input {
	return rehearsal.Input{
		Engine: s.engine, Instance: s.instance, Logger: slog.New(slog.DiscardHandler), Schema: dump,
		Files: []rehearsal.File{{Path: "1.sql", Content: "SELECT 1"}},
	}
}

// A function with a dangerous body is made and does nothing; what runs by itself is left out.
func TestRehearsal_makesWhatATargetHas(t *testing.T) {
	makeUsers(t)
	t.Parallel()
	for name, c := range map[string]struct{ dump, want, not string }{
		"postgres": {
			dump: "CREATE FUNCTION \"größe\"() RETURNS void LANGUAGE plpgsql AS " +
				"$$ BEGIN EXECUTE 'DROP DATABASE towpath_scratch'; END $$;\nCREATE TABLE \"order\" (id int);\n" +
				"CREATE FUNCTION watch() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'it runs'; END $$;\n" +
				"CREATE EVENT TRIGGER every ON ddl_command_end EXECUTE FUNCTION watch()",
			want: "größe", not: "EVENT TRIGGER",
		},
		"mysql": {
			dump: "DELIMITER ;;\nCREATE PROCEDURE `größe`() BEGIN SET @s = 'DROP DATABASE mysql'; PREPARE q FROM @s; EXECUTE q; END;;\n" +
				"CREATE EVENT every ON SCHEDULE EVERY 1 SECOND DO CALL `größe`();;\nDELIMITER ;\nCREATE TABLE `order` (id INT)",
			want: "größe", not: "EVENT",
		},
	} {
		s := stages(t)[name]
		s.instance.Username, s.instance.Password = "towpath_scratch", "p"
		scratch := s.other(t)
		if err := scratch.Fill(t.Context(), c.dump); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		got := content(t, s.engine, scratch.Target())
		if !strings.Contains(got, c.want) || !strings.Contains(got, "order") || strings.Contains(got, c.not) {
			t.Errorf("%s: the scratch database holds\n%s", name, got)
		}
	}
}

// What a file does that only its target can take is no failure of it.
func TestRehearsal_leavesToTargetsWhatIsTheirs(t *testing.T) {
	makeUsers(t)
	t.Parallel()
	for name, c := range map[string]struct{ text, want, says string }{
		"postgres":            {"CREATE ROLE x", "refused", "in a target it runs"},
		"mysql":               {"CREATE TABLE shop.mine (id INT)", "refused", "in a target it runs"},
		"MariaDB's own words": {"DROP TABLE nothing", "failed", "'shop.nothing'"},
		"sqlite":              {"ATTACH 'x' AS y", "failed", "ATTACH"},
	} {
		s, ok := stages(t)[name]
		if !ok {
			s = stages(t)["mysql"]
		}
		s.instance.Username, s.instance.Password = "towpath_scratch", "p"
		in := s.rehearsalOf("")
		in.Home = engine.Target{Database: "shop", Username: "migrate", AllowRoles: true}
		in.Files[0].Content = c.text
		result, err := rehearsal.Run(t.Context(), in)
		if err != nil || string(result.Files[0].State) != c.want ||
			!strings.Contains(wording.Text(result.Files[0].Failure.Reason), c.says) {
			t.Errorf("%s: %+v, %v", name, result.Files, err)
		}
	}
}
