package api

import (
	"cmp"
	"context"
	"slices"

	"towpath"
)

// What an item of the inbox names of its files and databases. The page of the rollout has the rest.
const (
	maxInboxFiles  = 50
	maxInboxGroups = 20
	maxInboxNames  = 10 // of a group
)

// InboxEvidence is what a decision is about, whatever the number of files and databases.
type InboxEvidence struct {
	Files         []inboxFile  `json:"files" nullable:"false" doc:"The texts, in the order in which they run, 50 at most."`
	FileCount     int          `json:"fileCount" doc:"How many texts there are."`
	Groups        []inboxGroup `json:"groups" nullable:"false" doc:"Databases that are alike, the odd ones first, 20 groups at most."`
	DatabaseCount int          `json:"databaseCount" doc:"How many databases there are."`
}

// inboxFile is one text that waits.
type inboxFile struct {
	Path      string             `json:"path"`
	Checksum  string             `json:"checksum,omitempty"`
	Label     string             `json:"label" doc:"The version as the file has it."`
	Action    towpath.TaskAction `json:"action" enum:"apply,record"`
	TaskID    string             `json:"taskId" doc:"One of its tasks, whose page has the text."`
	Databases int                `json:"databases" doc:"In how many databases it runs or is recorded."`
}

// inboxGroup is databases of the same version and condition.
type inboxGroup struct {
	Version   string          `json:"version" doc:"Of their newest change; empty when there is none."`
	Drifted   bool            `json:"drifted" doc:"Whether they are missing, unreachable, have a ledger that is not trusted, are still changed by another migration tool, or have a schema that no change made."`
	Count     int             `json:"count"`
	Databases []inboxDatabase `json:"databases" nullable:"false" doc:"The first 10."`
}

type inboxDatabase struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// inboxFiles sums up tasks that wait, in the order in which they run.
func inboxFiles(tasks []towpath.Task) (files []inboxFile, count int) {
	type text struct {
		path, checksum string
		action         towpath.TaskAction
	}
	at := map[text]int{}
	files = []inboxFile{}
	for _, t := range tasks {
		key := text{t.Path, t.Checksum, t.Action}
		i, known := at[key]
		if !known {
			i = len(files)
			at[key] = i
			files = append(files, inboxFile{
				Path: t.Path, Checksum: t.Checksum, Label: t.Label, Action: t.Action, TaskID: t.ID,
			})
		}
		files[i].Databases++
	}
	count = len(files)
	return files[:min(count, maxInboxFiles)], count
}

// inboxGroups groups the databases of tasks by where they are. What has drifted comes first, and the few
// before the many.
func inboxGroups(tasks []towpath.Task, standings map[string]towpath.Standing) (list []inboxGroup, count int) {
	type condition struct {
		version string
		drifted bool
	}
	groups, seen := map[condition]*inboxGroup{}, map[string]bool{}
	for _, t := range tasks {
		if seen[t.DatabaseID] {
			continue
		}
		seen[t.DatabaseID] = true
		s := standings[t.DatabaseID]
		key := condition{s.Label, s.Drifted}
		g := groups[key]
		if g == nil {
			g = &inboxGroup{Version: s.Label, Drifted: s.Drifted, Databases: []inboxDatabase{}}
			groups[key] = g
		}
		if g.Count++; g.Count <= maxInboxNames {
			g.Databases = append(g.Databases, inboxDatabase{t.DatabaseID, t.Database})
		}
	}
	list = []inboxGroup{}
	for _, g := range groups {
		list = append(list, *g)
	}
	slices.SortFunc(list, func(a, b inboxGroup) int {
		if a.Drifted != b.Drifted {
			if a.Drifted {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(a.Count, b.Count), cmp.Compare(a.Version, b.Version))
	})
	return list[:min(len(list), maxInboxGroups)], len(seen)
}

// addEvidence adds what the decisions about the items are about.
func (g gateReader) addEvidence(ctx context.Context, box *inbox) error {
	var ids []string
	for _, item := range box.Items {
		for _, t := range item.waiting {
			ids = append(ids, t.DatabaseID)
		}
	}
	standings, err := g.tx.StandingsOf(ctx, ids)
	if err != nil {
		return err
	}
	for i := range box.Items {
		e := &box.Items[i]
		e.Files, e.FileCount = inboxFiles(e.waiting)
		e.Groups, e.DatabaseCount = inboxGroups(e.waiting, standings)
	}
	return nil
}
