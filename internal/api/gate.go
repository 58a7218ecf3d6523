package api

import (
	"context"
	"maps"
	"slices"
	"time"

	"towpath"
	"towpath/internal/rollout"
	"towpath/internal/store"
)

// consent is whom a gate asks.
type consent struct {
	People int                    `json:"people" minimum:"0" maximum:"10" doc:"How many people other than the authors and committers of the files; 0 asks nobody."`
	Pulls  bool                   `json:"pullRequests,omitempty" doc:"Whether approvals of the pull request that brought the changes count, too."`
	Roles  []towpath.ApproverRole `json:"roles,omitempty" nullable:"false" maxItems:"4" doc:"The roles of which each has one: owner and dba of the workspace, project-owner, project-developer. By default all but project-developer."`
}

func consentOf(c towpath.Consent) consent {
	return consent{People: c.People, Roles: c.Of(), Pulls: c.PullRequests}
}

func (c *consent) change() *towpath.Consent {
	if c == nil {
		return nil
	}
	return &towpath.Consent{People: c.People, Roles: c.Roles, PullRequests: c.Pulls}
}

// window is a time in which changes may start, or must not.
type window struct {
	Effect   towpath.WindowEffect `json:"effect" enum:"allow,deny" doc:"deny is a freeze and wins. What runs when a window ends may finish."`
	Days     []string             `json:"days,omitempty" nullable:"false" maxItems:"7" doc:"The days on which it begins, such as mon and tue; none: every day."`
	From     string               `json:"from" maxLength:"5" doc:"The time at which it begins, such as 22:00."`
	Minutes  int                  `json:"minutes" doc:"How long it lasts by the clock, up to 7 days; 1440 is until the same time of the next day."`
	Zone     string               `json:"zone" maxLength:"100" doc:"Of the clock, such as Europe/Berlin."`
	FirstDay string               `json:"firstDay,omitempty" maxLength:"10" doc:"The first day on which it may begin, such as 2026-12-20."`
	LastDay  string               `json:"lastDay,omitempty" maxLength:"10" doc:"The last day on which it may begin."`
}

func windowOf(w towpath.Window) window {
	return window{
		Effect: w.Effect, Days: w.Days, From: w.From, Minutes: w.Minutes, Zone: w.Zone,
		FirstDay: w.FirstDay, LastDay: w.LastDay,
	}
}

func windowsChange(list *[]window) *[]towpath.Window {
	if list == nil {
		return nil
	}
	windows := make([]towpath.Window, len(*list))
	for i, w := range *list {
		windows[i] = towpath.Window{
			Effect: w.Effect, Days: w.Days, From: w.From, Minutes: w.Minutes, Zone: w.Zone,
			FirstDay: w.FirstDay, LastDay: w.LastDay,
		}
	}
	return &windows
}

// stageStart is what waits at the gate of an environment, and what it waits for.
type stageStart struct {
	Evidence    towpath.Evidence `json:"evidence" doc:"Identifies what is started or approved: files, databases, limits, gate and findings."`
	TaskIDs     []string         `json:"taskIds" nullable:"false" doc:"What starts, in the order in which it runs; none in the inbox, which counts it."`
	Ready       bool             `json:"ready" doc:"Whether the environments before it are done."`
	Verdict     towpath.Verdict  `json:"verdict" enum:"start,wait,closed" doc:"closed: until a refusal is withdrawn or the windows change."`
	WaitsFor    []Reason         `json:"waitsFor" nullable:"false" doc:"All that is missing, what comes first first."`
	Next        *time.Time       `json:"next,omitempty" doc:"When this may change by itself."`
	Consent     consent          `json:"consent"`
	Missing     int              `json:"missing" doc:"How many people must still consent."`
	Answers     []stageAnswer    `json:"answers" nullable:"false" doc:"Approvals and refusals of the last 7 days that are not withdrawn, newest first."`
	Schedule    *stageSchedule   `json:"schedule,omitempty" doc:"The start that a person has scheduled; absent for none."`
	PullDoubts  []Reason         `json:"pullDoubts" nullable:"false" doc:"Why approvals of the pull request do not count."`
	Strangers   []Reason         `json:"strangers" nullable:"false" doc:"Authors who are not known as members, and files without a known author."`
	MayStart    bool             `json:"mayStart" doc:"Whether you can start it now."`
	MaySchedule bool             `json:"maySchedule" doc:"Whether you can schedule its start."`
	MayAnswer   bool             `json:"mayAnswer" doc:"Whether your consent is asked for, and counts."`
	MayRefuse   bool             `json:"mayRefuse" doc:"Whether you can refuse."`
	MayBreak    bool             `json:"mayBreak" doc:"Whether you can start it past its gate now."`
}

