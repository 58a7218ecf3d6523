package towpath_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"towpath"
)

func TestError_hidesInternalErrorsFromUsers(t *testing.T) {
	t.Parallel()
	invalid := towpath.Invalid("name", "Use %d letters.", 3)
	for name, c := range map[string]struct {
		err  error
		code towpath.Code
		says string
	}{
		"no error":         {nil, "", ""},
		"an error of ours": {invalid, towpath.CodeInvalid, "Use 3 letters."},
		"one that wraps it": {
			fmt.Errorf("save: %w", towpath.Errorf(towpath.CodeConflict, "It is in use.")),
			towpath.CodeConflict, "It is in use.",
		},
		"any other": {errors.New("password=hunter2"), towpath.CodeInternal, "Something went wrong"},
	} {
		message := towpath.ErrorMessage(c.err)
		if towpath.ErrorCode(c.err) != c.code || !strings.HasPrefix(message, c.says) ||
			(message == "") != (c.says == "") {
			t.Errorf("%s: %s %q", name, towpath.ErrorCode(c.err), message)
		}
	}
	if got := invalid.Error(); got != "name: Use 3 letters." {
		t.Errorf("Error() = %q", got)
	}
	if got := towpath.Errorf(towpath.CodeNotFound, "Gone.").Error(); got != "Gone." {
		t.Errorf("Error() = %q", got)
	}
	if strings.Contains(towpath.ErrorMessage(errors.New("password=hunter2")), "hunter2") {
		t.Error("the text of an internal error reaches users")
	}
}
