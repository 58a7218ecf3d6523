package report

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"towpath"
	"towpath/internal/vcs"
	"towpath/internal/wording"
)

// reportKey is the key of a link's reports on commits.
func reportKey(linkID string) string {
	return "towpath-review-" + strings.TrimSuffix(strings.TrimPrefix(statusKey(linkID, ""), "towpath-"), "-")
}

// status is the build status of a branch at a time. send is false when its head is to have none, or
// keeps the one that it has; again is when to look at it again.
func (b branch) status(now time.Time) (st vcs.Status, send bool, again *time.Time) {
	r := b.review
	switch {
	case r.Head == "", r.State == towpath.BranchIdle:
		return st, false, nil
	case r.State == towpath.BranchEnded:
		// a head that no longer needs a review, after others that had a status
		ended := r.Sent.Commit != "" && (r.Sent.Commit != r.Head ||
			r.Sent.State == string(vcs.StatusInProgress))
		return newStatus(vcs.StatusSuccessful, "%s", wording.Text(r.Reason)), ended, nil
	case b.told(now):
		return b.verdict(), true, nil
	case r.Files == 0: // nobody knows whether it needs a review
		return st, false, nil
	}
	shown, late := r.WantedAt.Add(towpath.BranchStatusDelay), r.WantedAt.Add(towpath.BranchPatience)
	switch {
	case now.Before(shown):
		return st, false, &shown
	case now.Before(late):
		why := towpath.Why(towpath.ReasonBranchReviewing, "n", strconv.Itoa(r.Files))
		return newStatus(vcs.StatusInProgress, "%s", wording.Text(why)), true, &late
	}
	cause := r.Reason
	if cause.IsZero() {
		cause = towpath.Why(towpath.ReasonBranchSlow, "limit", towpath.BranchPatience.String())
	}
	return newStatus(vcs.StatusFailed, "%s", wording.Text(notReviewed(cause))), true, nil
}

// notReviewed says that there was no review, why and what to do. The words of a database stay in
// Towpath.
func notReviewed(cause towpath.Reason) towpath.Reason {
	params := map[string]string{}
	for name, value := range cause.Params {
		if params[name] = value; name == "message" {
			params[name] = "the page says why"
		}
	}
	if cause.Code == towpath.ReasonBranchUnread {
		return towpath.Why(towpath.ReasonBranchNotReviewed).From(towpath.Why(cause.Code))
	}
	return towpath.Why(towpath.ReasonBranchNotReviewed).From(
		towpath.Reason{Code: cause.Code, Params: params})
}

// verdict is the status of a head whose review has ended.
func (b branch) verdict() vcs.Status {
	return newStatus(b.state(), "%s", sentences(b.summary()))
}

// sentences joins reasons, some of which have no period at their end.
func sentences(list []towpath.Reason) string {
	texts := make([]string, len(list))
	for i, r := range list {
		texts[i] = strings.TrimSuffix(wording.Text(r), ".")
	}
	return strings.Join(texts, ". ")
}

func (b branch) state() vcs.StatusState {
	if b.review.Passed() {
		return vcs.StatusSuccessful
	}
	return vcs.StatusFailed
}

// summary says what matters of a review that has ended, the gravest first.
func (b branch) summary() (said []towpath.Reason) {
	r := b.review
	if r.State == towpath.BranchFailed {
		return []towpath.Reason{notReviewed(r.Reason)}
	}
	found := towpath.Why(towpath.ReasonReviewClean)
	switch {
	case r.Errors > 0 && r.Warnings > 0:
		found = towpath.Why(towpath.ReasonReviewBoth, "n", strconv.Itoa(r.Errors), "warnings",
			strconv.Itoa(r.Warnings)).From(gravest(b.files, "error", r.Errors)...)
	case r.Errors > 0:
		found = towpath.Why(towpath.ReasonReviewErrors, "n", strconv.Itoa(r.Errors)).
			From(gravest(b.files, "error", r.Errors)...)
	case r.Warnings > 0:
		found = towpath.Why(towpath.ReasonReviewWarnings, "n", strconv.Itoa(r.Warnings)).
			From(gravest(b.files, "warning", r.Warnings)...)
	}
	order := r.Order[:min(1, len(r.Order))]
	if r.Verdict.Stops() {
		return slices.Concat(order, []towpath.Reason{found})
	}
	return slices.Concat([]towpath.Reason{found}, order)
}

// report is the report without its key: ten fields, always the same.
func (b branch) report(page string) vcs.Report {
	measured := b.measured()
	plan := towpath.Why(towpath.ReasonBranchFiles, "n", strconv.Itoa(b.review.Files))
	return vcs.Report{
		Title:   "Towpath review: " + b.project.Name,
		Details: sentences(b.summary()),
		Passed:  b.review.Passed(),
		URL:     page,
		Fields: []vcs.ReportField{
			{Title: "Verdict", Text: wording.Text(b.counts())},
			{Title: "Locks", Text: measured.locks},
			{Title: "Held for", Text: measured.held},
			{Title: "Rows and bytes touched", Text: strings.Join(append(b.largest(), measured.rows), ". ")},
			{Title: "Rewrites", Text: measured.rewrites},
			{Title: "Reversible", Text: measured.reversible},
			{Title: "Databases", Text: b.where()},
			{Title: "Drift", Text: wording.Text(b.drift())},
			{Title: "Merge order", Text: wording.Text(b.order())},
			{Title: "Plan", Text: wording.Text(plan), URL: page},
		},
	}
}

