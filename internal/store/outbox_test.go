package store_test

import (
	"context"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"towpath"
	"towpath/internal/store"
)

// act is a call of one writing method.
type act struct {
	method string
	emits  string // kinds, with the states between which it went
	do     func(ctx context.Context, tx *store.Tx) error
}

// acts calls every writing method that is not silent, in an order that satisfies their conditions.
func acts(w *world) []act {
	task, gone := w.newTask("7", towpath.TaskPending), towpath.TaskDone
	request := towpath.ApprovalRequest{ID: "test", EnvironmentID: w.environment.ID}
	mail := towpath.InvitationMail{}
	receiver, notification := towpath.Receiver{Name: "chat"}, towpath.Notification{}
	look := towpath.SecondLook{ID: "start", LinkID: w.link.ID, ProjectID: w.project.ID}
	approval := towpath.Approval{LinkID: w.link.ID, ProjectID: w.project.ID}
	schedule := towpath.Schedule{LinkID: w.link.ID, ProjectID: w.project.ID}
	rollout := w.newRollout()
	rollout.LinkID = "another"
	link, spare := w.newLink("second"), towpath.Database{
		InstanceID:    w.instance.ID,
		EnvironmentID: w.environment.ID, Name: "spare",
	}
	credential := towpath.Credential{
		Kind: towpath.CredentialAPIToken, MemberID: w.member.ID,
		Hash: []byte("x"),
	}
	member := towpath.Member{Email: "bob@example.com", Role: towpath.RoleMember}
	verification := towpath.Verification{
		ID:        store.NewID(),
		MemberID:  w.member.ID,
		Purpose:   towpath.PurposeGrant,
		State:     towpath.VerificationPending,
		StateHash: []byte{1},
	}
	environment := towpath.Environment{Name: "later"}
	instance := towpath.Instance{
		ID:            store.NewID(),
		Name:          "two",
		Engine:        towpath.EngineSQLite,
		EnvironmentID: w.environment.ID,
	}
	provider := towpath.GitProvider{ID: store.NewID(), Type: towpath.ProviderGitea, CreatedBy: w.member.ID}
	project := towpath.Project{Name: "Another"}
	branch := towpath.BranchReview{
		LinkID: w.link.ID, ProjectID: w.project.ID, Branch: "feature/größe", State: towpath.BranchPending,
	}
	grant := w.grant
	grant.ID = store.NewID()
	removal := towpath.HookRemoval{ID: w.link.ID, ProjectID: w.project.ID, GrantID: w.grant.ID, GivenUp: true}
	of := towpath.ProjectMember{ProjectID: w.project.ID, MemberID: w.member.ID, Role: towpath.ProjectOwner}
	return []act{
		{
			"CreateTask", "task.created >pending",
			func(ctx context.Context, tx *store.Tx) error { return tx.CreateTask(ctx, &task) },
		},
		{"UpdateTask", "task.changed pending>done", func(ctx context.Context, tx *store.Tx) error {
			task.State = gone
			return tx.UpdateTask(ctx, &task)
		}},
		{
			"CreateRollout", "rollout.created >pending",
			func(ctx context.Context, tx *store.Tx) error { return tx.CreateRollout(ctx, &rollout) },
		},
		{"UpdateRollout", "rollout.changed pending>held", func(ctx context.Context, tx *store.Tx) error {
			rollout.State = towpath.RolloutHeld
			return tx.UpdateRollout(ctx, &rollout)
		}},
		{"WantReview", "review.changed >pending", func(ctx context.Context, tx *store.Tx) error {
			return tx.WantReview(ctx, rollout)
		}},
		{"SetReview", "review.changed pending>done", func(ctx context.Context, tx *store.Tx) error {
			review := towpath.Review{RolloutID: rollout.ID, Generation: 1, State: towpath.ReviewDone}
			_, err := tx.SetReview(ctx, review)
			return err
		}},
		{"CreateBranchReview", "review.changed >pending", func(ctx context.Context, tx *store.Tx) error {
			return tx.CreateBranchReview(ctx, &branch)
		}},
		{"UpdateBranchReview", "review.changed pending>done", func(ctx context.Context, tx *store.Tx) error {
			branch.State = towpath.BranchDone
			return tx.UpdateBranchReview(ctx, branch)
		}},
		{"WantBranchReviews", "review.changed done>pending", func(ctx context.Context, tx *store.Tx) error {
			return tx.WantBranchReviews(ctx, branch.LinkID)
		}},
		{"DeleteBranchReview", "review.changed done>", func(ctx context.Context, tx *store.Tx) error {
			return tx.DeleteBranchReview(ctx, branch)
		}},
		{"WantReviews", "review.changed >pending", func(ctx context.Context, tx *store.Tx) error {
			return tx.WantReviews(ctx, "") // of the world's own rollout; the other one has no link
		}},
		{"AddHistory", "history.added >", func(ctx context.Context, tx *store.Tx) error {
			return tx.AddHistory(ctx, &towpath.ChangeHistory{
				DatabaseID: w.database.ID,
				ProjectID:  w.project.ID,
			})
		}},
		{
			"CreateLink", "link.created >connected",
			func(ctx context.Context, tx *store.Tx) error { return tx.CreateLink(ctx, &link) },
		},
		{"UpdateLink", "link.changed connected>attention", func(ctx context.Context, tx *store.Tx) error {
			link.AttentionReason = towpath.Why(towpath.ReasonRepositoryGone, "repository", "a/b")
			return tx.UpdateLink(ctx, &link)
		}},
		{"ShowProgress", "link.read >", func(ctx context.Context, tx *store.Tx) error {
			return tx.ShowProgress(ctx, towpath.Progress{LinkID: link.ID})
		}},
		{
			"EndProgress", "link.read >",
			func(ctx context.Context, tx *store.Tx) error { return tx.EndProgress(ctx, link.ID) },
		},
		{"PutManifestFile", "link.files-changed >", func(ctx context.Context, tx *store.Tx) error {
			return tx.PutManifestFile(ctx, w.file("a"), w.file("b"))
		}},
		{
			"DeleteManifestFile", "link.files-changed >",
			func(ctx context.Context, tx *store.Tx) error { return tx.DeleteManifestFile(ctx, w.link.ID, "a") },
		},
		{
			"DeleteManifest", "link.files-changed >",
			func(ctx context.Context, tx *store.Tx) error { return tx.DeleteManifest(ctx, w.link.ID) },
		},
		{
			"UpdateText", "",
			func(ctx context.Context, tx *store.Tx) error {
				_, err := tx.UpdateText(ctx, w.link,
					&task)
				return err
			},
		},
		{"ReceiveDelivery", "delivery.received >ignored", func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.ReceiveDelivery(ctx, &towpath.Delivery{
				LinkID: w.link.ID, RequestID: "1",
				Verdict: towpath.DeliveryIgnored,
			})
			return err
		}},
		{
			"PutHookRemoval", "hook-removal.changed >",
			func(ctx context.Context, tx *store.Tx) error { return tx.PutHookRemoval(ctx, removal, tx.Now) },
		},
		{
			"UpdateHookRemoval", "hook-removal.changed >",
			func(ctx context.Context, tx *store.Tx) error { return tx.UpdateHookRemoval(ctx, removal) },
		},
		{
			"WakeHookRemovals", "hook-removal.changed >",
			func(ctx context.Context, tx *store.Tx) error { return tx.WakeHookRemovals(ctx, removal.GrantID) },
		},
		{
			"DeleteHookRemoval", "hook-removal.changed >",
			func(ctx context.Context, tx *store.Tx) error { return tx.DeleteHookRemoval(ctx, removal.ID) },
		},
		{
			"DeleteLink", "link.deleted attention>",
			func(ctx context.Context, tx *store.Tx) error { return tx.DeleteLink(ctx, link.ID) },
		},
		{
			"CreateDatabase", "database.created >",
			func(ctx context.Context, tx *store.Tx) error { return tx.CreateDatabase(ctx, &spare) },
		},
		{
			"UpdateDatabase", "database.changed > database.changed >",
			func(ctx context.Context, tx *store.Tx) error {
				spare.ProjectID = w.project.ID // which concerns those who see it where it was, too
				return tx.UpdateDatabase(ctx, &spare)
			},
		},
		{"SetLedger", "database.changed >", func(ctx context.Context, tx *store.Tx) error {
			return tx.SetLedger(ctx, spare.ID,
				towpath.LedgerSnapshot{At: &tx.Now, Entries: []towpath.LedgerEntry{w.entry("1")}})
		}},
		{"SetLedger", "", func(ctx context.Context, tx *store.Tx) error {
			return tx.SetLedger(ctx, spare.ID,
				towpath.LedgerSnapshot{At: &tx.Now, Entries: []towpath.LedgerEntry{w.entry("1")}})
		}},
		{
			"DeleteDatabase", "database.deleted >",
			func(ctx context.Context, tx *store.Tx) error { return tx.DeleteDatabase(ctx, spare.ID) },
		},
		{
			"CreateInstance", "instance.created >",
			func(ctx context.Context, tx *store.Tx) error { return tx.CreateInstance(ctx, &instance) },
		},
		{
			"UpdateInstance", "instance.changed >",
			func(ctx context.Context, tx *store.Tx) error { return tx.UpdateInstance(ctx, &instance) },
		},
		{
			"DeleteInstance", "instance.deleted >",
			func(ctx context.Context, tx *store.Tx) error { return tx.DeleteInstance(ctx, instance.ID) },
		},
		{
			"CreateEnvironment", "environment.created >",
			func(ctx context.Context, tx *store.Tx) error { return tx.CreateEnvironment(ctx, &environment) },
		},
		{
			"UpdateEnvironment", "environment.changed >",
			func(ctx context.Context, tx *store.Tx) error { return tx.UpdateEnvironment(ctx, &environment) },
		},
		{
			"DeleteEnvironment", "environment.deleted >",
			func(ctx context.Context, tx *store.Tx) error { return tx.DeleteEnvironment(ctx, environment.ID) },
		},
		{
			"CreateProject", "project.created >",
			func(ctx context.Context, tx *store.Tx) error { return tx.CreateProject(ctx, &project) },
		},
		{
			"UpdateProject", "project.changed >",
			func(ctx context.Context, tx *store.Tx) error { return tx.UpdateProject(ctx, &project) },
		},
		{
			"SetProjectMember", "project-member.changed >owner",
			func(ctx context.Context, tx *store.Tx) error { return tx.SetProjectMember(ctx, of) },
		},
		{
			"RemoveProjectMember", "project-member.changed owner>",
			func(ctx context.Context, tx *store.Tx) error {
				return tx.RemoveProjectMember(ctx, of.ProjectID, of.MemberID)
			},
		},
		{
			"CreateMember", "member.created >",
			func(ctx context.Context, tx *store.Tx) error { return tx.CreateMember(ctx, &member) },
		},
		{
			"UpdateMember", "member.changed >",
			func(ctx context.Context, tx *store.Tx) error { return tx.UpdateMember(ctx, &member) },
		},
		{
			"CreateCredential", "credential.created >",
			func(ctx context.Context, tx *store.Tx) error { return tx.CreateCredential(ctx, &credential) },
		},
		{"CreateInvitationMail", "member.changed >", func(ctx context.Context, tx *store.Tx) error {
			mail.ID, mail.MemberID = credential.ID, w.member.ID
			return tx.CreateInvitationMail(ctx, &mail)
		}},
		{"UpdateInvitationMail", "member.changed >", func(ctx context.Context, tx *store.Tx) error {
			return tx.UpdateInvitationMail(ctx, mail)
		}},
		{"DeleteCredential", "credential.deleted >", func(ctx context.Context, tx *store.Tx) error {
			return tx.DeleteCredential(ctx, credential.MemberID, credential.ID)
		}},
		{"DeleteCredentials", "credential.deleted >", func(ctx context.Context, tx *store.Tx) error {
			return tx.DeleteCredentials(ctx, credential.MemberID, credential.Kind)
		}},
		{
			"CreateGitProvider", "git-provider.created >",
			func(ctx context.Context, tx *store.Tx) error { return tx.CreateGitProvider(ctx, &provider) },
		},
		{
			"UpdateGitProvider", "git-provider.changed >",
			func(ctx context.Context, tx *store.Tx) error { return tx.UpdateGitProvider(ctx, &provider) },
		},
		{
			"DeleteGitProvider", "git-provider.deleted >",
			func(ctx context.Context, tx *store.Tx) error { return tx.DeleteGitProvider(ctx, provider.ID) },
		},
		{"PutSchemaWatch", "database.changed >", func(ctx context.Context, tx *store.Tx) error {
			return tx.PutSchemaWatch(ctx, towpath.SchemaWatch{
				SchemaCheck: towpath.SchemaCheck{DatabaseID: w.database.ID, Found: "x"},
			})
		}},
		{"KeepSchemaWatch", "database.changed >", func(ctx context.Context, tx *store.Tx) error {
			return tx.KeepSchemaWatch(ctx, towpath.SchemaWatch{
				SchemaCheck: towpath.SchemaCheck{DatabaseID: w.database.ID, Found: "y"},
			}, "")
		}},
		{"CreateReceiver", "receiver.created >", func(ctx context.Context, tx *store.Tx) error {
			return tx.CreateReceiver(ctx, &receiver)
		}},
		{"UpdateReceiver", "receiver.changed >", func(ctx context.Context, tx *store.Tx) error {
			return tx.UpdateReceiver(ctx, receiver)
		}},
		{"CreateNotification", "receiver.changed >", func(ctx context.Context, tx *store.Tx) error {
			notification.ReceiverID = receiver.ID
			return tx.CreateNotification(ctx, &notification)
		}},
		{"CreateTest", "receiver.changed >", func(ctx context.Context, tx *store.Tx) error {
			return tx.CreateTest(ctx, &towpath.Notification{ReceiverID: receiver.ID})
		}},
		{"UpdateNotification", "receiver.changed >", func(ctx context.Context, tx *store.Tx) error {
			return tx.UpdateNotification(ctx, notification)
		}},
		{"DeleteReceiver", "receiver.deleted >", func(ctx context.Context, tx *store.Tx) error {
			return tx.DeleteReceiver(ctx, receiver.ID)
		}},
		{"PutApprovalHook", "environment.changed >", func(ctx context.Context, tx *store.Tx) error {
			return tx.PutApprovalHook(ctx, towpath.ApprovalHook{EnvironmentID: w.environment.ID, EncryptedSecret: []byte{1}})
		}},
		{"PutApprovalTest", "environment.changed >", func(ctx context.Context, tx *store.Tx) error {
			return tx.PutApprovalTest(ctx, request)
		}},
		{"UpdateApprovalRequest", "environment.changed >", func(ctx context.Context, tx *store.Tx) error {
			return tx.UpdateApprovalRequest(ctx, request)
		}},
		{"DeleteApprovalHook", "environment.changed >", func(ctx context.Context, tx *store.Tx) error {
			return tx.DeleteApprovalHook(ctx, w.environment.ID)
		}},
		{"CreateSecondLook", "approval.changed >", func(ctx context.Context, tx *store.Tx) error {
			return tx.CreateSecondLook(ctx, look)
		}},
		{"UpdateSecondLook", "approval.changed >", func(ctx context.Context, tx *store.Tx) error {
			look.LookedAt = &tx.Now
			return tx.UpdateSecondLook(ctx, look)
		}},
		{"PutPullReading", "approval.changed >", func(ctx context.Context, tx *store.Tx) error {
			return tx.PutPullReading(ctx, towpath.PullReading{
				RolloutID: w.rollout.ID, EnvironmentID: w.environment.ID, ProjectID: w.project.ID, LinkID: w.link.ID,
			})
		}},
		{"CreateApproval", "approval.changed >", func(ctx context.Context, tx *store.Tx) error {
			return tx.CreateApproval(ctx, &approval)
		}},
		{"UpdateApproval", "approval.changed >", func(ctx context.Context, tx *store.Tx) error {
			approval.WithdrawnAt = &tx.Now
			return tx.UpdateApproval(ctx, approval)
		}},
		{"PutSchedule", "approval.changed >", func(ctx context.Context, tx *store.Tx) error {
			return tx.PutSchedule(ctx, &schedule)
		}},
		{"DeleteSchedule", "approval.changed >", func(ctx context.Context, tx *store.Tx) error {
			return tx.DeleteSchedule(ctx, schedule)
		}},
		{"CreatePause", "pause.changed >", func(ctx context.Context, tx *store.Tx) error {
			return tx.CreatePause(ctx, &towpath.Pause{Scope: towpath.PauseAll})
		}},
		{"DeletePause", "pause.changed >", func(ctx context.Context, tx *store.Tx) error {
			return tx.DeletePause(ctx, towpath.PauseAll, "")
		}},
		{"CreateGrant", "grant.created >", func(ctx context.Context, tx *store.Tx) error {
			grant.AccountID = "b"
			return tx.CreateGrant(ctx, &grant)
		}},
		{"UpdateGrant", "grant.changed >", func(ctx context.Context, tx *store.Tx) error {
			grant.BrokenReason = towpath.Why(towpath.ReasonAccessRevoked, "provider", "p", "account", "a")
			return tx.UpdateGrant(ctx, &grant)
		}},
		{"UpdateGrant", "", func(ctx context.Context, tx *store.Tx) error {
			grant.EncryptedAccessToken, grant.RefreshedAt = []byte("new"), tx.Now.Add(time.Hour)
			return tx.UpdateGrant(ctx, &grant)
		}},
		{
			"CreateVerification", "verification.changed >pending",
			func(ctx context.Context, tx *store.Tx) error { return tx.CreateVerification(ctx, &verification) },
		},
		{
			"UpdateVerification", "verification.changed pending>verified",
			func(ctx context.Context, tx *store.Tx) error {
				verification.State = towpath.VerificationVerified
				return tx.UpdateVerification(ctx, &verification)
			},
		},
	}
}

