package report

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"towpath"
	"towpath/internal/vcs"
)

const (
	// commentsSearched is how many of a pull request's newest comments are searched for one of ours
	// whose id is not known.
	commentsSearched = 200

	// maxTasks bounds the tasks of a pull request: each is a call, and a long list confirms
	// nothing.
	maxTasks = 5
)

// tellPullRequest brings our comment and tasks in a branch's pull request to what the review says,
// when the link's grant may comment.
func (s *Service) tellPullRequest(ctx context.Context, b *branch) error {
	pr := b.review.PullRequest
	if pr.Number == 0 {
		return nil
	}
	client, account, err := s.Accounts.PullRequests(ctx, b.link.GrantID)
	if err != nil || client == nil {
		return err
	}
	if b.review.Told.PullRequest != pr.Number {
		b.review.Told = towpath.BranchTold{PullRequest: pr.Number}
	}
	if err := s.sendComment(ctx, client, account, b); err != nil {
		return err
	}
	tasks, _ := client.(vcs.Tasker)
	if tasks == nil || pr.Over() || !b.told(s.Store.Now()) {
		return nil
	}
	return s.sendTasks(ctx, tasks, b)
}

// sendComment edits our comment, or makes it. The row notes before the first call that there may be
// one, so that a comment whose id was lost is found instead of made twice.
func (s *Service) sendComment(
	ctx context.Context, client vcs.PullRequester, account string, b *branch,
) error {
	told := &b.review.Told
	exists := told.Comment != "" || told.Begun
	text := b.comment(s.branchPage(*b), s.Store.Now())
	if text == "" || (!exists && !b.told(s.Store.Now())) || told.Text == digestJSON(text) {
		return nil
	}
	number := told.PullRequest
	if told.Comment == "" && told.Begun {
		found, err := s.ownComment(ctx, client, account, *b)
		if err != nil {
			return err
		}
		told.Comment = found
	}
	if told.Comment != "" {
		err := client.EditComment(ctx, b.link.RepositoryID, number, told.Comment, text)
		if err != nil && vcs.KindOf(err) != vcs.NotFound {
			return fmt.Errorf("edit the comment on pull request %d: %w", number, err)
		}
		if err != nil { // somebody has deleted it
			told.Comment, told.Begun = "", false
		}
	}
	if told.Comment == "" && !b.review.PullRequest.Over() {
		if err := s.addComment(ctx, client, b, text); err != nil {
			return err
		}
	}
	now := s.Store.Now()
	told.Text, told.Last, told.At = digestJSON(text), b.review.PullRequest.Over(), &now
	return s.saveSent(ctx, *b)
}

func (s *Service) addComment(
	ctx context.Context, client vcs.PullRequester, b *branch, text string,
) error {
	told := &b.review.Told
	told.Begun = true
	if err := s.saveSent(ctx, *b); err != nil {
		return err
	}
	id, err := client.AddComment(ctx, b.link.RepositoryID, told.PullRequest, text)
	if err != nil {
		return fmt.Errorf("comment on pull request %d: %w", told.PullRequest, err)
	}
	told.Comment = id
	return nil
}

// ownComment finds the comment on a branch's review that we made; "" when there is none. A person
// who quotes it does not begin with its first line.
func (s *Service) ownComment(
	ctx context.Context, client vcs.PullRequester, account string, b branch,
) (id string, err error) {
	list, err := client.Comments(ctx, b.link.RepositoryID, b.review.Told.PullRequest, commentsSearched)
	if err != nil {
		return "", fmt.Errorf("look for the comment on pull request %d: %w", b.review.Told.PullRequest, err)
	}
	mark := commentHead(s.branchPage(b))
	for _, c := range list { // the oldest of ours, if ever there are two
		if c.Author.ID == account && strings.HasPrefix(c.Text, mark) {
			id = c.ID
		}
	}
	return id, nil
}

// confirmation is what a task asks for.
type confirmation struct{ key, text string }

