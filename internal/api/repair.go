package api

import (
	"context"

	"towpath/internal/catalog"
	syncs "towpath/internal/sync"
)

// repair is the SQL that takes a drift back.
type repair struct {
	SQL       string   `json:"sql,omitempty" doc:"The statements, in order, for a person who reads and runs them. Absent when none is written."`
	Loses     bool     `json:"loses" doc:"Whether they remove tables or columns, with their rows."`
	Unwritten []string `json:"unwritten" nullable:"false" doc:"What differs too, and is not written: the beginning of each statement, 100 at most."`
}

// maxUnwritten bounds what is named of what is not written.
const maxUnwritten = 100

// getRepair writes the SQL that takes a drift back, and runs nothing.
func (s *Server) getRepair(ctx context.Context, in *driftPath) (v repair, err error) {
	r, err := s.repairOf(ctx, in)
	return repair{SQL: r.SQL, Loses: r.Loses, Unwritten: orEmpty(r.Unwritten)}, err
}

// repairOf writes a repair of which nothing has a password.
func (s *Server) repairOf(ctx context.Context, in *driftPath) (catalog.Repair, error) {
	r, err := s.Catalog.Repair(ctx, in.Database, in.Drift, func(text string) bool {
		return redactPasswords(text) == text
	})
	r.Unwritten = r.Unwritten[:min(len(r.Unwritten), maxUnwritten)]
	for i, text := range r.Unwritten {
		r.Unwritten[i] = redactPasswords(text)
	}
	return r, err
}

// openedRepair is where the SQL that takes a drift back is in a repository.
type openedRepair struct {
	LinkID      string      `json:"linkId"`
	Repository  string      `json:"repository"`
	Branch      string      `json:"branch" doc:"The branch that has the file, and nothing else that is new."`
	Into        string      `json:"into" doc:"The branch that the file belongs into."`
	Path        string      `json:"path"`
	Version     string      `json:"version"`
	PullRequest *openedPull `json:"pullRequest,omitempty" doc:"The open pull request of the branch. Absent when there is none."`
	Because     *Reason     `json:"because,omitempty" doc:"Why there is no pull request, and what to do."`
}

// openedPull is a pull request that is open.
type openedPull struct {
	Number int    `json:"number"`
	URL    string `json:"url"`
}

// openRepair commits the SQL that takes a drift back to a branch, and opens a pull request.
func (s *Server) openRepair(ctx context.Context, in *driftPath) (v openedRepair, err error) {
	r, err := s.repairOf(ctx, in)
	if err != nil {
		return v, err
	}
	done, err := s.Syncs.OpenRepair(ctx, actorOf(ctx), syncs.RepairOrder{
		Drift: r.Drift, Text: r.File(), Statements: r.Statements, Unwritten: r.Unwritten, Loses: r.Loses,
	})
	if err != nil {
		return v, err
	}
	v = openedRepair{
		LinkID: done.Link.ID, Repository: done.Link.RepositoryName, Branch: done.Branch, Into: done.Link.Branch,
		Path: done.Path, Version: done.Version, Because: reasonOf(done.Because),
	}
	if pr := done.PullRequest; pr != nil {
		v.PullRequest = &openedPull{Number: pr.Number, URL: pr.URL}
	}
	return v, nil
}
