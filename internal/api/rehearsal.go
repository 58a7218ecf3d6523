package api

import (
	"context"
	"time"

	"towpath"
	"towpath/internal/store"
)

// rehearsed is the rehearsal of a branch's files with the schema of one database.
type rehearsed struct {
	EnvironmentID string                 `json:"environmentId"`
	Environment   string                 `json:"environment"`
	DatabaseID    string                 `json:"databaseId"`
	Database      string                 `json:"database" doc:"Whose schema the scratch database got."`
	InstanceID    string                 `json:"instanceId" doc:"On which the scratch database was made."`
	State         towpath.RehearsalState `json:"state" enum:"wanted,done,none"`
	Reason        *Reason                `json:"reason,omitempty" doc:"Why there was none."`
	Server        string                 `json:"server,omitempty" doc:"Its kind and version."`
	Seconds       float64                `json:"seconds" doc:"How long all of it took, with the making of the schema."`
	EndedAt       *time.Time             `json:"endedAt,omitempty"`
	Files         []rehearsedFile        `json:"files" nullable:"false" doc:"In the order in which they ran."`
	Schema        string                 `json:"schema" doc:"What the files change in the schema, as a unified diff; empty when nothing."`
}

// rehearsedFile is what a server did when it ran a file.
type rehearsedFile struct {
	Path         string                 `json:"path"`
	Own          bool                   `json:"own" doc:"Whether the branch brings the file; others come from the link's branch and are still to run."`
	State        towpath.RehearsedState `json:"state" enum:"done,failed,refused,skipped" doc:"refused: a part of it runs in targets alone; skipped: an earlier file has not run."`
	Whole        bool                   `json:"whole" doc:"Whether it runs in one transaction."`
	Seconds      float64                `json:"seconds"`
	Rows         int64                  `json:"rows"`
	Locks        []rehearsedLock        `json:"locks" nullable:"false" doc:"The strongest lock of each table that was there before, the strongest first."`
	MoreLocks    int                    `json:"moreLocks"`
	Rewrites     []string               `json:"rewrites" nullable:"false" doc:"Tables that were written again."`
	MoreRewrites int                    `json:"moreRewrites"`
	Statements   []rehearsedStatement   `json:"statements" nullable:"false" doc:"Those that ran."`
	More         int                    `json:"more" doc:"How many more statements ran."`
	Failure      *rehearsalFailure      `json:"failure,omitempty"`
}

// rehearsedLock is a lock on a table.
type rehearsedLock struct {
	Table string  `json:"table" doc:"Empty for the whole database."`
	Mode  string  `json:"mode" doc:"In the words of the server."`
	Line  int     `json:"line" doc:"Of the statement that took it."`
	Held  float64 `json:"held" doc:"Seconds, from the start of that statement to the end of the lock."`
	Rank  int     `json:"rank" doc:"A higher one keeps out more."`
}

// rehearsedStatement is one statement that ran.
type rehearsedStatement struct {
	Line      int      `json:"line"`
	Column    int      `json:"column"`
	Seconds   float64  `json:"seconds"`
	Rows      int64    `json:"rows"`
	Locks     []string `json:"locks" nullable:"false" doc:"Table and mode of the locks that it took first."`
	Rewrites  []string `json:"rewrites" nullable:"false"`
	Algorithm string   `json:"algorithm,omitempty" doc:"How MySQL or MariaDB changed a table."`
	Unseen    string   `json:"unseen,omitempty" doc:"Why not all could be observed."`
}

// rehearsalFailure is why a file did not run to its end.
type rehearsalFailure struct {
	Line   int    `json:"line" doc:"0 for the file as a whole."`
	Column int    `json:"column"`
	Reason Reason `json:"reason"`
}

func rehearsedOf(r towpath.BranchRehearsal) rehearsed {
	own := map[string]bool{}
	for _, f := range r.Files {
		own[f.Path] = f.Own
	}
	v := rehearsed{
		EnvironmentID: r.EnvironmentID, Environment: r.Environment,
		DatabaseID: r.DatabaseID, Database: r.Database, InstanceID: r.InstanceID,
		State: r.State, Reason: reasonOf(r.Reason),
		Server: r.Result.Server, Seconds: r.Result.Seconds, EndedAt: r.EndedAt,
		Schema: r.Result.Schema,
	}
	v.Files = all(r.Result.Files, func(f towpath.RehearsedFile) rehearsedFile {
		return rehearsedFileOf(f, own[f.Path])
	}).Items
	return v
}

func rehearsedFileOf(f towpath.RehearsedFile, own bool) rehearsedFile {
	one := rehearsedFile{
		Path: f.Path, Own: own, State: f.State, Whole: f.Whole, Seconds: f.Seconds, Rows: f.Rows,
		MoreLocks: f.MoreLocks, Rewrites: orEmpty(f.Rewrites), MoreRewrites: f.MoreRewrites, More: f.More,
	}
	one.Locks = all(f.Locks, func(l towpath.RehearsedLock) rehearsedLock { return rehearsedLock(l) }).Items
	one.Statements = all(f.Statements, func(s towpath.RehearsedStatement) rehearsedStatement {
		made := rehearsedStatement(s)
		made.Locks, made.Rewrites = orEmpty(s.Locks), orEmpty(s.Rewrites)
		return made
	}).Items
	if f.Failure != nil {
		one.Failure = &rehearsalFailure{
			Line: f.Failure.Line, Column: f.Failure.Column, Reason: *reasonOf(f.Failure.Reason),
		}
	}
	return one
}

// rehearsedBefore is what a rehearsal of a task's text measured before the merge.
type rehearsedBefore struct {
	Environment string        `json:"environment"`
	Database    string        `json:"database" doc:"Whose schema the scratch database got."`
	Server      string        `json:"server"`
	EndedAt     *time.Time    `json:"endedAt,omitempty"`
	File        rehearsedFile `json:"file"`
	Schema      string        `json:"schema" doc:"What all files of its branch change in the schema, as a unified diff; empty when nothing."`
}

// rehearsedBeforeOf finds the rehearsal of a task's text; nil when there was none.
func rehearsedBeforeOf(
	ctx context.Context, tx *store.Tx, t towpath.Task,
) (*rehearsedBefore, error) {
	rollout, err := tx.RolloutAlone(ctx, t.RolloutID)
	if err != nil {
		return nil, err
	}
	r, err := tx.RehearsalOf(ctx, rollout.LinkID, t.Path, t.Checksum)
	if towpath.ErrorCode(err) == towpath.CodeNotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	for _, f := range r.Result.Files {
		if f.Path == t.Path && f.State != towpath.RehearsedSkipped {
			return &rehearsedBefore{
				Environment: r.Environment, Database: r.Database, Server: r.Result.Server, EndedAt: r.EndedAt,
				File: rehearsedFileOf(f, true), Schema: r.Result.Schema,
			}, nil
		}
	}
	return nil, nil
}
