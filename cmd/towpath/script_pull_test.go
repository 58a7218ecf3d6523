package main

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	bitbucketsim "towpath/internal/gitsim/bitbucket"
)

func verbRung(ts *testscript.TestScript, _ bool, args []string) {
	w := worldOf(ts)
	w.pullRequests, w.opensPulls = args[0] != "0", args[0] == "2"
}

// verbPull acts on a pull request as people do, or waits for what it is told.
func verbPull(ts *testscript.TestScript, _ bool, args []string) {
	w := worldOf(ts)
	if args[0] == "open" {
		spec := bitbucketsim.PullRequestSpec{Title: strings.Join(args[2:], " "), Source: args[1]}
		number, err := w.sim.OpenPullRequest(demoRepository, w.info.GitUser, spec)
		check(ts, err)
		printLines(ts, []string{strconv.Itoa(number)})
		return
	}
	number, err := strconv.Atoi(args[1])
	check(ts, err)
	switch args[0] {
	case "merge":
		check(ts, w.sim.MergePullRequest(demoRepository, w.info.GitUser, number, args[2]))
	case "decline":
		check(ts, w.sim.DeclinePullRequest(demoRepository, w.info.GitUser, number))
	case "approve", "unapprove":
		check(ts, w.sim.ApprovePullRequest(demoRepository, args[2], number, args[0] == "approve"))
	case "describe":
		pr := w.sim.PullRequest(demoRepository, number)
		printLines(ts, []string{pr.Title, pr.Description})
	case "comment":
		check(ts, w.sim.Comment(demoRepository, args[2], number, strings.Join(args[3:], " ")))
	case "until":
		untilComment(ts, number, regexp.MustCompile("(?m)"+args[2]))
	default:
		ts.Fatalf("pull %s is not known", args[0])
	}
}

// verbConnect lets the account "benno" of another DBA be used, whom it makes.
func verbConnect(ts *testscript.TestScript, _ bool, _ []string) {
	w := worldOf(ts)
	check(ts, w.invitePeer())
	w.sim.AddUser(bitbucketsim.User{
		Username: "benno", DisplayName: "Benno Prüfer", Email: "benno@example.net", Password: "pw",
	})
	w.sim.SetPermission(demoRepository, "benno", "write")
	var providers items[identified]
	check(ts, w.peer.call(w.ctx, "GET", "/git-providers", nil, &providers))
	var started struct {
		AuthorizeURL string `json:"authorizeUrl"`
	}
	check(ts, w.peer.call(w.ctx, "POST", "/git-providers/"+providers.Items[0].ID+"/grants", nil, &started))
	other := w.demo
	other.api, other.info.GitUser = w.peer, "benno"
	check(ts, other.authorize(w.ctx, started.AuthorizeURL))
}

// verbDoubt waits until the gate of an environment says why an approval of the pull request does not
// count.
func verbDoubt(ts *testscript.TestScript, _ bool, args []string) {
	w := worldOf(ts)
	var lines []string
	check(ts, w.until(time.Minute, func() (bool, string) {
		id, _, err := w.newestTasks()
		check(ts, err)
		var r struct {
			Stages []struct {
				Environment string `json:"environment"`
				Start       *struct {
					PullDoubts []demoReason `json:"pullDoubts"`
				} `json:"start"`
			} `json:"stages"`
		}
		check(ts, w.api.call(w.ctx, "GET", "/rollouts/"+id, nil, &r))
		lines = nil
		for _, s := range r.Stages {
			if s.Environment != args[0] || s.Start == nil {
				continue
			}
			for _, doubt := range s.Start.PullDoubts {
				lines = append(lines, doubt.Text)
			}
		}
		text := strings.Join(lines, "\n")
		return strings.Contains(text, args[1]), "the gate doubts: " + text
	}))
}

// untilComment waits until our comment matches. Every other comment is a person's, so that there is
// never a second one of ours.
func untilComment(ts *testscript.TestScript, number int, want *regexp.Regexp) {
	w := worldOf(ts)
	var lines []string
	check(ts, w.until(time.Minute, func() (bool, string) {
		pr := w.sim.PullRequest(demoRepository, number)
		lines = nil
		for _, text := range pr.Comments {
			if strings.HasPrefix(text, "## Towpath review") {
				lines = append(lines, text)
			}
		}
		if len(lines) > 1 {
			ts.Fatalf("%d comments of ours: %q", len(lines), lines)
		}
		for _, task := range pr.Tasks {
			lines = append(lines, fmt.Sprintf("task resolved=%t: %s", task.Resolved, task.Text))
		}
		text := strings.Join(lines, "\n")
		return want.MatchString(text), fmt.Sprintf("pull request %d, %s, says: %s", number, pr.State, text)
	}))
	printLines(ts, lines)
}
