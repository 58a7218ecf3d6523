package executor

import "time"

// maxClaim bounds how many tasks one transaction claims. Claimed tasks count as running while they wait.
const maxClaim = 64

// claimSize returns how many tasks to claim after ran tasks that took some time together: as many as
// should end within aim. Each claim costs a commit of the metadata, and one reading of the whole schema
// where a schema is followed. So two are claimed even when a task takes nearly all of aim, and one only
// when it takes more. What a few tasks took says little about the next ones, so a claim is at most four
// times as large as the one before.
func claimSize(ran int, took, aim time.Duration) int {
	ran = max(ran, 1)
	each := max(took/time.Duration(ran), 1)
	if each > aim {
		return 1
	}
	return int(min(max(int64(aim/each), 2), int64(ran)*4, maxClaim))
}
