package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"towpath"
	"towpath/internal/vcs"
	"towpath/internal/wording"
)

const (
	commentFiles    = 30 // rows of a comment's table
	commentFindings = 10
	commentLocks    = 10
	commentOrder    = 5
)

// commentHead begins each comment on a branch's review, and no other.
func commentHead(page string) string {
	return "## Towpath review\n\n[Open the review](" + page + ")"
}

// comment is our comment on the branch's pull request, in Markdown without HTML and folding; ""
// when there is nothing new to say. It has no times, so that the same review is the same text.
func (b branch) comment(page string, now time.Time) string {
	r, pr := b.review, b.review.PullRequest
	head := commentHead(page)
	late := r.State == towpath.BranchPending && !now.Before(r.WantedAt.Add(towpath.BranchPatience))
	switch {
	case pr.Over():
		return head + "\n\n" + endOf(pr, b.link.Branch)
	case r.State == towpath.BranchEnded:
		return head + "\n\n" + plain(wording.Text(r.Reason))
	case b.told(now):
		return head + b.body(page)
	case late:
		cause := r.Reason
		if cause.IsZero() {
			cause = towpath.Why(towpath.ReasonBranchSlow, "limit", towpath.BranchPatience.String())
		}
		return head + fmt.Sprintf("\n\n**Failed** at %s: %s", code(towpath.ShortHash(r.Head)),
			plain(wording.Text(notReviewed(cause))))
	}
	return ""
}

// endOf says how a pull request has ended.
func endOf(pr towpath.PullRequest, branch string) string {
	switch pr.State {
	case towpath.PullRequestMerged:
		return "**Merged** into " + code(branch) + ". The rollout in Towpath shows what the files do now."
	case towpath.PullRequestMoved:
		return "**Ended**: this pull request no longer goes into " + code(branch) + "."
	default:
		return "**Declined**. Nothing of it runs."
	}
}

// body is what a review that has ended says, behind the head.
func (b branch) body(page string) string {
	r := b.review
	verdict := "Passed"
	if !r.Passed() {
		verdict = "Failed"
	}
	parts := []string{fmt.Sprintf("**%s** at %s: %s", verdict, code(towpath.ShortHash(r.Head)),
		plain(b.headline()))}
	if r.PullRequest.Asked != "" {
		parts = append(parts, "Reviewed again, as "+plain(r.PullRequest.Asked)+" has asked.")
	}
	parts = append(parts, b.table(), b.locks(), b.orderLines(), b.findings(page), "**Next:** "+b.next(),
		"Comment "+code("towpath review")+" to have the branch reviewed again.")
	parts = slices.DeleteFunc(parts, func(text string) bool { return text == "" })
	return "\n\n" + strings.Join(parts, "\n\n")
}

func (b branch) headline() string {
	if b.review.State == towpath.BranchFailed {
		return sentences(b.summary())
	}
	return wording.Text(b.counts())
}

// table shows what each file does in each environment of the project.
func (b branch) table() string {
	stages := slices.DeleteFunc(slices.Clone(b.stages), func(e towpath.Environment) bool {
		in := func(d towpath.Database) bool { return d.EnvironmentID == e.ID }
		return !slices.ContainsFunc(b.databases, in)
	})
	if len(stages) == 0 || len(b.changes) == 0 {
		return ""
	}
	head, rule := "| File |", "|---|"
	for _, e := range stages {
		head += " " + plain(e.Name) + " |"
		rule += "---|"
	}
	lines := []string{head, rule}
	for _, f := range b.changes[:min(commentFiles, len(b.changes))] {
		line := "| " + code(f.Path) + " |"
		for _, e := range stages {
			line += " " + b.cell(f, e) + " |"
		}
		lines = append(lines, line)
	}
	table := strings.Join(lines, "\n")
	if more := len(b.changes) - commentFiles; more > 0 {
		table += fmt.Sprintf("\n\n%d more files are in the review.", more)
	}
	return table
}

// cell says what a file does in an environment.
func (b branch) cell(f towpath.BranchFile, e towpath.Environment) string {
	for _, why := range b.review.Order {
		if why.Params["path"] != f.Path {
			continue
		}
		switch {
		case why.Code == towpath.ReasonMergeEdits && why.Params["environment"] == e.Name:
			return "edited after it ran"
		case why.Code == towpath.ReasonMergeRemoves && why.Params["environment"] == e.Name:
			return "removed after it ran"
		case why.Code == towpath.ReasonMergeConflict:
			return "does not run: version taken"
		}
	}
	switch {
	case f.Removed:
		return "removed"
	case !f.Reason.IsZero():
		return "ignored: " + plain(wording.Fragment(f.Reason))
	}
	found, errors, warnings := false, 0, 0
	for _, reviewed := range b.files {
		if reviewed.Path != f.Path || reviewed.EnvironmentID != e.ID {
			continue
		}
		found = true
		if !reviewed.Reviewed() {
			return "not reviewed"
		}
		errors, warnings = max(errors, reviewed.Errors), max(warnings, reviewed.Warnings)
	}
	if !found {
		return "–"
	}
	says := "will run"
	if b.late(f.Path) {
		says = "late"
	}
	if errors > 0 {
		says += ", " + count(errors, "error")
	}
	if warnings > 0 {
		says += ", " + count(warnings, "warning")
	}
	return says
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}

