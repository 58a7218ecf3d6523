package sync

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"towpath"
	"towpath/internal/account"
	"towpath/internal/convention"
	"towpath/internal/manifest"
	"towpath/internal/plan"
	"towpath/internal/statement"
	"towpath/internal/store"
	"towpath/internal/vcs"
)

// maxBeside bounds a file that is the way back of another one.
const maxBeside = 1 << 20

// Beside is a file that is the way back of a migration.
type Beside struct {
	Path     string // "" when the way back is a part of the migration's own text
	Checksum string
	Commit   string // whose tree it was read from
	text     []byte
}

// readBeside reads the file beside the migration that takes it back: from the tree that the migration
// was applied from, or from the branch's when that is wanted and still has the applied text. It sets
// Refused when there is none, or none that is certain. Its error is the provider's.
func (s *Service) readBeside(ctx context.Context, u *Undo, corrected bool) error {
	u.Refused = towpath.Why(towpath.ReasonNoWayBack)
	scope, err := plan.ScopeOf(u.link)
	if err != nil || u.link.GrantID == "" {
		return nil // such a link can read nothing
	}
	client, err := s.Accounts.Client(ctx, u.link.GrantID)
	if err != nil {
		return err
	}
	source := client.Source(u.link.RepositoryID)
	// behind statements of one file, another one cannot go on
	branch := *u
	if u.same && u.Done == 0 {
		if err := branch.besideAt(ctx, source, scope, u.link.SyncedCommit); err != nil {
			return err
		}
	}
	if corrected && branch.Beside.Path != "" {
		*u = branch
		u.Correctable = true
		return nil
	}
	err = u.besideAt(ctx, source, scope, u.from)
	u.Correctable = branch.Beside.Path != "" && branch.Beside.Checksum != u.Beside.Checksum
	return err
}

// besideAt reads the file beside the migration from the tree of a commit.
func (u *Undo) besideAt(ctx context.Context, source vcs.Source, scope plan.Scope, commit string) error {
	if commit == "" {
		return nil
	}
	folder := path.Dir(u.Migration.Path)
	if base := scope.BaseDirectory; base == "" || strings.HasPrefix(u.Migration.Path, base+"/") {
		folder = base
	}
	if folder == "." {
		folder = ""
	}
	entries, err := source.Tree(ctx, commit, folder)
	if vcs.KindOf(err) == vcs.NotFound {
		u.Refused = towpath.Why(towpath.ReasonUndoCommitGone, "commit", towpath.ShortHash(commit))
		return nil
	}
	if err != nil {
		return account.Explain(err, "look for the way back")
	}
	var paths []string
	for _, e := range entries {
		if _, _, ignored := scope.Match(e.Path); !ignored.IsZero() && e.Unfit().IsZero() {
			paths = append(paths, e.Path)
		}
	}
	found := convention.WaysBack(u.Migration.Path, paths)
	switch {
	case len(found) == 0:
		return nil
	case len(found) > 1:
		u.Refused = towpath.Why(towpath.ReasonUndoAmbiguous, "path", found[0], "other", found[1])
		return nil
	}
	text, err := vcs.ReadFile(ctx, source, commit, found[0], maxBeside)
	if err != nil {
		return account.Explain(err, "read the way back")
	}
	return u.takeBeside(found[0], commit, text)
}

// takeBeside takes a file for the way back, when it can be one.
func (u *Undo) takeBeside(path, commit string, text []byte) error {
	if len(text) > maxBeside {
		u.Refused = towpath.Why(towpath.ReasonUndoTooLarge, "path", path)
		return nil
	}
	back, ok, err := statement.ReadBeside(bytes.NewReader(text))
	if err != nil || !ok {
		return err
	}
	sum := sha256.Sum256(text)
	u.Beside = Beside{Path: path, Checksum: hex.EncodeToString(sum[:]), Commit: commit, text: text}
	u.Back, u.Refused = back, towpath.Reason{}
	return nil
}

// appliedFrom returns the commit from whose tree a database got its newest version: the one that its
// rollout was at, else the one that brought the text.
func (u *Undo) appliedFrom(ctx context.Context, tx *store.Tx) (commit string, err error) {
	changes, err := tx.ChangeHistory(ctx, u.Database.ID, store.Page{Limit: recentChanges, NewestFirst: true})
	if err != nil {
		return "", err
	}
	at := slices.IndexFunc(changes, func(h towpath.ChangeHistory) bool {
		return h.MigrationID == u.Migration.MigrationID && h.Checksum == u.Migration.Checksum && h.RolloutID != ""
	})
	if at < 0 {
		return u.Commit, nil
	}
	r, err := tx.RolloutAlone(ctx, changes[at].RolloutID)
	if towpath.ErrorCode(err) == towpath.CodeNotFound {
		return u.Commit, nil
	}
	return r.Commit, err
}

// texts returns the text of the migration, and that of a file beside it, with the values that the
// environment puts into them. Its error may be a *statement.Error.
func (s *Service) texts(ctx context.Context, u Undo) (text, beside string, err error) {
	content, err := s.Store.OpenContent(ctx, u.Migration.Checksum)
	if err != nil {
		return "", "", fmt.Errorf("read the text to undo: %w", err)
	}
	var filling towpath.Filling
	err = s.Store.Read(ctx, func(tx *store.Tx) error {
		filling, err = tx.Filling(ctx, u.link.ID, u.Environment)
		return err
	})
	if err != nil {
		return "", "", err
	}
	fill := func(text io.Reader) (string, error) {
		filled, err := io.ReadAll(statement.Fill(text, string(filling.Placeholders), filling.Variables))
		if err != nil {
			return "", fmt.Errorf("read the text to undo: %w", err)
		}
		return string(filled), nil
	}
	if text, err = fill(content.Reader()); err != nil {
		return "", "", err
	}
	beside, err = fill(bytes.NewReader(u.Beside.text))
	return text, beside, err
}

// reviewUndo has the way back reviewed, as the environment reviews changes.
func (s *Service) reviewUndo(ctx context.Context, u *Undo) error {
	if s.ReviewUndo == nil || !u.Refused.IsZero() {
		return nil
	}
	in := manifest.WayBack{
		Database: u.Database, Environment: u.Environment, Migration: u.Migration, Text: string(u.Beside.text),
		Beside: u.Beside.Path != "", Placeholders: u.link.Placeholders,
	}
	if in.Beside {
		in.Migration.Path, in.Migration.Checksum = u.Beside.Path, u.Beside.Checksum
	}
	err := s.Store.Read(ctx, func(tx *store.Tx) (err error) {
		if in.Policy, err = tx.PolicyFile(ctx, u.link.ID); towpath.ErrorCode(err) == towpath.CodeNotFound {
			err = nil
		}
		if err == nil && !in.Beside {
			var text []byte
			text, err = tx.Content(ctx, u.Migration.Checksum)
			in.Text = string(text)
		}
		return err
	})
	if err != nil {
		return err
	}
	u.Review, err = s.ReviewUndo(ctx, in)
	return err
}
