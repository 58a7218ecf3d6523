package wording_test

import (
	"bytes"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"towpath"
	"towpath/internal/wording"
)

var update = flag.Bool("update", false, "write testdata/sentences.md")

// code is one constant of the files with reason codes, or of act.go.
type code struct {
	group  string // the comment above its block
	name   string
	code   towpath.ReasonCode // or the kind of an act
	params []string           // that its comment names, sorted
	causes bool               // whether its comment names causes
}

var params = regexp.MustCompile(`Params: ([a-z]+(?:, [a-z]+)*)\.`)

// codes reads the closed set of reasons.
func codes(t *testing.T) (list []code) {
	t.Helper()
	files, err := filepath.Glob("../../reasoncode*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range files {
		list = append(list, constants(t, path, "Reason")...)
	}
	if len(list) < 20 {
		t.Fatalf("only %d codes found", len(list))
	}
	return list
}

// acts reads the closed set of acts.
func acts(t *testing.T) []code { return constants(t, "../../act.go", "Act") }

// constants reads the constants of a file whose names begin with prefix.
func constants(t *testing.T, path, prefix string) (list []code) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range file.Decls {
		block, ok := d.(*ast.GenDecl)
		if !ok || block.Tok != token.CONST {
			continue
		}
		for _, s := range block.Specs {
			value, ok := s.(*ast.ValueSpec)
			if !ok || !strings.HasPrefix(value.Names[0].Name, prefix) {
				continue
			}
			text, err := strconv.Unquote(value.Values[0].(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			doc := strings.Join(strings.Fields(value.Doc.Text()), " ")
			c := code{
				group: strings.TrimSpace(block.Doc.Text()),
				name:  value.Names[0].Name,
				code:  towpath.ReasonCode(text),
			}
			if found := params.FindStringSubmatch(doc); found != nil {
				c.params = strings.Split(found[1], ", ")
			}
			slices.Sort(c.params)
			c.causes = strings.Contains(doc, "Causes: ")
			if !strings.HasPrefix(doc, c.name) {
				t.Errorf("%s has no comment that begins with its name", c.name)
			}
			list = append(list, c)
		}
	}
	if len(list) == 0 {
		t.Fatalf("no codes found in %s", path)
	}
	return list
}

// marked is a reason whose params and causes can be found in its sentence.
func (c code) marked() towpath.Reason {
	r := towpath.Reason{Code: c.code, Params: map[string]string{}}
	for _, p := range c.params {
		r.Params[p] = "<" + p + ">"
	}
	if c.causes {
		r.Causes = []towpath.Reason{towpath.Why(towpath.ReasonNoted, "text", "<cause>")}
	}
	return r
}

func TestText_hasATemplateForEachCodeThatUsesEachParam(t *testing.T) {
	t.Parallel()
	placeholder := regexp.MustCompile(`<([a-z]+)>`)
	seen := map[towpath.ReasonCode]bool{}
	for _, c := range codes(t) {
		if seen[c.code] {
			t.Errorf("two constants are %q", c.code)
		}
		seen[c.code] = true
		text := wording.Text(c.marked())
		if text == "" {
			t.Errorf("%s has no template", c.name)
			continue
		}
		want := slices.Clone(c.params)
		if c.code == towpath.ReasonPartlyKept { // counts within the words of the extent
			want = []string{"extent"}
		}
		sides := []towpath.ReasonCode{towpath.ReasonIndeterminate, towpath.ReasonStopIndeterminate}
		if c.causes && !slices.Contains(sides, c.code) { // the page shows both states side by side
			want = append(want, "cause")
		}
		var got []string
		for _, found := range placeholder.FindAllStringSubmatch(text, -1) {
			got = append(got, found[1])
		}
		slices.Sort(want)
		slices.Sort(got)
		if diff := cmp.Diff(want, slices.Compact(got)); diff != "" {
			t.Errorf("%s reads %q\n%s", c.name, text, diff)
		}
		if bare := wording.Text(towpath.Reason{Code: c.code}); strings.ContainsAny(bare, "{}") {
			t.Errorf("%s leaves a placeholder: %s", c.name, bare)
		}
	}
}

// Each act has a sentence that uses all its params.
func TestAct_hasATemplateForEachActThatUsesEachParam(t *testing.T) {
	t.Parallel()
	listed := map[towpath.EventKind]bool{}
	for _, kind := range towpath.Acts() {
		listed[kind] = true
	}
	for _, c := range acts(t) {
		kind := towpath.EventKind(c.code)
		if !listed[kind] || !kind.Act() {
			t.Errorf("%s is not in Acts", c.name)
		}
		delete(listed, kind)
		r := c.marked()
		text := wording.Act(towpath.Event{Kind: kind, Params: r.Params, Causes: r.Causes})
		if text == "" || strings.ContainsAny(text, "{}") {
			t.Errorf("%s reads %q", c.name, text)
		}
		for _, param := range append(slices.Clone(c.params), "cause") {
			if strings.Contains(text, "<"+param+">") != (param != "cause" || c.causes) {
				t.Errorf("%s reads %q: look at the param %s", c.name, text, param)
			}
		}
	}
	if len(listed) > 0 {
		t.Errorf("Acts lists what act.go does not have: %v", listed)
	}
}

func TestFragment_followsAPathOrAColon(t *testing.T) {
	t.Parallel()
	conflict := towpath.Why(towpath.ReasonConflict, "version", "1", "type", "ddl").
		From(towpath.Why(towpath.ReasonClaimedBy, "path", "b.sql"))
	for want, r := range map[string]towpath.Reason{
		"": {},
		"is a submodule; put the file itself here": towpath.Why(towpath.ReasonSubmodule),
		"its ledger has not been read yet":         towpath.Why(towpath.ReasonLedgerUnread),
		"Not needed":                               towpath.Why(towpath.ReasonSkipped, "text", "Not needed."),
		"is 1 folder deep, the template has 2": towpath.Why(towpath.ReasonDepth, "have", "1",
			"want", "2"),
		"waits for “a.sql”, which is in conflict: version 1 (ddl) is also claimed by b.sql; give one of them another version": towpath.
			Why(towpath.ReasonWaitsForFile, "path", "a.sql").From(conflict),
	} {
		if got := wording.Fragment(r); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// testdata/sentences.md is the page of all sentences, to be read aloud when one changes.
func TestText_isThePage(t *testing.T) {
	t.Parallel()
	var page bytes.Buffer
	page.WriteString("# Reasons and acts\n\nEvery reason and act with its sentence. " +
		"`go test ./internal/wording -update` writes this page.\n")
	section(&page, codes(t), func(c code) string { return wording.Text(c.example()) })
	section(&page, acts(t), func(c code) string {
		r := c.example()
		return wording.Act(towpath.Event{Kind: towpath.EventKind(c.code), Params: r.Params, Causes: r.Causes})
	})
	const golden = "testdata/sentences.md"
	if *update {
		if err := os.WriteFile(golden, page.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), page.String()); diff != "" {
		t.Error(diff)
	}
}

// section writes the sentences of a closed set to the page.
func section(page *bytes.Buffer, list []code, sentence func(code) string) {
	group := ""
	for _, c := range list {
		if c.group != group {
			group = c.group
			title, _, _ := strings.Cut(strings.Join(strings.Fields(group), " "), ". ")
			title, _, _ = strings.Cut(title, ": ")
			fmt.Fprintf(page, "\n## %s\n", strings.TrimSuffix(title, "."))
		}
		text := strings.ReplaceAll(sentence(c), "\n", "\n> ")
		fmt.Fprintf(page, "\n**%s**\n\n> %s\n", c.code, text)
	}
}

// examples are what params look like.
var examples = map[string]string{
	"branch": "main", "every": "1m0s", "provider": "bitbucket.org", "refs": "refs/heads/next, refs/tags/v1",
	"repository": "acme/shop",
	"url":        "https://towpath.example/hooks/Zm9v",
	"at":         "2026-01-02T10:00:00Z", "author": "Ada <ada@example.com>", "done": "2", "since": "2026-01-02T10:00:00Z", "until": "2026-01-02T10:15:00Z",
	"account": "Ada Lock", "app": "OAuth consumer", "id": "Key", "label": "callback URL",
	"permissions": "Webhooks: Read and write", "secret": "Secret",
	"after": "9", "base": "migrations", "before": "id integer", "bytes": "1200", "column": "8",
	"commit": "0e7beff12345", "database": "shop", "part": "trigger evil", "key": "0123456789abcdef", "has": "2",
	"environment": "test", "extent": "kept", "kept": "1",
	"folder": "Migrations", "have": "3", "known": "audit\ncrm",
	"limit": "100 MiB", "line": "3", "message": "no such table: orders", "more": "2", "n": "2", "pattern": "**/*.down.sql",
	"name": "3__ddl__orders.sql", "now": "id bigint", "object": "column orders.id",
	"path": "shop/3__ddl__orders.sql", "rest": "_old", "session": "4711", "size": "110 MiB", "statement": "2",
	"table": "log", "tool": "Rails", "text": "Not needed here.", "total": "5", "tries": "5", "type": "ddl", "version": "3",
	"want": "2", "act": "project.rename", "address": "db.example.com:5432", "email": "ada@example.com",
	"engine": "postgres", "from": "shop", "instance": "main", "project": "Shop", "role": "developer", "rule": "NM02", "setting": "format",
	"template": "{{VERSION}}__{{TYPE}}.sql", "to": "store",
	"errors": "1", "warnings": "2", "newest": "9", "other": "shop/3__ddl__carts.sql",
	"doubt": "other-change", "evidence": "proved", "variable": "schema", "word": "init", "rows": "12345678",
	"state": "proved", "permission": "Pull requests: Write",
}

func (c code) example() towpath.Reason {
	r := towpath.Reason{Code: c.code, Params: map[string]string{}}
	for _, p := range c.params {
		r.Params[p] = examples[p]
	}
	if c.code == towpath.ReasonStatementTimeout || c.code == towpath.ReasonBranchSlow {
		r.Params["limit"] = "10m0s"
	}
	c.exampleOfAct(r.Params)
	database := towpath.Why(towpath.ReasonDatabaseError, "message", "canceling statement due to lock timeout")
	gone := towpath.Why(towpath.ReasonRowGone, "version", "3", "type", "ddl")
	switch c.code {
	case towpath.ReasonEnding, towpath.ReasonNoEnding:
		r.Params["have"], r.Params["want"] = ".txt", ".sql"
	case towpath.ReasonEndingCase:
		r.Params["have"], r.Params["want"] = ".SQL", ".sql"
	case towpath.ReasonStart, towpath.ReasonExpectedAfter:
		r.Params["want"] = "__"
		fallthrough
	case towpath.ReasonPartMissing:
		if r.Params["part"] != "" {
			r.Params["part"] = "DESCRIPTION"
		}
	case towpath.ReasonTableDiffers:
		r.Params["part"], r.Params["have"], r.Params["want"] = "column seal", "varchar(8)", "text not null"
	case towpath.ReasonTableLacks:
		r.Params["part"] = "column seal"
	case towpath.ReasonLedgerNewer:
		r.Params["known"] = "1"
	case towpath.ReasonRowsMissing:
		r.Params["want"] = "5"
	case towpath.ReasonUndoUntried, towpath.ReasonUndoFails, towpath.ReasonPullRefused:
		r.Causes = []towpath.Reason{towpath.Why(towpath.ReasonNoAnswer)}
	case towpath.ReasonNotMarked, towpath.ReasonHistoryContradicted:
		r.Causes = []towpath.Reason{towpath.Why(towpath.ReasonMarkLacks, "object", "table orders")}
	case towpath.ReasonNotCreated, towpath.ReasonNotDropped:
		r.Params["object"] = "index orders_status"
	case towpath.ReasonLedgerUnreadable, towpath.ReasonTablesUnread, towpath.ReasonHistoryUnread,
		towpath.ReasonBaselineUntried, towpath.ReasonBaselineFails:
		r.Causes = []towpath.Reason{towpath.Why(towpath.ReasonNoAnswer)}
	case towpath.ReasonLedgerTampered, towpath.ReasonRunTampered:
		r.Causes = []towpath.Reason{gone}
	case towpath.ReasonLedgerRestored, towpath.ReasonRunRestored:
		r.Causes = []towpath.Reason{towpath.Why(towpath.ReasonWritesLost, "n", "2")}
	case towpath.ReasonUnchecked, towpath.ReasonUnrecorded:
		r.Causes = []towpath.Reason{database}
	case towpath.ReasonPathTooLong:
		r.Params["limit"] = "1000"
	case towpath.ReasonWaitsForFile, towpath.ReasonNoLongerAllowed:
		r.Causes = []towpath.Reason{code{
			code:   towpath.ReasonConflict,
			params: []string{"version", "type"},
		}.example()}
	case towpath.ReasonNoRepeatable:
		r.Params["want"] = "R__{{DESCRIPTION}}.sql"
	case towpath.ReasonMergeSameName:
		r.Params["name"] = "totals"
	case towpath.ReasonRunsAgain:
		r.Params["from"], r.Params["to"] = "91c2a7f0", "0b44d19e"
	case towpath.ReasonSameName:
		r.Params["name"] = "totals"
		r.Causes = []towpath.Reason{towpath.Why(towpath.ReasonClaimedBy, "path", "shop/R__totals.sql")}
	case towpath.ReasonConflict:
		r.Causes = []towpath.Reason{
			towpath.Why(towpath.ReasonClaimedBy, "path", "shop/03__ddl__items.sql"),
			towpath.Why(towpath.ReasonClaimedElsewhere, "path", "db/3__ddl.sql"),
		}
	case towpath.ReasonNotPassed:
		r.Causes = []towpath.Reason{towpath.Why(towpath.ReasonEdited)}
	case towpath.ReasonWaitsForDatabases, towpath.ReasonPlanStopped:
		r.Causes = []towpath.Reason{code{
			code:   towpath.ReasonDatabaseStopped,
			params: []string{"environment", "database"},
		}.example()}
	case towpath.ReasonDatabaseStopped:
		r.Causes = []towpath.Reason{towpath.Why(towpath.ReasonLedgerUnreadable).
			From(towpath.Why(towpath.ReasonDatabaseError, "message", "connection refused"))}
	case towpath.ReasonUncompared:
		r.Causes = []towpath.Reason{code{
			code:   towpath.ReasonUncomparedAt,
			params: []string{"line", "message"},
		}.example()}
	case towpath.ReasonUncomparedAt:
		r.Params["message"] = "The table orders was there already, and not all of it could be compared " +
			"with this statement: permission denied."
	case towpath.ReasonStatementFailed:
		r.Causes = []towpath.Reason{code{
			code:   towpath.ReasonPartlyKept,
			params: []string{"extent", "kept", "total"},
		}.example()}
	case towpath.ReasonHookRefused:
		r.Causes = []towpath.Reason{towpath.Why(towpath.ReasonProviderUnavailable)}
	case towpath.ReasonProviderPermission, towpath.ReasonProviderRefused, towpath.ReasonProviderUnauthorized,
		towpath.ReasonProviderNotFound, towpath.ReasonProviderLimited, towpath.ReasonProviderLimitedUntil,
		towpath.ReasonProviderChanged, towpath.ReasonSignInForbidden:
		r.Causes = []towpath.Reason{towpath.Why(towpath.ReasonProviderSays, "message", "Access denied.")}
	case towpath.ReasonBranchNotReviewed, towpath.ReasonBranchUnread:
		r.Causes = []towpath.Reason{towpath.Why(towpath.ReasonProviderUnavailable)}
	case towpath.ReasonBranchTooLarge:
		r.Params["limit"] = "200"
	case towpath.ReasonProviderSays:
		r.Params["message"] = "Access denied."
	case towpath.ReasonSignInError:
		r.Params["message"] = "invalid_request"
	case towpath.ReasonProviderUnsupported:
		r.Params["type"] = "gitlab"
	case towpath.ReasonTaskUnknown:
		r.Causes = []towpath.Reason{code{
			code:   towpath.ReasonIndeterminate,
			params: []string{"statement", "total", "doubt"},
		}.example()}
	case towpath.ReasonTaskHeld:
		r.Causes = []towpath.Reason{towpath.Why(towpath.ReasonLateHeld, "version", "5")}
	case towpath.ReasonSeveral:
		failed := code{
			code: towpath.ReasonTaskFailed, params: []string{"version", "environment", "database"},
		}
		failed.causes = true
		trouble := code{code: towpath.ReasonFileTrouble, params: []string{"path"}}
		r.Causes = []towpath.Reason{failed.example(), trouble.example()}
	case towpath.ReasonFileTrouble:
		r.Causes = []towpath.Reason{towpath.Why(towpath.ReasonInLFS), towpath.Why(towpath.ReasonMoreFiles, "n", "2")}
	case towpath.ReasonFileStands:
		r.Causes = []towpath.Reason{towpath.Why(towpath.ReasonMissing)}
	case towpath.ReasonCannotRun:
		r.Causes = []towpath.Reason{towpath.Why(towpath.ReasonNoDatabases)}
	case towpath.ReasonNotTaken:
		r.Causes = []towpath.Reason{
			towpath.Why(towpath.ReasonEndsWithBlank),
			towpath.Why(towpath.ReasonRenameOrMove, "base", "migrations"),
		}
	case towpath.ReasonCode(towpath.ActLedgerAccept):
		r.Causes = []towpath.Reason{gone}
	case towpath.ReasonHookLeft:
		r.Causes = []towpath.Reason{towpath.Why(towpath.ReasonHookAccountGone)}
	case towpath.ReasonTaskFailed, towpath.ReasonLockTimeout, towpath.ReasonStatementTimeout, towpath.ReasonPartlyKept,
		towpath.ReasonUnconfirmed,
		towpath.ReasonSessionAlive, towpath.ReasonTamperedCommit:
		r.Causes = []towpath.Reason{database}
	}
	return r
}

// exampleOfAct gives an act the params that look different from those of reasons.
func (c code) exampleOfAct(params map[string]string) {
	switch towpath.EventKind(c.code) {
	case towpath.ActNoted:
		params["text"] = "Renamed the project Shop to Store."
	case towpath.ActMemberRole:
		params["from"], params["to"] = "member", "dba"
	case towpath.ActMemberSignOn:
		params["provider"], params["role"] = "Größe ID", "dba"
	case towpath.ActMemberRename:
		params["name"] = "Ada Lock"
	case towpath.ActTokenCreate, towpath.ActTokenRevoke, towpath.ActServiceToken, towpath.ActServiceTokenRevoke:
		params["name"] = "nightly report"
	case towpath.ActEnvironmentLimit, towpath.ActProjectLimit:
		params["limit"], params["from"], params["to"] = "lock-timeout", "0s", "1m30s"
	case towpath.ActReviewPreset:
		params["from"], params["to"] = "recommended", "strict"
	case towpath.ActReviewLevel:
		params["from"], params["to"] = "", "error"
	case towpath.ActReviewSetting:
		params["from"], params["to"] = "", "^[a-z_]+$"
	case towpath.ActProviderAdd:
		params["url"] = "https://bitbucket.org"
	}
}

func TestText_sizesAreEstimates(t *testing.T) {
	t.Parallel()
	for params, want := range map[[2]string]string{
		{"7", "0"}:                      "orders has 7 rows in prod",
		{"999", "1024"}:                 "orders has 999 rows (1 KiB) in prod",
		{"1000", "1500"}:                "orders has about 1 thousand rows (1.5 KiB) in prod",
		{"999499", "10700000"}:          "orders has about 999 thousand rows (10 MiB) in prod",
		{"999500", "1073741823"}:        "orders has about 1 million rows (1 GiB) in prod",
		{"41000000", "44023414784"}:     "orders has about 41 million rows (41 GiB) in prod",
		{"9223372036854775807", "-1"}:   "orders has about 9223372 trillion rows in prod",
		{"many", "9223372036854775807"}: "orders has many rows (8388608 TiB) in prod",
	} {
		why := towpath.Why(towpath.ReasonReviewLargest, "table", "orders", "rows", params[0],
			"bytes", params[1], "environment", "prod")
		if got := wording.Text(why); got != want {
			t.Errorf("%v: %s, want %s", params, got, want)
		}
	}
}
