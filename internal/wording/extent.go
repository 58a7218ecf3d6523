package wording

import (
	"fmt"
	"strconv"

	"towpath"
)

// extent is a param that is an Extent, in words. Reasons from before have the sentence itself.
func extent(r towpath.Reason, param string) string {
	kept, _ := strconv.Atoi(r.Params["kept"])
	total, _ := strconv.Atoi(r.Params["total"])
	a := towpath.Attempt{Extent: towpath.Extent(param), Kept: kept, Total: total}
	if text := InDatabase(a); text != "" {
		return text
	}
	return param
}

// doubt is a param that is a Doubt, in words.
func doubt(param towpath.Doubt) string {
	switch param {
	case towpath.DoubtNoRecord:
		return "there is no record of the statement"
	case towpath.DoubtTextChanged:
		return "the file was changed before that statement"
	case towpath.DoubtNoCatalog:
		return "this database has no catalog to read"
	case towpath.DoubtNotShown:
		return "the catalog does not show what it does"
	case towpath.DoubtOtherChange:
		return "the catalog has changed, but not as the statement says"
	case towpath.DoubtDone:
		return "the catalog has changed anyway"
	}
	return string(param)
}

// InDatabase says in one sentence how much of the file an attempt left in the database; "" when that
// was not recorded.
func InDatabase(a towpath.Attempt) string {
	kept := keptWords(a)
	switch a.Extent {
	case towpath.ExtentKept:
		return kept + "."
	case towpath.ExtentUntouched:
		return "This attempt changed nothing in the database."
	case towpath.ExtentPart:
		if a.Kept == 0 {
			return fmt.Sprintf("A part of statement 1 of %d may be in the database.", a.Total)
		}
		return fmt.Sprintf("%s, and a part of statement %d may be.", kept, a.Kept+1)
	case towpath.ExtentTables:
		return "The transaction was rolled back, except in tables without transactions (MyISAM, Aria)."
	case towpath.ExtentNext:
		if a.Kept == 0 {
			return fmt.Sprintf("It is not known whether statement 1 of %d is in the database.", a.Total)
		}
		return fmt.Sprintf("%s. It is not known whether statement %d is.", kept, a.Kept+1)
	case towpath.ExtentUnknown:
		return "It is not known what of this file is in the database."
	}
	return ""
}

// keptWords names the statements that certainly are in the database.
func keptWords(a towpath.Attempt) string {
	switch {
	case a.Kept == 0:
		return "Nothing of this file is in the database"
	case a.Kept == 1:
		return fmt.Sprintf("Statement 1 of %d is in the database", a.Total)
	case a.Kept == a.Total:
		return fmt.Sprintf("All %d statements are in the database", a.Total)
	}
	return fmt.Sprintf("Statements 1 to %d of %d are in the database", a.Kept, a.Total)
}
