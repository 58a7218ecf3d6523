package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// startable is what a person sees of an environment before starting it.
type startable struct {
	rollout, environment, evidence string
}

// verbSee keeps what waits for a start in an environment, as a person who looks at the page does. It
// waits for the SQL review, whose findings are a part of what was seen.
func verbSee(ts *testscript.TestScript, _ bool, args []string) {
	w := worldOf(ts)
	check(ts, w.until(20*time.Second, func() (bool, string) {
		id, _, err := w.newestTasks()
		if err != nil {
			return false, err.Error()
		}
		var r struct {
			Review *struct {
				State string `json:"state"`
			} `json:"review"`
			Stages []struct {
				EnvironmentID string `json:"environmentId"`
				Environment   string `json:"environment"`
				Start         *struct {
					Evidence string `json:"evidence"`
					Ready    bool   `json:"ready"`
				} `json:"start"`
			} `json:"stages"`
		}
		if err := w.api.call(w.ctx, "GET", "/rollouts/"+id, nil, &r); err != nil {
			return false, err.Error()
		}
		for _, s := range r.Stages {
			if s.Environment == args[0] && s.Start != nil && s.Start.Ready {
				w.waits = startable{rollout: id, environment: s.EnvironmentID, evidence: s.Start.Evidence}
				return r.Review == nil || r.Review.State != "pending", "the review is not done"
			}
		}
		return false, fmt.Sprintf("nothing waits for a start in %s: %+v", args[0], r)
	}))
}

// verbStart starts an environment in the newest rollout, as it was seen.
func verbStart(ts *testscript.TestScript, neg bool, _ []string) {
	w := worldOf(ts)
	id, _, err := w.newestTasks()
	check(ts, err)
	err = w.api.call(w.ctx, "POST", "/rollouts/"+id+"/stages/"+w.waits.environment+"/start",
		map[string]string{"evidence": w.waits.evidence}, nil)
	if neg != (err != nil) {
		ts.Fatalf("start: %v", err)
	}
	if err != nil {
		fmt.Fprintln(ts.Stdout(), err)
	}
}

// verbSchedule schedules what was seen, some seconds from now.
func verbSchedule(ts *testscript.TestScript, neg bool, args []string) {
	w := worldOf(ts)
	seconds, err := strconv.Atoi(args[0])
	check(ts, err)
	id, _, err := w.newestTasks()
	check(ts, err)
	err = w.api.call(w.ctx, "PUT", "/rollouts/"+id+"/stages/"+w.waits.environment+"/schedule", map[string]string{
		"evidence": w.waits.evidence, "at": time.Now().Add(time.Duration(seconds) * time.Second).Format(time.RFC3339Nano),
	}, nil)
	if neg != (err != nil) {
		ts.Fatalf("schedule: %v", err)
	}
	if err != nil {
		fmt.Fprintln(ts.Stdout(), err)
	}
}

// verbPause pauses the newest rollout.
func verbPause(ts *testscript.TestScript, _ bool, args []string) {
	w := worldOf(ts)
	id, _, err := w.newestTasks()
	check(ts, err)
	check(ts, w.api.call(w.ctx, "PUT", "/rollouts/"+id+"/pause", map[string]string{"why": args[0]}, nil))
}

// verbResume resumes the newest rollout.
func verbResume(ts *testscript.TestScript, _ bool, _ []string) {
	w := worldOf(ts)
	id, _, err := w.newestTasks()
	check(ts, err)
	check(ts, w.api.call(w.ctx, "DELETE", "/rollouts/"+id+"/pause", nil, nil))
}

// verbAnswer approves or refuses what was seen, as the owner or as another DBA.
func verbAnswer(ts *testscript.TestScript, neg bool, args []string) {
	w := worldOf(ts)
	api := w.api
	if args[0] != "owner" {
		check(ts, w.invitePeer())
		api = w.peer
	}
	id, _, err := w.newestTasks()
	check(ts, err)
	body := map[string]any{"evidence": w.waits.evidence}
	if len(args) > 1 {
		body["refused"], body["why"] = true, args[1]
	}
	err = api.call(w.ctx, "POST", "/rollouts/"+id+"/stages/"+w.waits.environment+"/approvals", body, nil)
	if neg != (err != nil) {
		ts.Fatalf("answer: %v", err)
	}
	if err != nil {
		fmt.Fprintln(ts.Stdout(), err)
	}
}

// invitePeer makes a DBA, once.
func (w *world) invitePeer() error {
	if w.peer != nil {
		return nil
	}
	var invited struct {
		URL string `json:"url"`
	}
	err := w.api.call(w.ctx, "POST", "/members",
		map[string]string{"email": "ben@example.com", "name": "Ben", "role": "dba"}, &invited)
	if err != nil {
		return err
	}
	if w.peer, err = newAPIClient(w.info.ConsoleURL); err != nil {
		return err
	}
	_, secret, _ := strings.Cut(invited.URL, "#")
	return w.peer.call(w.ctx, "POST", "/invitations/accept",
		map[string]string{"invitation": secret, "password": "a long password"}, nil)
}

// verbGlass starts what was seen past its gate, for a reason.
func verbGlass(ts *testscript.TestScript, _ bool, args []string) {
	w := worldOf(ts)
	id, _, err := w.newestTasks()
	check(ts, err)
	check(ts, w.api.call(w.ctx, "POST", "/rollouts/"+id+"/stages/"+w.waits.environment+"/break-glass",
		map[string]string{"evidence": w.waits.evidence, "why": args[0]}, nil))
}

// verbLook looks at the oldest start past a gate in the inbox, as the owner or as another DBA, with a
// note.
func verbLook(ts *testscript.TestScript, neg bool, args []string) {
	w := worldOf(ts)
	check(ts, w.invitePeer())
	var inbox struct {
		Looks []struct {
			Rollout identified `json:"rollout"`
			Look    identified `json:"look"`
		} `json:"looks"`
	}
	check(ts, w.peer.call(w.ctx, "GET", "/inbox", nil, &inbox))
	if len(inbox.Looks) == 0 {
		ts.Fatalf("no start waits for a second look")
	}
	api := w.peer
	if args[0] == "owner" {
		api = w.api
	}
	var look struct {
		LookedBy string `json:"lookedBy"`
		Note     string `json:"note"`
	}
	err := api.call(w.ctx, "POST",
		"/rollouts/"+inbox.Looks[0].Rollout.ID+"/second-looks/"+inbox.Looks[0].Look.ID,
		map[string]string{"note": args[1]}, &look)
	if neg != (err != nil) {
		ts.Fatalf("look: %v", err)
	}
	fmt.Fprintln(ts.Stdout(), look.LookedBy, look.Note, err)
}
