package store

import (
	"context"
	"strings"

	"towpath"
)

// Search selects what has all words of a text in its name.
type Search struct {
	Text     string
	MemberID string // only what belongs to a project of this member; "" for everything
	Limit    int    // of each kind, as in Page
}

// Found is what a search found of each kind, the newest first.
type Found struct {
	Projects  []towpath.Project
	Links     []towpath.RepositoryLink
	Databases []towpath.Database
	Rollouts  []towpath.Rollout // without their tasks
}

// What people call a database by, since many have the same name.
const (
	environmentName = "(SELECT e.name FROM environment e WHERE e.id = environment_id)"
	instanceName    = "(SELECT i.name FROM instance i WHERE i.id = instance_id)"
)

// Search looks for projects, links, databases and rollouts. A database's environment and instance
// are part of its name; a rollout's is the message and the hash of its commit. A text without words
// finds nothing.
func (tx *Tx) Search(ctx context.Context, s Search) (f Found, err error) {
	if strings.TrimSpace(s.Text) == "" {
		return f, nil
	}
	p := Page{Limit: s.Limit, NewestFirst: true}
	where := func(project string, names ...string) (w filter) {
		w.ofMember(project, s.MemberID)
		w.has(s.Text, names...)
		return w
	}
	if f.Projects, err = projects.page(ctx, tx, p, where("id", "name")); err != nil {
		return f, err
	}
	if f.Links, err = links.page(ctx, tx, p, where("project_id", "repository_name")); err != nil {
		return f, err
	}
	if f.Databases, err = databases.page(ctx, tx, p,
		where("project_id", "name", environmentName, instanceName)); err != nil {
		return f, err
	}
	f.Rollouts, err = rollouts.page(ctx, tx, p, where("project_id", "message", "commit_hash"))
	return f, err
}

// has requires each word of a text in one of the columns. Case does not matter, beyond ASCII too
// if the database folds it; SQLite does not, so that a word is also looked for as it was typed.
func (f *filter) has(text string, columns ...string) {
	for word := range strings.FieldsSeq(text) {
		folded, typed := f.bind(within(strings.ToLower(word))), f.bind(within(word))
		terms := make([]string, len(columns))
		for i, column := range columns {
			terms[i] = "LOWER(" + column + ") LIKE " + folded + ` ESCAPE '\' OR ` + column +
				" LIKE " + typed +
				` ESCAPE '\'`
		}
		f.terms = append(f.terms, "("+strings.Join(terms, " OR ")+")")
	}
}

// within is the pattern that matches texts with a word in them.
func within(word string) string {
	return "%" + strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(word) + "%"
}
