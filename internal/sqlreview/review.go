package sqlreview

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"towpath/internal/schema"
)

// Input is a change, and what it is for.
type Input struct {
	Server  Server
	Catalog schema.Catalog // of the database before the first file
	Files   []*File        // in the order in which they run
	Policy  Policy
	Rules   []Rule
}

// Result is what a review says of a change.
type Result struct {
	Findings    []Finding // in the order of the files and their lines
	Statements  int
	NotAnalyzed []NotAnalyzed
	Allowed     int     // findings that the files allow, which Findings does not hold
	AllowedBy   []Allow // the comments that allow them, each once
}

// Review runs the rules over a change. The catalog follows the files, so that each statement is
// judged by what is there when it begins.
func Review(in Input) Result {
	var result Result
	r := Begin(in)
	for _, file := range in.Files {
		result.Add(r.File(file))
	}
	return result
}

// Add puts the result of the next file behind those of others.
func (r *Result) Add(next Result) {
	r.Findings = append(r.Findings, next.Findings...)
	r.Statements += next.Statements
	r.NotAnalyzed = append(r.NotAnalyzed, next.NotAnalyzed...)
	r.Allowed += next.Allowed
	r.AllowedBy = append(r.AllowedBy, next.AllowedBy...)
}

// Reviewer reviews the files of a change one by one, so that one file is in memory at once.
type Reviewer struct {
	in      Input
	catalog *Catalog
	rules   activeRules
}

// Begin begins the review of a change. It takes no notice of in.Files.
func Begin(in Input) *Reviewer {
	return &Reviewer{
		in:      in,
		catalog: NewCatalog(in.Server, in.Catalog),
		rules:   in.Policy.rules(in.Server.Dialect, in.Rules),
	}
}

// File reviews the next file. It marks the comments of the file that allow something as used.
func (r *Reviewer) File(file *File) Result {
	var result Result
	one := fileReview{in: r.in, catalog: r.catalog, rules: r.rules, file: file}
	one.run(&result)
	return result
}

// Unread notes that the next file was not read: anything may be there, and be missing, behind it.
func (r *Reviewer) Unread() { r.catalog.Complete = false }

// fileReview is the review of one file.
type fileReview struct {
	in      Input
	catalog *Catalog
	rules   activeRules
	file    *File
	open    bool
	pass    Pass // of the rule that runs
}

