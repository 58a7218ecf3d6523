package store

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"unicode/utf8"

	"towpath"
)

var links = newTable("repository_link", 1, func(l *towpath.RepositoryLink) []column {
	return []column{
		{"id", &l.ID},
		{"project_id", &l.ProjectID},
		{"provider_id", &l.ProviderID},
		{"grant_id", &l.GrantID},
		{"repository_id", &l.RepositoryID},
		{"repository_name", &l.RepositoryName},
		{"repository_url", &l.RepositoryURL},
		{"branch", &l.Branch},
		{"base_directory", &l.BaseDirectory},
		{"file_path_template", &l.FilePathTemplate},
		{"exclude_paths", jsonText{&l.Exclude}},
		{"any_case_endings", &l.AnyCaseEndings},
		{"placeholders", (*string)(&l.Placeholders)},
		{"schema_path_template", &l.SchemaPathTemplate},
		{"late_policy", (*string)(&l.LatePolicy)},
		{"waiting_status", (*string)(&l.WaitingStatus)},
		{"hook_key", &l.HookKey},
		{"hook_id", &l.HookID},
		{"encrypted_hook_secret", blob{&l.EncryptedHookSecret}},
		{"hook_url", &l.HookURL},
		{"hook_state", (*string)(&l.HookState)},
		{"hook_reason", reason{&l.HookReason}},
		{"head_commit", &l.HeadCommit},
		{"synced_commit", &l.SyncedCommit},
		{"synced_at", maybe{&l.SyncedAt}},
		{"baselined_up_to", &l.BaselinedUpTo},
		{"attention_reason", reason{&l.AttentionReason}},
		{"unplanned_files", &l.UnplannedFiles},
		{"last_delivery_at", maybe{&l.LastDeliveryAt}},
		{"untold_at", maybe{&l.UntoldAt}},
		{"last_poll_at", maybe{&l.LastPollAt}},
		{"next_poll_at", instant{&l.NextPollAt}},
		{"created_by", &l.CreatedBy},
		{"created_at", instant{&l.CreatedAt}},
	}
})

// CreateLink adds a link and sets CreatedAt. The caller makes the id with NewID, since the secrets
// and the webhook contain it.
func (tx *Tx) CreateLink(ctx context.Context, l *towpath.RepositoryLink) error {
	l.CreatedAt = tx.Now
	l.WaitingStatus = cmp.Or(l.WaitingStatus, towpath.WaitingStopped)
	l.Placeholders = cmp.Or(l.Placeholders, towpath.PlaceholdersNone)
	err := tx.emitAfter(links.insert(ctx, tx, *l), linkEvent(towpath.EventLinkCreated, *l, ""))
	return taken(err, "baseDirectory",
		"The project is linked with branch %s of %s in this base directory already. "+
			"Choose another base directory or branch.", l.Branch, l.RepositoryName)
}

// UpdateLink writes a link that was read in the same transaction.
func (tx *Tx) UpdateLink(ctx context.Context, l *towpath.RepositoryLink) error {
	before, changed, err := links.change(ctx, tx, *l, "next_poll_at")
	if err == nil && changed {
		tx.Emit(linkEvent(towpath.EventLinkChanged, *l, linkState(before)))
	}
	if err == nil && before.AttentionReason.Code != l.AttentionReason.Code {
		err = tx.WantNotify(ctx, towpath.JobNotifyLink, l.ID, tx.Now)
	}
	return taken(err, "baseDirectory",
		"The project is linked with branch %s of %s in this base directory already. "+
			"Choose another base directory or branch.", l.Branch, l.RepositoryName)
}

func linkEvent(kind towpath.EventKind, l towpath.RepositoryLink, from string) towpath.Event {
	return towpath.Event{Kind: kind, ProjectID: l.ProjectID, LinkID: l.ID, From: from, To: linkState(l)}
}

