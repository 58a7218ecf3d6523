package manifest

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

func TestBounded(t *testing.T) {
	t.Parallel()
	for _, wrap := range []func(io.Reader) io.Reader{iotest.OneByteReader, iotest.DataErrReader} {
		if text, err := io.ReadAll(&bounded{wrap(strings.NewReader("four")), 4}); string(text) != "four" ||
			err != nil {
			t.Errorf("within the limit: %q, %v", text, err)
		}
		if _, err := io.ReadAll(&bounded{wrap(strings.NewReader("five!")), 4}); !errors.Is(err, errTooLong) {
			t.Errorf("over the limit: %v", err)
		}
	}
}
