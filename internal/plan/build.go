package plan

import (
	"cmp"
	"slices"
	"sort"
	"strconv"
	"strings"

	"towpath"
)

// builder holds the state of Build.
type builder struct {
	in      Input
	stages  []stage
	claims  map[string][]claim // by database id
	gates   map[string][]gate  // by path: stages that the file has not passed
	stopped []towpath.Reason   // one for each database that keeps later stages waiting
	aside   []Item             // items without a database
	plan    Plan
}

// stage has the databases of all environments with the same Position.
type stage struct {
	position  int
	databases []target
}

// target is a database with the name of its environment.
type target struct {
	towpath.Database
	environment string
	position    int
	asks        towpath.Gate
}

// why makes a reason that names the database and has a cause.
func (t target) why(code towpath.ReasonCode, cause towpath.Reason) towpath.Reason {
	return towpath.Reason{Code: code, Params: map[string]string{
		"environment": t.environment,
		"database":    t.Name,
	}}.From(cause)
}

// claim is a file for a database.
type claim struct {
	towpath.Migration
	own      bool           // of the link that is planned, and not of another one
	link     string         // its id
	unusable towpath.Reason // why the file cannot run
	commit   string         // that last changed it; "" when it is older than the link
}

// gate keeps a file out of the stages after position.
type gate struct {
	position int
	reason   towpath.Reason
	newerToo bool // newer files of a database wait too, since they may depend on this one
}

func newBuilder(in Input) *builder {
	b := &builder{in: in, claims: map[string][]claim{}, gates: map[string][]gate{}}
	b.stages = stagesOf(in.Environments, in.Databases)
	for _, f := range in.Files {
		if f.State == towpath.FileIgnored {
			b.aside = append(b.aside, Item{Migration: f.Migration, State: ItemIgnored, Reason: f.Reason})
			continue
		}
		found, problems := b.resolve(f.Migration)
		for _, t := range found {
			b.claims[t.ID] = append(b.claims[t.ID], claim{
				Migration: named(f.Migration, t),
				own:       true,
				link:      in.LinkID,
				unusable:  f.Reason,
				commit:    f.Commit,
			})
		}
		b.aside = append(b.aside, problems...)
	}
	for _, f := range in.Others {
		if f.State == towpath.FileIgnored {
			continue
		}
		found, _ := b.resolve(f.Migration)
		for _, t := range found {
			b.claims[t.ID] = append(b.claims[t.ID], claim{
				Migration: named(f.Migration, t), link: f.LinkID,
			})
		}
	}
	for _, s := range b.stages {
		for _, t := range s.databases {
			b.specificOnly(t)
		}
	}
	return b
}

func stagesOf(environments []towpath.Environment, databases []towpath.Database) []stage {
	var stages []stage
	for _, e := range inOrder(environments) {
		if n := len(stages); n == 0 || stages[n-1].position != e.Position {
			stages = append(stages, stage{position: e.Position})
		}
		s := &stages[len(stages)-1]
		for _, d := range databases {
			if d.EnvironmentID == e.ID {
				s.databases = append(s.databases,
					target{Database: d, environment: e.Name, position: e.Position, asks: e.Gate})
			}
		}
	}
	for _, s := range stages {
		slices.SortFunc(s.databases, func(x, y target) int { return strings.Compare(x.ID, y.ID) })
	}
	return stages
}

func inOrder(environments []towpath.Environment) []towpath.Environment {
	sorted := slices.Clone(environments)
	slices.SortFunc(sorted, func(x, y towpath.Environment) int {
		return cmp.Or(cmp.Compare(x.Position, y.Position), strings.Compare(x.Name, y.Name))
	})
	return sorted
}

// named returns m with the names of the target and its environment.
func named(m towpath.Migration, t target) towpath.Migration {
	m.Environment, m.Database = t.environment, t.Name
	return m
}

