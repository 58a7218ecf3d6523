package executor

import (
	"strconv"

	"towpath"
)

// adoption is the way in which a person wants to claim a ledger.
type adoption struct {
	act        towpath.EventKind
	distrusted bool // claim it even when it cannot be trusted

	imported []towpath.ImportedMigration // record these as well, in a ledger that is the database's own
}

// heldTarget is a target whose lease this process holds.
type heldTarget struct {
	towpath.Database
	instance towpath.Instance
	lease    *lease
}

// acts are what the person does: for an import, what another tool names and what only the catalog
// speaks for.
func (how adoption) acts(actor towpath.Actor, h heldTarget) (acts []towpath.Event) {
	where := []string{"instance", h.instance.Name, "database", h.Name}
	if len(how.imported) == 0 {
		return []towpath.Event{actor.Did(how.act, h.ID, h.ProjectID, where...)}
	}
	standing, named := 0, towpath.HistorySource{}
	for _, m := range how.imported {
		if m.Source.Tool == "" {
			standing++
		} else {
			named = m.Source
		}
	}
	if n := len(how.imported) - standing; n > 0 {
		params := append(where, "tool", named.Tool, "table", named.Table, "n", strconv.Itoa(n))
		acts = append(acts, actor.Did(how.act, h.ID, h.ProjectID, params...))
	}
	if standing > 0 {
		acts = append(acts, actor.Did(towpath.ActStandingImport, h.ID, h.ProjectID,
			"instance", h.instance.Name, "database", h.Name, "n", strconv.Itoa(standing)))
	}
	return acts
}
