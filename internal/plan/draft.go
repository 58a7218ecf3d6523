package plan

import (
	"slices"
	"strings"
	"time"

	"towpath"
)

// Draft is a migration that is to be written for one database.
type Draft struct {
	DatabaseID  string
	Description string // in words that fit into a path, such as repair
}

// NextFile returns the path and the version for a new migration, as the template of a link says, behind
// all that the link's branch, the ledgers and the other open branches have. It is in the folder of the
// newest file for the database, where the template leaves that open. ok is false when no path of the
// template leads to the database.
func NextFile(in Input, branches []Branch, scope Scope, d Draft, now time.Time) (to Renamed, ok bool, err error) {
	at := slices.IndexFunc(in.Databases, func(o towpath.Database) bool { return o.ID == d.DatabaseID })
	if at < 0 {
		return to, false, nil
	}
	database := in.Databases[at]
	environment := ""
	for _, e := range in.Environments {
		if e.ID == database.EnvironmentID {
			environment = e.Name
		}
	}
	q := newQueue(in, branches)
	newest := q.newestBeside(Branch{})
	next, err := newest.after(newest.label, now)
	if err != nil {
		return to, false, err
	}
	values := map[placeholder]string{
		envID: environment, dbName: database.Name, engineName: string(in.Engines[database.ID]),
		changeType: "ddl", description: d.Description,
	}
	engine := in.Engines[database.ID]
	fits := func(path string) bool {
		m, in, why := scope.Match(path)
		return in && why.IsZero() && m.Type == towpath.TypeDDL && m.Label == next.label &&
			(m.Environment == "" || m.Environment == environment) &&
			(m.Database == "" || m.Database == database.Name) && (m.Engine == "" || m.Engine == engine)
	}
	written, ok := scope.path(values, next.label)
	if !ok {
		return to, false, nil
	}
	paths := []string{written}
	if folder, ok := q.folderFor(database.Name, environment); ok {
		paths = []string{folder + written[strings.LastIndex(written, "/")+1:], written}
	}
	for _, path := range paths {
		if fits(path) {
			return Renamed{To: path, Version: next.label}, true, nil
		}
	}
	return to, false, nil
}

// folderFor returns the folder, with its slash, of the newest file that names a database or none.
func (q *queue) folderFor(database, environment string) (folder string, ok bool) {
	newest := ""
	for _, f := range q.in.Files {
		own := (f.Database == "" || f.Database == database) && (f.Environment == "" || f.Environment == environment)
		if f.State == towpath.FileMatched && own && f.Type.Versioned() && Compare(f.Version, newest) > 0 {
			newest, folder, ok = f.Version, f.Path[:strings.LastIndex(f.Path, "/")+1], true
		}
	}
	return folder, ok
}

// path writes a path of the template, without what * and ** stand for. ok is false when the version
// has too few parts.
func (s Scope) path(values map[placeholder]string, label string) (path string, ok bool) {
	places := 0
	for _, segment := range s.Template.segments {
		for _, p := range segment.pieces {
			if p.place == version {
				places++
			}
		}
	}
	labels := strings.SplitN(label, ".", places)
	if len(labels) < places {
		return "", false
	}
	var parts []string
	if s.BaseDirectory != "" {
		parts = append(parts, s.BaseDirectory)
	}
	for _, segment := range s.Template.segments {
		if segment.folders {
			continue
		}
		var name strings.Builder
		for _, p := range segment.pieces {
			switch {
			case p.place == "":
				name.WriteString(p.literal)
			case p.place == version:
				name.WriteString(labels[0])
				labels = labels[1:]
			default:
				name.WriteString(values[p.place])
			}
		}
		parts = append(parts, name.String())
	}
	return strings.Join(parts, "/"), true
}