// resolve returns the databases of a file, and items that say why it has none in an environment.
func (b *builder) resolve(m towpath.Migration) (found []target, problems []Item) {
	for _, env := range inOrder(b.in.Environments) {
		if m.Environment != "" && m.Environment != env.Name {
			continue
		}
		var here []target
		for _, d := range b.in.Databases {
			if d.EnvironmentID == env.ID && (m.Database == "" || m.Database == d.Name) && b.isKind(m, d.ID) {
				here = append(here, target{Database: d, environment: env.Name, position: env.Position})
			}
		}
		if m.Database != "" && len(here) > 1 {
			reason := towpath.Why(towpath.ReasonAmbiguous, "n", strconv.Itoa(len(here)), "environment",
				env.Name, "database", m.Database)
			m := m
			m.Environment = env.Name
			problems = append(problems, Item{
				Migration:     m,
				EnvironmentID: env.ID,
				State:         ItemAmbiguous,
				Reason:        reason,
			})
			b.gates[m.Path] = append(b.gates[m.Path],
				gate{position: env.Position, reason: reason, newerToo: true})
			continue
		}
		found = append(found, here...)
	}
	if len(found) == 0 && len(problems) == 0 {
		problems = []Item{b.withoutTarget(m)}
	}
	return found, problems
}

// withoutTarget is the item of a file that no database gets. A file for an engine that the project does
// not have is left out by its name.
func (b *builder) withoutTarget(m towpath.Migration) Item {
	for _, d := range b.in.Databases {
		if m.Engine != "" && b.isKind(m, d.ID) {
			return Item{Migration: m, State: ItemNoTarget, Reason: b.whyNoTarget(m)}
		}
	}
	if m.Engine == "" || len(b.in.Databases) == 0 {
		return Item{Migration: m, State: ItemNoTarget, Reason: b.whyNoTarget(m)}
	}
	return Item{
		Migration: m, State: ItemIgnored,
		Reason: towpath.Why(towpath.ReasonNoEngineHere, "engine", string(m.Engine)),
	}
}

func (b *builder) whyNoTarget(m towpath.Migration) towpath.Reason {
	if len(b.in.Databases) == 0 {
		return towpath.Why(towpath.ReasonNoDatabases)
	}
	var environments, databases []string
	known := false
	for _, e := range inOrder(b.in.Environments) {
		environments = append(environments, e.Name)
		known = known || e.Name == m.Environment
		for _, d := range b.in.Databases {
			if d.EnvironmentID == e.ID && (m.Environment == "" || m.Environment == e.Name) {
				databases = append(databases, d.Name)
			}
		}
	}
	slices.Sort(databases)
	there := slices.Compact(databases)
	switch {
	case m.Environment == "" && m.Database == "": // no environment has one
		return towpath.Why(towpath.ReasonNoDatabases)
	case m.Environment == "":
		return knowing(there, towpath.ReasonNoDatabase, "database", m.Database)
	case !known:
		return knowing(environments, towpath.ReasonNoEnvironment, "environment", m.Environment)
	case len(databases) == 0:
		return towpath.Why(towpath.ReasonEmptyEnvironment, "environment", m.Environment)
	}
	return knowing(there, towpath.ReasonNoDatabaseThere,
		"database", m.Database, "environment", m.Environment)
}

// knowing is a reason with the names that there are: the first ten, a line each, and the number of
// the rest.
func knowing(names []string, code towpath.ReasonCode, params ...string) towpath.Reason {
	const most = 10
	rest := max(len(names)-most, 0)
	return towpath.Why(code, append(params, "known", strings.Join(names[:len(names)-rest], "\n"),
		"more", strconv.Itoa(rest))...)
}

func (b *builder) planStage(s stage) {
	var waiting towpath.Reason // only databases of earlier stages stop this one
	if len(b.stopped) > 0 {
		waiting = towpath.Why(towpath.ReasonWaitsForDatabases).From(b.stopped...)
	}
	for _, t := range s.databases {
		if !waiting.IsZero() {
			b.markUndecided(t)
		}
		newPlanner(b, t, waiting).run()
	}
}

func (b *builder) markUndecided(t target) {
	if b.plan.Undecided == nil {
		b.plan.Undecided = map[string]bool{}
	}
	b.plan.Undecided[t.ID] = true
}

func (b *builder) finish() {
	sort.SliceStable(b.aside, func(i, j int) bool {
		x, y := b.aside[i], b.aside[j]
		return cmp.Or(strings.Compare(x.Path, y.Path), strings.Compare(x.Environment, y.Environment)) < 0
	})
	b.plan.Items = append(b.plan.Items, b.aside...)
	if len(b.stopped) > 0 {
		b.plan.Blocked = towpath.Why(towpath.ReasonPlanStopped).From(b.stopped...)
	}
}

// compareID orders migrations of one database by version, and for one version baseline, ddl, dml.
func compareID(a, b towpath.MigrationID) int {
	return cmp.Or(Compare(a.Version, b.Version), strings.Compare(string(a.Type), string(b.Type)))
}
