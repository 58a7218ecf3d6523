package engine_test

import (
	"errors"
	"fmt"
	"testing"

	"towpath/internal/engine"
	"towpath/internal/schema"
)

func TestContents_areBounded(t *testing.T) {
	t.Parallel()
	c := engine.NewContents[int]()
	for i := range engine.MaxTables {
		c.AddTable(i, schema.Table{Name: fmt.Sprint("t", i)})
		c.AddObject(schema.Object{Kind: "sequence", Name: fmt.Sprint("s", i)})
	}
	if !c.Complete {
		t.Fatal("not complete at the limit")
	}
	c.AddTable(-1, schema.Table{Name: "one more"})
	if c.Complete || len(c.Tables) != engine.MaxTables || c.Table(-1) != nil {
		t.Errorf("one table more: complete %v, %d tables", c.Complete, len(c.Tables))
	}
	c.Complete = true
	c.AddObject(schema.Object{Kind: "view", Name: "one more"})
	if c.Complete || len(c.Views) != 0 {
		t.Errorf("one view more: complete %v, %d views", c.Complete, len(c.Views))
	}
}

func TestContents_endAtTooManyParts(t *testing.T) {
	t.Parallel()
	c := engine.NewContents[string]()
	c.AddTable("t", schema.Table{Name: "t"})
	part := func(table string) error { return c.Part(table, func(*schema.Table) {}) }
	for range engine.MaxParts {
		if err := part("t"); err != nil {
			t.Fatal(err)
		}
	}
	if err := part("left out"); err != nil {
		t.Errorf("a part of a table that was left out: %v", err)
	}
	var e *engine.Error
	if err := part("t"); !errors.As(err, &e) || e.Kind != engine.Failed {
		t.Errorf("one part more: %v", err)
	}
}
