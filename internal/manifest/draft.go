package manifest

import (
	"towpath"
	"towpath/internal/plan"
)

// WayBack is what an order would run to undo a version, for its review.
type WayBack struct {
	Database     towpath.Database
	Environment  towpath.Environment
	Migration    towpath.Migration // whose path and checksum are those of the text
	Text         string            // that the way back is a part of, without values of variables
	Beside       bool              // it is the way back as a whole
	Policy       towpath.PolicyFile
	Placeholders towpath.Placeholders
}

// Draft is what a preview knows of the files that a link would run, for their review.
type Draft struct {
	Plan         plan.Plan
	Files        []towpath.ManifestFile
	Databases    []towpath.Database
	Environments []towpath.Environment
	Texts        map[string]string // by path, of the files that the preview has read
	Policy       towpath.PolicyFile
	Late         towpath.LatePolicy
	Placeholders towpath.Placeholders
}
