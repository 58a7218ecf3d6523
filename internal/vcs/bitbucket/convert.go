package bitbucket

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"towpath"
	"towpath/internal/vcs"
)

// The functions in this file convert the API's objects and do nothing else.

func convertAccount(u userJSON) vcs.Account {
	return vcs.Account{ID: u.UUID, Name: orElse(u.DisplayName, orElse(u.Nickname, u.Username))}
}

func convertRepository(r repositoryJSON, admin bool) vcs.Repository {
	out := vcs.Repository{
		ID:        r.UUID,
		Name:      r.FullName,
		URL:       r.Links.page(),
		UpdatedAt: r.UpdatedOn.Time,
		Admin:     admin,
	}
	if r.MainBranch != nil {
		out.DefaultBranch = r.MainBranch.Name
	}
	return out
}

func convertCommit(c commitJSON) vcs.Commit {
	out := vcs.Commit{
		Hash:    c.Hash,
		Message: strings.TrimRight(c.Message, "\n"),
		Time:    c.Date.Time,
		URL:     c.Links.page(),
	}
	if c.Repository != nil {
		out.Repository = c.Repository.FullName
	}
	if c.Author == nil {
		return out
	}
	name, mail, _ := strings.Cut(c.Author.Raw, " <")
	author := towpath.Person{
		Name:  strings.TrimSpace(name),
		Email: strings.TrimSuffix(strings.TrimSpace(mail), ">"),
	}
	out.Author = author.Name
	if c.Author.User != nil {
		account := convertAccount(*c.Author.User)
		author.Account = account.ID
		out.Author = cmp.Or(account.Name, author.Name)
	}
	out.People = []towpath.Person{author}
	return out
}

func convertEntry(e entryJSON) vcs.Entry {
	out := vcs.Entry{Path: e.Path, Kind: vcs.EntryFile, Size: e.Size}
	switch {
	case slices.Contains(e.Attributes, "subrepository"):
		out.Kind = vcs.EntrySubmodule
	case slices.Contains(e.Attributes, "link"):
		out.Kind = vcs.EntrySymlink
	case slices.Contains(e.Attributes, "lfs"):
		out.Kind = vcs.EntryLFS
	}
	return out
}

// convertChanges returns one Change for each path. A rename has two paths, and a row without a new
// side is a removal whatever its status.
func convertChanges(rows []diffstatJSON) []vcs.Change {
	removed := map[string]bool{}
	for _, row := range rows {
		if row.Old != nil && row.Old.Path != "" && (row.New == nil || row.New.Path != row.Old.Path) {
			if _, there := removed[row.Old.Path]; !there {
				removed[row.Old.Path] = true
			}
		}
		if row.New != nil && row.New.Path != "" {
			removed[row.New.Path] = false
		}
	}
	changes := make([]vcs.Change, 0, len(removed))
	for _, path := range slices.Sorted(maps.Keys(removed)) {
		changes = append(changes, vcs.Change{Path: path, Removed: removed[path]})
	}
	return changes
}

func convertHook(h hookJSON) vcs.Hook {
	all := true
	for _, event := range pullRequestEvents {
		all = all && slices.Contains(h.Events, event)
	}
	return vcs.Hook{ID: h.UUID, URL: h.URL, Active: h.Active, PullRequests: all}
}

// convertRefs reads the ref changes of a push. It ignores the payload's commits: the list is cut to
// five, and on a new branch they are old ones.
func convertRefs(e pushEventJSON) []vcs.RefChange {
	if e.Push == nil {
		return nil
	}
	var refs []vcs.RefChange
	for _, change := range e.Push.Changes {
		ref := change.New
		if ref == nil {
			ref = change.Old
		}
		out := vcs.RefChange{Old: hashOf(change.Old), New: hashOf(change.New)}
		if ref == nil || ref.Name == "" || hashOf(ref) == "" {
			continue // an omitted head would read as a deletion
		}
		if strings.Contains(ref.Type, "tag") {
			out.Tag = ref.Name
		} else {
			out.Branch = ref.Name
		}
		refs = append(refs, out)
	}
	return refs
}

func hashOf(ref *refJSON) string {
	if ref == nil || ref.Target == nil {
		return ""
	}
	return ref.Target.Hash
}
