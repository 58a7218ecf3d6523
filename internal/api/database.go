package api

import (
	"cmp"
	"context"
	"regexp"
	"time"

	"towpath"
	"towpath/internal/store"
)

// database is one target.
type database struct {
	ID            string     `json:"id"`
	InstanceID    string     `json:"instanceId"`
	EnvironmentID string     `json:"environmentId"`
	Name          string     `json:"name" doc:"What {{DB_NAME}} matches in file paths."`
	ProjectID     string     `json:"projectId,omitempty" doc:"Left out while it is unassigned."`
	AssignedAt    *time.Time `json:"assignedAt,omitempty"`
	MissingAt     *time.Time `json:"missingAt,omitempty" doc:"Since when the instance no longer has it."`
	Busy          bool       `json:"busy" doc:"Whether a task is changing it now."`
	LedgerAt      *time.Time `json:"ledgerAt,omitempty" doc:"When its ledger was last read."`
	LedgerError   *Reason    `json:"ledgerError,omitempty" doc:"Why that failed."`
	ForeignLedger bool       `json:"foreignLedger" doc:"Whether its ledger was written for another database, so that nothing runs until somebody adopts it."`
	LedgerState   string     `json:"ledgerState" enum:"genuine,tampered,restored" doc:"tampered: something else has changed the ledger. restored: it is an earlier state of itself. In both cases nothing runs until somebody accepts it."`
	LedgerDiffers []Reason   `json:"ledgerDiffers,omitempty" nullable:"false" doc:"How the ledger differs from what was written."`
	LastChangeAt  *time.Time `json:"lastChangeAt,omitempty" doc:"When its newest change finished; left out when there is none."`
	LastVersion   string     `json:"lastVersion,omitempty" doc:"The version of that change."`
	Written       *Reason    `json:"historyWritten,omitempty" doc:"That another migration tool has written to its table since it was accepted."`
	DriftedAt     *time.Time `json:"driftedAt,omitempty" doc:"When it was first seen that its schema is not as the last change left it; absent when that is not so, or not known."`
	CreatedAt     time.Time  `json:"createdAt"`
}

func databaseOf(d towpath.Database) database {
	return database{
		ID:            d.ID,
		InstanceID:    d.InstanceID,
		EnvironmentID: d.EnvironmentID,
		Name:          d.Name,
		ProjectID:     d.ProjectID,
		AssignedAt:    d.AssignedAt,
		MissingAt:     d.MissingAt,
		Busy:          d.Lease.Owner != "",
		LedgerAt:      d.Ledger.At,
		LedgerError:   reasonOf(d.Ledger.Error),
		ForeignLedger: false,
		LedgerState:   cmp.Or(string(d.Ledger.Trouble), "genuine"),
		LedgerDiffers: reasonsOf(d.Ledger.Differs),
		LastChangeAt:  nil,
		LastVersion:   "",
		Written:       reasonOf(d.HistoryWritten()),
		DriftedAt:     nil,
		CreatedAt:     d.CreatedAt,
	}
}

type listDatabasesInput struct {
	Paging
	Project    string `query:"project" maxLength:"200" doc:"The id of a project."`
	Instance   string `query:"instance" maxLength:"200" doc:"The id of an instance."`
	Unassigned bool   `query:"unassigned" doc:"Only databases without a project."`
}

// listDatabases lists the databases that the caller may see: all, or those of their projects.
func (s *Server) listDatabases(ctx context.Context, in *listDatabasesInput) (list[database], error) {
	var views []database
	err := s.Store.Read(ctx, func(tx *store.Tx) error {
		filter := store.DatabaseFilter{
			ProjectID: in.Project, InstanceID: in.Instance,
			Unassigned: in.Unassigned,
		}
		rows, err := visibleDatabases(ctx, tx, filter, in.oldest())
		if err != nil {
			return err
		}
		views, err = databasesWithin(ctx, tx, rows)
		return err
	})
	return page(in.Paging, views, func(d database) string { return d.ID }, same), err
}

func visibleDatabases(
	ctx context.Context, tx *store.Tx, f store.DatabaseFilter, p store.Page,
) ([]towpath.Database, error) {
	member := actorOf(ctx).Member
	if member.Role.Can(towpath.ManageInstances) {
		return tx.Databases(ctx, f, p)
	}
	mine, err := projectsOf(ctx, tx, member.ID)
	if err != nil {
		return nil, err
	}
	var rows []towpath.Database
	for d, err := range tx.EveryDatabase(ctx, f) {
		if err != nil {
			return nil, err
		}
		if d.ID > p.After && mine[d.ProjectID] {
			rows = append(rows, d)
		}
		if len(rows) == p.Limit {
			break
		}
	}
	return rows, nil
}

