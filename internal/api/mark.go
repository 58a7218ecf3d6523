package api

import (
	"context"
	"time"

	"towpath"
	rollouts "towpath/internal/rollout"
)

// mark is a person's word that a database has a migration already.
type mark struct {
	By      string    `json:"by" doc:"Name and address of the person at that moment."`
	Why     string    `json:"why"`
	Despite bool      `json:"despite,omitempty" doc:"The person confirmed it although the database contradicted it."`
	At      time.Time `json:"at"`
}

func markOf(m *towpath.Mark) *mark {
	if m == nil {
		return nil
	}
	return &mark{By: m.By, Why: m.Why, Despite: m.Despite, At: m.At}
}

// standing is what shows whether a database has a migration already.
type standing struct {
	Checksum string   `json:"checksum" doc:"Of the text that was compared. Send it with the mark."`
	Refused  string   `json:"refused,omitempty" doc:"Why the task cannot be marked in its state, and the way out; absent when it can."`
	Traces   []trace  `json:"traces" nullable:"false" doc:"The tables, views, indexes and columns that the file makes or drops, contradictions first, at most 50. None: the catalog shows nothing of this file."`
	More     int      `json:"more" doc:"How many traces were left out."`
	Against  []Reason `json:"against" nullable:"false" doc:"What contradicts that the database has the file. Then the mark needs despite."`
	Problem  *Reason  `json:"problem,omitempty" doc:"Why the database could not be compared. Then the mark needs despite."`
}

// trace is an object that a file makes or drops.
type trace struct {
	Object string `json:"object" doc:"Such as table customer, column customer.phone, index by_name."`
	Wanted bool   `json:"wanted" doc:"Whether a database that has the file has the object."`
	There  bool   `json:"there" doc:"Whether the database has it."`
}

const mostTraces = 50

func standingOf(st rollouts.Standing) standing {
	v := standing{
		Checksum: st.Task.Checksum, Traces: []trace{}, Problem: reasonOf(st.Problem),
		Against: listed(towpath.Reason{}.From(st.Against()...).Causes),
	}
	if st.Refused != nil {
		v.Refused = towpath.ErrorMessage(st.Refused)
	}
	for _, fits := range []bool{false, true} {
		for _, t := range st.Traces {
			if t.Fits() == fits {
				v.Traces = append(v.Traces, trace{Object: t.Object, Wanted: t.Wanted, There: t.There})
			}
		}
	}
	v.More = max(0, len(v.Traces)-mostTraces)
	v.Traces = v.Traces[:len(v.Traces)-v.More]
	return v
}

// getStanding compares the file of a task with the catalog of its database.
func (s *Server) getStanding(ctx context.Context, in *TaskPath) (standing, error) {
	st, err := s.Rollouts.Standing(ctx, in.Task)
	if err != nil {
		return standing{}, err
	}
	return standingOf(st), nil
}

type markTaskInput struct {
	TaskPath
	Body struct {
		Why      string `json:"why" maxLength:"4000" doc:"How the database got it. It stays in the ledger of the database."`
		Checksum string `json:"checksum,omitempty" maxLength:"64" doc:"Of the text that was looked at. Another one is refused."`
		Despite  bool   `json:"despite,omitempty" doc:"Record it although the database contradicts it."`
	}
}

// markTask records the file of a held or failed task as applied. Nothing of it runs.
func (s *Server) markTask(ctx context.Context, in *markTaskInput) (Task, error) {
	t, err := s.Rollouts.Mark(ctx, actorOf(ctx), in.Task, rollouts.Marking{
		Why: in.Body.Why, Checksum: in.Body.Checksum, Despite: in.Body.Despite,
	})
	return taskOf(t), err
}