func (r *fileReview) run(result *Result) {
	r.catalog.dropped = nil
	r.pass = Pass{Server: r.in.Server, File: r.file, Catalog: r.catalog}
	r.pass.wrapped = !r.file.NoTransaction &&
		!slices.ContainsFunc(r.file.Statements, func(t Text) bool { return t.NoTx })
	for i := range r.file.Statements {
		s := &r.file.Statements[i]
		result.Statements++
		if s.NotAnalyzed != "" {
			result.NotAnalyzed = append(result.NotAnalyzed,
				NotAnalyzed{Path: r.file.Path, Line: s.Pos.Line, Why: s.NotAnalyzed})
		}
		r.statement(i, s)
	}
	r.each(r.rules.end, nil, len(r.file.Statements), nil)
	found := r.allow(r.pass.found, &result.Allowed)
	for _, s := range r.file.Statements {
		for _, a := range s.Allows {
			if a.Used {
				result.AllowedBy = append(result.AllowedBy, a)
			}
		}
	}
	found = append(found, r.unused()...)
	slices.SortStableFunc(found, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	result.Findings = append(result.Findings, found...)
	r.catalog.endSession()
}

// unusedRule is the rule about comments that allow what is not found.
const unusedRule = "RU02"

// unused finds the comments that allow what no rule has found.
func (r *fileReview) unused() (found []Finding) {
	at := slices.IndexFunc(r.rules.all, func(rule activeRule) bool { return rule.rule.ID == unusedRule })
	if at < 0 {
		return nil
	}
	allows := slices.Clone(r.file.Reads)
	for _, s := range r.file.Statements {
		allows = append(allows, s.Allows...)
	}
	for _, a := range allows {
		if a.Used {
			continue
		}
		found = append(found, Finding{
			Rule: unusedRule, Level: r.rules.all[at].level, Path: r.file.Path, Line: a.Line, Column: 1,
			Message: fmt.Sprintf(r.useless(a), a.Rule),
		})
	}
	return found
}

// useless is why a comment allows nothing; %[1]s stands for its rule.
func (r *fileReview) useless(a Allow) string {
	switch {
	case a.Because == "":
		return "%[1]s is not allowed without a reason. Write it: -- towpath: allow %[1]s because …"
	case r.in.Policy.Insists(a.Rule):
		return "%s cannot be allowed here: the levels insist on it."
	}
	return "%s finds nothing in the statement below, so there is nothing to allow."
}

// statement runs the rules on one statement, before and after the catalog has followed it.
func (r *fileReview) statement(i int, s *Text) {
	if !r.catalog.there(s.Statement) {
		r.each(r.rules.check, s, i, nil)
	}
	problems := r.catalog.Follow(s.Statement, r.file)
	r.each(r.rules.after, s, i, problems)
	if s.NotAnalyzed != "" || s.Block != nil {
		r.catalog.Complete = false // nobody knows what it has made or dropped
	}
	if t := s.Transaction; t != nil {
		switch t.Verb {
		case "begin":
			r.open = true
		case "commit", "rollback":
			r.open = false
		}
	}
}

// each calls hooks for one place. One Pass serves them all, since most of them find nothing.
func (r *fileReview) each(hooks []hook, s *Text, i int, problems []Problem) {
	p := &r.pass
	p.Index, p.Statement, p.Dropped, p.Problems, p.open = i, s, r.catalog.dropped, problems, r.open
	for _, h := range hooks {
		p.rule, p.settings = h.rule.rule, h.rule.settings
		known := len(p.found)
		h.run(p)
		for k := known; k < len(p.found); k++ {
			p.found[k].Level = h.rule.level
		}
	}
}

// allow takes out what the file allows.
func (r *fileReview) allow(found []Finding, allowed *int) []Finding {
	return slices.DeleteFunc(found, func(f Finding) bool {
		s := r.at(f)
		if s == nil || r.in.Policy.Insists(f.Rule) {
			return false
		}
		for i := range s.Allows {
			if s.Allows[i].Rule == f.Rule && s.Allows[i].Because != "" {
				s.Allows[i].Used = true
				*allowed++
				return true
			}
		}
		return false
	})
}

// at returns the statement that a finding is in.
func (r *fileReview) at(f Finding) *Text {
	for i := range slices.Backward(r.file.Statements) {
		s := &r.file.Statements[i]
		if s.Pos.Line < f.Line || (s.Pos.Line == f.Line && s.Pos.Column <= f.Column) {
			return s
		}
	}
	return nil
}

// Allow is a comment that allows a finding of one rule at the statement behind it. Without a reason
// it allows none.
//
//	-- towpath: allow PL01 because the table is empty
type Allow struct {
	Rule    string
	Because string
	Line    int
	Used    bool
}

// ruleID is a rule's id in such a comment, with what separates it from the next word.
var ruleID = regexp.MustCompile(`^[\s,]*([A-Za-z]{2}\d{2})(?:[\s,]+|$)`)

// ParseAllow reads the words of such a comment behind "towpath:"; ok is false when they are another
// directive.
func ParseAllow(words string, line int) (allows []Allow, ok bool) {
	rest, ok := strings.CutPrefix(strings.TrimSpace(words), "allow ")
	if !ok {
		return nil, false
	}
	var ids []string
	for {
		found := ruleID.FindStringSubmatch(rest)
		if found == nil {
			break
		}
		ids, rest = append(ids, strings.ToUpper(found[1])), rest[len(found[0]):]
	}
	because, ok := strings.CutPrefix(rest, "because ")
	if !ok { // another word is no reason
		because = ""
	}
	for _, id := range ids {
		allows = append(allows, Allow{Rule: id, Because: strings.TrimSpace(because), Line: line})
	}
	return allows, true
}
