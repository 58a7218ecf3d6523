package sync

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"towpath"
	"towpath/internal/account"
	"towpath/internal/plan"
	"towpath/internal/store"
	"towpath/internal/vcs"
)

// RepairOrder is the SQL that takes a drift back, which becomes a migration.
type RepairOrder struct {
	Drift      towpath.Drift
	Text       string   // of the file
	Statements []string // of the text
	Unwritten  []string // what the text does not take back
	Loses      bool     // whether it removes rows
}

// OpenedRepair is where the migration is.
type OpenedRepair struct {
	Link        towpath.RepositoryLink
	Branch      string
	Path        string
	Version     string           // as the path writes it
	PullRequest *vcs.PullRequest // nil for none
	Because     towpath.Reason   // why there is none
}

// OpenRepair commits a repair as a migration to a branch of its own and opens a pull request into the
// link's branch, where the link's account may. The repository is the one whose files the database got
// last. The same repair has one branch and one open pull request, whoever asks again. CodeConflict when
// the drift is over, no link leads to the database, its branch has the file already or is still to be
// read; other errors are those of the provider.
func (s *Service) OpenRepair(
	ctx context.Context, actor towpath.Actor, order RepairOrder,
) (done OpenedRepair, err error) {
	s.repairs.Lock()
	defer s.repairs.Unlock()
	for range renumberTries {
		done, err = s.openRepair(ctx, actor, order)
		if vcs.KindOf(err) != vcs.Conflict {
			break
		}
	}
	return done, account.Explain(err, "open a repair")
}

func (s *Service) openRepair(
	ctx context.Context, actor towpath.Actor, order RepairOrder,
) (done OpenedRepair, err error) {
	p, err := s.placeRepair(ctx, order)
	if err != nil {
		return done, err
	}
	done = OpenedRepair{Link: p.link, Branch: p.branch(order.Drift), Path: p.file.To, Version: p.file.Version}
	client, err := s.Accounts.Client(ctx, p.link.GrantID)
	if err != nil {
		return done, err
	}
	source := client.Source(p.link.RepositoryID)
	heads, err := source.Heads(ctx)
	if err != nil {
		return done, fmt.Errorf("read the heads of %s: %w", p.link.RepositoryName, err)
	}
	trunk := heads.Branches[p.link.Branch]
	if trunk == "" || trunk != p.link.SyncedCommit {
		return done, towpath.Errorf(towpath.CodeConflict,
			"Branch %s has moved and is still to be read. Try again in a moment.", p.link.Branch)
	}
	if head := heads.Branches[done.Branch]; head != "" {
		err = findRepair(ctx, source, p.scope, trunk, head, &done)
	} else {
		_, err = client.Write(ctx, p.link.RepositoryID, vcs.Write{
			Branch: done.Branch, From: p.link.Branch, Parent: trunk,
			Files: map[string][]byte{done.Path: []byte(order.Text)}, Message: p.message(actor.Member.Name),
		})
	}
	if err != nil {
		return done, err
	}
	if err := s.pullRepair(ctx, &done, p, order); err != nil {
		return done, err
	}
	return done, s.Store.Write(ctx, func(tx *store.Tx) error {
		tx.Emit(actor.Did(towpath.ActRepairOpen, p.database.ID, p.database.ProjectID,
			"environment", p.environment, "database", p.database.Name,
			"repository", p.link.RepositoryName, "branch", done.Branch, "path", done.Path))
		return nil
	})
}

// repairPlace is where the file of a repair belongs.
type repairPlace struct {
	database    towpath.Database
	environment string
	link        towpath.RepositoryLink
	scope       plan.Scope
	file        plan.Renamed
}