// all reads all events.
func all(t *testing.T, s *store.Store) (list []towpath.Event) {
	t.Helper()
	read(t, s, func(ctx context.Context, tx *store.Tx) (err error) {
		list, err = tx.Events(ctx, store.Page{Limit: 1000})
		return err
	})
	return list
}

func TestStore_emitsWhereverItWritesState(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store) {
		w := newWorld(t, s)
		tried := map[string]bool{}
		for _, a := range acts(w) {
			before := len(all(t, s))
			write(t, s, a.do)
			var got []string
			for _, e := range all(t, s)[before:] {
				got = append(got, fmt.Sprintf("%s %s>%s", e.Kind, e.From, e.To))
				if e.ID == "" || e.At.IsZero() || e.Count != 1 {
					t.Errorf("%s: %+v", a.method, e)
				}
			}
			if diff := cmp.Diff(a.emits, strings.Join(got, " ")); diff != "" {
				t.Errorf("%s: %s", a.method, diff)
			}
			tried[a.method] = true
		}
		for _, method := range writing(t) {
			if !tried[method] && silent[method] == "" {
				t.Errorf("Tx.%s writes. Add it to acts with its event, or to silent with a reason", method)
			}
			if tried[method] && silent[method] != "" {
				t.Errorf("Tx.%s emits an event, so it must not be in silent", method)
			}
		}
	})
}

