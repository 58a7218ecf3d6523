package api

import (
	"context"
	"strings"
	"time"

	"towpath"
	"towpath/internal/plan"
	"towpath/internal/store"
)

// manifestFile is a file of a repository with its state.
type manifestFile struct {
	State  towpath.FileState `json:"state" enum:"matched,ignored"`
	Reason *Reason           `json:"reason,omitempty" doc:"Why it is ignored, or cannot run."`
	Size   int64             `json:"size"`
	Migration
}

func manifestFileOf(f towpath.ManifestFile) manifestFile {
	return manifestFile{
		State:     f.State,
		Reason:    reasonOf(f.Reason),
		Size:      f.Size,
		Migration: migrationOf(f.Migration),
	}
}

type listFilesInput struct {
	LinkPath
	PageSize  int               `query:"pageSize" minimum:"1" maximum:"500" default:"50" doc:"How many items at most."`
	PageToken string            `query:"pageToken" maxLength:"4000" doc:"The nextPageToken of the previous page."`
	State     towpath.FileState `query:"state" enum:"matched,ignored" doc:"Only files in this state."`
	Path      string            `query:"path" maxLength:"4000" doc:"Returns one file, by its path from the root of the repository. If it is not a migration, its reason says why."`
}

// listFiles lists a link's files at the synced commit by path, or returns one.
func (s *Server) listFiles(ctx context.Context, in *listFilesInput) (list[manifestFile], error) {
	if path := strings.TrimPrefix(strings.TrimSpace(in.Path), "/"); path != "" {
		f, err := s.fileAt(ctx, in.Link, path)
		return all([]towpath.ManifestFile{f}, manifestFileOf), err
	}
	var rows []towpath.ManifestFile
	err := s.Store.Read(ctx, func(tx *store.Tx) (err error) {
		rows, err = tx.ManifestPage(ctx, in.Link, in.State, in.PageToken, in.PageSize)
		return err
	})
	return page(Paging{PageSize: in.PageSize}, rows, func(f towpath.ManifestFile) string { return f.Path },
		manifestFileOf), err
}

// fileAt returns the file at a path from the manifest, or an ignored one with the reason why the
// manifest does not have it.
func (s *Server) fileAt(ctx context.Context, linkID, path string) (f towpath.ManifestFile, err error) {
	var link towpath.RepositoryLink
	err = s.Store.Read(ctx, func(tx *store.Tx) error {
		if link, err = tx.Link(ctx, linkID); err != nil {
			return err
		}
		files, err := tx.Manifest(ctx, linkID)
		for _, one := range files {
			if one.Path == path {
				f = one
			}
		}
		return err
	})
	if err != nil || f.Path != "" {
		return f, err
	}
	scope, err := plan.ScopeOf(link)
	if err != nil {
		return f, err
	}
	f.State = towpath.FileIgnored
	f.Migration, _, f.Reason = scope.Match(path)
	if f.Reason.IsZero() {
		f.Reason = towpath.Why(towpath.ReasonNotAtCommit)
		if link.SyncedCommit == "" {
			f.Reason = towpath.Why(towpath.ReasonRepositoryUnread)
		}
	}
	return f, nil
}

// delivery is one webhook request.
type delivery struct {
	ID         string                  `json:"id"`
	RequestID  string                  `json:"requestId" doc:"The provider's id of the request; retries have the same one."`
	Event      string                  `json:"event"`
	Verdict    towpath.DeliveryVerdict `json:"verdict" enum:"accepted,ignored"`
	Reason     *Reason                 `json:"reason,omitempty"`
	Attempts   int                     `json:"attempts" doc:"How often it arrived."`
	ReceivedAt time.Time               `json:"receivedAt"`
}

type listDeliveriesInput struct {
	LinkPath
	Paging
}

func (s *Server) listDeliveries(ctx context.Context, in *listDeliveriesInput) (list[delivery], error) {
	var rows []towpath.Delivery
	err := s.Store.Read(ctx, func(tx *store.Tx) (err error) {
		rows, err = tx.Deliveries(ctx, in.Link, in.newest())
		return err
	})
	return page(in.Paging, rows, func(d towpath.Delivery) string { return d.ID },
		func(d towpath.Delivery) delivery {
			return delivery{
				ID:         d.ID,
				RequestID:  d.RequestID,
				Event:      d.Event,
				Verdict:    d.Verdict,
				Reason:     reasonOf(d.Reason),
				Attempts:   d.Attempts,
				ReceivedAt: d.ReceivedAt,
			}
		}), err
}

type replayInput struct {
	LinkPath
	Delivery string `path:"delivery" doc:"The id of the delivery."`
}

func (s *Server) replayDelivery(ctx context.Context, in *replayInput) error {
	return s.Syncs.Replay(ctx, actorOf(ctx), in.Link, in.Delivery)
}
