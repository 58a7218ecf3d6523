package main

import (
	"fmt"
	"io"
	"strings"

	"towpath"
	"towpath/internal/sqlparse"
	"towpath/internal/statement"
)

// fill puts the variables into the files, as a server does with those of an environment.
func (c *checkCommand) fill(scripts []sqlparse.Script) error {
	kind := c.Placeholders
	switch {
	case kind != string(towpath.PlaceholdersNone):
	case len(c.Variable) == 0:
		return nil
	default:
		kind = string(towpath.PlaceholdersFlyway)
	}
	if err := towpath.Variables(c.Variable).Validate(); err != nil {
		return fmt.Errorf("--variable: %s", towpath.ErrorMessage(err))
	}
	for i, s := range scripts {
		filled := statement.Fill(strings.NewReader(s.Content), kind, c.Variable)
		text, err := io.ReadAll(io.LimitReader(filled, maxChecked+1))
		if err != nil {
			return fmt.Errorf("%s:%w With this command, set it by --variable NAME=VALUE", s.Path, err)
		}
		if len(text) > maxChecked {
			return fmt.Errorf("%s is larger than %d MiB: cut it into several files", s.Path, maxChecked>>20)
		}
		scripts[i].Content = string(text)
	}
	return nil
}
