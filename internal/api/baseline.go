package api

import (
	"slices"

	links "towpath/internal/link"
	"towpath/internal/plan"
)

// databaseBaseline compares a database with the files that are not in its ledger.
type databaseBaseline struct {
	DatabaseID  string           `json:"databaseId"`
	Name        string           `json:"name"`
	Environment string           `json:"environment"`
	Populated   bool             `json:"populated" doc:"It has tables and no ledger."`
	HasLedger   bool             `json:"hasLedger"`
	Versions    []string         `json:"versions" nullable:"false" doc:"The versions of its files that are not in its ledger, in order, the newest 1000. Choose a baseline from these."`
	Fitting     []string         `json:"fitting" nullable:"false" doc:"The versions, as in files' names, that fit the objects of the database; empty text for none of the files. One is a suggestion, several are a choice."`
	From        string           `json:"from,omitempty" doc:"The oldest fitting one."`
	To          string           `json:"to,omitempty" doc:"The newest fitting one."`
	Against     []contradictions `json:"against" nullable:"false" doc:"What contradicts the other versions, the newest 100."`
	Unread      int              `json:"unread" doc:"How many older files were not read and are not compared."`
	Problem     *Reason          `json:"problem,omitempty" doc:"Why the database cannot be compared."`
}

// contradictions lists what contradicts one version as the baseline of a database.
type contradictions struct {
	Version string          `json:"version"`
	Objects []contradiction `json:"objects" nullable:"false" doc:"The first 5, refusals before warnings."`
	More    int             `json:"more"`
}

// contradiction is one object that contradicts a baseline.
type contradiction struct {
	Object  string `json:"object" doc:"Such as table customer, column customer.phone, index by_name."`
	There   bool   `json:"there" doc:"Whether the database has it."`
	Covered bool   `json:"covered" doc:"Whether the baseline includes the file: then the baseline is refused unless despite is set. Otherwise this is a warning."`
	Path    string `json:"path" doc:"The file that creates or drops it."`
}

const (
	mostVersions = 1000
	mostAgainst  = 100
	maxObjects   = 5
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
		Problem:     reasonOf(b.Problem),
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

// weight orders refusals before warnings.
func weight(c plan.Contradiction) int {
	if c.Covered {
		return 0
	}
	return 1
}

func contradictionsOf(c plan.Candidate) contradictions {
	v := contradictions{Version: c.Label, Objects: []contradiction{}, More: max(0, len(c.Against)-maxObjects)}
	against := slices.Clone(c.Against)
	slices.SortStableFunc(against, func(a, b plan.Contradiction) int { return weight(a) - weight(b) })
	for _, a := range against[:min(len(against), maxObjects)] {
		v.Objects = append(v.Objects, contradiction{
			Object:  a.Object,
			There:   a.There,
			Covered: a.Covered,
			Path:    a.Path,
		})
	}
	return v
}
