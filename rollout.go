package towpath

import (
	"slices"
	"sort"
	"time"
)

// TaskState is the state of a task.
type TaskState string

const (
	TaskPending   TaskState = "pending"
	TaskHeld      TaskState = "held" // by policy or conflict, until a person releases it; Reason says why
	TaskRunning   TaskState = "running"
	TaskDone      TaskState = "done"
	TaskFailed    TaskState = "failed"
	TaskUnknown   TaskState = "unknown" // a crash left no evidence; a person decides
	TaskSkipped   TaskState = "skipped"
	TaskCancelled TaskState = "cancelled"
)

// taskMoves lists the allowed changes of state; the store writes no others. A task becomes done
// without running when its database's ledger has its exact text.
var taskMoves = map[TaskState][]TaskState{
	TaskPending: {TaskRunning, TaskHeld, TaskSkipped, TaskCancelled, TaskDone},
	TaskHeld:    {TaskPending, TaskSkipped, TaskCancelled, TaskDone},
	TaskRunning: {TaskDone, TaskFailed, TaskUnknown, TaskPending}, // pending: nothing of it was started
	TaskFailed:  {TaskPending, TaskHeld, TaskSkipped, TaskCancelled, TaskDone},
	TaskUnknown: {TaskPending, TaskDone, TaskSkipped},
}

// MayBecome reports whether a task may go from one state to the other.
func (s TaskState) MayBecome(next TaskState) bool { return slices.Contains(taskMoves[s], next) }

// MayFollow lists the states from which a task may change to this one, itself included, in
// alphabetical order.
func (s TaskState) MayFollow() []TaskState {
	from := []TaskState{s}
	for before := range taskMoves {
		if before.MayBecome(s) {
			from = append(from, before)
		}
	}
	slices.Sort(from)
	return from
}

// Open reports whether the task may still change its state: it can run, or a person can decide.
func (s TaskState) Open() bool {
	switch s {
	case TaskPending, TaskHeld, TaskRunning, TaskFailed, TaskUnknown:
		return true
	}
	return false
}

// TaskAction is what a task does in its database.
type TaskAction string

const (
	ActionApply  TaskAction = "apply"  // run the file
	ActionRecord TaskAction = "record" // write Covers into the ledger without running anything
)

// Task brings one migration to one database.
type Task struct {
	ID            string
	RolloutID     string
	ProjectID     string
	DatabaseID    string
	EnvironmentID string
	Stage         int // position of the environment
	Sequence      int // order within its database and rollout
	Action        TaskAction
	Migration
	Covers    []Migration // for ActionRecord: what to record
	Commit    string      // where Checksum was read
	State     TaskState
	Released  bool   // a person released it although the plan holds it
	Reason    Reason // why it is held, failed, unknown, skipped or cancelled; of a done task, what to review
	Error     Reason // of the last attempt, if it failed or is indeterminate; never cleared
	Attempts  int
	Total     int        // statements of the running or last attempt
	Finished  int        // statements of it that have finished
	StartedAt *time.Time // of the last attempt
	// of the last attempt; for a task that never started, when it was skipped or cancelled
	FinishedAt *time.Time
	// ContinueAfter is how many statements are in the database according to a person who resolved
	// an unknown outcome; 0 if nobody has.
	ContinueAfter int
	StartID       string     // of the StageStart that let it through a gate; "" for none
	Pass          string     // what that start was of: Stage.Pass
	Undoing       *Undoing   // whose order it is, for TypeUndo; nil for any other
	Mark          *Mark      // a person's word that the database has it, for ActionRecord; nil for none
	CancelAt      *time.Time // when a person cancelled the running attempt; nil when nobody has
	CreatedAt     time.Time
}

// Close ends a task that does not run: skipped, cancelled, or done according to the ledger. It
// keeps the fields of the last attempt.
func (t *Task) Close(state TaskState, reason Reason, at time.Time) {
	t.State = state
	t.Reason = reason
	t.CancelAt = nil
	if t.StartedAt == nil || t.FinishedAt == nil {
		t.FinishedAt = &at
	}
}

// Lease is a process's exclusive right to work on something, until it expires.
type Lease struct {
	Owner string // "" when free
	Epoch int64  // grows with every new owner; writes with an old epoch are refused
	Until *time.Time
}

// Attempt is one run of a task.
type Attempt struct {
	ID         string
	TaskID     string
	Number     int       // from 1
	State      TaskState // running, done, failed or unknown
	Message    Reason    // of a failure
	Line       int       // where it failed in the file, from 1; 0 when unknown
	Column     int
	Total      int
	Extent     Extent
	Kept       int     // statements from the file's start that are permanently in the database
	Filling    Filling // what was put into the file
	StartedAt  time.Time
	FinishedAt *time.Time
	Statements []StatementLog
}

// StatementLog is the result of one statement of an attempt.
type StatementLog struct {
	Index    int // from 0
	Line     int
	Column   int
	Summary  string // the statement's first words, one line
	State    StatementState
	Rows     int64 // changed rows; 0 for a rolled back statement
	Duration time.Duration
	Error    string
	Notices  Notices

	StartedAt *time.Time // by this server's clock; nil when it is not known
}

