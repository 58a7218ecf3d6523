package api

import (
	"context"
	"maps"
	"slices"
	"time"

	"towpath"
	"towpath/internal/convention"
	links "towpath/internal/link"
	"towpath/internal/plan"
)

// linkPreview is what a link would do now.
type linkPreview struct {
	Commit       string             `json:"commit"`
	Plan         planView           `json:"plan"`
	Files        []manifestFile     `json:"files" nullable:"false" doc:"Files below the base directory, at most 2000."`
	MoreFiles    int                `json:"moreFiles" doc:"How many files were left out."`
	Outside      int                `json:"outside" doc:"How many files are outside the base directory."`
	Excluded     int                `json:"excluded" doc:"How many files below the base directory the link excludes."`
	Versions     []string           `json:"versions" nullable:"false" doc:"Of the matched files, in order, to choose a baseline from."`
	Conventions  []foundConvention  `json:"conventions" nullable:"false" doc:"Whose conventions the files of the whole repository follow, the likeliest first, at most 20."`
	HookPossible bool               `json:"hookPossible"`
	HookAdvice   *Reason            `json:"hookAdvice,omitempty" doc:"Why no webhook is possible, and what happens instead."`
	Review       *review            `json:"review,omitempty" doc:"What the SQL review says of the files that would run; absent when there are none."`
	Texts        []previewText      `json:"texts" nullable:"false" doc:"The texts of the reviewed files that the preview has read, at most ten."`
	Databases    []databaseBaseline `json:"databases" nullable:"false" doc:"Each database compared with the files; empty for a change of a link."`
	Histories    *historiesView     `json:"histories,omitempty" doc:"What other migration tools have applied by their own tables; absent when there is none, and for a change of a link."`
}

// foundConvention is how a tool has laid out files of a repository.
type foundConvention struct {
	Tool             convention.Tool      `json:"tool" doc:"A stable code, such as flyway or numbered."`
	Title            string               `json:"title" doc:"The tool's name."`
	BaseDirectory    string               `json:"baseDirectory"`
	FilePathTemplate string               `json:"filePathTemplate,omitempty" doc:"Absent when a link cannot run the files."`
	Exclude          []string             `json:"exclude" nullable:"false" doc:"Patterns of files to ignore."`
	Placeholders     towpath.Placeholders `json:"placeholders" enum:"none,flyway,goose" doc:"Which marks in the files stand for variables."`
	Fit              int                  `json:"fit" doc:"How many files become migrations."`
	FitExamples      []string             `json:"fitExamples" nullable:"false" doc:"The first three of them."`
	Other            int                  `json:"other" doc:"How many other SQL files are below the base directory; of a tool that a link cannot run, its files."`
	OtherExamples    []string             `json:"otherExamples" nullable:"false" doc:"The first three of them."`
	Excluded         int                  `json:"excluded" doc:"How many files the patterns leave out."`
	Because          []string             `json:"because" nullable:"false" doc:"Files that say which tool it is."`
	Note             *Reason              `json:"note,omitempty" doc:"Why a link cannot run the files, and what to do."`
}

func foundConventionOf(f convention.Found) foundConvention {
	return foundConvention{
		Tool:             f.Tool,
		Title:            f.Tool.Title(),
		BaseDirectory:    f.BaseDirectory,
		FilePathTemplate: f.Template,
		Exclude:          orEmpty(f.Exclude),
		Placeholders:     f.Placeholders(),
		Fit:              f.Fit,
		FitExamples:      orEmpty(f.Fits),
		Other:            f.Other,
		OtherExamples:    orEmpty(f.Others),
		Excluded:         f.Excluded,
		Because:          orEmpty(f.Because),
		Note:             reasonOf(f.Note()),
	}
}

// previewText is the text of a file that would run.
type previewText struct {
	Path string `json:"path"`
	SQL  text   `json:"sql"`
}

// previewLimit bounds how many files and items a preview shows.
const previewLimit = 2000

func (s *Server) previewLink(ctx context.Context, in *linkInput) (linkPreview, error) {
	p, err := s.Links.Preview(ctx, actorOf(ctx), in.Project, in.Body.spec())
	return previewOf(p), err
}

