package review

import (
	"errors"
	"maps"
	"slices"

	"towpath"
	"towpath/internal/sqlreview"
	"towpath/internal/sqlreview/rules"
	"towpath/internal/wording"
)

// policiesOf returns the levels of each environment: its own, with the branch's towpath.yaml over
// them. A file that does not count changes no level, and is a finding in each environment.
func policiesOf(sub subject, sets []*set) (map[string]sqlreview.Policy, []towpath.ReviewedFile) {
	written, wrong := levelsOf(sub)
	policies := map[string]sqlreview.Policy{}
	var broken []towpath.ReviewedFile
	for _, s := range sets {
		e := s.environment
		if _, known := policies[e.ID]; known {
			continue
		}
		policies[e.ID] = sqlreview.Policy(e.Review)
		if wrong.Message == "" {
			policies[e.ID] = written.For(e.Name).Over(sqlreview.Policy(e.Review), rules.All)
			continue
		}
		broken = append(broken, s.broken(sub, wrong, policies[e.ID]))
	}
	return policies, slices.Clip(broken)
}

// levelsOf reads the branch's towpath.yaml. wrong has a message when its levels do not count.
func levelsOf(sub subject) (written sqlreview.PolicyFile, wrong sqlreview.Problem) {
	wrong.Pos.Line = 1
	if !sub.policy.Reason.IsZero() {
		wrong.Message = unusable(sub.policy.Reason)
		return written, wrong
	}
	text := []byte(sub.policy.Text)
	written, err := sqlreview.ParsePolicy(text, rules.All)
	if err == nil {
		err = written.CheckEnvironments(namesOf(sub.environments))
	}
	if err != nil {
		wrong.Pos.Line, wrong.Message = sqlreview.PolicyLine(text, err), explain(err)
	}
	return written, wrong
}

// namesOf lists environments in the order in which changes go through them.
func namesOf(environments map[string]towpath.Environment) (names []string) {
	inOrder := slices.SortedFunc(maps.Values(environments), func(a, b towpath.Environment) int {
		return a.Position - b.Position
	})
	for _, e := range inOrder {
		names = append(names, e.Name)
	}
	return names
}

// broken says in a set's environment that the branch's towpath.yaml does not count.
func (s *set) broken(sub subject, wrong sqlreview.Problem, p sqlreview.Policy) towpath.ReviewedFile {
	f := s.unreviewed(file{commit: sub.commit, Migration: towpath.Migration{Path: sub.policy.Path}},
		towpath.Reason{})
	f.Against, f.Databases = towpath.PolicyFileName, 0
	result := sqlreview.Review(sqlreview.Input{
		Server: sqlreview.Server{Dialect: sqlreview.PostgreSQL}, // the rule about it has one for all
		Files:  []*sqlreview.File{{Path: sub.policy.Path, Levels: wrong}},
		Policy: p,
		Rules:  rules.All,
	})
	for _, found := range result.Findings {
		add(&f, found)
	}
	return f
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
