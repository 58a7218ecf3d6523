package store

import (
	"context"

	"towpath"
)

type linkCommitRow struct {
	LinkID string
	towpath.Commit
}

var linkCommits = newTable("link_commit", 2, func(c *linkCommitRow) []column {
	return []column{
		{"link_id", &c.LinkID},
		{"commit_hash", &c.Hash},
		{"message", &c.Message},
		{"author", &c.Author},
		{"url", &c.URL},
		{"people", jsonText{&c.People}},
	}
})

// PutCommits stores commits that brought changes to a link.
func (tx *Tx) PutCommits(ctx context.Context, linkID string, commits ...towpath.Commit) error {
	rows := make([]linkCommitRow, len(commits))
	for i, c := range commits {
		rows[i] = linkCommitRow{LinkID: linkID, Commit: c}
	}
	return linkCommits.upsert(ctx, tx, rows...)
}

// Commit returns a stored commit of a link, or CodeNotFound.
func (tx *Tx) Commit(ctx context.Context, linkID, hash string) (towpath.Commit, error) {
	row, err := linkCommits.get(ctx, tx, "link_id = $1 AND commit_hash = $2", linkID, hash)
	return row.Commit, err
}

type noteRow struct {
	LinkID string
	Commit string
	Path   string
	Note   towpath.Reason
}

var commitNotes = newTable("commit_note", 3, func(n *noteRow) []column {
	return []column{
		{"link_id", &n.LinkID}, {"commit_hash", &n.Commit}, {"path", &n.Path}, {"note", reason{&n.Note}},
	}
})

// AddNote stores a note about a path, to be posted on the commit that changed it.
func (tx *Tx) AddNote(ctx context.Context, linkID, commit, path string, note towpath.Reason) error {
	return commitNotes.upsert(ctx, tx, noteRow{LinkID: linkID, Commit: commit, Path: path, Note: note})
}

// Notes lists the notes to be posted on a link's commits: reasons by path by commit.
func (tx *Tx) Notes(ctx context.Context, linkID string) (map[string]map[string]towpath.Reason, error) {
	rows, err := commitNotes.list(ctx, tx, "WHERE link_id = $1", linkID)
	notes := map[string]map[string]towpath.Reason{}
	for _, n := range rows {
		if notes[n.Commit] == nil {
			notes[n.Commit] = map[string]towpath.Reason{}
		}
		notes[n.Commit][n.Path] = n.Note
	}
	return notes, err
}

// DeleteNotes removes the notes of a commit.
func (tx *Tx) DeleteNotes(ctx context.Context, linkID, commit string) error {
	return commitNotes.delete(ctx, tx, "link_id = $1 AND commit_hash = $2", linkID, commit)
}
