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

// params are those of the act: what was imported, and from where.
func (how adoption) params(h heldTarget) []string {
	list := []string{"instance", h.instance.Name, "database", h.Name}
	if n := len(how.imported); n > 0 {
		from := how.imported[0].Source
		list = append(list, "tool", from.Tool, "table", from.Table, "n", strconv.Itoa(n))
	}
	return list
}
