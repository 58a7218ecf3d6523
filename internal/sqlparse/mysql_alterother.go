package sqlparse

import (
	"strings"

	"towpath/internal/ast"
)

// other reads the actions that are no change of a column, a key or an option.
func (a *alteration) other(act *ast.Action) {
	switch {
	case a.accept("FORCE"):
		act.Kind = ast.Rebuild
	case a.is("PARTITION"):
		act.Kind, act.Name = ast.PartitionBy, a.partitionBy()
	case a.accept("REMOVE"):
		a.want("PARTITIONING")
		act.Kind = ast.RemovePartitioning
	case a.isAny("DISABLE", "ENABLE"):
		a.words2(act, "KEYS")
	case a.isAny("DISCARD", "IMPORT"):
		a.tablespace(act)
	case a.accept("TRUNCATE", "PARTITION"):
		act.Kind = ast.TruncatePartition
		a.partitionNames(act)
	case a.isAny("WITH", "WITHOUT"):
		a.words2(act, "VALIDATION")
	case a.isAny("SECONDARY_LOAD", "SECONDARY_UNLOAD"):
		act.Kind, act.Name = ast.OtherAction, strings.ToLower(a.next().key)
		if a.accept("PARTITION") {
			a.names()
		}
	case a.is("UPGRADE"):
		a.words2(act, "PARTITIONING")
	default:
		a.partitions(act)
	}
}

// words2 reads an action of two words.
func (a *alteration) words2(act *ast.Action, second string) {
	act.Kind, act.Name = ast.OtherAction, strings.ToLower(a.next().key+" "+second)
	a.want(second)
}

// tablespace reads DISCARD and IMPORT, of a table or of partitions.
func (a *alteration) tablespace(act *ast.Action) {
	name := strings.ToLower(a.next().key)
	if a.accept("PARTITION") {
		a.partitionNames(act)
	}
	a.want("TABLESPACE")
	act.Kind, act.Name = ast.OtherAction, name+" tablespace"
}

// partitionNames reads the names of partitions, or ALL.
func (a *alteration) partitionNames(act *ast.Action) {
	if a.accept("ALL") {
		return
	}
	a.list(func() { act.Names = append(act.Names, a.name("a partition")) })
}

// partitions reads the work on partitions that the tree has no place for.
func (a *alteration) partitions(act *ast.Action) {
	verb := a.acceptAny("COALESCE", "REORGANIZE", "EXCHANGE", "ANALYZE", "CHECK", "OPTIMIZE", "REBUILD",
		"REPAIR")
	if verb == "" {
		a.unread("an action")
		return
	}
	act.Kind, act.Name = ast.OtherAction, strings.ToLower(verb)+" partition"
	a.want("PARTITION")
	a.acceptAny("NO_WRITE_TO_BINLOG", "LOCAL")
	switch verb {
	case "COALESCE":
		a.number()
	case "REORGANIZE":
		if a.end() || a.is(",") {
			return
		}
		a.partitionNames(act)
		a.want("INTO")
		a.parenthesized(a.partition)
	case "EXCHANGE":
		a.partitionNames(act)
		a.want("WITH", "TABLE")
		a.object("a table")
		a.validation()
	default:
		a.partitionNames(act)
		for a.acceptAny("FOR", "UPGRADE", "QUICK", "FAST", "MEDIUM", "EXTENDED", "CHANGED", "USE_FRM") != "" {
			continue
		}
	}
}
