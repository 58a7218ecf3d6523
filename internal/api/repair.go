package api

import "context"

// repair is the SQL that takes a drift back.
type repair struct {
	SQL       string   `json:"sql,omitempty" doc:"The statements, in order, for a person who reads and runs them. Absent when none is written."`
	Loses     bool     `json:"loses" doc:"Whether they remove tables or columns, with their rows."`
	Unwritten []string `json:"unwritten" nullable:"false" doc:"What differs too, and is not written: the beginning of each statement, 100 at most."`
}

// maxUnwritten bounds what is named of what is not written.
const maxUnwritten = 100

// getRepair writes the SQL that takes a drift back, and runs nothing.
func (s *Server) getRepair(ctx context.Context, in *driftPath) (v repair, err error) {
	r, err := s.Catalog.Repair(ctx, in.Database, in.Drift, func(text string) bool {
		return redactPasswords(text) == text
	})
	if err != nil {
		return v, err
	}
	v = repair{SQL: r.SQL, Loses: r.Loses, Unwritten: orEmpty(r.Unwritten[:min(len(r.Unwritten), maxUnwritten)])}
	for i, text := range v.Unwritten {
		v.Unwritten[i] = redactPasswords(text)
	}
	return v, nil
}
