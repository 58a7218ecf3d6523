package store_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"towpath"
	"towpath/internal/schema"
	"towpath/internal/store"
)

// choices are columns that take certain words only.
var choices = map[string][]string{
	"member.role": {"owner", "dba", "member"}, "project_member.role": {"owner", "developer"},
	"credential.kind": {"session", "api-token", "invitation"}, "verification.purpose": {
		"add-provider",
		"replace-secret", "grant",
	}, "verification.state": {"pending", "verified", "failed", "used"},
	"repository_link.late_policy": {"hold", "apply", "refuse"}, "repository_link.waiting_status": {
		"stopped",
		"successful",
	}, "repository_link.hook_state": {"active", "polling", "missing"},
	"branch_file.state": {"matched", "ignored"},
	"delivery.verdict":  {"accepted", "ignored"}, "manifest_file.state": {"matched", "ignored"},
	"reading_file.state": {"matched", "ignored"}, "task.action": {"apply", "record"},
}

// optional are columns of bytes that may be nil.
var optional = map[string]bool{"instance.encrypted_password": true, "verification.encrypted_secret": true}

var (
	texts = rapid.OneOf(rapid.SampledFrom([]string{
		"", " ", "O'Brien \"x\"; --", "日本 ☃ 🚂 é", "$1", "null",
		"%", "\\",
	}),
		rapid.StringOf(rapid.Rune().Filter(func(r rune) bool { return r != 0 })))
	instants = rapid.Custom(func(t *rapid.T) time.Time {
		return time.UnixMicro(rapid.Int64Range(time.Time{}.UnixMicro(), 253402300799999999).Draw(t,
			"micros")).UTC()
	})
)

func fillIn(t *rapid.T, column string, field any) {
	switch f := field.(type) {
	case *string:
		if words := choices[column]; words != nil {
			*f = rapid.SampledFrom(words).Draw(t, column)
			return
		}
		*f = texts.Draw(t, column)
	case *int:
		*f = int(rapid.Int64().Draw(t, column))
	case *int64:
		*f = rapid.Int64().Draw(t, column)
	case *bool:
		*f = rapid.Bool().Draw(t, column)
	case *[]byte:
		*f = append([]byte{}, rapid.SliceOf(rapid.Byte()).Draw(t, column)...)
		if optional[column] && rapid.Bool().Draw(t, column+" is nil") {
			*f = nil
		}
	case *time.Time:
		*f = instants.Draw(t, column)
	case **time.Time:
		*f = rapid.Ptr(instants, true).Draw(t, column)
	case *[]string:
		*f = rapid.SampledFrom([][]string{nil, {}, {"a"}, {"", "b\x00", "☃"}}).Draw(t, column)
	case *map[string]string:
		*f = rapid.SampledFrom([]map[string]string{nil, {}, {"tls": "verify", "": "☃"}}).Draw(t, column)
	case *[]towpath.Migration:
		*f = rapid.SampledFrom([][]towpath.Migration{
			nil,
			{},
			{{MigrationID: towpath.MigrationID{Version: "1", Type: towpath.TypeDML}, Path: "a b"}},
		}).Draw(t,
			column)
	case *[]towpath.Reason:
		*f = rapid.SampledFrom([][]towpath.Reason{
			nil,
			{},
			{towpath.Why(towpath.ReasonEdited), towpath.Why(towpath.ReasonRenamed, "path", "größe \"x\"")},
		}).Draw(t, column)
	case *[]towpath.Change:
		*f = rapid.SampledFrom([][]towpath.Change{
			nil,
			{},
			{{Setting: "address", From: "größe \"x\"", To: "b\x00☃"}},
		}).Draw(t, column)
	case *towpath.ReviewNotes:
		*f = rapid.SampledFrom([]towpath.ReviewNotes{
			{},
			{Findings: []towpath.ReviewFinding{{Rule: "PL01", Message: "größe"}}, MoreNotKept: 3, MoreGaps: 2, MoreAllowed: 1},
		}).Draw(t, column)
	case *towpath.Gate:
		*f = rapid.SampledFrom([]towpath.Gate{
			{Start: f.Start},
			{
				Start: f.Start, AskIf: towpath.AskWarnings,
				Consent: towpath.Consent{People: 2, Roles: []towpath.ApproverRole{towpath.ApproveDBA}},
				Windows: []towpath.Window{{Effect: towpath.WindowDeny, Zone: "größe", Days: []string{"mon"}}},
			},
		}).Draw(t, column)
	case *[]towpath.NotificationEvent:
		*f = rapid.SampledFrom([][]towpath.NotificationEvent{nil, {}, {towpath.NotifyDone, "größe"}}).Draw(t, column)
	case *towpath.NotificationFacts:
		*f = rapid.SampledFrom([]towpath.NotificationFacts{
			{},
			{
				Event: towpath.NotifyHeld, Project: "größe\x00☃", Files: []string{"a b"}, MoreFiles: 3,
				Because: []towpath.Reason{towpath.Why(towpath.ReasonEdited)},
			},
		}).Draw(t, column)
	case *[]towpath.Person:
		*f = rapid.SampledFrom([][]towpath.Person{nil, {}, {{Name: "größe", Email: "a@b", Account: "{1}"}}}).Draw(t,
			column)
	case *towpath.BranchSent:
		*f = rapid.SampledFrom([]towpath.BranchSent{
			{},
			{Commit: "c", State: "failed", Text: "größe", Begun: true, Lines: 2, At: &time.Time{}},
		}).Draw(t, column)
	case *towpath.PullRequest:
		*f = rapid.SampledFrom([]towpath.PullRequest{
			{},
			{Number: 7, Title: "größe\x00☃", State: towpath.PullRequestOpen, Comments: -1, Heard: 17, Asked: "Ada"},
		}).Draw(t, column)
	case *towpath.BranchTold:
		*f = rapid.SampledFrom([]towpath.BranchTold{
			{},
			{
				PullRequest: 7, Comment: "17", Begun: true, Text: "d", At: &time.Time{},
				Tasks: []towpath.BranchTask{{Key: "k", ID: "9", Open: true}, {Key: "größe"}},
			},
		}).Draw(t, column)
	case *[]towpath.RehearsalFile:
		*f = rapid.SampledFrom([][]towpath.RehearsalFile{
			nil,
			{{Path: "größe", Checksum: "c", Version: "1", Type: towpath.TypeDDL, Own: true}},
		}).Draw(t, column)
	case *towpath.Rehearsal:
		*f = rapid.SampledFrom([]towpath.Rehearsal{
			{},
			{Server: "PostgreSQL", Seconds: 1.5, Schema: "b\x00☃", Files: []towpath.RehearsedFile{{
				Path: "a", State: towpath.RehearsedDone, Locks: []towpath.RehearsedLock{{Table: "größe", Rank: 7}},
			}}},
		}).Draw(t, column)
	case **towpath.HistorySource:
		*f = rapid.SampledFrom([]*towpath.HistorySource{
			nil, {Evidence: "stands"},
			{Tool: "flyway", Table: "größe", Version: "1", At: time.Unix(9, 0).UTC(), Evidence: "proved"},
		}).Draw(t, column)
	case *towpath.Filling:
		*f = rapid.SampledFrom([]towpath.Filling{
			{}, {Placeholders: towpath.PlaceholdersFlyway, Variables: towpath.Variables{"order": "größe \"x\""}},
		}).Draw(t, column)
	case *towpath.Variables:
		*f = rapid.SampledFrom([]towpath.Variables{nil, {}, {"order": "größe \"x\""}}).Draw(t, column)
	case **towpath.AcceptedHistory:
		*f = rapid.SampledFrom([]*towpath.AcceptedHistory{nil, {}, {Tool: "flyway", Table: "größe"}}).Draw(t, column)
	case **towpath.Mark:
		*f = rapid.SampledFrom([]*towpath.Mark{
			nil, {}, {Why: "größe \"x\"", Despite: true, At: time.Unix(9, 0).UTC()},
		}).Draw(t, column)
	case **towpath.Undoing:
		*f = rapid.SampledFrom([]*towpath.Undoing{
			nil, {}, {Why: "größe \"x\"", At: time.Unix(9, 0).UTC()},
		}).Draw(t, column)
	case **schema.Names:
		*f = rapid.SampledFrom([]*schema.Names{
			nil, {}, {Makes: []string{"größe"}, Needs: []string{"b\x00☃", "order"}},
		}).Draw(t, column)
	case *towpath.Notices:
		*f = rapid.SampledFrom([]towpath.Notices{
			{},
			{Kept: []towpath.Notice{{Level: "warning", Text: "b\x00☃"}}, More: 3},
		}).Draw(t, column)
	case *towpath.ReviewPolicy:
		*f = rapid.SampledFrom([]towpath.ReviewPolicy{
			{},
			{
				Preset:   towpath.ReviewStrict,
				Levels:   map[string]towpath.ReviewLevel{"PL01": towpath.ReviewOff},
				Settings: map[string]map[string]string{"NM02": {"format": "^ü\\x00$"}},
				Insist:   []string{"*"},
			},
		}).Draw(t, column)
	case *towpath.Reason:
		deep := towpath.Why(towpath.ReasonNotPassed, "database",
			"größe \"x\"").From(towpath.Why(towpath.ReasonEdited))
		*f = rapid.SampledFrom([]towpath.Reason{
			{},
			towpath.Why(towpath.ReasonNoted, "text", "b\x00☃\n"),
			deep,
		}).Draw(t, column)
	default:
		t.Fatalf("%s is a %T, which no test fills", column, field)
	}
}