// placeRepair finds the link that leads to the database, and a path for the file.
func (s *Service) placeRepair(ctx context.Context, order RepairOrder) (p repairPlace, err error) {
	d := order.Drift
	switch {
	case d.SettledAt != nil:
		return p, towpath.Errorf(towpath.CodeConflict, "The difference is settled. There is nothing to take back.")
	case d.ChangeID != "":
		return p, towpath.Errorf(towpath.CodeConflict, "A change has run with the difference, so the schema is "+
			"another one now. Write a migration, or accept the schema.")
	case len(order.Statements) == 0:
		return p, towpath.Errorf(towpath.CodeConflict,
			"Nothing of the difference can be written as SQL. Take it back by hand, or accept the schema.")
	}
	err = s.Store.Read(ctx, func(tx *store.Tx) error {
		if p.database, err = tx.Database(ctx, d.DatabaseID); err != nil {
			return err
		}
		e, err := tx.Environment(ctx, p.database.EnvironmentID)
		if err != nil {
			return err
		}
		p.environment = e.Name
		links, err := linksTo(ctx, tx, p.database)
		if err != nil {
			return err
		}
		for _, link := range links {
			found, err := s.placeIn(ctx, tx, &p, link, order)
			if err != nil || found {
				return err
			}
		}
		return towpath.Errorf(towpath.CodeConflict, "No linked repository has a place for a file of this database. "+
			"Link one, or run the SQL yourself.")
	})
	return p, err
}

// linksTo lists the links of a database's project that work, first the one that brought the newest change.
func linksTo(ctx context.Context, tx *store.Tx, d towpath.Database) (links []towpath.RepositoryLink, err error) {
	if d.ProjectID == "" {
		return nil, nil
	}
	links, err = tx.Links(ctx, store.LinkFilter{ProjectID: d.ProjectID}, store.Page{})
	if err != nil {
		return nil, err
	}
	links = slices.DeleteFunc(links, func(l towpath.RepositoryLink) bool { return !l.AttentionReason.IsZero() })
	newest, err := tx.ChangeHistory(ctx, d.ID, store.Page{Limit: 1, NewestFirst: true})
	if err != nil || len(newest) == 0 || newest[0].RolloutID == "" {
		return links, err
	}
	r, err := tx.RolloutAlone(ctx, newest[0].RolloutID)
	if towpath.ErrorCode(err) == towpath.CodeNotFound {
		return links, nil
	}
	slices.SortStableFunc(links, func(a, b towpath.RepositoryLink) int {
		switch r.LinkID {
		case a.ID:
			return -1
		case b.ID:
			return 1
		}
		return 0
	})
	return links, err
}

// placeIn looks for a path in a link's repository.
func (s *Service) placeIn(
	ctx context.Context, tx *store.Tx, p *repairPlace, link towpath.RepositoryLink, order RepairOrder,
) (found bool, err error) {
	if p.scope, err = plan.ScopeOf(link); err != nil {
		return false, err
	}
	in, branches, err := s.Manifest.Queue(ctx, tx, link)
	if err != nil {
		return false, err
	}
	sum := digestOf(order.Text)
	for _, f := range in.Files {
		if f.Checksum == sum {
			return false, towpath.Errorf(towpath.CodeConflict,
				"The repair is on branch %s already, as %s. Look at its rollout.", link.Branch, f.Path)
		}
	}
	own := repairPlace{database: p.database, environment: p.environment}.branch(order.Drift)
	branches = slices.DeleteFunc(branches, func(b plan.Branch) bool { return b.Name == own })
	p.link = link
	p.file, found, err = plan.NextFile(in, branches, p.scope,
		plan.Draft{DatabaseID: p.database.ID, Description: "repair"}, tx.Now)
	return found, err
}

func digestOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// branch names the branch of a repair. The same difference has the same one, and it has no slash.
func (p repairPlace) branch(d towpath.Drift) string {
	return strings.Join([]string{
		"towpath-repair", inBranch(p.environment), inBranch(p.database.Name), digestOf(d.ID + d.After)[:8],
	}, "-")
}

// maxInBranch bounds the part of a name that is in the name of a branch, in bytes.
const maxInBranch = 40

// inBranch keeps of a name what any Git server takes in the name of a branch.
func inBranch(name string) string {
	kept := strings.Map(func(r rune) rune {
		if (r >= 'a' && r <= 'z') || (r >= '0' && r <= '9') {
			return r
		}
		return '-'
	}, strings.ToLower(name))
	return strings.Trim(kept[:min(len(kept), maxInBranch)], "-")
}