// linkState returns the state of a link in events: attention or connected.
func linkState(l towpath.RepositoryLink) string {
	if !l.AttentionReason.IsZero() {
		return "attention"
	}
	return "connected"
}

// FollowRename updates stored rows from a repository's former name and address to the current ones.
func (tx *Tx) FollowRename(ctx context.Context, before, now towpath.RepositoryLink) error {
	if before.RepositoryURL != "" && now.RepositoryURL != before.RepositoryURL {
		former := before.RepositoryURL + "/"
		_, err := tx.exec(ctx, "UPDATE rollout SET commit_url = $1 || substr(commit_url, $2) WHERE link_id "+
			"= $3 AND substr(commit_url, 1, $4) = $5",
			now.RepositoryURL+"/", utf8.RuneCountInString(former)+1, now.ID, utf8.RuneCountInString(former),
			former)
		if err != nil {
			return fmt.Errorf("follow the repository's address: %w", err)
		}
	}
	_, err := tx.exec(ctx, "UPDATE change_history SET repository = $1 WHERE repository = $2 AND rollout_id "+
		"IN (SELECT id FROM rollout WHERE link_id = $3)",
		now.RepositoryName, before.RepositoryName, now.ID)
	if err != nil {
		return fmt.Errorf("follow the repository's name: %w", err)
	}
	return nil
}

// DeleteLink removes a link with its manifest and deliveries, and keeps rollouts and history.
func (tx *Tx) DeleteLink(ctx context.Context, id string) error {
	l, err := tx.Link(ctx, id)
	if err != nil {
		return err
	}
	return tx.emitAfter(links.delete(ctx, tx, "id = $1", id), towpath.Event{
		Kind: towpath.EventLinkDeleted, ProjectID: l.ProjectID, LinkID: l.ID, From: linkState(l),
	})
}

// Link reads a link.
func (tx *Tx) Link(ctx context.Context, id string) (towpath.RepositoryLink, error) {
	return links.get(ctx, tx, "id = $1", id)
}

// Filling returns what an environment puts into the files of a link; nothing when it was removed.
func (tx *Tx) Filling(ctx context.Context, linkID string, e towpath.Environment) (towpath.Filling, error) {
	l, err := tx.Link(ctx, linkID)
	if towpath.ErrorCode(err) == towpath.CodeNotFound {
		return towpath.Filling{}, nil
	}
	return towpath.FillingOf(l.Placeholders, e), err
}

// LinkByHook reads a link by the key in its webhook's address.
func (tx *Tx) LinkByHook(ctx context.Context, key string) (towpath.RepositoryLink, error) {
	return links.get(ctx, tx, "hook_key = $1", key)
}

// LinkFilter selects links; empty fields match all.
type LinkFilter struct {
	ProjectID  string
	ProviderID string
	GrantID    string
}

// Links lists links, oldest first.
func (tx *Tx) Links(ctx context.Context, f LinkFilter, p Page) ([]towpath.RepositoryLink, error) {
	return links.page(ctx, tx, p, f.filter())
}

// EveryLink iterates over all links, oldest first.
func (tx *Tx) EveryLink(ctx context.Context, f LinkFilter) iter.Seq2[towpath.RepositoryLink, error] {
	return links.walk(ctx, tx, f.filter(), func(l towpath.RepositoryLink) string { return l.ID })
}

// WakeLinks schedules a plan for each of a project's links except one ("" for none).
func (tx *Tx) WakeLinks(ctx context.Context, projectID, except string) error {
	for l, err := range tx.EveryLink(ctx, LinkFilter{ProjectID: projectID}) {
		if err != nil {
			return err
		}
		if l.ID == except {
			continue
		}
		if err := tx.Enqueue(ctx, towpath.JobReconcile, l.ID); err != nil {
			return err
		}
	}
	return nil
}

