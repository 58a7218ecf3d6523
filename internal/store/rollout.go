package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"towpath"
)

var rollouts = newTable("rollout", 1, func(r *towpath.Rollout) []column {
	return []column{
		{"id", &r.ID},
		{"project_id", &r.ProjectID},
		{"link_id", &r.LinkID},
		{"commit_hash", &r.Commit},
		{"message", &r.Message},
		{"author", &r.Author},
		{"commit_url", &r.CommitURL},
		{"state", (*string)(&r.State)},
		{"superseded_by", &r.SupersededBy},
		{"created_at", instant{&r.CreatedAt}},
		{"finished_at", maybe{&r.FinishedAt}},
	}
})

// CreateRollout adds a rollout without its tasks, and sets ID and CreatedAt.
func (tx *Tx) CreateRollout(ctx context.Context, r *towpath.Rollout) error {
	r.ID, r.CreatedAt = NewID(), tx.Now
	return tx.emitAfter(rollouts.insert(ctx, tx, *r), rolloutEvent(towpath.EventRolloutCreated, *r, ""))
}

// UpdateRollout writes a rollout that was read in the same transaction, without its tasks.
func (tx *Tx) UpdateRollout(ctx context.Context, r *towpath.Rollout) error {
	before, changed, err := rollouts.change(ctx, tx, *r)
	if err != nil || !changed {
		return err
	}
	tx.Emit(rolloutEvent(towpath.EventRolloutChanged, *r, before.State))
	return nil
}

func rolloutEvent(kind towpath.EventKind, r towpath.Rollout, from towpath.RolloutState) towpath.Event {
	return towpath.Event{
		Kind:      kind,
		ProjectID: r.ProjectID,
		LinkID:    r.LinkID,
		RolloutID: r.ID,
		From:      string(from),
		To:        string(r.State),
	}
}

// Rollout reads a rollout with its tasks.
func (tx *Tx) Rollout(ctx context.Context, id string) (towpath.Rollout, error) {
	r, err := rollouts.get(ctx, tx, "id = $1", id)
	if err != nil {
		return r, err
	}
	r.Tasks, err = tasks.list(ctx, tx, "WHERE rollout_id = $1 ORDER BY stage, database_id, sequence, id", id)
	return r, err
}

// OpenRollout reads a link's unfinished rollout with its tasks; CodeNotFound when there is none.
func (tx *Tx) OpenRollout(ctx context.Context, linkID string) (towpath.Rollout, error) {
	r, err := rollouts.get(ctx, tx, "link_id = $1 AND finished_at IS NULL", linkID)
	if err != nil {
		return r, err
	}
	return tx.Rollout(ctx, r.ID)
}

