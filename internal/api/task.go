package api

import (
	"context"
	"strconv"
	"time"

	"towpath"
	rollouts "towpath/internal/rollout"
	"towpath/internal/store"
	"towpath/internal/wording"
)

// Migration is a file of a repository that changes a database.
type Migration struct {
	Version     string             `json:"version" doc:"In its canonical form, by which versions are compared."`
	Type        towpath.ChangeType `json:"type" enum:"ddl,dml,baseline,repeatable,undo" doc:"undo takes a version back, on the order of a person."`
	Label       string             `json:"label" doc:"The version as the file's name has it, or the name of a repeatable file."`
	Description string             `json:"description"`
	Path        string             `json:"path"`
	Checksum    string             `json:"checksum,omitempty" doc:"SHA-256 of the file."`
	Environment string             `json:"environment,omitempty"`
	Database    string             `json:"database,omitempty"`
}

func migrationOf(m towpath.Migration) Migration {
	return Migration{
		Version:     m.Version,
		Type:        m.Type,
		Label:       m.Label,
		Description: m.Description,
		Path:        m.Path,
		Checksum:    m.Checksum,
		Environment: m.Environment,
		Database:    m.Database,
	}
}

// Task brings one migration to one database.
type Task struct {
	ID            string             `json:"id"`
	RolloutID     string             `json:"rolloutId"`
	ProjectID     string             `json:"projectId"`
	DatabaseID    string             `json:"databaseId"`
	EnvironmentID string             `json:"environmentId"`
	Sequence      int                `json:"sequence" doc:"Order within its database and rollout."`
	Action        towpath.TaskAction `json:"action" enum:"apply,record" doc:"apply runs the file. record writes the ledger and runs nothing."`
	Migration
	Covers     []Migration       `json:"covers,omitempty" nullable:"false" doc:"What a record task records."`
	Commit     string            `json:"commit"`
	State      towpath.TaskState `json:"state" enum:"pending,held,running,done,failed,unknown,skipped,cancelled"`
	Reason     *Reason           `json:"reason,omitempty" doc:"Why it is held, failed, unknown, skipped or cancelled; of one that is done, why to look at the database."`
	Error      *Reason           `json:"error,omitempty" doc:"Of the last attempt, if it failed. It stays when the task is skipped or cancelled later."`
	Attempts   int               `json:"attemptCount"`
	Total      int               `json:"total" doc:"Statements of the running or last attempt."`
	Finished   int               `json:"finished" doc:"How many of them have finished."`
	StartedAt  *time.Time        `json:"startedAt,omitempty" doc:"Of the last attempt."`
	FinishedAt *time.Time        `json:"finishedAt,omitempty" doc:"Of the last attempt; for a task that never started, when it was skipped or cancelled."`
	Undoing    *undoing          `json:"undoing,omitempty" doc:"On whose order it undoes a version; absent for what brings one."`
	Mark       *mark             `json:"mark,omitempty" doc:"Who marked it as applied; absent when nobody did."`
	CancelAt   *time.Time        `json:"cancelAt,omitempty" doc:"When somebody cancelled the running attempt; left out when nobody has."`
	CreatedAt  time.Time         `json:"createdAt"`
}

func taskOf(t towpath.Task) Task {
	return Task{
		ID:            t.ID,
		RolloutID:     t.RolloutID,
		ProjectID:     t.ProjectID,
		DatabaseID:    t.DatabaseID,
		EnvironmentID: t.EnvironmentID,
		Sequence:      t.Sequence,
		Action:        t.Action,
		Migration:     migrationOf(t.Migration),
		Covers:        all(t.Covers, migrationOf).Items,
		Commit:        t.Commit,
		State:         t.State,
		Reason:        reasonOf(t.Reason),
		Error:         reasonOf(t.Error),
		Attempts:      t.Attempts,
		Total:         t.Total,
		Finished:      t.Finished,
		StartedAt:     t.StartedAt,
		FinishedAt:    t.FinishedAt,
		Undoing:       undoingOf(t.Undoing),
		Mark:          markOf(t.Mark),
		CancelAt:      t.CancelAt,
		CreatedAt:     t.CreatedAt,
	}
}

