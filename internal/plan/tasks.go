package plan

import "towpath"

// WithTasks returns the plan with the states of the open tasks: running, failed, unknown, or
// released by a person. Build does not have them, since it only compares files with ledgers.
func (p Plan) WithTasks(open []towpath.Task) Plan {
	type key struct {
		databaseID string
		towpath.MigrationID
	}
	tasks := make(map[key]towpath.Task, len(open))
	for _, t := range open {
		if t.State.Open() {
			tasks[key{t.DatabaseID, t.MigrationID}] = t
		}
	}
	items := make([]Item, len(p.Items))
	for i, item := range p.Items {
		if t, ok := tasks[key{item.DatabaseID, item.MigrationID}]; ok {
			item = item.withTask(t)
		}
		items[i] = item
	}
	p.Items = items
	return p
}

func (i Item) withTask(t towpath.Task) Item {
	switch i.State {
	case ItemPending, ItemHeld, ItemMoved, ItemBlocked:
	default:
		return i
	}
	i.TaskID, i.RolloutID = t.ID, t.RolloutID
	switch t.State {
	case towpath.TaskRunning:
		i.State, i.Reason = ItemRunning, towpath.Reason{}
	case towpath.TaskFailed:
		i.State, i.Reason = ItemFailed, t.Reason
	case towpath.TaskUnknown:
		i.State, i.Reason = ItemUnknown, t.Reason
	case towpath.TaskHeld:
		if t.WaitsForStart() { // also one that the plan holds for more, and a person has released
			i.State, i.Reason = ItemHeld, t.Reason
		}
	case towpath.TaskPending:
		switch {
		case t.Mark != nil:
			i.State, i.Reason = ItemPending, towpath.Why(towpath.ReasonWillBeRecorded)
		case t.Released && (i.State == ItemHeld || i.State == ItemMoved):
			i.State, i.Reason = ItemPending, towpath.Reason{}
		}
	}
	return i
}
