package statement_test

import (
	"errors"
	"fmt"
	"iter"
	"strings"
	"testing"

	"towpath/internal/statement"
)

// refuseAt is a sequence of statements that must not run, one for each line, in this order.
func refuseAt(lines ...int) iter.Seq2[statement.Statement, error] {
	return func(yield func(statement.Statement, error) bool) {
		for _, line := range lines {
			at := statement.Position{Offset: int64(line), Line: line, Column: 1}
			if !yield(statement.Statement{}, statement.Errorf(at, "line %d is refused", line)) {
				return
			}
		}
	}
}

func TestReadAll_tellsTheFirstPlacesInOrder(t *testing.T) {
	t.Parallel()
	lines := []int{}
	for n := 50; n > 0; n-- {
		lines = append(lines, n)
	}
	_, err := statement.ReadAll(refuseAt(lines...))
	var all *statement.Refusals
	if !errors.As(err, &all) || len(all.First) != 20 || all.More != 30 || all.Pos().Line != 1 {
		t.Fatalf("error is %v", err)
	}
	told := strings.Split(all.Error(), "\n")
	if told[0] != "50 places that must not run:" || told[1] != "1:1: line 1 is refused" ||
		told[21] != "And 30 more." {
		t.Errorf("it reads %q", told)
	}
	if _, err := statement.ReadAll(refuseAt(7)); fmt.Sprint(err) != "line 7 is refused" {
		t.Errorf("one place reads %v", err)
	}
}
