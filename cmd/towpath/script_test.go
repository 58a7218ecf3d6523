package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"towpath/internal/engine/enginetest/mariadbserver"
	"towpath/internal/engine/enginetest/pgserver"
)

// servers are the database servers of the tests.
var servers struct {
	postgres *pgserver.Server
	mariadb  *mariadbserver.Server
}

type withServers struct{ *testing.M }

// Run starts the servers, on the main goroutine since they end with its thread, and runs the tests.
func (m withServers) Run() (code int) {
	var err error
	if servers.postgres, err = pgserver.Start(); err == nil {
		servers.mariadb, err = mariadbserver.Start()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	code = m.M.Run()
	fmt.Printf("review: %d statements of scenarios, %d not analyzed, %d files not reviewed\n",
		reviewed.statements.Load(), reviewed.notAnalyzed.Load(), reviewed.failed.Load())
	if err := errors.Join(servers.postgres.Stop(), servers.mariadb.Stop()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return code
}

func TestMain(m *testing.M) {
	testscript.Main(withServers{m}, map[string]func(){"towpath": main})
}

// TestScenarios runs the real program on the stories in testdata/script. Their verbs:
//
//	serve [FLAG…]           start the server; the first start seeds the workspace
//	shutdown, sigkill       end it by SIGTERM, or by SIGKILL
//	backup, restore         keep a copy of the metadata, put it back; while no server runs
//	link [KEY=VALUE…]       link the repository; keys as in the API
//	                        OBJECT/KEY=VALUE is a key of an object,
//	                        baseline.ENVIRONMENT=VERSION is of the database there, despite.… whatever it shows
//	                        preset=TOOL is the settings of a convention that a preview finds
//	presets                 which conventions a preview finds, before linking, to stdout
//	proposals               which baselines fit each database, before linking, to stdout
//	histories [KEY=VALUE…]  what other tools have applied to each database, to stdout
//	adopt [FLAG…]           the command of that name for the link
//	baseline ENVIRONMENT [FLAG…]      the command of that name for the database there
//	push [MESSAGE]          commit everything in $WORK/repo and push the branch that is checked out
//	until STATE             wait until the link has seen the push and stands so: done, failed, held, attention …
//	until-hook STATE        wait until the link's webhook stands so: active, missing …
//	until-commits N         until the branch has so many commits, the server's own included
//	sql ENVIRONMENT QUERY   rows of a query on the target, to stdout
//	tables ENVIRONMENT      the target's tables, to stdout
//	ledger ENVIRONMENT      versions in the target's ledger in the order of their coming, to stdout
//	history ENVIRONMENT     the database's change history through the API, to stdout
//	plan                    how files stand that are neither applied nor ignored, to stdout
//	file PATH               the state of one file, to stdout
//	status COMMIT WANT…     until the commit bears these build statuses, such as 'test SUCCESSFUL'
//	says COMMIT WANT        until a build status of the commit begins so, such as 'test FAILED shop/1.sql'
//	task ACTION VERSION ENVIRONMENT   retry, release or skip an open task; resolve:OUTCOME an unknown one
//	mark VERSION ENVIRONMENT WHY [despite]   marks an open task as applied; what fits and what does not, to stdout
//	undo ENVIRONMENT WHY [despite|STATE]    undoes the newest version there; what runs, or why nothing does, to stdout
//	schema ENVIRONMENT [STATE]        checks the schema there, or waits until it stands so; how it stands, to stdout
//	repair ENVIRONMENT                runs the SQL that takes the newest drift there back; it, to stdout
//	open-repair ENVIRONMENT           opens it as a pull request, twice at once; where it is, to stdout
//	accept-schema ENVIRONMENT WHY     accepts the schema there as it was seen
//	accept PATH ENVIRONMENT           accept the edited text of an applied file
//	review STATE            until the review of the newest rollout stands so; what it says, to stdout
//	levels ENVIRONMENT JSON a change of the environment's levels, as in the API
//	branch NAME STATE [VERDICT]       until the review of a branch stands so; what it says, to stdout
//	rehearse on|off [USER]            the project's rehearsals, by a user of their own; their check, to stdout
//	insights COMMIT [REGEXP]          the reports of a commit with their annotations, once they match, to stdout
//	rung N                  before the first start: whether the consumer may read pull requests, 0 or 1, or open them, 2
//	pull open BRANCH [TITLE]          open a pull request; its number to stdout
//	pull merge N STRATEGY, pull decline N, pull comment N USER TEXT   as at Bitbucket's page
//	pull describe N         title and description of a pull request, to stdout
//	pull until N REGEXP     until the one comment of a pull request matches; comment and tasks to stdout
//	calls [N]               N calls of the provider's API since the last time
//	reasons                 the reasons of the newest rollout's tasks, to stdout
//	faults JSON             what goes wrong at Bitbucket, as bitbucketsim.Faults
//	hook-deleted            somebody deletes the webhook
//	environment NAME JSON  changes an environment
//	variables ENVIRONMENT  what the attempts of the newest rollout there have put into files, to stdout
//	see ENVIRONMENT  looks at what waits for a start there
//	start  starts what was seen
//	schedule SECONDS  schedules what was seen, so many seconds from now
//	pause REASON, resume  pauses the newest rollout, and resumes it
//	glass REASON  an owner starts what was seen past its gate
//	look WHO NOTE  the owner, or another DBA, looks at the oldest start past a gate; the look, to stdout
//	receiver ENVIRONMENT [STATUS…]  start a receiver, which first answers so, and ask there for approvals
//	received  the next request at the receiver, to stdout; with ! none comes
//	reply approve|refuse [WHY]  the receiver answers the last request by a token of another DBA
//	notify KIND EVENT,… [STATUS…]  adds a receiver of notifications, which first answers so
//	notified [N]  the next message there, or the next N in any order, to stdout; with ! none comes
//	post [MODE…]  starts a mail server at $SMTP, which treats the first mails so: busy, unanswered
//	invite EMAIL  invites a DBA by mail; the member, to stdout
//	accept-invitation SECRET  accepts an invitation without signing in
//	mailed  the next mail there, its id, receiver and link, to stdout; with ! none comes
//	answer WHO [REFUSAL]  the owner, or another DBA, answers what was seen
//	remote COMMAND [FLAG…]  the command of that name, at the server and as the owner
//	receipt FILE  writes the receipt of the newest rollout there, and the server's keys to FILE.key
//	changed FILE FROM TO  writes the receipt with another word in its payload to changed.json
//	api METHOD PATH [BODY]  any call; the answer goes to stdout
func TestScenarios(t *testing.T) {
	t.Parallel()
	runScenarios(t, func() targets { return sqliteTargets{} }, false,
		filepath.Join("testdata", "script", "*.txtar"))
}

// everywhere adds the pairs that TestScenariosEverywhere leaves out.
var everywhere = flag.Bool("everywhere", false, "run the stories on every engine with both kinds of metadata")

// TestScenariosEverywhere runs the stories that are independent of the engine on every engine.
// TestScenarios has SQLite with its own metadata. Each engine and each kind of metadata occur, and
// -everywhere adds the other pairs.
func TestScenariosEverywhere(t *testing.T) {
	makeUsers(t)
	t.Parallel()
	stories := filepath.Join("testdata", "script", "everywhere-*.txtar")
	for _, on := range []struct {
		engine string
		where  func() targets
		shared bool // the metadata is on PostgreSQL
		always bool
	}{
		{"SQLite", func() targets { return sqliteTargets{} }, true, false},
		{"PostgreSQL", func() targets { return postgresTargets(servers.postgres.Target()) }, true, true},
		{"PostgreSQL", func() targets { return postgresTargets(servers.postgres.Target()) }, false, false},
		{"MariaDB", func() targets { return mariadbTargets(servers.mariadb.Target()) }, false, true},
		{"MariaDB", func() targets { return mariadbTargets(servers.mariadb.Target()) }, true, false},
	} {
		if !on.always && !*everywhere {
			continue
		}
		t.Run(fmt.Sprintf("%s, metadata on PostgreSQL %t", on.engine, on.shared), func(t *testing.T) {
			t.Parallel()
			runScenarios(t, on.where, on.shared, stories)
		})
	}
}

// TestScenariosOfPostgreSQL runs the stories about features that only PostgreSQL has.
func TestScenariosOfPostgreSQL(t *testing.T) {
	makeUsers(t)
	t.Parallel()
	runScenarios(t, func() targets { return postgresTargets(servers.postgres.Target()) }, false,
		filepath.Join("testdata", "script", "postgres", "*.txtar"))
}

// TestScenariosOfMariaDB runs the stories of statements that commit by themselves.
func TestScenariosOfMariaDB(t *testing.T) {
	t.Parallel()
	runScenarios(t, func() targets { return mariadbTargets(servers.mariadb.Target()) }, false,
		filepath.Join("testdata", "script", "mariadb", "*.txtar"))
}

func runScenarios(t *testing.T, where func() targets, sharedMetadata bool, pattern string) {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		t.Fatalf("no scenarios: %v", err)
	}
	testscript.Run(t, testscript.Params{
		Files: files,
		Setup: func(env *testscript.Env) error {
			ctx, cancel := context.WithCancel(context.Background())
			env.Defer(cancel)
			dir := filepath.Join(env.WorkDir, ".world")
			if err := os.MkdirAll(dir, 0o700); err != nil {
				return err
			}
			metadata := ""
			if sharedMetadata {
				server := postgresTargets(servers.postgres.Target())
				name, err := server.create(ctx, "metadata")
				if err != nil {
					return err
				}
				metadata = server.dsn(name)
			}
			on := where()
			env.Setenv("ENGINE", on.engine())
			w, err := newWorld(ctx, dir, on, metadata)
			if err != nil {
				return err
			}
			env.Defer(w.close)
			env.Defer(func() { w.countReviews(t.Logf) })
			env.Values["world"] = w
			env.Vars = append(env.Vars, "GIT_CONFIG_GLOBAL="+filepath.Join(dir, "gitconfig"),
				"GIT_CONFIG_NOSYSTEM=1", "GIT_TERMINAL_PROMPT=0", "HOME="+dir)
			return os.WriteFile(filepath.Join(dir, "gitconfig"),
				[]byte("[user]\n\tname = Olive Owner\n\temail = owner@example.com\n[init]\n\tdefaultBranch "+
					"= main\n[core]\n\tquotePath = false\n[maintenance]\n\tauto = false\n"), 0o600)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"presets": verbPresets,
			"serve":   verbServe, "shutdown": verbShutdown, "sigkill": verbSigkill, "backup": verbBackup,
			"restore": verbRestore, "link": verbLink, "proposals": verbProposals, "push": verbPush,
			"histories": verbHistories, "adopt": verbAdopt,
			"baseline": verbBaseline, "until-written": verbUntilWritten,
			"until": verbUntil, "until-hook": verbUntilHook, "until-commits": verbUntilCommits,
			"sql": verbSQL, "tables": verbTables, "ledger": verbLedger, "history": verbHistory,
			"plan": verbPlan, "file": verbFile, "status": verbStatus, "says": verbSays, "task": verbTask,
			"accept": verbAccept, "reasons": verbReasons, "review": verbReview, "levels": verbLevels,
			"faults": verbFaults, "branch": verbBranch, "insights": verbInsights, "calls": verbCalls,
			"hook-deleted": verbHookDeleted, "api": verbAPI, "environment": verbEnvironment,
			"see": verbSee, "start": verbStart, "schedule": verbSchedule, "pause": verbPause, "resume": verbResume,
			"answer": verbAnswer, "glass": verbGlass, "look": verbLook,
			"receiver": verbReceiver, "received": verbReceived, "reply": verbReply,
			"notify": verbNotify, "notified": verbNotified,
			"rehearse":      verbRehearse,
			"receipt":       verbReceipt,
			"changed":       verbChanged,
			"mark":          verbMark,
			"schema":        verbSchema,
			"repair":        verbRepair,
			"open-repair":   verbOpenRepair,
			"accept-schema": verbAcceptSchema,
			"undo":          verbUndo,
			"variables":     verbVariables,
			"rung":          verbRung, "pull": verbPull, "markers": verbMarkers,
			"connect":           verbConnect,
			"remote":            verbRemote,
			"accept-invitation": verbAcceptInvitation,
			"post":              verbPost, "invite": verbInvite, "mailed": verbMailed,
			"doubt": verbDoubt,
		},
	})
}

func worldOf(ts *testscript.TestScript) *world { return ts.Value("world").(*world) }

func check(ts *testscript.TestScript, err error) {
	if err != nil {
		if w := worldOf(ts); w.log != nil {
			if text, readErr := os.ReadFile(w.log.Name()); readErr == nil {
				lines := strings.Split(strings.TrimSpace(string(text)), "\n")
				ts.Logf("the server's last words:\n%s", strings.Join(lines[max(0, len(lines)-40):], "\n"))
			}
		}
		ts.Fatalf("%v", err)
	}
}

func printLines(ts *testscript.TestScript, lines []string) {
	if len(lines) > 0 {
		fmt.Fprintln(ts.Stdout(), strings.Join(lines, "\n"))
	}
}

func verbServe(ts *testscript.TestScript, _ bool, args []string) {
	w := worldOf(ts)
	first := w.info.APIToken == ""
	check(ts, w.start(args...))
	if !first {
		return
	}
	check(ts, ts.Exec("git", "clone", "-q", w.cloneURL(), filepath.Join(ts.Getenv("WORK"), "repo")))
}

func verbShutdown(ts *testscript.TestScript, _ bool, _ []string) {
	check(ts, worldOf(ts).stop(syscall.SIGTERM))
}

func verbSigkill(ts *testscript.TestScript, _ bool, _ []string) {
	check(ts, worldOf(ts).stop(syscall.SIGKILL))
}

func verbLink(ts *testscript.TestScript, neg bool, args []string) {
	w := worldOf(ts)
	spec := map[string]any{}
	for _, arg := range args {
		key, value, _ := strings.Cut(arg, "=")
		if kind, environment, ok := strings.Cut(key, "."); ok {
			list, _ := spec["baselines"].([]any)
			spec["baselines"] = append(list, map[string]any{
				"databaseId": databaseID(ts, environment),
				"version":    value,
				"despite":    kind == "despite",
			})
			continue
		}
		if object, field, ok := strings.Cut(key, "/"); ok {
			spec[object] = map[string]any{field: value}
			continue
		}
		spec[key] = value
		if value == "true" {
			spec[key] = true
		}
	}
	w.takePreset(ts, spec)
	id, err := w.link(w.ctx, w.grant, spec)
	if neg {
		if err == nil {
			ts.Fatalf("linked, and should not have")
		}
		fmt.Fprintln(ts.Stdout(), err)
		return
	}
	check(ts, err)
	w.linkID = id
	branch, ok := spec["branch"].(string)
	if !ok {
		branch = w.info.Branch
	}
	w.head = strings.Fields(git(ts, "ls-remote", "-q", w.cloneURL(), "refs/heads/"+branch))[0]
	ts.Setenv("LINK", id)
}

// verbProposals prints which baselines fit each database.
func verbProposals(ts *testscript.TestScript, _ bool, _ []string) {
	w := worldOf(ts)
	repository, _ := w.sim.Repository(demoRepository)
	var projects items[identified]
	check(ts, w.api.call(w.ctx, "GET", "/projects", nil, &projects))
	var preview struct {
		Databases []struct {
			Environment string   `json:"environment"`
			Fitting     []string `json:"fitting"`
		} `json:"databases"`
	}
	check(ts, w.api.call(w.ctx, "POST", "/projects/"+projects.Items[0].ID+"/repository-links/preview",
		map[string]any{
			"grantId": w.grant, "repositoryId": repository.UUID, "branch": w.info.Branch,
			"baseDirectory": w.info.BaseDirectory, "filePathTemplate": w.info.FilePathTemplate,
		}, &preview))
	for _, environment := range demoEnvironments {
		for _, d := range preview.Databases {
			if d.Environment == environment {
				printLines(ts, []string{strings.TrimSpace(environment + " " + strings.Join(d.Fitting, " "))})
			}
		}
	}
}

// git runs git in the work tree and returns what it prints.
func git(ts *testscript.TestScript, args ...string) string {
	command := exec.Command("git", args...)
	command.Dir = filepath.Join(ts.Getenv("WORK"), "repo")
	command.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+ts.Getenv("GIT_CONFIG_GLOBAL"),
		"GIT_CONFIG_NOSYSTEM=1", "GIT_TERMINAL_PROMPT=0")
	out, err := command.CombinedOutput()
	if err != nil {
		ts.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

func verbPush(ts *testscript.TestScript, _ bool, args []string) {
	w := worldOf(ts)
	message := "change"
	if len(args) > 0 {
		message = args[0]
	}
	git(ts, "add", "-A")
	if strings.TrimSpace(git(ts, "status", "--porcelain")) != "" {
		git(ts, "commit", "-q", "-m", message)
	}
	git(ts, append([]string{"push", "-q", "origin", "HEAD"}, args[min(1, len(args)):]...)...)
	w.head = strings.TrimSpace(git(ts, "rev-parse", "HEAD"))
	ts.Setenv("HEAD", w.head)
}

func verbUntil(ts *testscript.TestScript, _ bool, args []string) {
	w := worldOf(ts)
	if len(args) > 1 { // until STATE COMMIT: the expected head
		w.head = strings.TrimSpace(git(ts, "rev-parse", args[1]))
	}
	check(ts, w.wait(args[0]))
	_, v := w.state()
	fmt.Fprintln(ts.Stdout(), v.WaitsFor.Text+v.AttentionReason.Text)
}

// verbUntilHook waits for a state of the link's webhook.
func verbUntilHook(ts *testscript.TestScript, _ bool, args []string) {
	w := worldOf(ts)
	check(ts, w.until(time.Minute, func() (bool, string) {
		_, v := w.state()
		return v.HookState == args[0], "the webhook is " + v.HookState
	}))
}

// verbUntilCommits waits for a number of commits on the branch, ours and the server's.
func verbUntilCommits(ts *testscript.TestScript, _ bool, args []string) {
	w := worldOf(ts)
	check(ts, w.until(30*time.Second, func() (bool, string) {
		git(ts, "fetch", "-q", "origin")
		n := strings.TrimSpace(git(ts, "rev-list", "--count", "origin/main"))
		return n == args[0], "the branch has " + n + " commits"
	}))
	w.head = strings.TrimSpace(git(ts, "rev-parse", "origin/main"))
}