// attempt is one run of a task.
type attempt struct {
	ID         string            `json:"id"`
	Number     int               `json:"number"`
	State      towpath.TaskState `json:"state" enum:"running,done,failed,unknown,pending"`
	Message    *Reason           `json:"message,omitempty" doc:"Of a failure."`
	Line       int               `json:"line,omitempty" doc:"Where it failed in the file, from 1."`
	Column     int               `json:"column,omitempty"`
	Total      int               `json:"total"`
	Kept       int               `json:"kept" doc:"How many of the file's first statements certainly are in the database after an attempt that did not succeed."`
	InDatabase string            `json:"inDatabase,omitempty" doc:"A sentence: how much of the file is in the database after an attempt that did not succeed."`
	StartedAt  time.Time         `json:"startedAt"`
	FinishedAt *time.Time        `json:"finishedAt,omitempty"`
	Variables  map[string]string `json:"variables,omitempty" doc:"The variables that were put into the file, value by name. While the attempt runs, all of its environment. Absent when there are none."`
}

func attemptOf(a towpath.Attempt) attempt {
	return attempt{
		ID:         a.ID,
		Number:     a.Number,
		State:      a.State,
		Message:    reasonOf(a.Message),
		Line:       a.Line,
		Column:     a.Column,
		Total:      a.Total,
		Kept:       a.Kept,
		InDatabase: wording.InDatabase(a),
		StartedAt:  a.StartedAt,
		FinishedAt: a.FinishedAt,
		Variables:  a.Filling.Variables,
	}
}

// TaskPath names a task in a path.
type TaskPath struct {
	RolloutPath
	Task string `path:"task" doc:"The id of the task."`
}

// taskDetail is a task with its attempts and its SQL.
type taskDetail struct {
	Task
	Attempts []attempt `json:"attempts" nullable:"false" doc:"The oldest first."`
	SQL      *text     `json:"sql,omitempty"`

	Rehearsed *rehearsedBefore `json:"rehearsed,omitempty" doc:"What a rehearsal of the same text measured before the merge."`
}

func (s *Server) getTask(ctx context.Context, in *TaskPath) (taskDetail, error) {
	var detail taskDetail
	err := s.Store.Read(ctx, func(tx *store.Tx) error {
		t, err := tx.Task(ctx, in.Task)
		if err != nil {
			return err
		}
		runs, err := tx.Attempts(ctx, t.ID)
		if err != nil {
			return err
		}
		detail.Task, detail.Attempts = taskOf(t), all(runs, attemptOf).Items
		if detail.SQL, err = readFile(ctx, tx, t.Checksum); err != nil {
			return err
		}
		detail.Rehearsed, err = rehearsedBeforeOf(ctx, tx, t)
		return err
	})
	return detail, err
}

// statementLog is the result of one statement of an attempt.
type statementLog struct {
	Index   int                    `json:"index" doc:"From 0."`
	Line    int                    `json:"line"`
	Column  int                    `json:"column"`
	Summary string                 `json:"summary"`
	State   towpath.StatementState `json:"state" enum:"done,rolled-back,failed,unknown" doc:"rolled-back: it succeeded and was rolled back with its transaction. unknown: it may be in the database."`
	Rows    int64                  `json:"rows" doc:"Changed rows; 0 for a rolled back statement."`
	Seconds float64                `json:"seconds"`
	Error   string                 `json:"error,omitempty"`

	StartedAt *time.Time `json:"startedAt,omitempty" doc:"When it was sent to the database, by the clock of Towpath's server. Absent when it was not kept."`

	Notices     []notice `json:"notices,omitempty" maxItems:"20" doc:"The first messages of the database about it. They may contain data. The level not compared is Towpath's own."`
	MoreNotices int      `json:"moreNotices,omitempty" doc:"How many further messages were not kept."`
}