// OpenRolloutStates returns the states of the links' open rollouts, by link id. Links without an
// open rollout are left out.
func (tx *Tx) OpenRolloutStates(
	ctx context.Context, linkIDs []string,
) (map[string]towpath.RolloutState, error) {
	states := map[string]towpath.RolloutState{}
	for ids := range slices.Chunk(linkIDs, maxLookup) {
		args := make([]any, len(ids))
		for i, id := range ids {
			args[i] = id
		}
		where := "WHERE finished_at IS NULL AND link_id IN " + tuples(1, len(args), tx.shared)
		err := rollouts.each(ctx, tx, where, args, func(r towpath.Rollout) error {
			states[r.LinkID] = r.State
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return states, nil
}

// RolloutFilter selects rollouts; empty fields match all.
type RolloutFilter struct {
	ProjectID  string
	LinkID     string
	State      towpath.RolloutState
	MemberID   string // only of projects that this member belongs to
	Superseded bool   // only those that a newer one took over
}

// Rollouts lists rollouts without their tasks.
func (tx *Tx) Rollouts(ctx context.Context, f RolloutFilter, p Page) ([]towpath.Rollout, error) {
	var where filter
	where.ifSet("project_id", f.ProjectID)
	where.ifSet("link_id", f.LinkID)
	where.ifSet("state", string(f.State))
	where.ofMember("project_id", f.MemberID)
	if f.Superseded {
		where.terms = append(where.terms, "superseded_by <> ''")
	}
	return rollouts.page(ctx, tx, p, where)
}

var tasks = onRead(newTable("task", 1, func(t *towpath.Task) []column {
	return []column{
		{"id", &t.ID},
		{"rollout_id", &t.RolloutID},
		{"project_id", &t.ProjectID},
		{"database_id", &t.DatabaseID},
		{"environment_id", &t.EnvironmentID},
		{"stage", &t.Stage},
		{"sequence", &t.Sequence},
		{"action", (*string)(&t.Action)},
		{"version", &t.Version},
		{"type", (*string)(&t.Type)},
		{"label", &t.Label},
		{"description", &t.Description},
		{"path", &t.Path},
		{"checksum", &t.Checksum},
		{"environment", &t.Environment},
		{"database_name", &t.Database},
		{"covers", jsonText{&t.Covers}},
		{"commit_hash", &t.Commit},
		{"state", (*string)(&t.State)},
		{"released", &t.Released},
		{"reason", reason{&t.Reason}},
		{"attempts", &t.Attempts},
		{"total", &t.Total},
		{"finished", &t.Finished},
		{"started_at", maybe{&t.StartedAt}},
		{"finished_at", maybe{&t.FinishedAt}},
		{"created_at", instant{&t.CreatedAt}},
		{"cancel_at", maybe{&t.CancelAt}},
		{"error", reason{&t.Error}},
		{"continue_after", &t.ContinueAfter},
		{"start_id", &t.StartID},
		{"pass", &t.Pass},
		{"mark", mark{&t.Mark}},
		{"undoing", order{&t.Undoing}},
	}
}), func(tx *Tx, t *towpath.Task) { tx.noteState(t.ID, string(t.State)) })

// CreateTask adds a task and sets ID and CreatedAt. CodeConflict when the migration has another
// open task in the database.
func (tx *Tx) CreateTask(ctx context.Context, t *towpath.Task) error {
	t.ID, t.CreatedAt = NewID(), tx.Now
	err := tasks.insert(ctx, tx, *t)
	if err == nil {
		tx.noteState(t.ID, string(t.State))
		tx.Emit(taskEvent(towpath.EventTaskCreated, *t, ""))
	}
	return taken(err, "", "Version %s has an open task in this database already.", t.Label)
}

// UpdateTask writes a task that was read in the same transaction. It is the only way to change a
// task's state, and refuses changes that towpath.TaskState.MayBecome does not allow.
func (tx *Tx) UpdateTask(ctx context.Context, t *towpath.Task) error {
	from, known := tx.notedState(t.ID)
	if !known {
		before, err := tx.Task(ctx, t.ID)
		if err != nil {
			return err
		}
		from = string(before.State)
	}
	err := tasks.updateWhere(ctx, tx, *t, stateAmong(t.State.MayFollow()))
	if err == nil {
		tx.noteState(t.ID, string(t.State))
		tx.Emit(taskEvent(towpath.EventTaskChanged, *t, from))
	}
	if towpath.ErrorCode(err) != towpath.CodeNotFound {
		return err
	}
	now, err := tx.Task(ctx, t.ID)
	if err != nil {
		return err
	}
	return fmt.Errorf("update task %s: a task that is %s cannot become %s", t.ID, now.State, t.State)
}

func taskEvent(kind towpath.EventKind, t towpath.Task, from string) towpath.Event {
	return towpath.Event{
		Kind:       kind,
		ProjectID:  t.ProjectID,
		RolloutID:  t.RolloutID,
		TaskID:     t.ID,
		DatabaseID: t.DatabaseID,
		From:       from,
		To:         string(t.State),
	}
}

// stateAmong returns the condition that a row is in one of the states. They are constants, so they
// need no parameters.
func stateAmong(states []towpath.TaskState) string {
	quoted := make([]string, len(states))
	for i, s := range states {
		quoted[i] = "'" + string(s) + "'"
	}
	return "state IN (" + strings.Join(quoted, ", ") + ")"
}

// Task reads a task.
func (tx *Tx) Task(ctx context.Context, id string) (towpath.Task, error) {
	return tasks.get(ctx, tx, "id = $1", id)
}

// OpenTasks lists the open tasks of a database.
func (tx *Tx) OpenTasks(ctx context.Context, databaseID string) ([]towpath.Task, error) {
	return tasks.list(ctx, tx,
		"WHERE database_id = $1 AND state IN ('pending', 'held', 'running', 'failed', 'unknown') ORDER BY id",
		databaseID)
}

// RunningTasks lists the running tasks of a database in the order in which they run. They may be of
// different rollouts, since a newer rollout takes over tasks while they run.
func (tx *Tx) RunningTasks(ctx context.Context, databaseID string) ([]towpath.Task, error) {
	return tasks.list(ctx, tx, "WHERE database_id = $1 AND state IN ('pending', 'held', 'running', "+
		"'failed', 'unknown') AND state = 'running' ORDER BY sequence, id",
		databaseID)
}

// SkippedTasks lists the tasks that people skipped in a project.
func (tx *Tx) SkippedTasks(ctx context.Context, projectID string) ([]towpath.Task, error) {
	return tasks.list(ctx, tx, "WHERE project_id = $1 AND state = 'skipped' ORDER BY id DESC", projectID)
}

var attempts = newTable("attempt", 1, func(a *towpath.Attempt) []column {
	return []column{
		{"id", &a.ID},
		{"task_id", &a.TaskID},
		{"number", &a.Number},
		{"state", (*string)(&a.State)},
		{"message", reason{&a.Message}},
		{"line", &a.Line},
		{"col", &a.Column},
		{"total", &a.Total},
		{"started_at", instant{&a.StartedAt}},
		{"finished_at", maybe{&a.FinishedAt}},
		{"in_database", (*string)(&a.Extent)},
		{"kept", &a.Kept},
		{"filling", jsonText{&a.Filling}},
	}
})

type statementRow struct {
	AttemptID string
	Micros    int64
	towpath.StatementLog
}

var statements = newTable("statement_log", 2, func(s *statementRow) []column {
	return []column{
		{"attempt_id", &s.AttemptID},
		{"position", &s.Index},
		{"line", &s.Line},
		{"col", &s.Column},
		{"summary", &s.Summary},
		{"affected", &s.Rows},
		{"micros", &s.Micros},
		{"error", &s.Error},
		{"notices", jsonText{&s.Notices}},
		{"state", (*string)(&s.State)},
		{"started_at", maybe{&s.StartedAt}},
	}
})

// CreateAttempt adds an attempt and sets ID.
func (tx *Tx) CreateAttempt(ctx context.Context, a *towpath.Attempt) error {
	a.ID = NewID()
	return attempts.insert(ctx, tx, *a)
}

// UpdateAttempt writes an attempt that was read in the same transaction, without its statements.
func (tx *Tx) UpdateAttempt(ctx context.Context, a *towpath.Attempt) error {
	return attempts.update(ctx, tx, *a)
}

// DeleteAttempt removes an attempt that did not start.
func (tx *Tx) DeleteAttempt(ctx context.Context, id string) error {
	return attempts.delete(ctx, tx, "id = $1", id)
}

// AddStatements appends to an attempt's log.
func (tx *Tx) AddStatements(ctx context.Context, attemptID string, logs []towpath.StatementLog) error {
	rows := make([]statementRow, 0, largestBatch)
	for some := range slices.Chunk(logs, largestBatch) { // an upsert uses each row several times
		rows = rows[:0]
		for _, l := range some {
			rows = append(rows, statementRow{
				AttemptID: attemptID, Micros: l.Duration.Microseconds(),
				StatementLog: l,
			})
		}
		if err := statements.upsert(ctx, tx, rows...); err != nil {
			return err
		}
	}
	return nil
}

// Attempts lists a task's attempts, oldest first, without their statements.
func (tx *Tx) Attempts(ctx context.Context, taskID string) ([]towpath.Attempt, error) {
	return attempts.list(ctx, tx, "WHERE task_id = $1 ORDER BY number", taskID)
}

// Statements lists an attempt's log, starting at an index.
func (tx *Tx) Statements(
	ctx context.Context, attemptID string, from, limit int,
) ([]towpath.StatementLog, error) {
	rows, err := statements.list(ctx, tx,
		"WHERE attempt_id = $1 AND position >= $2 ORDER BY position LIMIT $3", attemptID, from,
		Page{Limit: limit}.limit())
	logs := make([]towpath.StatementLog, len(rows))
	for i, r := range rows {
		logs[i] = r.StatementLog
		logs[i].Duration = time.Duration(r.Micros) * time.Microsecond
	}
	return logs, err
}

var history = newTable("change_history", 1, func(h *towpath.ChangeHistory) []column {
	return []column{
		{"id", &h.ID},
		{"database_id", &h.DatabaseID},
		{"project_id", &h.ProjectID},
		{"task_id", &h.TaskID},
		{"rollout_id", &h.RolloutID},
		{"version", &h.Version},
		{"type", (*string)(&h.Type)},
		{"label", &h.Label},
		{"description", &h.Description},
		{"path", &h.Path},
		{"checksum", &h.Checksum},
		{"environment", &h.Environment},
		{"database_name", &h.Database},
		{"state", (*string)(&h.State)},
		{"commit_hash", &h.Commit},
		{"author", &h.Author},
		{"repository", &h.Repository},
		{"started_at", instant{&h.StartedAt}},
		{"finished_at", instant{&h.FinishedAt}},
		{"statements", &h.Statements},
		{"rows_affected", &h.RowsAffected},
		{"schema_before", &h.SchemaBefore},
		{"schema_after", &h.SchemaAfter},
		{"source", jsonText{&h.Source}},
		{"mark", mark{&h.Mark}},
		{"undoing", order{&h.Undoing}},
	}
})

// AddHistory records a change and sets ID.
func (tx *Tx) AddHistory(ctx context.Context, h *towpath.ChangeHistory) error {
	h.ID = NewID()
	return tx.emitAfter(history.insert(ctx, tx, *h), towpath.Event{
		Kind:       towpath.EventHistoryAdded,
		ProjectID:  h.ProjectID,
		RolloutID:  h.RolloutID,
		TaskID:     h.TaskID,
		DatabaseID: h.DatabaseID,
	})
}

// InHistory reports whether the history of a database contains the change that a row of its ledger
// describes.
func (tx *Tx) InHistory(
	ctx context.Context, databaseID string, e towpath.LedgerEntry,
) (recorded bool, err error) {
	row := tx.tx.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM change_history WHERE database_id = $1 "+
		"AND version = $2 AND type = $3 AND checksum = $4 AND started_at = $5)",
		databaseID, e.Version, string(e.Type), e.Checksum, e.StartedAt.UnixMicro())
	return recorded, history.wrap("look into", row.Scan(&recorded))
}

// ChangeHistory lists the changes of a database.
func (tx *Tx) ChangeHistory(ctx context.Context, databaseID string, p Page) ([]towpath.ChangeHistory, error) {
	var where filter
	where.is("database_id", databaseID)
	return history.page(ctx, tx, p, where)
}

// ProjectChangeHistory lists the changes that one project made to a database.
func (tx *Tx) ProjectChangeHistory(
	ctx context.Context, databaseID, projectID string, p Page,
) ([]towpath.ChangeHistory, error) {
	var where filter
	where.is("database_id", databaseID)
	where.is("project_id", projectID)
	return history.page(ctx, tx, p, where)
}

// Change reads one entry of a database's change history, or CodeNotFound.
func (tx *Tx) Change(ctx context.Context, databaseID, id string) (towpath.ChangeHistory, error) {
	return history.get(ctx, tx, "id = $1 AND database_id = $2", id, databaseID)
}

type postedRow struct {
	LinkID   string
	Commit   string
	Key      string
	Digest   string
	PostedAt time.Time
}

var posted = newTable("posted_status", 3, func(p *postedRow) []column {
	return []column{
		{"link_id", &p.LinkID},
		{"commit_hash", &p.Commit},
		{"key", &p.Key},
		{"digest", &p.Digest},
		{"posted_at", instant{&p.PostedAt}},
	}
})

// Posted describes the last build status that was posted with a key.
type Posted struct {
	Digest string
	At     time.Time
}

// PostedStatuses returns the build statuses that were posted for a link on a commit, by key.
func (tx *Tx) PostedStatuses(ctx context.Context, linkID, commit string) (map[string]Posted, error) {
	rows, err := posted.list(ctx, tx, "WHERE link_id = $1 AND commit_hash = $2", linkID, commit)
	last := make(map[string]Posted, len(rows))
	for _, r := range rows {
		last[r.Key] = Posted{Digest: r.Digest, At: r.PostedAt}
	}
	return last, err
}

// PostedLike lists the keys of a link's build statuses whose digest has a prefix, by commit. The
// prefix must not contain wildcards.
func (tx *Tx) PostedLike(ctx context.Context, linkID, beginning string) (map[string][]string, error) {
	rows, err := posted.list(ctx, tx, "WHERE link_id = $1 AND digest LIKE $2 ORDER BY key", linkID,
		beginning+"%")
	keys := map[string][]string{}
	for _, r := range rows {
		keys[r.Commit] = append(keys[r.Commit], r.Key)
	}
	return keys, err
}

// SetPostedStatus stores the digest of a posted build status.
func (tx *Tx) SetPostedStatus(ctx context.Context, linkID, commit, key, digest string) error {
	return posted.upsert(ctx, tx, postedRow{
		LinkID:   linkID,
		Commit:   commit,
		Key:      key,
		Digest:   digest,
		PostedAt: tx.Now,
	})
}

// SchemaBefore returns the checksum of a database's schema as it was before a task first changed
// it, as far as the change history has it: CodeNotFound when nobody noted it.
func (tx *Tx) SchemaBefore(ctx context.Context, t towpath.Task) (checksum string, err error) {
	own, err := history.get(ctx, tx, "task_id = $1 AND schema_after <> '' ORDER BY id", t.ID)
	if towpath.ErrorCode(err) != towpath.CodeNotFound || t.StartedAt == nil {
		return own.SchemaBefore, err
	}
	last, err := history.get(ctx, tx,
		"database_id = $1 AND finished_at <= $2 AND schema_after <> '' ORDER BY id DESC LIMIT 1",
		t.DatabaseID, t.StartedAt.UnixMicro())
	return last.SchemaAfter, err
}