// FinishedAt is when the server had the answer; nil when it is not known.
func (l StatementLog) FinishedAt() *time.Time {
	if l.StartedAt == nil {
		return nil
	}
	at := l.StartedAt.Add(l.Duration)
	return &at
}

// RolloutState sums up a rollout's tasks.
type RolloutState string

const (
	RolloutPending    RolloutState = "pending"
	RolloutRunning    RolloutState = "running"
	RolloutHeld       RolloutState = "held"
	RolloutFailed     RolloutState = "failed"
	RolloutUnknown    RolloutState = "unknown"
	RolloutDone       RolloutState = "done"       // at least one task is done, and none is open
	RolloutSkipped    RolloutState = "skipped"    // people have skipped all of it
	RolloutCancelled  RolloutState = "cancelled"  // none of it is done, and the rest is no longer wanted
	RolloutSuperseded RolloutState = "superseded" // a newer one took over before any of it failed
)

// Ended reports whether no more work can happen in the rollout.
func (s RolloutState) Ended() bool {
	switch s {
	case RolloutDone, RolloutSkipped, RolloutCancelled, RolloutSuperseded:
		return true
	}
	return false
}

// Rollout is the pending work of one link at one commit.
type Rollout struct {
	ID           string
	ProjectID    string
	LinkID       string
	Commit       string
	Message      string // the commit's first line
	Author       string
	CommitURL    string
	State        RolloutState
	SupersededBy string // id of the rollout that took over its open tasks; a failed one stays failed
	CreatedAt    time.Time
	FinishedAt   *time.Time
	Tasks        []Task // loaded on demand, ordered by Stage, DatabaseID, Sequence
}

// Supersede ends a rollout that a newer one takes over. A failed rollout stays failed.
func (r *Rollout) Supersede(by string, at time.Time) {
	r.SupersededBy = by
	r.FinishedAt = &at
	r.State = RolloutSuperseded
	if slices.ContainsFunc(r.Tasks, func(t Task) bool { return t.State == TaskFailed }) {
		r.State = RolloutFailed
	}
}

// SummarizeTasks derives a rollout's state from its tasks; no tasks at all are done. It is running
// from the first task's start until nothing more can run without a person.
func SummarizeTasks(tasks []Task) RolloutState {
	count := map[TaskState]int{}
	for _, t := range effective(tasks) {
		count[t.State]++
	}
	switch {
	case count[TaskRunning] > 0:
		return RolloutRunning
	case count[TaskUnknown] > 0:
		return RolloutUnknown
	case count[TaskFailed] > 0:
		return RolloutFailed
	case count[TaskPending] > 0 && count[TaskDone] > 0:
		return RolloutRunning
	case count[TaskPending] > 0:
		return RolloutPending
	case count[TaskHeld] > 0:
		return RolloutHeld
	case count[TaskDone] > 0 || len(tasks) == 0:
		return RolloutDone
	case count[TaskCancelled] > 0:
		return RolloutCancelled
	}
	return RolloutSkipped
}

// Next returns the tasks that may start now, in order. It depends on r.Tasks only. A database runs
// one task at a time, in sequence. A stage starts when no task of an earlier one is pending,
// running, failed or unknown. A migration enters a stage after it has left every earlier one. A
// held task blocks itself and its own migration in later stages, and nothing else. An undo waits for
// no other stage.
func (r Rollout) Next() []Task {
	var (
		next  []Task
		tasks = effective(r.Tasks)
		busy  = map[string]bool{} // databases in which nothing may start
		open  = true              // nothing in earlier stages blocks
	)
	for _, t := range tasks {
		// also when it comes later in the sequence: it may still be running
		if t.State == TaskRunning || t.State == TaskUnknown {
			busy[t.DatabaseID] = true
		}
	}
	for i, t := range tasks {
		if i > 0 && t.Stage != tasks[i-1].Stage {
			for _, before := range tasks[:i] {
				open = open && !blocks(before.State)
			}
		}
		if t.State == TaskPending && (open || t.Type == TypeUndo) && !busy[t.DatabaseID] {
			next = append(next, t)
		}
		if blocks(t.State) {
			busy[t.DatabaseID] = true
		}
	}
	return next
}

// effective returns the tasks in the order in which they run, with those that wait for a held one
// as held: a pending task whose migration is held in an earlier stage cannot start before that one,
// and must not block others.
func effective(tasks []Task) []Task {
	tasks = append([]Task(nil), tasks...)
	sort.SliceStable(tasks, func(i, j int) bool {
		a, b := tasks[i], tasks[j]
		if a.Stage != b.Stage {
			return a.Stage < b.Stage
		}
		if a.DatabaseID != b.DatabaseID {
			return a.DatabaseID < b.DatabaseID
		}
		return a.Sequence < b.Sequence
	})
	type step struct {
		MigrationID
		path string
	}
	held := map[step]int{} // the earliest stage in which it is held
	for i, t := range tasks {
		key := step{t.File(), t.Path}
		stage, known := held[key]
		if t.State == TaskPending && known && stage < t.Stage {
			tasks[i].State = TaskHeld
		}
		if t.State == TaskHeld && !known {
			held[key] = t.Stage
		}
	}
	return tasks
}

func blocks(s TaskState) bool { return s.Open() && s != TaskHeld }
