package api

import (
	"context"
	"time"
)

// Build identifies the program that answers.
type Build struct {
	Version  string     `json:"version" doc:"The tag of the release, such as v0.1.0; dev when it is none. It ends in -dirty when the tree had local changes."`
	Commit   string     `json:"commit,omitempty" doc:"Left out when the build does not know it."`
	Date     *time.Time `json:"date,omitempty" doc:"Of the commit."`
	Modified bool       `json:"modified" doc:"Whether the tree had changes that no commit has."`
}

func (s *Server) getVersion(context.Context, *struct{}) (Build, error) { return s.Build, nil }
