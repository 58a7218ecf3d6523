package executor_test

import (
	"fmt"
	"strings"
	"testing"

	"towpath"
)

// longScript is stored in three parts.
func longScript(rows int) string {
	var script strings.Builder
	script.WriteString("CREATE TABLE a (x, note);\n")
	for n := range rows {
		fmt.Fprintf(&script, "INSERT INTO a VALUES (%d, '%s');\n", n, strings.Repeat("x", 5<<19/rows))
	}
	return script.String()
}

const rowsOfA = "SELECT count(*) || ' ' || count(DISTINCT x) FROM a"

// move renumbers the last part, so that reading does not find it, or finds it again.
func (b *bundle) move(t *testing.T, from, to int) {
	t.Helper()
	result, err := open(t, b.meta+"?_pragma=busy_timeout(5000)").ExecContext(t.Context(),
		"UPDATE content_part SET position = $1 WHERE position = $2", to, from)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := result.RowsAffected(); n != 1 || err != nil {
		t.Fatalf("%d parts moved (%v)", n, err)
	}
}

func TestRunTask_startsOverWhenATextCannotBeReadOn(t *testing.T) {
	t.Parallel()
	b := setup(t)
	task := b.task(t, "1", longScript(100))
	begun := 0
	b.Reached = func(place string) {
		if place != "after intent" {
			return
		}
		switch begun++; begun {
		case 1:
			b.move(t, 2, 99)
		case 2:
			b.move(t, 99, 2)
		}
	}
	b.want(t, task.ID, towpath.TaskDone)
	if got := b.query(t, rowsOfA); got != "100 100" || begun != 2 {
		t.Errorf("rows are %q at try %d", got, begun)
	}
}

func TestRunTask_goesOnWhereATextCouldNotBeRead(t *testing.T) {
	t.Parallel()
	b := setupAutocommit(t)
	task := b.task(t, "1", longScript(100))
	hidden := false
	b.Reached = func(place string) {
		if place == "after intent" && !hidden {
			hidden = true
			b.move(t, 2, 99)
		}
	}
	if failed := b.want(t, task.ID, towpath.TaskFailed); failed.Reason.Code != towpath.ReasonPartlyKept ||
		failed.Reason.Causes[0].Code != towpath.ReasonTextUnread {
		t.Errorf("failed since %s", failed.Reason)
	}
	b.move(t, 99, 2)
	b.set(t, task.ID, func(t *towpath.Task) { t.State = towpath.TaskPending })
	b.want(t, task.ID, towpath.TaskDone)
	if got := b.query(t, rowsOfA); got != "100 100" {
		t.Errorf("rows are %q", got)
	}
}
