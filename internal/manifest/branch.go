package manifest

import "towpath"

// Merged returns a link's manifest as it would be with the changes of a branch.
func Merged(trunk []towpath.ManifestFile, branch []towpath.BranchFile) []towpath.ManifestFile {
	changed := make(map[string]bool, len(branch))
	for _, f := range branch {
		changed[f.Path] = true
	}
	merged := make([]towpath.ManifestFile, 0, len(trunk)+len(branch))
	for _, f := range trunk {
		if !changed[f.Path] {
			merged = append(merged, f)
		}
	}
	for _, f := range branch {
		if !f.Removed {
			merged = append(merged, f.ManifestFile)
		}
	}
	return merged
}

// Contains reports whether a link's manifest has all changes of a branch.
func Contains(trunk []towpath.ManifestFile, branch []towpath.BranchFile) bool {
	has := make(map[string]towpath.ManifestFile, len(trunk))
	for _, f := range trunk {
		has[f.Path] = f
	}
	for _, f := range branch {
		old, there := has[f.Path]
		same := there && old.Checksum == f.Checksum && f.Checksum != ""
		if (f.Removed && there) || (!f.Removed && !same) {
			return false
		}
	}
	return true
}