// sendTasks adds a task for each statement that loses data, once, and resolves those whose
// statement is gone. What a person has resolved stays so.
func (s *Service) sendTasks(ctx context.Context, client vcs.Tasker, b *branch) error {
	wanted := b.confirmations()
	told := &b.review.Told
	if err := s.findTasks(ctx, client, b, wanted); err != nil {
		return err
	}
	for i := range told.Tasks {
		task := &told.Tasks[i]
		open := slices.ContainsFunc(wanted, func(c confirmation) bool { return c.key == task.Key })
		if task.Open == open || task.ID == "" {
			continue
		}
		err := client.SetTask(ctx, b.link.RepositoryID, told.PullRequest, task.ID, open)
		if err != nil && vcs.KindOf(err) != vcs.NotFound { // one that was deleted is as good as resolved
			return fmt.Errorf("change a task of pull request %d: %w", told.PullRequest, err)
		}
		task.Open = open
		if err := s.saveSent(ctx, *b); err != nil {
			return err
		}
	}
	for _, c := range wanted {
		if err := s.addTask(ctx, client, b, c); err != nil {
			return err
		}
	}
	return nil
}

// addTask adds a task unless there is one with its key.
func (s *Service) addTask(ctx context.Context, client vcs.Tasker, b *branch, c confirmation) error {
	told := &b.review.Told
	at := slices.IndexFunc(told.Tasks, func(t towpath.BranchTask) bool { return t.Key == c.key })
	if at >= 0 && told.Tasks[at].ID != "" {
		return nil
	}
	if at < 0 {
		at = len(told.Tasks)
		told.Tasks = append(told.Tasks, towpath.BranchTask{Key: c.key})
		if err := s.saveSent(ctx, *b); err != nil {
			return err
		}
	}
	id, err := client.AddTask(ctx, b.link.RepositoryID, told.PullRequest, c.text)
	if err != nil {
		return fmt.Errorf("add a task to pull request %d: %w", told.PullRequest, err)
	}
	told.Tasks[at].ID, told.Tasks[at].Open = id, true
	return s.saveSent(ctx, *b)
}

// findTasks looks for tasks that were made and whose id was lost. One that is wanted no more and
// was not found was never made.
func (s *Service) findTasks(
	ctx context.Context, client vcs.Tasker, b *branch, wanted []confirmation,
) error {
	told := &b.review.Told
	lost := func(t towpath.BranchTask) bool { return t.ID == "" }
	if !slices.ContainsFunc(told.Tasks, lost) {
		return nil
	}
	list, err := client.Tasks(ctx, b.link.RepositoryID, told.PullRequest)
	if err != nil {
		return fmt.Errorf("list the tasks of pull request %d: %w", told.PullRequest, err)
	}
	for i := range told.Tasks {
		for _, found := range list {
			if told.Tasks[i].ID == "" && strings.HasSuffix(found.Text, taskMark(told.Tasks[i].Key)) {
				told.Tasks[i].ID, told.Tasks[i].Open = found.ID, found.Open
			}
		}
	}
	told.Tasks = slices.DeleteFunc(told.Tasks, func(t towpath.BranchTask) bool {
		return lost(t) && !slices.ContainsFunc(wanted, func(c confirmation) bool { return c.key == t.Key })
	})
	return s.saveSent(ctx, *b)
}

// losesData are the rules whose findings are about data that is lost for good.
var losesData = []string{"DS01", "DS02", "DS03", "DS05", "DS07", "DS08", "DS11", "DS15"}

// confirmations lists what a person must confirm: one task for each statement that loses data, the
// first ones by file and line.
func (b branch) confirmations() (list []confirmation) {
	seen := map[string]bool{}
	for _, f := range b.files {
		for _, found := range f.Findings {
			key := confirmationKey(b.review.ID, f.Path, found.Statement)
			if found.Level == string(vcs.LevelInfo) || !slices.Contains(losesData, found.Rule) || seen[key] {
				continue
			}
			seen[key] = true
			text := fmt.Sprintf("Confirm that this data may be lost: %s at %s. %s", found.Rule,
				code(f.Path+":"+strconv.Itoa(found.Line)), plain(found.Message))
			list = append(list, confirmation{key: key, text: text + taskMark(key)})
		}
	}
	if len(list) > maxTasks {
		more := len(list) - (maxTasks - 1)
		key := confirmationKey(b.review.ID, "", "more")
		list = append(list[:maxTasks-1], confirmation{
			key: key,
			text: fmt.Sprintf("Confirm %d more statements that lose data. The comment leads to all.", more) +
				taskMark(key),
		})
	}
	return list
}

// confirmationKey is a key that stays when lines move.
func confirmationKey(review, path, statement string) string {
	sum := sha256.Sum256([]byte(review + "\x00" + path + "\x00" + statement))
	return hex.EncodeToString(sum[:5])
}

// taskMark ends the text of a task, so that it is known again.
func taskMark(key string) string { return " [towpath " + key + "]" }