// WakeLink schedules everything that a link may have missed while it could not work.
func (tx *Tx) WakeLink(ctx context.Context, linkID string) error {
	for _, kind := range []towpath.JobKind{towpath.JobReconcile, towpath.JobCheckHook, towpath.JobWriteBack} {
		if err := tx.Enqueue(ctx, kind, linkID); err != nil {
			return err
		}
	}
	return nil
}

// WakeSiblings schedules plans for the other links of a link's project.
func (tx *Tx) WakeSiblings(ctx context.Context, link towpath.RepositoryLink) error {
	for l, err := range tx.EveryLink(ctx, LinkFilter{ProjectID: link.ProjectID}) {
		if err != nil {
			return err
		}
		if l.ID == link.ID {
			continue
		}
		// a link whose branch has not moved only plans after its ledgers change
		if err := tx.StaleLedgers(ctx, link.ProjectID); err != nil {
			return err
		}
		return tx.WakeLinks(ctx, link.ProjectID, link.ID)
	}
	return nil
}

func (f LinkFilter) filter() (where filter) {
	where.ifSet("project_id", f.ProjectID)
	where.ifSet("provider_id", f.ProviderID)
	where.ifSet("grant_id", f.GrantID)
	return where
}

// DuePolls lists links whose next poll is due.
func (tx *Tx) DuePolls(ctx context.Context) ([]towpath.RepositoryLink, error) {
	return links.list(ctx, tx, "WHERE next_poll_at <= $1 ORDER BY next_poll_at LIMIT 200", tx.Now.UnixMicro())
}

var linkBaselines = newTable("link_baseline", 2, func(b *towpath.LinkBaseline) []column {
	return []column{{"link_id", &b.LinkID}, {"database_id", &b.DatabaseID}, {"version", &b.Version}}
})

// PutBaselines stores the baselines that people chose for single databases when they linked the
// repository.
func (tx *Tx) PutBaselines(ctx context.Context, list ...towpath.LinkBaseline) error {
	return linkBaselines.upsert(ctx, tx, list...)
}

// Baselines returns the baselines of single databases of a link, by database id.
func (tx *Tx) Baselines(ctx context.Context, linkID string) (map[string]string, error) {
	versions := map[string]string{}
	err := linkBaselines.each(ctx, tx, "WHERE link_id = $1", []any{linkID},
		func(b towpath.LinkBaseline) error {
			versions[b.DatabaseID] = b.Version
			return nil
		})
	return versions, err
}

func deliveryHead(d *towpath.Delivery) []column {
	return []column{
		{"id", &d.ID},
		{"link_id", &d.LinkID},
		{"request_id", &d.RequestID},
		{"event", &d.Event},
		{"verdict", (*string)(&d.Verdict)},
		{"reason", reason{&d.Reason}},
		{"attempts", &d.Attempts},
		{"received_at", instant{&d.ReceivedAt}},
	}
}

var (
	deliveries = newTable("delivery", 1, func(d *towpath.Delivery) []column {
		return append(deliveryHead(d), column{"payload", blob{&d.Payload}})
	})
	deliveryHeads = newTable("delivery", 1, deliveryHead) // payloads are up to a megabyte each
)

// ReceiveDelivery adds a delivery, or counts another attempt of a known one. known reports which.
func (tx *Tx) ReceiveDelivery(ctx context.Context, d *towpath.Delivery) (known bool, err error) {
	before, err := deliveryHeads.get(ctx, tx, "link_id = $1 AND request_id = $2", d.LinkID, d.RequestID)
	switch towpath.ErrorCode(err) {
	case "":
		before.Attempts++
		before.Payload = d.Payload
		*d = before
		if err := deliveryHeads.update(ctx, tx, before); err != nil {
			return true, err
		}
		return true, tx.emitDelivery(ctx, before)
	case towpath.CodeNotFound:
		d.ID = NewID()
		d.ReceivedAt = tx.Now
		d.Attempts = 1
		if err := deliveries.insert(ctx, tx, *d); err != nil {
			return false, err
		}
		return false, tx.emitDelivery(ctx, *d)
	}
	return false, err
}

