package report

import (
	"context"
	"fmt"
	"strconv"

	"towpath"
	"towpath/internal/store"
	"towpath/internal/vcs"
)

// postReceipt puts a report on the commit of a rollout that is done, which leads to its receipt. It is
// sent once, where the provider shows reports. Like a status, it is given up for a commit that the
// provider does not have.
func (s *Service) postReceipt(ctx context.Context, link towpath.RepositoryLink, r towpath.Rollout) error {
	if r.State != towpath.RolloutDone || !link.AttentionReason.IsZero() {
		return nil
	}
	report := s.receiptReport(link, r)
	digest := "receipt|" + report.URL
	var project towpath.Project
	sent := false
	err := s.Store.Read(ctx, func(tx *store.Tx) (err error) {
		posted, err := tx.PostedStatuses(ctx, link.ID, r.Commit)
		if err != nil {
			return err
		}
		sent = posted[report.Key].Digest == digest
		project, err = tx.Project(ctx, link.ProjectID)
		return err
	})
	if err != nil || sent {
		return err
	}
	report.Title = "Towpath: " + project.Name
	client, err := s.Accounts.Client(ctx, link.GrantID)
	if err != nil {
		return err
	}
	reports, ok := client.(vcs.Reporter)
	if !ok {
		return nil
	}
	err = reports.PutReport(ctx, link.RepositoryID, r.Commit, report)
	if vcs.KindOf(err) == vcs.NotFound && s.Store.Now().Sub(r.CreatedAt) > statusPatience {
		s.Logger.Warn("gave up putting a report: the provider does not have the commit", "link", link.ID,
			"commit", r.Commit)
		return nil
	}
	if err != nil {
		return fmt.Errorf("put the report on %s: %w", towpath.ShortHash(r.Commit), err)
	}
	return s.Store.Write(ctx, func(tx *store.Tx) error {
		return tx.SetPostedStatus(ctx, link.ID, r.Commit, report.Key, digest)
	})
}

// receiptReport says what a rollout has done, without its title.
func (s *Service) receiptReport(link towpath.RepositoryLink, r towpath.Rollout) vcs.Report {
	files, databases, done := map[string]bool{}, map[string]bool{}, 0
	for _, t := range r.Tasks {
		if t.State == towpath.TaskDone {
			files[t.Path], databases[t.DatabaseID] = true, true
			done++
		}
	}
	page := s.ExternalURL + "/rollouts/" + r.ID
	return vcs.Report{
		Key:     statusKey(link.ID, "receipt"),
		Details: "The changes of this commit are done. A signed receipt says what ran where, and who decided.",
		Passed:  true,
		URL:     page,
		Fields: []vcs.ReportField{
			{Title: "Receipt", Text: "Download", URL: s.ExternalURL + "/api/v1/rollouts/" + r.ID + "/receipt"},
			{Title: "Files", Text: strconv.Itoa(len(files))},
			{Title: "Databases", Text: strconv.Itoa(len(databases))},
			{Title: "Tasks done", Text: strconv.Itoa(done) + " of " + strconv.Itoa(len(r.Tasks))},
		},
	}
}
