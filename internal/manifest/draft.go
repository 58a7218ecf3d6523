package manifest

import (
	"towpath"
	"towpath/internal/plan"
)

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