// largest names the largest table that the files change, where it is largest: its size is what a
// rewrite or a scan costs. It is empty when no server has an estimate.
func (b branch) largest() []string {
	var most towpath.ReviewedTable
	var where string
	for _, f := range b.files { // by environment
		for _, t := range f.Tables {
			if cmp.Or(cmp.Compare(t.Bytes, most.Bytes), cmp.Compare(t.Rows, most.Rows)) > 0 {
				most, where = t, f.Environment
			}
		}
	}
	if most.Rows == 0 {
		return nil
	}
	return []string{wording.Text(towpath.Why(towpath.ReasonReviewLargest, "table", most.Name,
		"rows", strconv.FormatInt(most.Rows, 10), "bytes", strconv.FormatInt(most.Bytes, 10),
		"environment", where))}
}

func (b branch) counts() towpath.Reason {
	if b.review.State == towpath.BranchFailed {
		return towpath.Why(towpath.ReasonBranchUnknown)
	}
	return towpath.Why(towpath.ReasonBranchCounts, "errors", strconv.Itoa(b.review.Errors),
		"warnings", strconv.Itoa(b.review.Warnings))
}

// order is the gravest reason of the merge order. The others are on the page: they change with every
// branch, and each change would be a call.
func (b branch) order() towpath.Reason {
	if order := b.review.Order; len(order) > 0 {
		return order[0]
	}
	return towpath.Why(towpath.ReasonMergeClear)
}

// where counts the databases that the branch's files are for, by environment.
func (b branch) where() string {
	var texts []string
	for _, e := range b.stages {
		n := 0
		paths := map[string]int{}
		for _, f := range b.files {
			if f.EnvironmentID == e.ID {
				paths[f.Path] += f.Databases
				n = max(n, paths[f.Path])
			}
		}
		if n > 0 {
			texts = append(texts, fmt.Sprintf("%s: %d", e.Name, n))
		}
	}
	if len(texts) == 0 {
		return wording.Text(towpath.Why(towpath.ReasonBranchNowhere))
	}
	return strings.Join(texts, ", ")
}

// drift names the first database whose ledger is not trusted.
func (b branch) drift() towpath.Reason {
	names := map[string]string{}
	for _, e := range b.stages {
		names[e.ID] = e.Name
	}
	for _, d := range b.databases {
		if d.Ledger.Trouble != "" {
			return towpath.Why(towpath.ReasonBranchDrift, "environment", names[d.EnvironmentID],
				"database", d.Name)
		}
	}
	return towpath.Why(towpath.ReasonBranchNoDrift)
}

// annotations are the findings at their lines, the gravest first. Where there are more than a report
// may have, the last one counts the others. The merge order is a field of the report and has none:
// it changes with other branches, and annotations cannot be replaced.
func (b branch) annotations(page string) []vcs.Annotation {
	var list []vcs.Annotation
	more := 0
	seen := map[string]int{} // the place of a finding that several environments have
	for _, f := range b.files {
		more = max(more, f.MoreNotKept)
		for _, found := range f.Findings {
			key := fmt.Sprintf("%s\x00%d\x00%d\x00%s\x00%s", f.Path, found.Line, found.Column, found.Rule,
				found.Message)
			if at, known := seen[key]; known {
				list[at].Level = graver(list[at].Level, vcs.Level(found.Level))
				continue
			}
			seen[key] = len(list)
			list = append(list, vcs.Annotation{
				Key: annotationKey(found.Rule, f.Path, found.Statement), Level: vcs.Level(found.Level),
				Path: f.Path, Line: found.Line, Summary: found.Rule + ": " + found.Message,
				Details: detailsOf(found),
			})
		}
		if !f.Reviewed() {
			list = append(list, vcs.Annotation{
				Key: annotationKey("unreviewed", f.Path, f.Environment), Level: vcs.LevelError,
				Path: f.Path, Line: 1, Summary: wording.Text(notReviewed(f.Reason)),
			})
		}
	}
	slices.SortStableFunc(list, func(x, y vcs.Annotation) int { return rank(x.Level) - rank(y.Level) })
	if len(list)+more > vcs.MaxAnnotations {
		kept := min(len(list), vcs.MaxAnnotations-1)
		more += len(list) - kept
		list = append(list[:kept], vcs.Annotation{
			Key: "more", Level: vcs.LevelInfo,
			Summary: wording.Text(towpath.Why(towpath.ReasonBranchMore, "n", strconv.Itoa(more))),
		})
	}
	used := map[string]int{}
	for i := range list {
		key := list[i].Key
		if used[key]++; used[key] > 1 {
			list[i].Key += "-" + strconv.Itoa(used[key])
		}
		list[i].URL = page
	}
	return list
}

// annotationKey is a key that stays when lines move.
func annotationKey(rule, path, statement string) string {
	sum := sha256.Sum256([]byte(path + "\x00" + statement))
	return rule + "-" + hex.EncodeToString(sum[:6])
}

func detailsOf(found towpath.ReviewFinding) string {
	if found.Fix == "" {
		return found.Title
	}
	return found.Title + "\n\n" + found.Fix
}

func rank(l vcs.Level) int {
	return slices.Index([]vcs.Level{vcs.LevelError, vcs.LevelWarning, vcs.LevelInfo}, l)
}

func graver(a, b vcs.Level) vcs.Level {
	if rank(b) < rank(a) {
		return b
	}
	return a
}
