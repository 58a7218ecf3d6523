package wording_test

import (
	"testing"

	"towpath"
	"towpath/internal/wording"
)

func TestInDatabase(t *testing.T) {
	t.Parallel()
	for want, a := range map[string]towpath.Attempt{
		"": {Total: 3},
		"Nothing of this file is in the database.": {
			Extent: towpath.ExtentKept, Total: 3,
		},
		"Statement 1 of 3 is in the database.": {
			Extent: towpath.ExtentKept, Kept: 1, Total: 3,
		},
		"Statements 1 to 2 of 3 are in the database.": {
			Extent: towpath.ExtentKept, Kept: 2, Total: 3,
		},
		"All 3 statements are in the database.": {
			Extent: towpath.ExtentKept, Kept: 3, Total: 3,
		},
		"Statement 1 of 3 is in the database, and a part of statement 2 may be.": {
			Extent: towpath.ExtentPart, Kept: 1, Total: 3,
		},
		"Statement 1 of 3 is in the database. It is not known whether statement 2 is.": {
			Extent: towpath.ExtentNext, Kept: 1, Total: 3,
		},
		"It is not known whether statement 1 of 3 is in the database.": {
			Extent: towpath.ExtentNext, Total: 3,
		},
		"It is not known what of this file is in the database.": {
			Extent: towpath.ExtentUnknown, Total: 3,
		},
		"The transaction was rolled back, except in tables without transactions (MyISAM, Aria).": {
			Extent: towpath.ExtentTables, Total: 3,
		},
	} {
		if got := wording.InDatabase(a); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// A reason has the extent as data, and one of an older row has the sentence.
func TestText_saysTheExtent(t *testing.T) {
	t.Parallel()
	cause := towpath.Why(towpath.ReasonDatabaseError, "message", "größe is full.")
	for want, r := range map[string]towpath.Reason{
		"größe is full. (Statement 1 of 3 is in the database, and a part of statement 2 may be.)": towpath.Why(
			towpath.ReasonPartlyKept, "extent", string(towpath.ExtentPart), "kept", "1", "total", "3").From(cause),
		"größe is full. (Something stays.)": {
			Code:   towpath.ReasonPartlyKept,
			Params: map[string]string{"extent": "Something stays."},
			Causes: []towpath.Reason{cause},
		},
	} {
		if got := wording.Text(r); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
