package api

import (
	"context"
	"time"

	"towpath/internal/history"
	links "towpath/internal/link"
	"towpath/internal/plan"
)

// historiesView is what other tools' histories say of the files of a link.
type historiesView struct {
	Commit          string               `json:"commit" doc:"Whose files are compared."`
	Fingerprint     string               `json:"fingerprint" doc:"Send it when you accept: a history that has changed meanwhile is refused."`
	Databases       []databaseHistory    `json:"databases" nullable:"false" doc:"The databases in which another migration tool has a table."`
	Differences     []historyDifference  `json:"differences" nullable:"false" doc:"The files about which the databases differ, at most 500."`
	MoreDifferences int                  `json:"moreDifferences" doc:"How many were left out."`
	Counts          map[plan.Verdict]int `json:"counts" doc:"How many files in databases have each verdict."`
}

// databaseHistory is the history in one database.
type databaseHistory struct {
	DatabaseID  string               `json:"databaseId"`
	Name        string               `json:"name"`
	Environment string               `json:"environment"`
	Tools       []string             `json:"tools" nullable:"false" doc:"The tool; several when the table does not say which of them wrote it."`
	Schema      string               `json:"schema,omitempty"`
	Table       string               `json:"table"`
	Code        bool                 `json:"code" doc:"The tool's migrations are code, so only a baseline can follow from it."`
	Adoptable   bool                 `json:"adoptable" doc:"Whether accepting records something here: the files that the history names, and those of record."`
	Rows        int                  `json:"rows" doc:"How many migrations the history has."`
	Newest      *time.Time           `json:"newest,omitempty" doc:"When the tool last wrote to it, if it says so."`
	Counts      map[plan.Verdict]int `json:"counts" doc:"How many files have each verdict: proved, claimed, edited, contradicted, halfway, stands, partly, missing."`
	Files       []fileEvidence       `json:"files" nullable:"false" doc:"The files that are neither proved nor claimed, at most 500."`
	MoreFiles   int                  `json:"moreFiles" doc:"How many were left out."`
	Gone        []goneMigration      `json:"gone" nullable:"false" doc:"What the tool has applied and the repository lacks, at most 100."`
	MoreGone    int                  `json:"moreGone" doc:"How many were left out."`
	Others      []otherHistory       `json:"others" nullable:"false" doc:"Further tables of migration tools, which are not used."`
	Problem     *Reason              `json:"problem,omitempty" doc:"Why nothing can be said."`
	LeftOut     *Reason              `json:"leftOut,omitempty" doc:"Why an acceptance has recorded nothing here; absent where it has, and in answers that are about no acceptance."`
}

// fileEvidence is the verdict about one file in one database.
type fileEvidence struct {
	Path    string          `json:"path"`
	Version string          `json:"version"`
	Verdict plan.Verdict    `json:"verdict" enum:"proved,claimed,edited,contradicted,halfway,stands,partly,missing"`
	Against []contradiction `json:"against" nullable:"false" doc:"What the catalog shows against it, the first 5."`
}

// goneMigration is a migration that only a history has.
type goneMigration struct {
	Version string        `json:"version,omitempty"`
	Name    string        `json:"name,omitempty"`
	State   history.State `json:"state" enum:"applied,unknown"`
}

// otherHistory is a table of a tool that is not used.
type otherHistory struct {
	Tools  []string `json:"tools" nullable:"false"`
	Schema string   `json:"schema,omitempty"`
	Table  string   `json:"table"`
}

// historyDifference is a file about which databases differ.
type historyDifference struct {
	Path     string                  `json:"path"`
	Verdicts map[string]plan.Verdict `json:"verdicts" doc:"By database id."`
}

const (
	mostEvidence = 500
	mostGone     = 100
)

func historiesOf(h links.Histories) historiesView {
	v := historiesView{
		Commit: h.Commit, Fingerprint: h.Fingerprint, Databases: []databaseHistory{},
		Differences: []historyDifference{}, Counts: map[plan.Verdict]int{},
	}
	for _, d := range h.Databases {
		if len(d.History.Tools) == 0 && d.Problem.IsZero() {
			continue
		}
		one := databaseHistoryOf(d)
		for verdict, n := range one.Counts {
			v.Counts[verdict] += n
		}
		v.Databases = append(v.Databases, one)
	}
	all := differencesOf(h.Databases)
	v.Differences = append(v.Differences, all[:min(len(all), mostEvidence)]...)
	v.MoreDifferences = len(all) - len(v.Differences)
	return v
}

