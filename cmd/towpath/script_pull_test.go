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
	worldOf(ts).pullRequests = args[0] == "1"
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
	case "comment":
		check(ts, w.sim.Comment(demoRepository, args[2], number, strings.Join(args[3:], " ")))
	case "until":
		untilComment(ts, number, regexp.MustCompile("(?m)"+args[2]))
	default:
		ts.Fatalf("pull %s is not known", args[0])
	}
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
