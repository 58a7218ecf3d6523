package review

import (
	"errors"
	"slices"

	"towpath"
	"towpath/internal/sqlreview"
	"towpath/internal/sqlreview/rules"
	"towpath/internal/wording"
)

// policiesOf returns the levels of each environment: its own, with the branch's towpath.yaml over
// them. A file that cannot be used changes no level, and is a finding in each environment.
func policiesOf(sub subject, sets []*set) (map[string]sqlreview.Policy, []towpath.ReviewedFile) {
	written, failed := sqlreview.PolicyFile{}, error(nil)
	if sub.policy.Text != "" {
		written, failed = sqlreview.ParsePolicy([]byte(sub.policy.Text), rules.All)
	}
	line, why := 1, ""
	switch {
	case !sub.policy.Reason.IsZero():
		why = unusable(sub.policy.Reason)
	case failed != nil:
		line, why = sqlreview.PolicyLine([]byte(sub.policy.Text), failed), clip(explain(failed))
	}
	policies := map[string]sqlreview.Policy{}
	var broken []towpath.ReviewedFile
	for _, s := range sets {
		e := s.environment
		if _, known := policies[e.ID]; known {
			continue
		}
		policies[e.ID] = sqlreview.Policy(e.Review)
		if why == "" {
			policies[e.ID] = written.For(e.Name).Over(sqlreview.Policy(e.Review), rules.All)
			continue
		}
		f := s.unreviewed(file{commit: sub.commit, Migration: towpath.Migration{Path: sub.policy.Path}},
			towpath.Reason{})
		f.Against, f.Databases = towpath.PolicyFileName, 0
		add(&f, sqlreview.Finding{
			Rule: towpath.PolicyFileName, Level: sqlreview.Error, Line: line, Column: 1,
			Message: "The levels of this file do not count: " + why,
		})
		f.Findings[0].Title = "Levels that cannot be read"
		broken = append(broken, f)
	}
	return policies, slices.Clip(broken)
}

// unusable is why a file towpath.yaml has no text, as a clause.
func unusable(r towpath.Reason) string { return wording.Fragment(r) + "." }

// explain is an error of the file in words that name the field.
func explain(err error) string {
	var invalid *towpath.Error
	if errors.As(err, &invalid) && invalid.Field != "" {
		return invalid.Field + ": " + invalid.Message
	}
	return err.Error()
}