// databasesWithin converts databases, with which are copies, which have drifted, and when they last
// changed. However many there are, it takes the same few queries.
func databasesWithin(ctx context.Context, tx *store.Tx, rows []towpath.Database) ([]database, error) {
	foreign, err := tx.ForeignLedgers(ctx)
	if err != nil {
		return nil, err
	}
	drifted, err := tx.Drifted(ctx)
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(rows))
	for i, d := range rows {
		ids[i] = d.ID
	}
	standings, err := tx.StandingsOf(ctx, ids)
	views := make([]database, len(rows))
	for i, d := range rows {
		views[i] = databaseOf(d)
		views[i].ForeignLedger = foreign[d.ID]
		if at, ok := drifted[d.ID]; ok {
			views[i].DriftedAt = &at
		}
		if newest := standings[d.ID]; newest.ChangeID != "" {
			views[i].LastChangeAt, views[i].LastVersion = &newest.ChangedAt, newest.Label
		}
	}
	return views, err
}

// projectsOf returns the ids of a member's projects.
func projectsOf(ctx context.Context, tx *store.Tx, memberID string) (map[string]bool, error) {
	mine := map[string]bool{}
	for p, err := range tx.EveryProject(ctx, memberID) {
		if err != nil {
			return nil, err
		}
		mine[p.ID] = true
	}
	return mine, nil
}

// DatabasePath names a database in a path.
type DatabasePath struct {
	Database string `path:"database" doc:"The id of the database."`
}

func (s *Server) getDatabase(ctx context.Context, in *DatabasePath) (database, error) {
	var view database
	err := s.Store.Read(ctx, func(tx *store.Tx) error {
		d, err := tx.Database(ctx, in.Database)
		if err != nil {
			return err
		}
		views, err := databasesWithin(ctx, tx, []towpath.Database{d})
		if err != nil {
			return err
		}
		view = views[0]
		return nil
	})
	return view, err
}

type assignDatabaseInput struct {
	DatabasePath
	Body struct {
		ProjectID string `json:"projectId" maxLength:"200" doc:"Empty unassigns it."`
	}
}

func (s *Server) assignDatabase(ctx context.Context, in *assignDatabaseInput) (database, error) {
	d, err := s.Catalog.Assign(ctx, actorOf(ctx), in.Database, in.Body.ProjectID)
	return databaseOf(d), err
}

// adoptLedger claims the ledger of a database that is a copy of another.
func (s *Server) adoptLedger(ctx context.Context, in *DatabasePath) error {
	return s.Executor.Adopt(ctx, actorOf(ctx), in.Database)
}

// acceptLedger accepts a tampered or restored ledger as it is.
func (s *Server) acceptLedger(ctx context.Context, in *DatabasePath) error {
	return s.Executor.AcceptLedger(ctx, actorOf(ctx), in.Database)
}

// change is an entry of a database's change history.
type change struct {
	ID         string `json:"id"`
	DatabaseID string `json:"databaseId"`
	ProjectID  string `json:"projectId"`
	RolloutID  string `json:"rolloutId"`
	TaskID     string `json:"taskId"`
	Migration
	State        towpath.LedgerState `json:"state" enum:"done,baselined"`
	Commit       string              `json:"commit"`
	Author       string              `json:"author"`
	Repository   string              `json:"repository"`
	StartedAt    time.Time           `json:"startedAt"`
	FinishedAt   time.Time           `json:"finishedAt"`
	Statements   int                 `json:"statements"`
	RowsAffected int64               `json:"rowsAffected"`
	SchemaChange bool                `json:"schemaChange" doc:"Whether the schema before and after are kept and differ."`
	Undoing      *undoing            `json:"undoing,omitempty" doc:"On whose order it was undone; absent for what was brought."`
	Mark         *mark               `json:"mark,omitempty" doc:"Who marked it as applied; absent when nobody did."`
	Recorded     *Reason             `json:"recorded,omitempty" doc:"From where it was recorded, when another tool or a person had applied it before."`
}

