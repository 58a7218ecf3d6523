// Testlog reads what `go test -json` prints and says what matters: a line for each package when it
// ends, the output of each test that failed or was skipped, and a closing line of counts. Tests that
// run at once mix their lines in the log; here each has its own.
//
//	go test -json ./... | go run ./scripts/testlog
//
// The events are described at https://pkg.go.dev/cmd/test2json.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
)

// most bounds the lines that are printed of one test: the last ones say why it failed.
const most = 80

// event is one line of the log.
type event struct {
	Action  string
	Package string
	Test    string
	Output  string
	Elapsed float64 // seconds
}

// summary is what a log came to.
type summary struct {
	passed, failed, skipped int
	output                  map[[2]string][]string // lines of what has not ended, by package and test
}

func main() {
	s := summary{output: map[[2]string][]string{}}
	if err := s.read(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// read prints what each event adds. A line that is no event is printed as it is.
func (s *summary) read(from io.Reader, to io.Writer) error {
	lines := bufio.NewReader(from)
	for {
		line, err := lines.ReadString('\n')
		var e event
		if json.Unmarshal([]byte(line), &e) == nil {
			line = s.add(e)
		}
		if err == io.EOF {
			line += fmt.Sprintf("%d passed, %d failed, %d skipped\n", s.passed, s.failed, s.skipped)
		} else if err != nil {
			return fmt.Errorf("read the log: %w", err)
		}
		if _, broken := io.WriteString(to, line); broken != nil || err == io.EOF {
			return broken
		}
	}
}

// add counts an event and returns what it has to say.
func (s *summary) add(e event) string {
	of := [2]string{e.Package, e.Test}
	switch e.Action {
	case "build-output":
		return e.Output
	case "output":
		s.output[of] = append(s.output[of], e.Output)
		if over := len(s.output[of]) - most; over > 0 {
			s.output[of] = s.output[of][over:]
		}
		return ""
	case "pass", "fail", "skip":
	default:
		return ""
	}
	said := strings.Join(s.output[of], "")
	delete(s.output, of)
	if e.Test == "" {
		return s.ended(e, said)
	}
	switch e.Action {
	case "pass":
		s.passed++
		return ""
	case "fail":
		s.failed++
	case "skip":
		s.skipped++
	}
	return fmt.Sprintf("--- %s: %s (%.2fs), in %s\n%s", strings.ToUpper(e.Action), e.Test, e.Elapsed, e.Package, said)
}

// ended is the line of a package. One that fails says what was printed outside of its tests, and what
// the tests said that it took with it, as a panic does.
func (s *summary) ended(e event, said string) string {
	switch e.Action {
	case "pass":
		return fmt.Sprintf("ok  \t%s\t%.3fs\n", e.Package, e.Elapsed)
	case "skip":
		return "" // it has no tests
	}
	text := said // which ends with a line of its own, unless the program could not say it
	if !strings.Contains(said, "FAIL\t"+e.Package) {
		text += fmt.Sprintf("FAIL\t%s\t%.3fs\n", e.Package, e.Elapsed)
	}
	for of, lines := range s.output {
		if of[0] == e.Package {
			s.failed++
			text += fmt.Sprintf("--- UNFINISHED: %s\n%s", of[1], strings.Join(lines, ""))
			delete(s.output, of)
		}
	}
	return text
}