// findRepair reads the path of the file from a branch that exists.
func findRepair(
	ctx context.Context, source vcs.Source, scope plan.Scope, trunk, head string, done *OpenedRepair,
) error {
	since, err := source.Since(ctx, trunk, head)
	if err != nil {
		return fmt.Errorf("read branch %s: %w", done.Branch, err)
	}
	for _, c := range since.Changes {
		if m, in, why := scope.Match(c.Path); in && why.IsZero() && !c.Removed {
			done.Path, done.Version = c.Path, m.Label
			return nil
		}
	}
	return towpath.Errorf(towpath.CodeConflict,
		"Branch %s is there and brings no migration. Delete it, then try again.", done.Branch)
}

// pullRepair opens the pull request, or finds the one that is open. What keeps it from that is in
// done.Because, since the branch is there.
func (s *Service) pullRepair(ctx context.Context, done *OpenedRepair, p repairPlace, order RepairOrder) error {
	client, missing, err := s.Accounts.PullOpener(ctx, p.link.GrantID)
	switch {
	case err != nil:
		return err
	case missing != "":
		done.Because = towpath.Why(towpath.ReasonNoPullScope, "permission", missing, "branch", done.Branch)
		return nil
	case client == nil:
		done.Because = towpath.Why(towpath.ReasonNoPullRequests, "branch", done.Branch)
		return nil
	}
	pr, err := pullOf(ctx, client, p, *done, order, s.ExternalURL)
	var refused *vcs.Error
	if errors.As(err, &refused) {
		done.Because = towpath.Why(towpath.ReasonPullRefused, "branch", done.Branch).From(refused.Known())
		return nil
	}
	done.PullRequest = &pr
	return err
}

func pullOf(
	ctx context.Context, client vcs.PullOpener, p repairPlace, done OpenedRepair, order RepairOrder, url string,
) (vcs.PullRequest, error) {
	open, err := client.OpenPullRequests(ctx, p.link.RepositoryID, p.link.Branch)
	if err != nil {
		return vcs.PullRequest{}, err
	}
	for _, pr := range open {
		if pr.Source == done.Branch {
			return pr, nil
		}
	}
	return client.OpenPullRequest(ctx, p.link.RepositoryID, vcs.NewPullRequest{
		Title: p.title(), Description: p.description(order, done.Path, url), Source: done.Branch, Into: p.link.Branch,
	})
}

func (p repairPlace) title() string {
	return oneLine("Take back a change by hand in " + path.Join(p.environment, p.database.Name))
}

func (p repairPlace) message(by string) string {
	return p.title() + "\n\nRequested by " + oneLine(by) + ".\n"
}

// maxShownSQL bounds the statements in a description, in bytes.
const maxShownSQL = 8 << 10

// description says in Markdown what differs, and what the file does.
func (p repairPlace) description(order RepairOrder, file, url string) string {
	var b strings.Builder
	name := path.Join(p.environment, p.database.Name)
	fmt.Fprintf(&b, "The schema of %s was changed outside Towpath. It was first seen at %s: [the difference](%s).\n\n",
		inCode(name), order.Drift.SeenAt.UTC().Format("2006-01-02 15:04 UTC"), url+"/databases/"+p.database.ID)
	fmt.Fprintf(&b, "%s takes it back:\n\n", inCode(file))
	shown := 0
	for i, text := range order.Statements {
		if shown += len(text); shown > maxShownSQL {
			fmt.Fprintf(&b, "    …and %d more\n", len(order.Statements)-i)
			break
		}
		b.WriteString("    " + strings.ReplaceAll(text, "\n", "\n    ") + ";\n")
	}
	if order.Loses {
		b.WriteString("\n**It removes tables or columns, with their rows.**\n")
	}
	if len(order.Unwritten) > 0 {
		b.WriteString("\nThe file does not take this back:\n\n")
		for i, text := range order.Unwritten {
			if i == maxNotWritten {
				fmt.Fprintf(&b, "- …and %d more\n", len(order.Unwritten)-i)
				break
			}
			b.WriteString("- " + inCode(text) + "\n")
		}
	}
	b.WriteString("\nThe file runs only on the schema that was found. Where a database has the schema that it should " +
		"have, the file is recorded and does not run. On any other schema it fails before its first statement.\n")
	return b.String()
}

// maxNotWritten bounds what is named of what the file does not take back.
const maxNotWritten = 50

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// inCode is a text as code in Markdown.
func inCode(text string) string {
	return "`" + strings.ReplaceAll(oneLine(text), "`", "'") + "`"
}
