package towpath

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // a server without zone files must still know when a freeze ends
)

// WindowEffect says what a window does.
type WindowEffect string

const (
	WindowAllow WindowEffect = "allow" // changes start in it, and outside of all such windows they do not
	WindowDeny  WindowEffect = "deny"  // a freeze: it wins over every allow
)

// Window is a time that comes again on days of the week, by the clock of a time zone. What runs when
// it ends may finish.
type Window struct {
	Effect   WindowEffect `json:"effect"`
	Days     []string     `json:"days,omitempty"` // of weekdays, on which it begins; none: every day
	From     string       `json:"from"`           // 15:04
	Minutes  int          `json:"minutes"`        // by the clock: 1440 lasts until the same time of the next day
	Zone     string       `json:"zone"`           // such as Europe/Berlin
	FirstDay string       `json:"firstDay,omitempty"`
	LastDay  string       `json:"lastDay,omitempty"` // the last one on which it begins; "": for good
}

// String is the window in one line, for the audit log.
func (w Window) String() string {
	days := "every day"
	if len(w.Days) > 0 {
		days = strings.Join(w.Days, ",")
	}
	text := fmt.Sprintf("%s %s %s for %d minutes %s", w.Effect, days, w.From, w.Minutes, w.Zone)
	if w.FirstDay != "" || w.LastDay != "" {
		text += " " + w.FirstDay + ".." + w.LastDay
	}
	return text
}

const (
	maxWindows       = 20
	maxWindowMinutes = 7 * 24 * 60
	windowHorizon    = 400 // days that are searched for an opening
)

// weekdays are the words for Window.Days, in the order of time.Weekday.
var weekdays = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

// validateWindows checks the windows of a gate and names the first wrong field.
func validateWindows(windows []Window) error {
	if len(windows) > maxWindows {
		return Invalid("windows", "%d windows are too many. Keep at most %d.", len(windows), maxWindows)
	}
	for i, w := range windows {
		if err := w.validate("windows[" + strconv.Itoa(i) + "]."); err != nil {
			return err
		}
	}
	return nil
}

func (w Window) validate(place string) error {
	if w.Effect != WindowAllow && w.Effect != WindowDeny {
		return Invalid(place+"effect", "Choose %s or %s.", WindowAllow, WindowDeny)
	}
	for i, day := range w.Days {
		if !slices.Contains(weekdays, day) || slices.Contains(w.Days[:i], day) {
			return Invalid(place+"days", "%q is no day, or it is named twice. Use %s.", day,
				strings.Join(weekdays, ", "))
		}
	}
	if _, err := time.Parse("15:04", w.From); err != nil || len(w.From) != len("15:04") {
		return Invalid(place+"from", "%q is no time of day. Use hours and minutes, such as 22:00.", w.From)
	}
	if w.Minutes < 1 || w.Minutes > maxWindowMinutes {
		return Invalid(place+"minutes", "A window lasts 1 to %d minutes, which are 7 days.", maxWindowMinutes)
	}
	if _, err := time.LoadLocation(w.Zone); err != nil || w.Zone == "" || w.Zone == "Local" {
		return Invalid(place+"zone", "There is no time zone %q. Use a name such as Europe/Berlin or UTC.",
			w.Zone)
	}
	first, err := parseDay(w.FirstDay)
	if err != nil {
		return Invalid(place+"firstDay", "%q is no date. Use one such as 2026-12-20.", w.FirstDay)
	}
	last, err := parseDay(w.LastDay)
	if err != nil {
		return Invalid(place+"lastDay", "%q is no date. Use one such as 2027-01-03.", w.LastDay)
	}
	if w.FirstDay != "" && w.LastDay != "" && last.Before(first) {
		return Invalid(place+"lastDay", "The last day is before the first. Choose %s or later.", w.FirstDay)
	}
	return nil
}

// parseDay reads a date; the zero time of "".
func parseDay(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	day, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return day, fmt.Errorf("parse date: %w", err)
	}
	return day, nil
}

// span is one occurrence of a window: from is in it, to is not.
type span struct{ from, to time.Time }

// near returns the occurrences of a window around a moment, and its first ones when they are later.
// The hours are those of the clock, so that windows of whole days leave no gap when it changes.
func (w Window) near(at time.Time) (spans []span, ok bool) {
	zone, err := time.LoadLocation(w.Zone)
	clock, err2 := time.Parse("15:04", w.From)
	first, err3 := parseDay(w.FirstDay)
	last, err4 := parseDay(w.LastDay)
	for _, err := range []error{err, err2, err3, err4} {
		if err != nil {
			return nil, false
		}
	}
	const week = 8
	year, month, day := at.In(zone).Date()
	begin := time.Date(year, month, day-week, 0, 0, 0, 0, time.UTC)
	if first.After(begin) {
		begin = first
	}
	for n := range 2*week + 1 {
		on := begin.AddDate(0, 0, n)
		if w.LastDay != "" && on.After(last) {
			break
		}
		if len(w.Days) > 0 && !slices.Contains(w.Days, weekdays[on.Weekday()]) {
			continue
		}
		moment := func(minutes int) time.Time {
			return time.Date(on.Year(), on.Month(), on.Day(), clock.Hour(), clock.Minute()+minutes, 0, 0,
				zone)
		}
		spans = append(spans, span{moment(0), moment(w.Minutes)})
	}
	return spans, true
}

// opening returns the first moment from now on at which changes may start, now itself when they may.
// next is when that may change after now; zero when it never does. ok is false when no window opens
// within 400 days.
func opening(windows []Window, now time.Time) (at, next time.Time, ok bool) {
	limit := now.AddDate(0, 0, windowHorizon)
	for at = now; at.Before(limit); {
		open, until, known := openAt(windows, at)
		if !known {
			return time.Time{}, time.Time{}, false
		}
		if next.IsZero() {
			next = until
		}
		if open {
			return at, next, true
		}
		if until.IsZero() {
			break
		}
		at = until
	}
	return time.Time{}, next, false
}

// openAt reports whether changes may start at a moment, and the next moment at which a window begins
// or ends. known is false when a window cannot be read; then nothing may start.
func openAt(windows []Window, at time.Time) (open bool, until time.Time, known bool) {
	allows, allowed, denied := false, false, false
	for _, w := range windows {
		spans, ok := w.near(at)
		if !ok {
			return false, time.Time{}, false
		}
		allows = allows || w.Effect == WindowAllow
		for _, s := range spans {
			for _, edge := range []time.Time{s.from, s.to} {
				if edge.After(at) && (until.IsZero() || edge.Before(until)) {
					until = edge
				}
			}
			if at.Before(s.from) || !at.Before(s.to) {
				continue
			}
			allowed = allowed || w.Effect == WindowAllow
			denied = denied || w.Effect != WindowAllow
		}
	}
	return !denied && (allowed || !allows), until, true
}