// stageAnswer is what one person has answered.
type stageAnswer struct {
	MemberID string                 `json:"memberId"`
	Name     string                 `json:"name"`
	Refused  bool                   `json:"refused"`
	Why      string                 `json:"why,omitempty"`
	Source   towpath.ApprovalSource `json:"source" enum:"console,api-token,pull-request"`
	Pull     int                    `json:"pullRequest,omitempty" doc:"The number of the pull request that was approved, for an answer from there."`
	Token    string                 `json:"token,omitempty" doc:"The name of the API token that answered."`
	At       time.Time              `json:"at"`
	Until    time.Time              `json:"until" doc:"When it ends."`
	Counts   bool                   `json:"counts"`
	Moved    []Reason               `json:"moved" nullable:"false" doc:"What differs from what was answered; then it does not count."`
	Yours    bool                   `json:"yours"`
}

// stageStarted is a start of tasks of a stage.
type stageStarted struct {
	ID    string    `json:"id"`
	At    time.Time `json:"at"`
	Name  string    `json:"name,omitempty" doc:"Who started it; absent when it started by itself."`
	Glass string    `json:"glass,omitempty" doc:"Why an owner started it past its gate."`
}

// gateReader reads stages as one member sees them, in one transaction.
type gateReader struct {
	tx     *store.Tx
	gates  *store.Gates
	member towpath.Member
}

// stages groups the tasks of a rollout into stages. The tasks are ordered by stage.
func (g gateReader) stages(ctx context.Context, r towpath.Rollout) ([]stage, error) {
	environments, err := g.gates.Environments(ctx)
	if err != nil {
		return nil, err
	}
	if err := g.gates.Load(ctx, []towpath.Rollout{r}); err != nil {
		return nil, err
	}
	stages, tasks := []stage{}, r.Tasks
	for from := 0; from < len(tasks); {
		to := from
		for to < len(tasks) && tasks[to].Stage == tasks[from].Stage &&
			tasks[to].EnvironmentID == tasks[from].EnvironmentID {
			to++
		}
		part := tasks[from:to]
		id := part[0].EnvironmentID
		one := stage{
			EnvironmentID: id,
			Environment:   environments[id].Name,
			State:         towpath.SummarizeTasks(part),
			Tasks:         all(part, taskOf).Items,
		}
		if one.Start, err = g.start(ctx, r, id); err != nil {
			return nil, err
		}
		if one.Started, err = g.started(ctx, part); err != nil {
			return nil, err
		}
		if one.WaitsFor, err = g.pending(ctx, part); err != nil {
			return nil, err
		}
		stages = append(stages, one)
		from = to
	}
	return stages, nil
}

// pending says why tasks that a start let through do not run, by the first one that is pending.
func (g gateReader) pending(ctx context.Context, tasks []towpath.Task) ([]Reason, error) {
	i := slices.IndexFunc(tasks, func(t towpath.Task) bool {
		return t.State == towpath.TaskPending && t.StartID != ""
	})
	if i < 0 {
		return []Reason{}, nil
	}
	s, start, gated, err := g.tx.StageOfTask(ctx, tasks[i])
	if err != nil || !gated {
		return []Reason{}, err
	}
	d := s.Claim(tasks[i], start.Glass != "", g.tx.Now)
	if d.Verdict != towpath.VerdictWait {
		return []Reason{}, nil
	}
	return listed(d.Because), nil
}

func (g gateReader) started(ctx context.Context, tasks []towpath.Task) ([]stageStarted, error) {
	starts, err := g.tx.StageStarts(ctx, tasks)
	if err != nil {
		return nil, err
	}
	list := []stageStarted{}
	for _, id := range slices.Sorted(maps.Keys(starts)) { // ids sort by time
		name, err := g.name(ctx, starts[id].MemberID)
		if err != nil {
			return nil, err
		}
		list = append(list, stageStarted{
			ID: id, At: starts[id].At, Name: name, Glass: starts[id].Glass,
		})
	}
	return list, nil
}

// name is "" for nobody.
func (g gateReader) name(ctx context.Context, memberID string) (string, error) {
	members, err := g.gates.Members(ctx)
	i := slices.IndexFunc(members, func(m towpath.Member) bool { return m.ID == memberID })
	if err != nil || i < 0 {
		return "", err
	}
	if members[i].Name == "" {
		return members[i].Email, nil
	}
	return members[i].Name, nil
}

// start is nil when nothing waits at the gate.
func (g gateReader) start(
	ctx context.Context, r towpath.Rollout, environmentID string,
) (*stageStart, error) {
	s, err := g.gates.Stage(ctx, r, environmentID)
	if err != nil || len(s.Tasks) == 0 {
		return nil, err
	}
	answers, err := g.gates.Approvals(ctx, r, environmentID)
	if err != nil {
		return nil, err
	}
	evidence := s.Evidence()
	d := s.Environment.Decide(s, evidence, answers, g.tx.Now)
	start := &stageStart{
		Evidence:  evidence,
		TaskIDs:   []string{},
		Ready:     s.Ready,
		Verdict:   d.Verdict,
		WaitsFor:  listed(d.Because),
		Next:      d.Next,
		Consent:   consentOf(s.Environment.Consent),
		Missing:   d.Missing,
		Answers:   []stageAnswer{},
		Strangers: listed(s.Strangers),
	}
	start.PullDoubts = []Reason{}
	if s.Environment.Consent.PullRequests {
		start.PullDoubts = listed(s.Pull.Doubts)
	}
	for _, t := range s.Tasks {
		start.TaskIDs = append(start.TaskIDs, t.ID)
	}
	if err := g.answer(ctx, start, d, answers); err != nil {
		return nil, err
	}
	if start.Schedule, err = g.schedule(ctx, s, evidence); err != nil {
		return nil, err
	}
	_, roles, err := g.gates.Project(ctx, r)
	start.may(g.member, roles[g.member.ID], s, d)
	return start, err
}

