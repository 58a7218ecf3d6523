package gitsim

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// RefChange is what a push did to one branch or tag. An empty hash means that the ref is not there.
type RefChange struct {
	Ref string // the full name
	Old string
	New string
}

// Push runs an update that moves refs, and then calls announce with the branches and tags that
// changed, in the order of their names. Without a change it does not call announce.
//
// One push at a time runs in a repository, so that each announcement describes exactly one push.
func (g *Repo) Push(update func() error, announce func(created bool, changes []RefChange) error) error {
	g.push.Lock()
	defer g.push.Unlock()
	before, err := g.Refs()
	if err != nil {
		return err
	}
	if err := update(); err != nil {
		return fmt.Errorf("update the refs: %w", err)
	}
	after, err := g.Refs()
	if err != nil {
		return err
	}
	changes := compareRefs(before, after)
	if len(changes) == 0 {
		return nil
	}
	return announce(len(before) == 0, changes)
}

func compareRefs(before, after map[string]string) []RefChange {
	all := maps.Clone(before)
	maps.Copy(all, after)
	var changes []RefChange
	for _, name := range slices.Sorted(maps.Keys(all)) {
		known := strings.HasPrefix(name, "refs/heads/") || strings.HasPrefix(name, "refs/tags/")
		if known && before[name] != after[name] {
			changes = append(changes, RefChange{Ref: name, Old: before[name], New: after[name]})
		}
	}
	return changes
}
