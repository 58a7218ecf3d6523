package api

import (
	"context"

	"towpath"
)

// baselineFile is the schema of a database as one migration.
type baselineFile struct {
	State       towpath.BaselineFileState `json:"state" enum:"proved,unproved,refuted" doc:"proved: run in an empty scratch database, the text has made the same schema. unproved: it was not tried. refuted: it has failed there, or made another schema, so there is no text."`
	SQL         string                    `json:"sql,omitempty" doc:"The text, without rows. Left out when it is refuted."`
	Server      string                    `json:"server,omitempty" doc:"On which it was tried."`
	Reason      *Reason                   `json:"reason,omitempty" doc:"Why it is not proved."`
	Differences string                    `json:"differences,omitempty" doc:"From the schema of the database to the one that the text has made, as a unified diff; the first 64 KiB."`
}

// maxDifferences bounds what a response has of differences, in bytes.
const maxDifferences = 64 << 10

// makeBaselineFile writes the schema of a database as a file, and changes nothing.
func (s *Server) makeBaselineFile(ctx context.Context, in *DatabasePath) (v baselineFile, err error) {
	f, err := s.Rehearsals.Baseline(ctx, actorOf(ctx), in.Database)
	if err != nil {
		return v, err
	}
	return baselineFile{
		State: f.State, SQL: f.SQL, Server: f.Server, Reason: reasonOf(f.Reason),
		Differences: f.Diff[:min(len(f.Diff), maxDifferences)],
	}, nil
}