// answer adds what people have answered.
func (g gateReader) answer(
	ctx context.Context, start *stageStart, d towpath.Decision, answers []towpath.Approval,
) error {
	counts := map[string]bool{}
	for _, a := range slices.Concat(d.Approved, d.Refused) {
		counts[a.ID] = true
	}
	for _, a := range answers {
		name, err := g.name(ctx, a.MemberID)
		if err != nil {
			return err
		}
		start.Answers = append(start.Answers, stageAnswer{
			MemberID: a.MemberID, Name: name, Refused: a.Refused, Why: a.Why, Source: a.Source,
			Token: a.Token, Pull: a.PullRequest, At: a.At,
			Until: a.Until(), Counts: counts[a.ID], Moved: listed(a.Evidence.Moved(start.Evidence)),
			Yours: a.MemberID == g.member.ID,
		})
	}
	return nil
}

// may says what a member can do, who may have a role in the project. The services check the same again.
func (start *stageStart) may(
	member towpath.Member, own towpath.ProjectRole, s towpath.Stage, d towpath.Decision,
) {
	can := func(p towpath.Permission) bool { return member.Role.Can(p) || own.Can(p) }
	who := s.Answerers[member.ID]
	asked := d.Missing+len(d.Approved)+len(d.Refused) > 0 && can(towpath.Approve) &&
		who.HasOne(s.Environment.Consent.Of())
	answered := func(list []towpath.Approval) bool {
		return slices.ContainsFunc(list, func(a towpath.Approval) bool { return a.MemberID == member.ID })
	}
	start.MayStart = can(towpath.RunRollouts) && (d.ForPerson() || d.Verdict == towpath.VerdictStart)
	start.MaySchedule = can(towpath.RunRollouts) && s.Environment.Start == towpath.StartManual && !s.Unreviewed()
	start.MayAnswer = asked && !who.Author && !s.Unreviewed() && !answered(d.Approved) &&
		(d.Missing > 0 || answered(d.Refused))
	start.MayRefuse = asked && !answered(d.Refused)
	start.MayBreak = can(towpath.BreakGlass) && s.Ready && !start.MayStart
}

// listed converts reasons to a list that is never null.
func listed(list []towpath.Reason) []Reason {
	return append([]Reason{}, reasonsOf(list)...)
}

// StagePath names a stage of a rollout in a path.
type StagePath struct {
	RolloutPath
	Environment string `path:"environment" doc:"The id of the environment."`
}

type answerStageInput struct {
	StagePath
	Body struct {
		Evidence string `json:"evidence" maxLength:"400" doc:"Of the stage as it was seen. Another one is refused."`
		Refused  bool   `json:"refused,omitempty" doc:"Refuse instead of approving."`
		Why      string `json:"why,omitempty" maxLength:"4000" doc:"Needed to refuse."`
	}
}

// answerStage approves or refuses what waits at the gate of an environment.
func (s *Server) answerStage(ctx context.Context, in *answerStageInput) (rolloutDetail, error) {
	err := s.Rollouts.Approve(ctx, actorOf(ctx), in.Rollout, in.Environment, rollout.Answer{
		Evidence: towpath.Evidence(in.Body.Evidence), Refused: in.Body.Refused, Why: in.Body.Why,
	})
	if err != nil {
		return rolloutDetail{}, err
	}
	return s.getRollout(ctx, &in.RolloutPath)
}

// withdrawAnswer takes back what the caller has answered.
func (s *Server) withdrawAnswer(ctx context.Context, in *StagePath) (rolloutDetail, error) {
	if err := s.Rollouts.Withdraw(ctx, actorOf(ctx), in.Rollout, in.Environment); err != nil {
		return rolloutDetail{}, err
	}
	return s.getRollout(ctx, &in.RolloutPath)
}

type breakGlassInput struct {
	StagePath
	Body struct {
		Evidence string `json:"evidence" maxLength:"400" doc:"Of the stage as it was seen. Another one is refused."`
		Why      string `json:"why" maxLength:"4000" doc:"Why this cannot wait. It stays on the page and in the audit log."`
	}
}

// breakGlass starts what waits at the gate of an environment, whatever the gate says.
func (s *Server) breakGlass(ctx context.Context, in *breakGlassInput) (rolloutDetail, error) {
	err := s.Rollouts.BreakGlass(ctx, actorOf(ctx), in.Rollout, in.Environment,
		towpath.Evidence(in.Body.Evidence), in.Body.Why)
	if err != nil {
		return rolloutDetail{}, err
	}
	return s.getRollout(ctx, &in.RolloutPath)
}
