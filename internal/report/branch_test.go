package report_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"towpath"
	"towpath/internal/link/linktest"
	"towpath/internal/store"
)

// branchWorld is a world with a linked repository and the review of one branch.
type branchWorld struct {
	*linktest.World
	t      *testing.T
	review towpath.BranchReview
	seen   int // requests that were listed
}

func newBranchWorld(t *testing.T, scopes ...string) *branchWorld {
	t.Helper()
	b := &branchWorld{World: linktest.Setup(t, linktest.SQLite(t)), t: t}
	b.Consumer.Scopes = append(b.Consumer.Scopes, scopes...)
	b.Sim.AddConsumer(b.Consumer)
	b.Commit(t, map[string]string{"README.md": "0"})
	link := b.Linked(t)
	b.Reconciled(t, link.ID)
	b.Write(t, func(ctx context.Context, tx *store.Tx) error {
		b.review = towpath.BranchReview{LinkID: link.ID, ProjectID: b.Project, Branch: "feature/größe", Files: 1}
		b.review.Want(b.head("one"), tx.Now)
		return tx.CreateBranchReview(ctx, &b.review)
	})
	b.calls()
	return b
}

// head pushes a commit to the branch.
func (b *branchWorld) head(text string) string {
	hash, err := b.Sim.CommitQuiet(linktest.Repo, "feature/größe", map[string]string{"shop/1__ddl__a.sql": text}, text)
	if err != nil {
		b.t.Fatal(err)
	}
	return hash
}

// change changes the row and what the review has found.
func (b *branchWorld) change(files []towpath.ReviewedFile, change func(*towpath.BranchReview)) {
	b.t.Helper()
	b.Write(b.t, func(ctx context.Context, tx *store.Tx) error {
		r, err := tx.BranchReview(ctx, b.review.ID)
		if err != nil {
			return err
		}
		change(&r)
		if err := tx.SetBranchFindings(ctx, r.ID, files); err != nil {
			return err
		}
		b.review = r
		return tx.UpdateBranchReview(ctx, r)
	})
}

// done is a review of the newest head that has ended.
func done(r *towpath.BranchReview) {
	r.ReadHead, r.Reviewed, r.State, r.Judged, r.Verdict = r.Head, r.Head, towpath.BranchDone, true, towpath.MergeClear
}

// post reports, and returns the calls that it took and the time to report again.
func (b *branchWorld) post() (calls string, again *time.Time) {
	b.t.Helper()
	again, err := b.PostReview(b.t.Context(), b.review.ID)
	if err != nil {
		b.t.Fatal(err)
	}
	return b.calls(), again
}

// calls names the calls since the last time: what was sent, in order.
func (b *branchWorld) calls() string {
	all := b.Sim.Requests()
	var list []string
	for _, r := range all[b.seen:] {
		if i := max(strings.Index(r.Path, "/commit/"), strings.Index(r.Path, "/pullrequests/")); i >= 0 {
			parts := strings.Split(r.Path[i:], "/")
			last := parts[len(parts)-1]
			if kind := parts[len(parts)-2]; kind == "comments" || kind == "tasks" {
				last = strings.TrimSuffix(kind, "s")
			}
			list = append(list, r.Method+" "+last[:min(11, len(last))])
		}
	}
	b.seen = len(all)
	return strings.Join(list, ", ")
}

func (b *branchWorld) want(what, want string) {
	b.t.Helper()
	if got, _ := b.post(); got != want {
		b.t.Errorf("%s takes %q, want %q", what, got, want)
	}
}

func (b *branchWorld) status(commit string) string {
	var list []string
	for _, s := range b.Sim.Statuses(linktest.Repo, commit) {
		list = append(list, s.State+" "+s.Description)
	}
	return strings.Join(list, "; ")
}

// found is a file with so many errors, each in a statement of its own.
func found(n int) []towpath.ReviewedFile {
	f := towpath.ReviewedFile{
		Path: "shop/1__ddl__a.sql", Against: "sqlite 3.54.1", Environment: "test", Databases: 1, Errors: n,
	}
	for i := range n {
		f.Findings = append(f.Findings, towpath.ReviewFinding{
			Rule: "DD05", Level: "error", Line: i + 1, Message: fmt.Sprint("The table t", i, " is not there."),
			Statement: fmt.Sprint("s", i),
		})
	}
	f.Findings = append(f.Findings, towpath.ReviewFinding{Rule: "TB15", Level: "info", Line: 1, Message: "Note."})
	return []towpath.ReviewedFile{f}
}

const (
	putReport = "PUT towpath-rev"
	annotate  = "POST annotations"
	sendBuild = "POST build"
	drop      = "DELETE towpath-rev"
)

