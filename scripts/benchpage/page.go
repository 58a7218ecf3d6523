package main

import (
	"bufio"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// line is what one benchmark has printed.
type line struct {
	name, rest string
}

// read returns the lines that begin with `bench:`.
func read(in io.Reader) (lines []line, err error) {
	scanner := bufio.NewScanner(in)
	for scanner.Scan() {
		if _, text, ok := strings.Cut(scanner.Text(), "bench: "); ok {
			name, rest, _ := strings.Cut(strings.TrimSpace(text), " ")
			lines = append(lines, line{strings.TrimSuffix(name, ":"), rest})
		}
	}
	return lines, scanner.Err()
}

// figure is a row of the page: the runs of one name.
type figure struct {
	name  string
	about string // what tells it from others of the name; "" for a ratio
	runs  []string
}

// collect brings the runs of each name together, in the order of the first.
func collect(lines []line) (all []figure) {
	for _, l := range lines {
		about := ""
		if !ratioText.MatchString(l.rest) {
			about = anyNumber.ReplaceAllString(l.rest, "")
		}
		at := slices.IndexFunc(all, func(f figure) bool { return f.name == l.name && f.about == about })
		if at < 0 {
			at, all = len(all), append(all, figure{name: l.name, about: about})
		}
		all[at].runs = append(all[at].runs, l.rest)
	}
	return all
}

var (
	anyNumber   = regexp.MustCompile(`[0-9.]+`)
	firstNumber = regexp.MustCompile(`[0-9]+(\.[0-9]+)?`)
	ratioText   = regexp.MustCompile(`ratio=([0-9.]+)`)
	goalText    = regexp.MustCompile(`\s*\bgoal=([0-9.]+( (ms|MiB|s)\b)?)`)
	amountText  = regexp.MustCompile(`^(\S+ \S+) ratio=\S+ goal=1\.00 \((\S+ \S+)\) (ok|short)$`)
	verdictText = regexp.MustCompile(`\s+(ok|short)\b`)
)

// median returns the run in the middle, by its ratio, or else by its first number.
func (f figure) median() string {
	sorted := slices.Clone(f.runs)
	slices.SortStableFunc(sorted, func(a, b string) int {
		switch x, y := measure(a), measure(b); {
		case x < y:
			return -1
		case x > y:
			return 1
		}
		return 0
	})
	return sorted[(len(sorted)-1)/2]
}

func measure(text string) float64 {
	found := firstNumber.FindString(text)
	if ratio := ratioText.FindStringSubmatch(text); ratio != nil {
		found = ratio[1]
	}
	number, _ := strconv.ParseFloat(found, 64) // a text without a number is none
	return number
}

// row writes a figure as a row of a table.
func (f figure) row() string {
	text := f.median()
	goal, word := "", ""
	if found := amountText.FindStringSubmatch(text); found != nil { // against an amount, not a floor
		text, goal, word = found[1], found[2], found[3]
	}
	if found := goalText.FindStringSubmatch(text); found != nil {
		goal, text = found[1], goalText.ReplaceAllString(text, "")
	}
	if found := verdictText.FindStringSubmatch(text); found != nil {
		word, text = found[1], verdictText.ReplaceAllString(text, "")
	}
	if word == "short" {
		word += ": " + reason(f.name)
	}
	text = strings.TrimSpace(strings.TrimPrefix(text, "ratio="))
	return fmt.Sprintf("| %s | %s | %s | %s |\n", meaning(f.name), text, goal, word)
}

const intro = `# Measured

Made by "make bench". A ratio compares with a floor that is measured in the same run: a loop that
does the least that the work needs. Lower is better, and a ratio of 1 is the floor, except where a
rate is compared; for the console, the ratio is how often a figure fits into its goal. A goal is a
wish: "ok" reaches it, "short" does not, with the reason. Where a benchmark ran several times, the
run in the middle is shown. "load before" is what other programs asked of the cores: with it, times
are longer, and ratios vary.
`

// page writes the whole document.
func page(lines []line) string {
	var text strings.Builder
	text.WriteString(intro)
	var machine, versions []string
	var figures []line
	for _, l := range lines {
		switch l.name {
		case "machine":
			machine = append(machine, strings.ReplaceAll(l.rest, "-", " "))
		case "version":
			if !slices.Contains(versions, l.rest) {
				versions = append(versions, l.rest)
			}
		default:
			figures = append(figures, l)
		}
	}
	text.WriteString("\n## The machine\n\n" + list(machine) + "\n## Versions\n\n" + list(versions))
	all := collect(figures)
	for _, s := range sections {
		head := "\n## " + s.title + "\n\n| figure | measured | goal | |\n|---|---|---|---|\n"
		for _, f := range all {
			if sectionOf(f.name) == s.title {
				text.WriteString(head + f.row())
				head = ""
			}
		}
	}
	return text.String()
}

func list(items []string) string {
	var text strings.Builder
	for _, item := range items {
		text.WriteString("- " + item + "\n")
	}
	return text.String()
}