// notice is a message of a database about a statement that did not fail.
type notice struct {
	Level string `json:"level" doc:"The database's severity: notice, warning, info, note and others."`
	Text  string `json:"text"`
}

func statementLogOf(l towpath.StatementLog) statementLog {
	log := statementLog{
		Index:       l.Index,
		Line:        l.Line,
		Column:      l.Column,
		Summary:     l.Summary,
		State:       l.State,
		Rows:        l.Rows,
		Seconds:     l.Duration.Seconds(),
		Error:       l.Error,
		MoreNotices: l.Notices.More,
		StartedAt:   l.StartedAt,
	}
	for _, n := range l.Notices.Kept {
		log.Notices = append(log.Notices, notice(n))
	}
	return log
}

type listStatementsInput struct {
	TaskPath
	Attempt string `path:"attempt" doc:"The id of the attempt."`
	Paging
}

// listStatements lists the results of an attempt's statements in order. The page token is the index
// of the next statement.
func (s *Server) listStatements(ctx context.Context, in *listStatementsInput) (list[statementLog], error) {
	from := 0
	if in.PageToken != "" {
		var err error
		if from, err = strconv.Atoi(in.PageToken); err != nil {
			return list[statementLog]{}, towpath.Invalid("pageToken",
				"Use the nextPageToken of the previous page.")
		}
	}
	var rows []towpath.StatementLog
	err := s.Store.Read(ctx, func(tx *store.Tx) error {
		runs, err := tx.Attempts(ctx, in.Task)
		for _, run := range runs {
			if run.ID == in.Attempt {
				rows, err = tx.Statements(ctx, run.ID, from, in.PageSize)
				return err
			}
		}
		if err == nil {
			err = errNoThing
		}
		return err
	})
	return page(in.Paging, rows, func(l towpath.StatementLog) string { return strconv.Itoa(l.Index + 1) },
		statementLogOf), err
}

func (s *Server) retryTask(ctx context.Context, in *TaskPath) (Task, error) {
	t, err := s.Rollouts.Retry(ctx, actorOf(ctx), in.Task)
	return taskOf(t), err
}

// cancelTask requests that a running task is stopped in its database.
func (s *Server) cancelTask(ctx context.Context, in *TaskPath) (Task, error) {
	t, err := s.Rollouts.Cancel(ctx, actorOf(ctx), in.Task)
	return taskOf(t), err
}

func (s *Server) releaseTask(ctx context.Context, in *TaskPath) (Task, error) {
	t, err := s.Rollouts.Release(ctx, actorOf(ctx), in.Task)
	return taskOf(t), err
}

type skipTaskInput struct {
	TaskPath
	Body struct {
		Reason string `json:"reason" maxLength:"2000"`
	}
}

func (s *Server) skipTask(ctx context.Context, in *skipTaskInput) (Task, error) {
	t, err := s.Rollouts.Skip(ctx, actorOf(ctx), in.Task, in.Body.Reason)
	return taskOf(t), err
}

type resolveTaskInput struct {
	TaskPath
	Body struct {
		Outcome    string `json:"outcome,omitempty" enum:"applied,not-applied,continue-after" doc:"applied: the file is in the database; record it. not-applied: it is not; run it again. continue-after: its first statements are; run the others."`
		Statements int    `json:"statements,omitempty" minimum:"0" doc:"For continue-after: how many of the file's first statements are in the database."`
		Applied    *bool  `json:"applied,omitempty" doc:"Instead of outcome: true for applied, false for not-applied."`
	}
}

func (s *Server) resolveTask(ctx context.Context, in *resolveTaskInput) (Task, error) {
	outcome := rollouts.Outcome(in.Body.Outcome)
	if applied := in.Body.Applied; outcome == "" && applied != nil {
		outcome = rollouts.OutcomeNotApplied
		if *applied {
			outcome = rollouts.OutcomeApplied
		}
	}
	t, err := s.Rollouts.Resolve(ctx, actorOf(ctx), in.Task, outcome, in.Body.Statements)
	return taskOf(t), err
}
