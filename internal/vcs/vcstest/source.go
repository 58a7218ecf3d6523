package vcstest

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"towpath/internal/vcs"
)

// oddFiles are names that break URLs, listings and globs, and contents that must stay unchanged.
var oddFiles = map[string]string{
	"db/V1__plain.sql":            "select 1;\n",
	"db/with space.sql":           "select 2;\r\n",
	"db/ümläut/größe.sql":         "select 'ü';",
	"db/#1.sql":                   "",
	"db/100%.sql":                 "\xff\xfes\x00e\x00l\x00", // UTF-16
	"db/%2Fencoded%20.sql":        "caf\xe9",                 // Latin-1
	"db/question?.sql":            "\x00\x01\x02",
	"db/a+b&c=d;e,f@g:h$.sql":     strings.Repeat("long\n", 50_000),
	"db/[brackets]{braces}.sql":   "x",
	"db/日本語.sql":                  "y",
	"dbx/not-below-db.sql":        "z",
	"a/b/c/d/e/f/g/h/i/j/k/l.sql": "deep",
}

var sourceCases = map[string]func(*testing.T, *harness){
	"a write is one commit on top of the head it names": func(t *testing.T, h *harness) {
		client, _ := h.client(t)
		remote, work := h.repository(t, "write")
		work.write("kept.txt", "as it was")
		work.write("old/größe \"1\".sql", "gone")
		work.write("files", "gone too")
		first := work.commit("first")
		work.push("HEAD:refs/heads/release/1")
		files := map[string][]byte{
			"schema/größe #1.sql": []byte("CREATE TABLE \"x\" (id INT);\r\n"),
			"branch":              []byte("a path like a form field"),
		}
		write := vcs.Write{
			Branch:  "release/1",
			Parent:  first,
			Files:   files,
			Remove:  []string{"old/größe \"1\".sql", "files"},
			Message: "Write schema [skip ci]",
		}
		hash := must[string](t)(client.Write(t.Context(), remote.ID, write))
		source := client.Source(remote.ID)
		if heads := must[vcs.Heads](t)(source.Heads(t.Context())).Branches; heads["release/1"] != hash {
			t.Errorf("the head is %s, the write said %s", heads["release/1"], hash)
		}
		if c := must[vcs.Commit](t)(source.Commit(t.Context(), hash)); c.Message != write.Message {
			t.Errorf("message %q", c.Message)
		}
		files["kept.txt"] = []byte("as it was")
		for path, want := range files {
			body := must[io.ReadCloser](t)(source.File(t.Context(), hash, path))
			got, err := io.ReadAll(body)
			if err = errors.Join(err, body.Close()); err != nil || string(got) != string(want) {
				t.Errorf("%s is %q %v, want %q", path, got, err, want)
			}
		}
		for _, path := range write.Remove {
			_, err := source.Stat(t.Context(), hash, path)
			wantKind(t, err, vcs.NotFound)
		}
		write.Files, write.Remove = map[string][]byte{"late.sql": nil}, nil
		if _, err := client.Write(t.Context(), remote.ID, write); vcs.KindOf(err) != vcs.Conflict {
			t.Errorf("writing on a head that has moved: %v", err)
		}
		// A new branch begins at a head that stays where it is, and is new once.
		begun := vcs.Write{
			Branch: "new-1", From: "release/1", Parent: hash, Files: map[string][]byte{"new.sql": []byte("1")},
			Message: "Begin a branch",
		}
		first = must[string](t)(client.Write(t.Context(), remote.ID, begun))
		heads := must[vcs.Heads](t)(source.Heads(t.Context())).Branches
		if heads["new-1"] != first || heads["release/1"] != hash {
			t.Errorf("%v after a new branch at %s", heads, first)
		}
		_, err := source.Stat(t.Context(), first, "kept.txt")
		if err != nil {
			t.Errorf("the new branch lacks what was there: %v", err)
		}
		if _, err := client.Write(t.Context(), remote.ID, begun); vcs.KindOf(err) != vcs.Conflict {
			t.Errorf("beginning a branch that exists: %v", err)
		}
	},
	"what lies between two commits is told with who brought it": func(t *testing.T, h *harness) {
		client, _ := h.client(t)
		remote, work := h.repository(t, "between")
		work.write("db/1.sql", "one")
		work.write("db/sub/deep/2.sql", strings.Repeat("two\n", 500))
		work.write("gone.sql", "x")
		base := work.commit("base")
		work.write("db/3.sql", "thre")
		begun := work.commit("Begin 3")
		work.write("db/3.sql", "three")
		added := work.commit("Add 3")
		work.git("checkout", "-q", "-b", "side", base)
		work.write("db/sub/deep/2.sql", strings.Repeat("two\n", 500)+"more")
		side := work.commit("Edit 2 beside it")
		work.git("checkout", "-q", "main")
		work.git("merge", "-q", "--no-ff", "-m", "Merge side", "side")
		work.git("rm", "-q", "gone.sql")
		removed := work.commit("Remove")
		work.write("README", "r")
		last := work.commit("Write README")
		work.push("main")
		source := client.Source(remote.ID)
		want := []vcs.Brought{
			{Change: vcs.Change{Path: "README"}, Kind: vcs.EntryFile, Commit: last},
			{
				Change: vcs.Change{Path: "db/3.sql"}, Kind: vcs.EntryFile, Commit: added,
				Earlier: []string{begun},
			},
			{Change: vcs.Change{Path: "db/sub/deep/2.sql"}, Kind: vcs.EntryFile, Commit: side},
			{Change: vcs.Change{Path: "gone.sql", Removed: true}, Kind: vcs.EntryFile, Commit: removed},
		}
		got := must[vcs.Between](t)(source.Between(t.Context(), base, last))
		if diff := cmp.Diff(want, got.Changes); diff != "" {
			t.Error(diff)
		}
		if len(got.Commits) != 5 || got.Commits[0].Hash != last || got.Commits[0].Message != "Write README" ||
			got.Commits[0].Author == "" || got.Commits[0].People[0].Email == "" {
			t.Errorf("%+v", got.Commits)
		}
		// Backwards, as after a force push: undone changes are reported too.
		back := must[vcs.Between](t)(source.Between(t.Context(), last, added))
		if len(back.Changes) != 3 || back.Changes[0].Path != "README" || !back.Changes[0].Removed {
			t.Errorf("%+v", back.Changes)
		}
		if _, err := source.Between(t.Context(), strings.Repeat("1", 40), last); err == nil {
			t.Error("a commit that nobody has was compared")
		}
	},
	"a branch is compared with what it has in common with the trunk": func(t *testing.T, h *harness) {
		client, _ := h.client(t)
		remote, work := h.repository(t, "since")
		work.write("db/1.sql", "one")
		fork := work.commit("base")
		work.git("checkout", "-q", "-b", "feature/x")
		work.write("db/2.sql", "two")
		first := work.commit("Add 2")
		work.git("checkout", "-q", "main")
		work.write("db/3.sql", "three")
		trunk := work.commit("Add 3 to the trunk")
		work.push("main", "feature/x")
		source := client.Source(remote.ID)
		since := func(trunk, head string) (vcs.Between, string) {
			b := must[vcs.Between](t)(source.Since(t.Context(), trunk, head))
			var paths []string
			for _, c := range b.Changes {
				paths = append(paths, fmt.Sprintf("%s %t", c.Path, c.Removed))
			}
			return b, strings.Join(paths, ", ")
		}
		b, paths := since(trunk, first)
		if b.Base != fork || paths != "db/2.sql false" || b.Commits[0].Time.IsZero() {
			t.Errorf("after the fork: %+v", b)
		}
		work.git("checkout", "-q", "feature/x")
		work.git("merge", "-q", "--no-ff", "-m", "Merge the trunk", "main")
		work.git("rm", "-q", "db/1.sql")
		merged := work.commit("Remove 1")
		work.push("feature/x")
		if b, paths = since(trunk, merged); b.Base != trunk ||
			paths != "db/1.sql true, db/2.sql false" {
			t.Errorf("after a merge of the trunk: %q since %s, want %s", paths, b.Base, trunk)
		}
		if b, paths = since(merged, trunk); b.Base != trunk || paths != "" {
			t.Errorf("a commit that the trunk contains: %q %+v", paths, b)
		}
		work.git("checkout", "-q", "--orphan", "other")
		work.write("page.html", "x")
		orphan := work.commit("Begin on its own")
		work.push("other")
		if b, paths = since(trunk, orphan); b.Base != "" || paths != "" {
			t.Errorf("a branch of its own: %q %+v", paths, b)
		}
	},
	"branches with slashes are listed, and heads equal them": func(t *testing.T, h *harness) {
		client, _ := h.client(t)
		remote, work := h.repository(t, "branches")
		first := work.commit("first")
		second := work.commit("second")
		work.git("tag", "main-tag", first)
		work.push("main", first+":refs/heads/feature/x/y", second+":refs/heads/Release-1.0",
			first+":refs/heads/ünï#%", "main-tag")
		want := []vcs.Branch{
			{Name: "Release-1.0", Head: second},
			{Name: "feature/x/y", Head: first},
			{Name: "main", Head: second},
			{Name: "ünï#%", Head: first},
		}
		source := client.Source(remote.ID)
		if diff := cmp.Diff(want, must[[]vcs.Branch](t)(source.Branches(t.Context()))); diff != "" {
			t.Error(diff)
		}
		heads := map[string]string{}
		for _, b := range want {
			heads[b.Name] = b.Head
		}
		if diff := cmp.Diff(heads, must[vcs.Heads](t)(source.Heads(t.Context())).Branches); diff != "" {
			t.Error(diff)
		}
	},
	"a tree lists every file below a directory, whatever its name": func(t *testing.T, h *harness) {
		client, _ := h.client(t)
		remote, work := h.repository(t, "tree")
		hash := work.commitOddFiles()
		want := map[string]int64{}
		for path, contents := range oddFiles {
			want[path] = int64(len(contents))
		}
		source := client.Source(remote.ID)
		if diff := cmp.Diff(want,
			sizes(t, must[[]vcs.Entry](t)(source.Tree(t.Context(), hash, "")))); diff != "" {
			t.Errorf("the whole tree: %s", diff)
		}
		for path := range want {
			if !strings.HasPrefix(path, "db/") {
				delete(want, path)
			}
		}
		for _, dir := range []string{"db", "/db/"} {
			if diff := cmp.Diff(want,
				sizes(t, must[[]vcs.Entry](t)(source.Tree(t.Context(), hash, dir)))); diff != "" {
				t.Errorf("below %s: %s", dir, diff)
			}
		}
		_, err := source.Tree(t.Context(), hash, "no/such dir")
		wantKind(t, err, vcs.NotFound)
		_, err = source.Tree(t.Context(), unknownHash, "")
		wantKind(t, err, vcs.NotFound)
	},
	"a tree tells links from files": func(t *testing.T, h *harness) {
		client, _ := h.client(t)
		remote, work := h.repository(t, "links")
		work.write("real.sql", "select 1;")
		if err := os.Symlink("real.sql", filepath.Join(work.dir, "link.sql")); err != nil {
			t.Fatal(err)
		}
		work.git("update-index", "--add", "--cacheinfo", "160000,"+unknownHash+",module")
		work.git("add", "real.sql", "link.sql")
		work.git("commit", "--quiet", "--message", "links")
		hash := work.git("rev-parse", "HEAD")
		work.push("main")
		got := map[string]vcs.EntryKind{}
		for _, e := range must[[]vcs.Entry](t)(client.Source(remote.ID).Tree(t.Context(), hash, "")) {
			got[e.Path] = e.Kind
		}
		want := map[string]vcs.EntryKind{
			"real.sql": vcs.EntryFile, "link.sql": vcs.EntrySymlink,
			"module": vcs.EntrySubmodule,
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	},
	"a file's bytes come as they are": func(t *testing.T, h *harness) {
		client, _ := h.client(t)
		remote, work := h.repository(t, "files")
		hash := work.commitOddFiles()
		source := client.Source(remote.ID)
		for path, want := range oddFiles {
			if got := readFile(t, source, hash, path); got != want {
				t.Errorf("%s: %d bytes %.20q, want %d bytes %.20q", path, len(got), got, len(want), want)
			}
		}
		for path, contents := range oddFiles {
			want := vcs.Entry{Path: path, Kind: vcs.EntryFile, Size: int64(len(contents))}
			if got, err := source.Stat(t.Context(), hash, path); got != want || err != nil {
				t.Errorf("stat %+v, %v, want %+v", got, err, want)
			}
		}
		for _, none := range []string{"db/none.sql", "db"} {
			_, err := source.Stat(t.Context(), hash, none)
			wantKind(t, err, vcs.NotFound)
		}
		_, err := source.File(t.Context(), hash, "db/none.sql")
		wantKind(t, err, vcs.NotFound)
		_, err = source.File(t.Context(), unknownHash, "db/V1__plain.sql")
		wantKind(t, err, vcs.NotFound)
	},
	"changes between two commits name each path once": func(t *testing.T, h *harness) {
		client, _ := h.client(t)
		remote, work := h.repository(t, "changes")
		for _, path := range []string{"changed.sql", "removed ü.sql", "old name.sql", "same.sql"} {
			work.write(path, "-- "+path+"\nselect 1;\nselect 2;\nselect 3;\n")
		}
		from := work.commit("from")
		work.write("changed.sql", "select 'changed';\n")
		work.write("added/#.sql", "select 'added';\n")
		work.git("rm", "--quiet", "removed ü.sql")
		work.git("mv", "old name.sql", "new name.sql")
		to := work.commit("to")
		work.push("main")
		source := client.Source(remote.ID)
		changes := must[[]vcs.Change](t)(source.Changes(t.Context(), from, to))
		slices.SortFunc(changes, func(a, b vcs.Change) int { return strings.Compare(a.Path, b.Path) })
		want := []vcs.Change{
			{Path: "added/#.sql"},
			{Path: "changed.sql"},
			{Path: "new name.sql"},
			{Path: "old name.sql", Removed: true},
			{Path: "removed ü.sql", Removed: true},
		}
		if diff := cmp.Diff(want, changes); diff != "" {
			t.Error(diff)
		}
		if same := must[[]vcs.Change](t)(source.Changes(t.Context(), to, to)); len(same) != 0 {
			t.Errorf("a commit differs from itself by %v", same)
		}
	},
	"changes after a force push tell what was undone": func(t *testing.T, h *harness) {
		client, _ := h.client(t)
		remote, work := h.repository(t, "forced")
		base := work.commit("base")
		work.write("undone.sql", "select 1;")
		from := work.commit("undone")
		work.push("main")
		work.git("reset", "--quiet", "--hard", base)
		work.write("instead.sql", "select 2;")
		to := work.commit("instead")
		work.push("--force", "main")
		changes := must[[]vcs.Change](t)(client.Source(remote.ID).Changes(t.Context(), from, to))
		slices.SortFunc(changes, func(a, b vcs.Change) int { return strings.Compare(a.Path, b.Path) })
		if diff := cmp.Diff([]vcs.Change{{Path: "instead.sql"}, {Path: "undone.sql", Removed: true}},
			changes); diff != "" {
			t.Error(diff)
		}
	},
	"changes from or to an unknown commit are not found": func(t *testing.T, h *harness) {
		client, _ := h.client(t)
		remote, work := h.repository(t, "unknown")
		hash := work.commit("first")
		work.push("main")
		_, err := client.Source(remote.ID).Changes(t.Context(), unknownHash, hash)
		wantKind(t, err, vcs.NotFound)
		_, err = client.Source(remote.ID).Changes(t.Context(), hash, unknownHash)
		wantKind(t, err, vcs.NotFound)
	},
	"a commit tells its author, also one without an account": func(t *testing.T, h *harness) {
		client, _ := h.client(t)
		remote, work := h.repository(t, "commits")
		hash := work.commit("A subject ü\n\nand a body")
		work.push("main")
		got := must[vcs.Commit](t)(client.Source(remote.ID).Commit(t.Context(), hash))
		if got.Hash != hash || got.Author != "Ada Ærø" || got.Message != "A subject ü\n\nand a body" ||
			got.URL == "" {
			t.Errorf("commit %+v", got)
		}
		if age := time.Since(got.Time); age < -time.Minute || age > time.Hour {
			t.Errorf("time %v", got.Time)
		}
		_, err := client.Source(remote.ID).Commit(t.Context(), unknownHash)
		wantKind(t, err, vcs.NotFound)
	},
}

const unknownHash = "1234567890abcdef1234567890abcdef12345678"

func (w *workTree) commitOddFiles() string {
	w.t.Helper()
	for path, contents := range oddFiles {
		w.write(path, contents)
	}
	w.git("config", "core.autocrlf", "false")
	hash := w.commit("odd files")
	w.push("main")
	return hash
}

func sizes(t *testing.T, entries []vcs.Entry) map[string]int64 {
	t.Helper()
	got := map[string]int64{}
	for _, e := range entries {
		if _, twice := got[e.Path]; twice {
			t.Errorf("%s is listed twice", e.Path)
		}
		got[e.Path] = e.Size
	}
	return got
}

func readFile(t *testing.T, source vcs.Source, commit, path string) string {
	t.Helper()
	file, err := source.File(t.Context(), commit, path)
	if err != nil {
		t.Errorf("%s: %v", path, err)
		return ""
	}
	contents, err := io.ReadAll(file)
	if err = errors.Join(err, file.Close()); err != nil {
		t.Errorf("%s: %v", path, err)
	}
	return string(contents)
}