func (tx *Tx) emitDelivery(ctx context.Context, d towpath.Delivery) error {
	projectID, err := tx.projectOf(ctx, d.LinkID)
	return tx.emitAfter(err, towpath.Event{
		Kind:      towpath.EventDeliveryReceived,
		ProjectID: projectID,
		LinkID:    d.LinkID,
		SubjectID: d.ID,
		To:        string(d.Verdict),
	})
}

// Delivery reads a delivery of a link.
func (tx *Tx) Delivery(ctx context.Context, linkID, id string) (towpath.Delivery, error) {
	return deliveries.get(ctx, tx, "id = $1 AND link_id = $2", id, linkID)
}

// Deliveries lists a link's deliveries without their payloads.
func (tx *Tx) Deliveries(ctx context.Context, linkID string, p Page) ([]towpath.Delivery, error) {
	var where filter
	where.is("link_id", linkID)
	return deliveryHeads.page(ctx, tx, p, where)
}

// PruneDeliveries removes deliveries received before the given time (microseconds since 1970).
func (tx *Tx) PruneDeliveries(ctx context.Context, before int64) error {
	return deliveries.delete(ctx, tx, "received_at < $1", before)
}

var manifestFiles = newTable("manifest_file", 2, func(f *towpath.ManifestFile) []column {
	return []column{
		{"link_id", &f.LinkID},
		{"path", &f.Path},
		{"state", (*string)(&f.State)},
		{"reason", reason{&f.Reason}},
		{"size", &f.Size},
		{"version", &f.Version},
		{"type", (*string)(&f.Type)},
		{"label", &f.Label},
		{"description", &f.Description},
		{"checksum", &f.Checksum},
		{"environment", &f.Environment},
		{"database_name", &f.Database},
		{"engine", (*string)(&f.Engine)},
		{"commit_hash", &f.Commit},
	}
})

// PutManifestFile adds or replaces files of a link's manifest. Pass many at once, which is much
// faster.
func (tx *Tx) PutManifestFile(ctx context.Context, files ...towpath.ManifestFile) error {
	if err := manifestFiles.upsert(ctx, tx, files...); err != nil || len(files) == 0 {
		return err
	}
	return tx.emitLinkEvent(ctx, towpath.EventFilesChanged, files[0].LinkID)
}

// DeleteManifestFile removes a file from a link's manifest.
func (tx *Tx) DeleteManifestFile(ctx context.Context, linkID, path string) error {
	if err := manifestFiles.delete(ctx, tx, "link_id = $1 AND path = $2", linkID, path); err != nil {
		return err
	}
	return tx.emitLinkEvent(ctx, towpath.EventFilesChanged, linkID)
}

// Manifest lists all files of a link's manifest by path.
func (tx *Tx) Manifest(ctx context.Context, linkID string) ([]towpath.ManifestFile, error) {
	return manifestFiles.list(ctx, tx, "WHERE link_id = $1 ORDER BY path", linkID)
}

// OtherClaims lists the matched files of a project's other links.
func (tx *Tx) OtherClaims(
	ctx context.Context, projectID, exceptLinkID string,
) ([]towpath.ManifestFile, error) {
	return manifestFiles.list(ctx, tx,
		"WHERE state = 'matched' AND link_id <> $2 "+
			"AND link_id IN (SELECT id FROM repository_link WHERE project_id = $1) ORDER BY link_id, path",
		projectID, exceptLinkID)
}

// ManifestPage lists a link's manifest by path, starting after a path; state "" includes both
// kinds.
func (tx *Tx) ManifestPage(
	ctx context.Context, linkID string, state towpath.FileState, after string, limit int,
) ([]towpath.ManifestFile, error) {
	return manifestFiles.list(ctx, tx,
		"WHERE link_id = $1 AND ($2 = '' OR state = $2) AND path > $3 ORDER BY path LIMIT $4",
		linkID, string(state), after, Page{Limit: limit}.limit())
}