func changeOf(h towpath.ChangeHistory) change {
	var source towpath.Reason
	if h.Source != nil {
		source = h.Source.Reason()
	}
	return change{
		ID:           h.ID,
		DatabaseID:   h.DatabaseID,
		ProjectID:    h.ProjectID,
		RolloutID:    h.RolloutID,
		TaskID:       h.TaskID,
		Migration:    migrationOf(h.Migration),
		State:        h.State,
		Commit:       h.Commit,
		Author:       h.Author,
		Repository:   h.Repository,
		StartedAt:    h.StartedAt,
		FinishedAt:   h.FinishedAt,
		Statements:   h.Statements,
		RowsAffected: h.RowsAffected,
		SchemaChange: h.SchemaBefore != "" && h.SchemaAfter != "" && h.SchemaBefore != h.SchemaAfter,
		Undoing:      undoingOf(h.Undoing),
		Mark:         markOf(h.Mark),
		Recorded:     reasonOf(source),
	}
}

type listChangesInput struct {
	DatabasePath
	Paging
}

func (s *Server) listChanges(ctx context.Context, in *listChangesInput) (list[change], error) {
	var rows []towpath.ChangeHistory
	err := s.Store.Read(ctx, func(tx *store.Tx) (err error) {
		if actorOf(ctx).Member.Role.Can(towpath.ViewProject) {
			rows, err = tx.ChangeHistory(ctx, in.Database, in.newest())
			return err
		}
		// changes by an earlier project are only visible in that project
		d, err := tx.Database(ctx, in.Database)
		if err == nil {
			rows, err = tx.ProjectChangeHistory(ctx, in.Database, d.ProjectID, in.newest())
		}
		return err
	})
	return page(in.Paging, rows, func(h towpath.ChangeHistory) string { return h.ID }, changeOf), err
}

type changePath struct {
	DatabasePath
	Change string `path:"change" doc:"The id of the change."`
}

// changeDetail is an entry of a change history with its SQL and schemas.
type changeDetail struct {
	Change       change `json:"change"`
	SQL          *text  `json:"sql,omitempty"`
	SchemaBefore *text  `json:"schemaBefore,omitempty"`
	SchemaAfter  *text  `json:"schemaAfter,omitempty"`
}

func (s *Server) getChange(ctx context.Context, in *changePath) (changeDetail, error) {
	var detail changeDetail
	err := s.Store.Read(ctx, func(tx *store.Tx) error {
		h, err := tx.Change(ctx, in.Database, in.Change)
		if err != nil {
			return err
		}
		if d, err := tx.Database(ctx, in.Database); err != nil ||
			(d.ProjectID != h.ProjectID && !actorOf(ctx).Member.Role.Can(towpath.ViewProject)) {
			if err != nil {
				return err
			}
			return errNoThing
		}
		detail.Change = changeOf(h)
		for checksum, into := range map[string]**text{
			h.SchemaBefore: &detail.SchemaBefore, h.SchemaAfter: &detail.SchemaAfter,
		} {
			if *into, err = readText(ctx, tx, checksum); err != nil {
				return err
			}
		}
		detail.SQL, err = readFile(ctx, tx, h.Checksum)
		return err
	})
	return detail, err
}

// text is the content of a file, or its beginning when it is long.
type text struct {
	Text      string `json:"text"`
	Size      int    `json:"size" doc:"Of the whole text, in bytes."`
	Truncated bool   `json:"truncated"`

	Markers *markers `json:"markers,omitempty" doc:"What the file's comments mean to the migration tool it was written for; absent without such markers, and for a text over 1 MiB."`
}

// textLimit bounds how much of a file is shown, in bytes. store.ContentHead returns at least as
// much.
const textLimit = 256 << 10

// readText reads the stored content with a checksum; nil when there is none.
func readText(ctx context.Context, tx *store.Tx, checksum string) (*text, error) {
	if checksum == "" {
		return nil, nil
	}
	head, size, err := tx.ContentHead(ctx, checksum)
	if towpath.ErrorCode(err) == towpath.CodeNotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	shown := textOf(string(head), size)
	return &shown, nil
}

// textOf shows the beginning of a text of the given size.
func textOf(head string, size int64) text {
	shown := head[:min(len(head), textLimit)]
	return text{Text: redactPasswords(shown), Size: int(size), Truncated: int64(len(shown)) < size}
}

// passwordLiteral matches the literals after PASSWORD, IDENTIFIED BY and the like, including one
// that is cut off by the end of the text.
var passwordLiteral = regexp.MustCompile(
	`(?is)((?:^|[^'"\w])(?:password|identified\s+by|identified\s+(?:with|via)\s+\S+\s+(?:by|as|using))(?:\s+password)?\s*[=(]?\s*)('(?:[^'\\]|\\.|'')*(?:'|$)|"(?:[^"\\]|\\.|"")*(?:"|$))`)

// redactPasswords redacts the passwords that statements set, since people who may read a rollout
// need not know them.
func redactPasswords(sql string) string { return passwordLiteral.ReplaceAllString(sql, "${1}'…'") }
