package api

import (
	"context"
	"time"

	"towpath"
	syncs "towpath/internal/sync"
)

// undoing is a person's order to undo a version.
type undoing struct {
	By  string    `json:"by" doc:"Name and address of the person at that moment."`
	Why string    `json:"why"`
	At  time.Time `json:"at"`

	Tried bool    `json:"tried" doc:"The way back, the file and the way back again ran in a scratch database."`
	Trial *Reason `json:"trial,omitempty" doc:"Why it was not tried, or what went wrong; absent when all of it fits."`

	Applied string `json:"applied,omitempty" doc:"The path of the file that is undone, when its way back is a file beside it; absent when it is a part of it."`
}

// besideFile is a file that is the way back of another one.
type besideFile struct {
	Path     string `json:"path"`
	Checksum string `json:"checksum"`
	Commit   string `json:"commit" doc:"From whose tree it is read: the one that the migration was applied from, or with corrected the branch's."`
}

func undoingOf(u *towpath.Undoing) *undoing {
	if u == nil {
		return nil
	}
	v := &undoing{By: u.By, Why: u.Why, At: u.At, Tried: u.Trial.Tried, Trial: reasonOf(u.Trial.Reason)}
	if u.Applied != nil {
		v.Applied = u.Applied.Path
	}
	return v
}

// undoPreview is what would be undone in a database.
type undoPreview struct {
	Migration   *Migration  `json:"migration,omitempty" doc:"The newest version that the database has; absent when there is none."`
	Refused     *Reason     `json:"refused,omitempty" doc:"Why it cannot be undone now; absent when it can."`
	WayBack     *text       `json:"wayBack,omitempty" doc:"What would run: the way back of the text that was applied, without the values of variables."`
	Line        int         `json:"line,omitempty" doc:"Its first line in the file."`
	File        *besideFile `json:"file,omitempty" doc:"The file beside the migration that is its way back; absent when the way back is a part of the migration's own file."`
	Correctable bool        `json:"correctable" doc:"The branch has another file beside the very text that was applied. With corrected, it is the way back."`
	Review      *review     `json:"review,omitempty" doc:"What the SQL review says of the way back; absent when nothing would run."`
	OneByOne    bool        `json:"oneByOne" doc:"Its statements run one by one, without a transaction around them."`
	Done        int         `json:"done" doc:"How many of its statements an undo has done that stopped; it goes on behind them."`
	Waits       bool        `json:"waits" doc:"The environment asks for a start, consent or a window first."`
	TaskID      string      `json:"taskId,omitempty" doc:"The task that undoes it already; absent when there is none."`
	RolloutID   string      `json:"rolloutId,omitempty" doc:"Of that task."`
}

type undoPreviewInput struct {
	DatabasePath
	Corrected bool `query:"corrected" doc:"Read the file beside the migration from the branch, when the branch has the text that was applied."`
}

// getUndo says what would be undone. It changes nothing.
func (s *Server) getUndo(ctx context.Context, in *undoPreviewInput) (undoPreview, error) {
	u, err := s.Syncs.PreviewUndo(ctx, in.Database, in.Corrected)
	if err != nil {
		return undoPreview{}, err
	}
	v := undoPreview{
		Refused: reasonOf(u.Refused), Waits: u.Environment.Holds(), Done: u.Done, Correctable: u.Correctable,
		TaskID: u.Open.ID, RolloutID: u.Open.RolloutID,
	}
	if u.Migration.Version != "" {
		m := migrationOf(u.Migration)
		v.Migration = &m
	}
	if u.Refused.IsZero() {
		shown := textOf(u.Back.Text, int64(len(u.Back.Text)))
		if u.Review.State != "" {
			found := reviewOf(u.Review)
			v.Review = &found
		}
		v.WayBack, v.Line, v.OneByOne = &shown, u.Back.From.Line, u.Back.NoTransaction
		if b := u.Beside; b.Path != "" {
			v.File = &besideFile{Path: b.Path, Checksum: b.Checksum, Commit: b.Commit}
		}
	}
	return v, nil
}

type undoInput struct {
	DatabasePath
	Body struct {
		Version  string `json:"version" maxLength:"400" doc:"That was looked at. Another newest version is refused."`
		Checksum string `json:"checksum" maxLength:"64" doc:"Of the text that was looked at."`
		File     string `json:"file,omitempty" maxLength:"64" doc:"Checksum of the file that is the way back, as looked at; absent when the way back is a part of the migration's own file."`
		Why      string `json:"why" maxLength:"4000" doc:"Why it is undone. It stays in the ledger of the database."`

		Corrected bool `json:"corrected,omitempty" doc:"The file is that of the branch, as looked at with corrected."`
		Despite   bool `json:"despite,omitempty" doc:"Order it although a trial in a scratch database has failed."`
	}
}

// undoVersion orders the newest version of a database to be undone.
func (s *Server) undoVersion(ctx context.Context, in *undoInput) (Task, error) {
	t, err := s.Syncs.Undo(ctx, actorOf(ctx), in.Database, syncs.Order{
		Version: in.Body.Version, Checksum: in.Body.Checksum, Why: in.Body.Why,
		Back: in.Body.File, Corrected: in.Body.Corrected, Despite: in.Body.Despite,
	})
	return taskOf(t), err
}