// writing returns the exported methods of a transaction that write, directly or through a call. It
// finds them in the source.
func writing(t *testing.T) (methods []string) {
	t.Helper()
	calls := map[string][]string{}
	exported := map[string]bool{}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Body == nil {
				continue
			}
			ast.Inspect(f.Body, func(n ast.Node) bool {
				if s, ok := n.(*ast.SelectorExpr); ok {
					calls[f.Name.Name] = append(calls[f.Name.Name], s.Sel.Name)
				}
				return true
			})
			if f.Recv != nil && f.Name.IsExported() {
				if star, ok := f.Recv.List[0].Type.(*ast.StarExpr); ok {
					id, ok := star.X.(*ast.Ident)
					exported[f.Name.Name] = exported[f.Name.Name] || (ok && id.Name == "Tx")
				}
			}
		}
	}
	var reaches func(name string, seen map[string]bool) bool
	reaches = func(name string, seen map[string]bool) bool {
		if name == "exec" || name == "Emit" {
			return true
		}
		if seen[name] {
			return false
		}
		seen[name] = true
		return slices.ContainsFunc(calls[name], func(next string) bool { return reaches(next, seen) })
	}
	for name, of := range exported {
		if of && name != "Emit" && reaches(name, map[string]bool{}) {
			methods = append(methods, name)
		}
	}
	if len(methods) < 60 {
		t.Fatalf("found only %d methods that write: %v", len(methods), methods)
	}
	return methods
}