// previewLinkChange shows what a link would do after a change.
func (s *Server) previewLinkChange(ctx context.Context, in *changeLinkInput) (linkPreview, error) {
	p, err := s.Links.PreviewChange(ctx, in.Link, links.Change(in.Body))
	return previewOf(p), err
}

func previewOf(p links.Preview) linkPreview {
	shown := p.Files[:min(len(p.Files), previewLimit)]
	v := linkPreview{
		Commit:       p.Commit,
		Plan:         planOf(p.Plan, previewLimit, nil, p.Review),
		Files:        all(shown, manifestFileOf).Items,
		MoreFiles:    len(p.Files) - len(shown),
		Outside:      p.Outside,
		Versions:     orEmpty(p.Versions),
		Conventions:  all(p.Conventions, foundConventionOf).Items,
		HookPossible: p.HookPossible,
		HookAdvice:   reasonOf(p.HookAdvice),
		Databases:    all(p.Baselines, databaseBaselineOf).Items,
	}
	for _, f := range p.Files {
		if f.Reason.Code == towpath.ReasonExcluded {
			v.Excluded++
		}
	}
	if p.Review.State != "" {
		found := reviewOf(p.Review)
		v.Review = &found
	}
	if found := historiesOf(p.Histories); len(found.Databases) > 0 {
		v.Histories = &found
	}
	v.Texts = []previewText{}
	for _, path := range slices.Sorted(maps.Keys(p.Texts)) {
		sql := p.Texts[path]
		shown := textOf(sql, int64(len(sql)))
		shown.Markers = markersOf(sql)
		v.Texts = append(v.Texts, previewText{Path: path, SQL: shown})
	}
	return v
}

// planView is the state of every file in every database.
type planView struct {
	Blocked   *Reason                `json:"blocked,omitempty" doc:"Why the plan is incomplete until somebody acts."`
	Counts    map[plan.ItemState]int `json:"counts" doc:"How many items there are in each state."`
	Items     []planItem             `json:"items" nullable:"false"`
	MoreItems int                    `json:"moreItems" doc:"How many items were left out."`
}

// planItem is the state of one file in one database.
type planItem struct {
	Migration
	DatabaseID    string         `json:"databaseId,omitempty"`
	EnvironmentID string         `json:"environmentId,omitempty"`
	TaskID        string         `json:"taskId,omitempty" doc:"The open task that brings it there."`
	RolloutID     string         `json:"rolloutId,omitempty" doc:"Of the task."`
	State         plan.ItemState `json:"state"`
	Reason        *Reason        `json:"reason,omitempty"`
	Applied       *appliedFile   `json:"applied,omitempty" doc:"What the database has, if that differs from the file."`
	Review        *reviewCounts  `json:"review,omitempty" doc:"What the SQL review has found in the file, for this environment."`
}

// appliedFile is a migration as a ledger has it.
type appliedFile struct {
	Path     string    `json:"path"`
	Checksum string    `json:"checksum"`
	Commit   string    `json:"commit"`
	At       time.Time `json:"at"`
}

// quiet are the states of items that nobody needs to look at.
var quiet = map[plan.ItemState]bool{plan.ItemApplied: true, plan.ItemBaselined: true, plan.ItemIgnored: true}

// planOf converts a plan with the review of its files. It has at most limit items, and none in the
// states of without.
func planOf(p plan.Plan, limit int, without map[plan.ItemState]bool, r towpath.Review) planView {
	counts := countsByText(r)
	v := planView{Blocked: reasonOf(p.Blocked), Counts: map[plan.ItemState]int{}, Items: []planItem{}}
	for _, i := range p.Items {
		v.Counts[i.State]++
		if without[i.State] {
			continue
		}
		if len(v.Items) == limit {
			v.MoreItems++
			continue
		}
		item := planItem{
			Migration:     migrationOf(i.Migration),
			DatabaseID:    i.DatabaseID,
			EnvironmentID: i.EnvironmentID,
			TaskID:        i.TaskID,
			RolloutID:     i.RolloutID,
			State:         i.State,
			Reason:        reasonOf(i.Reason),
			Review:        counts[textKey{i.Path, i.Checksum, i.EnvironmentID}],
		}
		if e := i.Previous; e != nil {
			item.Applied = &appliedFile{Path: e.Path, Checksum: e.Checksum, Commit: e.Commit, At: e.StartedAt}
		}
		v.Items = append(v.Items, item)
	}
	return v
}