func TestTables_returnWhatWasWritten(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		undo := errors.New("undo")
		alone := "PRAGMA defer_foreign_keys = ON" // rows exist without what they refer to
		if s.Shared() {
			alone = "SET LOCAL session_replication_role = replica"
		}
		for _, probe := range store.Probes() {
			t.Run(probe.Title(), func(t *testing.T) {
				ctx := context.Background()
				rapid.Check(t, func(rt *rapid.T) {
					var got, want any
					var failure error
					err := s.Write(ctx, func(tx *store.Tx) error {
						if failure = tx.Exec(ctx, alone); failure == nil {
							got, want, failure = probe.RoundTrip(ctx, tx,
								func(column string, field any) {
									fillIn(rt, probe.Title()+"."+column,
										field)
								})
						}
						return undo
					})
					if failure != nil || !errors.Is(err, undo) {
						rt.Fatal(failure, err)
					}
					if diff := cmp.Diff(want, got); diff != "" {
						rt.Fatalf("(-written +read)\n%s", diff)
					}
				})
			})
		}
	})
}

func TestText_thatPostgresRefusesIsReplaced(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		const broken, valid = "a\x00b\xffc", "a\uFFFDb\uFFFDc"
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			tx.Emit(towpath.Actor{}.Did(towpath.ActProjectCreate, "", broken, "project", broken))
			return nil
		})
		read(t, s, func(ctx context.Context, tx *store.Tx) error {
			events, err := tx.Acts(ctx, store.ActFilter{ProjectID: broken}, store.Page{})
			if len(events) != 1 || events[0].Params["project"] != valid {
				t.Errorf("read %+v", events)
			}
			return err
		})
	})
}