func databaseHistoryOf(d links.DatabaseHistory) databaseHistory {
	v := databaseHistory{
		DatabaseID: d.Database.ID, Name: d.Database.Name, Environment: d.Environment,
		Tools: orEmpty(d.History.Tools), Schema: d.History.Schema, Table: d.History.Table,
		Code: d.History.Heads, Adoptable: d.Adoptable(), Rows: len(d.History.Entries), Counts: map[plan.Verdict]int{},
		Files: []fileEvidence{}, Gone: []goneMigration{}, Others: []otherHistory{}, Problem: reasonOf(d.Problem),
		LeftOut: reasonOf(d.LeftOut),
	}
	if at := d.History.Newest(); !at.IsZero() {
		v.Newest = &at
	}
	for _, f := range d.Adoption.Files {
		v.Counts[f.Verdict]++
		switch {
		case f.Verdict == plan.VerdictProved, f.Verdict == plan.VerdictClaimed:
		case len(v.Files) == mostEvidence:
			v.MoreFiles++
		default:
			v.Files = append(v.Files, fileEvidenceOf(f))
		}
	}
	for _, e := range d.Adoption.Gone[:min(len(d.Adoption.Gone), mostGone)] {
		v.Gone = append(v.Gone, goneMigration{Version: e.Version, Name: e.Name, State: e.State})
	}
	v.MoreGone = len(d.Adoption.Gone) - len(v.Gone)
	for _, o := range d.Others {
		v.Others = append(v.Others, otherHistory{Tools: o.Tools, Schema: o.Schema, Table: o.Table})
	}
	return v
}

func fileEvidenceOf(f plan.FileEvidence) fileEvidence {
	v := fileEvidence{Path: f.Path, Version: f.Label, Verdict: f.Verdict, Against: []contradiction{}}
	for _, c := range f.Against[:min(len(f.Against), maxObjects)] {
		v.Against = append(v.Against, contradiction{
			Object: c.Object, There: c.There, Covered: true, Path: c.Path,
		})
	}
	return v
}

// differencesOf lists the files whose verdicts differ between databases with a history, in the order
// in which they are first met.
func differencesOf(list []links.DatabaseHistory) (differ []historyDifference) {
	var paths []string
	verdicts := map[string]map[string]plan.Verdict{}
	for _, d := range list {
		for _, f := range d.Adoption.Files {
			if verdicts[f.Path] == nil {
				paths = append(paths, f.Path)
				verdicts[f.Path] = map[string]plan.Verdict{}
			}
			verdicts[f.Path][d.Database.ID] = f.Verdict
		}
	}
	for _, path := range paths {
		kinds := map[plan.Verdict]bool{}
		for _, v := range verdicts[path] {
			kinds[v] = true
		}
		if len(kinds) > 1 {
			differ = append(differ, historyDifference{Path: path, Verdicts: verdicts[path]})
		}
	}
	return differ
}

// historyChoice is how a person accepts histories.
type historyChoice struct {
	Fingerprint string         `json:"fingerprint,omitempty" maxLength:"100" doc:"Of the histories as they were shown. They are refused when a tool has written to one since."`
	Despite     []string       `json:"despite,omitempty" maxItems:"10000" doc:"Ids of databases in which contradicted files count as applied too."`
	Record      []plan.Verdict `json:"record,omitempty" maxItems:"2" enum:"stands,partly" doc:"Files to record although no history names them: with stands those whose tables, columns and indexes are all there, with partly also those that do what no catalog shows, such as to change data."`
}

func (s *Server) getLinkHistories(ctx context.Context, in *LinkPath) (historiesView, error) {
	h, err := s.Links.LinkHistories(ctx, in.Link)
	if err != nil {
		return historiesView{}, err
	}
	return historiesOf(h), nil
}

type acceptHistoriesInput struct {
	LinkPath
	Body historyChoice
}

// acceptHistories records what the histories have, and returns in which databases.
func (s *Server) acceptHistories(ctx context.Context, in *acceptHistoriesInput) (historiesView, error) {
	h, err := s.Links.AcceptHistories(ctx, actorOf(ctx), in.Link, links.HistoryChoice(in.Body))
	if err != nil {
		return historiesView{}, err
	}
	return historiesOf(h), nil
}

// writtenHistory is a database in which another tool still writes to its accepted table.
type writtenHistory struct {
	DatabaseID  string `json:"databaseId"`
	Environment string `json:"environment"`
	Name        string `json:"name"`
	Reason      Reason `json:"reason"`
}

const mostWritten = 100

func writtenHistoryOf(w links.WrittenHistory) writtenHistory {
	return writtenHistory{
		DatabaseID: w.Database.ID, Environment: w.Environment, Name: w.Database.Name,
		Reason: *reasonOf(w.Database.HistoryWritten()),
	}
}

// acknowledgeHistories takes the tables of other tools as they were last seen.
func (s *Server) acknowledgeHistories(ctx context.Context, in *LinkPath) error {
	return s.Links.AcknowledgeHistories(ctx, actorOf(ctx), in.Link)
}