// locks lists the strongest locks that a real server took when it ran the files, or why none did.
func (b branch) locks() string {
	if why := b.notRehearsed(); !why.IsZero() {
		return "**Locks:** " + plain(wording.Text(towpath.Why(towpath.ReasonNotRehearsed).From(why)))
	}
	type taken struct {
		path string
		towpath.RehearsedLock
	}
	var list []taken
	for _, r := range b.rehearsals {
		for _, f := range r.Own() {
			for _, l := range f.Locks {
				list = append(list, taken{f.Path, l})
			}
		}
	}
	if len(list) == 0 {
		return "**Locks:** none in the rehearsal"
	}
	slices.SortStableFunc(list, func(x, y taken) int {
		return cmp.Or(cmp.Compare(y.Rank, x.Rank), cmp.Compare(y.Held, x.Held))
	})
	lines := []string{
		"**Locks**, as a scratch database took them:", "",
		"| Table | Lock | Held for | Taken at |", "|---|---|---|---|",
	}
	for _, l := range list[:min(commentLocks, len(list))] {
		table := "the whole database"
		if l.Table != "" {
			table = code(l.Table)
		}
		lines = append(lines, fmt.Sprintf("| %s | %s | %d ms | %s |", table, code(l.Mode),
			int(math.Ceil(l.Held*1000)), code(l.path+":"+strconv.Itoa(l.Line))))
	}
	if more := len(list) - commentLocks; more > 0 {
		lines = append(lines, "", fmt.Sprintf("%d more are in the review.", more))
	}
	return strings.Join(lines, "\n")
}

// late reports whether the link's branch has a newer version than a file.
func (b branch) late(path string) bool {
	return slices.ContainsFunc(b.review.Order, func(why towpath.Reason) bool {
		return why.Code == towpath.ReasonMergeLate && why.Params["path"] == path
	})
}

func (b branch) orderLines() string {
	if b.review.State == towpath.BranchFailed && len(b.review.Order) == 0 {
		return ""
	}
	if len(b.review.Order) == 0 {
		return "**Merge order:** " + plain(wording.Text(towpath.Why(towpath.ReasonMergeClear)))
	}
	lines := []string{"**Merge order:**", ""}
	for _, why := range b.review.Order[:min(commentOrder, len(b.review.Order))] {
		lines = append(lines, "- "+plain(wording.Text(why)))
	}
	return strings.Join(lines, "\n")
}

// findings lists the gravest findings; the report has all at their lines.
func (b branch) findings(page string) string {
	list := slices.DeleteFunc(b.annotations(page), func(a vcs.Annotation) bool { return a.Path == "" })
	if len(list) == 0 {
		return ""
	}
	lines := []string{"**Findings:**", ""}
	for _, a := range list[:min(commentFindings, len(list))] {
		lines = append(lines, fmt.Sprintf("- %s %s: %s", a.Level, code(a.Path+":"+strconv.Itoa(a.Line)),
			plain(towpath.ClipRunes(a.Summary, 300))))
	}
	if more := len(list) - commentFindings; more > 0 {
		lines = append(lines, fmt.Sprintf("- and %d more, at their lines and in the review", more))
	}
	return strings.Join(lines, "\n")
}

// next is what to do now, in one line.
func (b branch) next() string {
	r := b.review
	switch {
	case r.State == towpath.BranchFailed:
		return "see in the review why it was not possible, then push again."
	case r.Verdict.Stops():
		return "put right what the merge order says, then push."
	case r.Errors > 0:
		return "fix the errors and push. The annotations have safe SQL to copy."
	case r.Verdict != towpath.MergeClear && r.Verdict != "":
		return "look at the merge order before you merge."
	case r.Warnings > 0:
		return "look at the warnings. Nothing keeps you from merging."
	}
	return "merge when you are ready."
}

// code is a text of external origin as Markdown's code, in which nothing is interpreted.
func code(text string) string {
	text = strings.Map(func(c rune) rune {
		switch {
		case c == '`':
			return '\''
		case c == '|': // it ends a cell, even in code
			return '¦'
		case c < ' ':
			return ' '
		}
		return c
	}, text)
	return "`" + towpath.ClipRunes(text, 250) + "`"
}

// plain is a text of external origin as it reads: no markup, no link, no HTML and no mention of it
// takes effect.
func plain(text string) string {
	var out strings.Builder
	for _, c := range text {
		switch {
		case c < ' ':
			out.WriteByte(' ')
		case c == '@':
			out.WriteString("@\u2060") // a mention needs its name right behind it
		case c == '|':
			out.WriteRune('¦')
		case c == '<':
			out.WriteString("‹")
		case c == '>':
			out.WriteString("›")
		case strings.ContainsRune("\\`*_{}[]()#!", c):
			out.WriteByte('\\')
			out.WriteRune(c)
		default:
			out.WriteRune(c)
		}
	}
	return out.String()
}
