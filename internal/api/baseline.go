package api

import (
	"slices"

	links "towpath/internal/link"
	"towpath/internal/plan"
)

// databaseBaseline is what a database shows of the files that its record lacks.
type databaseBaseline struct {
	DatabaseID  string           `json:"databaseId"`
	Name        string           `json:"name"`
	Environment string           `json:"environment"`
	Populated   bool             `json:"populated" doc:"It has tables and no record."`
	HasLedger   bool             `json:"hasLedger"`
	Versions    []string         `json:"versions" nullable:"false" doc:"Of the files that go to it and that its record lacks, in order, the newest 1000: to choose a baseline from."`
	Fitting     []string         `json:"fitting" nullable:"false" doc:"The versions, as in files' names, that nothing it shows contradicts; empty text for none of the files. One is a proposal, several are a choice."`
	From        string           `json:"from,omitempty" doc:"The oldest fitting one."`
	To          string           `json:"to,omitempty" doc:"The newest fitting one."`
	Against     []contradictions `json:"against" nullable:"false" doc:"What it shows against the others, the newest 100."`
	Unread      int              `json:"unread" doc:"How many older files were not read: nothing is known of them."`
	Problem     string           `json:"problem,omitempty" doc:"Why nothing can be said of it."`
}

// contradictions is what a database shows against one version.
type contradictions struct {
	Version string          `json:"version"`
	Things  []contradiction `json:"things" nullable:"false" doc:"The first 5, what is refused before what is a warning."`
	More    int             `json:"more"`
}

// contradiction is one thing that a baseline leaves no room for.
type contradiction struct {
	Thing   string `json:"thing" doc:"Such as table customer, column customer.phone, index by_name."`
	There   bool   `json:"there" doc:"Whether the database has it."`
	Covered bool   `json:"covered" doc:"Whether the file is within the baseline, which is refused unless despite; or left out, which is a warning."`
	Path    string `json:"path" doc:"The file that says otherwise."`
}

const (
	mostVersions = 1000
	mostAgainst  = 100
	mostThings   = 5
)

func databaseBaselineOf(b links.DatabaseBaseline) databaseBaseline {
	v := databaseBaseline{
		DatabaseID:  b.Database.ID,
		Name:        b.Database.Name,
		Environment: b.Environment,
		Populated:   b.Database.Ledger.Populated,
		HasLedger:   b.HasLedger,
		Versions:    orEmpty(b.Versions[max(0, len(b.Versions)-mostVersions):]),
		Fitting:     []string{},
		Against:     []contradictions{},
		Unread:      b.Unread,
		Problem:     b.Problem,
	}
	for _, c := range b.Candidates {
		if len(c.Against) == 0 {
			v.Fitting = append(v.Fitting, c.Label)
		} else {
			v.Against = append(v.Against, contradictionsOf(c))
		}
	}
	if n := len(v.Fitting); n > 0 {
		v.From, v.To = v.Fitting[0], v.Fitting[n-1]
	}
	v.Against = v.Against[max(0, len(v.Against)-mostAgainst):]
	return v
}

// weight orders what is refused before what is a warning.
func weight(c plan.Contradiction) int {
	if c.Covered {
		return 0
	}
	return 1
}

func contradictionsOf(c plan.Candidate) contradictions {
	v := contradictions{Version: c.Label, Things: []contradiction{}, More: max(0, len(c.Against)-mostThings)}
	against := slices.Clone(c.Against)
	slices.SortStableFunc(against, func(a, b plan.Contradiction) int { return weight(a) - weight(b) })
	for _, a := range against[:min(len(against), mostThings)] {
		v.Things = append(v.Things, contradiction{
			Thing:   a.Thing,
			There:   a.There,
			Covered: a.Covered,
			Path:    a.Path,
		})
	}
	return v
}