func TestPostReview_sendsWhatDiffersAlone(t *testing.T) {
	t.Parallel()
	b := newBranchWorld(t)
	b.change(found(2), func(r *towpath.BranchReview) { done(r); r.Errors = 2 })
	b.want("the first report", strings.Join([]string{putReport, annotate, sendBuild}, ", "))
	b.want("the same", "")
	if got := b.status(b.review.Head); !strings.HasPrefix(got, "FAILED 2 errors in SQL review: DD05 at shop/1__ddl__a.sql:1; and 1 more") {
		t.Error(got)
	}
	b.change(found(2), func(r *towpath.BranchReview) {
		r.Verdict = towpath.MergeLateOnce
		r.Order = []towpath.Reason{towpath.Why(towpath.ReasonMergeLateOnce, "path", "shop/1__ddl__a.sql",
			"newest", "9", "branch", "feature/y")}
	})
	b.want("another merge order", putReport+", "+sendBuild)
	b.change(found(1), func(r *towpath.BranchReview) { r.Errors = 1 })
	b.want("other findings", strings.Join([]string{drop, putReport, annotate, sendBuild}, ", "))
	b.change(nil, func(r *towpath.BranchReview) { r.Errors, r.Verdict, r.Order = 0, towpath.MergeClear, nil })
	b.want("no findings", strings.Join([]string{drop, putReport, sendBuild}, ", "))
	if got := b.status(b.review.Head); got != "SUCCESSFUL No errors and no warnings in SQL review" {
		t.Error(got)
	}
	reports := b.Sim.Reports(linktest.Repo, b.review.Head)
	if len(reports) != 1 || reports[0].Result != "PASSED" || len(reports[0].Fields) != 10 ||
		len(reports[0].Annotations) != 0 {
		t.Errorf("%+v", reports)
	}
}

func TestPostReview_isBoundedAndSaysWhatIsLeftOut(t *testing.T) {
	t.Parallel()
	b := newBranchWorld(t)
	files := found(1000)
	files[0].MoreNotKept = 7
	files[0].Tables = []towpath.ReviewedTable{{Name: "small", Rows: 9, Bytes: 1}, {Name: "größe", Rows: 41e6, Bytes: 9 << 30}}
	b.change(files, func(r *towpath.BranchReview) { done(r); r.Errors = 1007 })
	if calls, _ := b.post(); strings.Count(calls, annotate) != 10 {
		t.Error(calls)
	}
	report := b.Sim.Reports(linktest.Repo, b.review.Head)[0]
	if got := report.Fields[3].Value; !strings.HasPrefix(got, "größe has about 41 million rows (9 GiB) in test. ") {
		t.Error(got)
	}
	list := report.Annotations
	if len(list) != 1000 || list[0].Severity != "HIGH" || list[0].Line != 1 {
		t.Fatalf("%d annotations, the first %+v", len(list), list[0])
	}
	if got := list[999].Summary; got != "9 more findings did not fit here. The review in Towpath has them." {
		t.Error(got)
	}
}

// A review that has no result yet is in progress for a while and has failed then, whoever died
// meanwhile.
func TestPostReview_endsInTime(t *testing.T) {
	t.Parallel()
	b := newBranchWorld(t)
	calls, again := b.post()
	if calls != "" || again == nil || again.Sub(b.review.WantedAt) != towpath.BranchStatusDelay {
		t.Fatalf("at once: %s, again %v", calls, again)
	}
	b.Clock.Move(3 * time.Second)
	calls, again = b.post()
	if got := b.status(b.review.Head); calls != sendBuild || got != "INPROGRESS Reviewing 1 file" ||
		again == nil || again.Sub(b.review.WantedAt) != towpath.BranchPatience {
		t.Fatalf("after 3 s: %s, %s, again %v", calls, got, again)
	}
	old := b.review.Head
	b.change(nil, func(r *towpath.BranchReview) { r.Want(b.head("two"), b.Clock.Now()) })
	b.want("a newer head", sendBuild)
	if got := b.status(old); !strings.HasPrefix(got, "STOPPED Superseded by ") {
		t.Error(got)
	}
	b.Clock.Move(towpath.BranchPatience + time.Second)
	b.want("a review that does not end", sendBuild)
	if got := b.status(b.review.Head); !strings.HasPrefix(got,
		"FAILED Not reviewed: the review takes longer than 50 seconds. Towpath keeps trying.") {
		t.Error(got)
	}
	b.change(found(0), func(r *towpath.BranchReview) { done(r) })
	b.post()
	if got := b.status(b.review.Head); !strings.HasPrefix(got, "SUCCESSFUL ") {
		t.Error(got)
	}
}

// What could not be reviewed fails, and a database's own words stay in Towpath.
func TestPostReview_failsWithoutAReview(t *testing.T) {
	t.Parallel()
	b := newBranchWorld(t)
	why := towpath.Why(towpath.ReasonReviewUnread, "environment", "prod", "database", "shop", "message",
		"password of ada is hunter2")
	b.change(nil, func(r *towpath.BranchReview) { done(r); r.State, r.Reason = towpath.BranchFailed, why })
	b.post()
	got := b.status(b.review.Head)
	if !strings.HasPrefix(got, "FAILED Not reviewed: prod/shop could not be read") || strings.Contains(got, "hunter2") {
		t.Error(got)
	}
	report := b.Sim.Reports(linktest.Repo, b.review.Head)[0]
	if report.Result != "FAILED" || strings.Contains(fmt.Sprint(report), "hunter2") {
		t.Errorf("%+v", report)
	}
}

// After an annotation call that nobody knows the end of, the report is made again.
func TestPostReview_afterADeathInBetween(t *testing.T) {
	t.Parallel()
	b := newBranchWorld(t)
	b.change(found(3), func(r *towpath.BranchReview) { done(r); r.Errors = 3 })
	b.post()
	b.change(found(3), func(r *towpath.BranchReview) { // as if the process had died behind its call
		r.Sent = towpath.BranchSent{Commit: r.Head, Begun: true}
	})
	b.want("the next try", strings.Join([]string{drop, putReport, annotate, sendBuild}, ", "))
	list := b.Sim.Reports(linktest.Repo, b.review.Head)[0].Annotations
	if len(list) != 4 {
		t.Errorf("%d annotations", len(list))
	}
}
