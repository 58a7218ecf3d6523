package vcs

import (
	"errors"
	"html"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"

	"towpath"
)

// What every driver needs against an untrusted far side: short texts without markup, bounded
// bodies, redirects within one origin and bounded waits.

// MaxRetryWait is the longest wait that RetryAfter accepts.
const MaxRetryWait = 2 * time.Hour

// ErrTooLarge is what ReadBounded returns for a body beyond its limit.
var ErrTooLarge = errors.New("larger than allowed")

// ReadBounded reads at most limit bytes.
func ReadBounded(r io.Reader, limit int64) ([]byte, error) {
	body, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err == nil && int64(len(body)) > limit {
		return nil, ErrTooLarge
	}
	return body, err
}

var (
	invisibleMarkup = regexp.MustCompile(`(?is)<(script|style|head)\b.*?</(script|style|head)>|<!--.*?-->`)
	pageTitle       = regexp.MustCompile(`(?is)<title[^>]*>(.*?)</title>`)
	markup          = regexp.MustCompile(`(?s)<[a-zA-Z/!][^>]*>`)
)

// CleanText returns one line of at most n runes, without markup or control characters.
func CleanText(text string, n int) string {
	if strings.HasPrefix(strings.TrimSpace(text), "<") {
		if title := pageTitle.FindStringSubmatch(text); title != nil && strings.TrimSpace(title[1]) != "" {
			text = title[1]
		}
		text = markup.ReplaceAllString(invisibleMarkup.ReplaceAllString(text, " "), " ")
		text = html.UnescapeString(text)
	}
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == unicode.ReplacementChar {
			return ' '
		}
		return r
	}, text)
	return towpath.ClipRunes(strings.Join(strings.Fields(text), " "), n)
}

// NoAnswer describes a transport error without the request's address.
func NoAnswer(err error) string {
	var u *url.Error
	if errors.As(err, &u) {
		if u.Timeout() {
			return "no answer in time"
		}
		err = u.Err
	}
	return "no answer: " + err.Error()
}

// GuardRedirect follows a few redirects of reads within one origin. Any other redirect is returned
// as the answer itself: a token must not be sent to another host, and a write must not become a
// read.
func GuardRedirect(next *http.Request, via []*http.Request) error {
	first := via[0]
	if first.Method != http.MethodGet || !SameOrigin(next.URL, first.URL) {
		return http.ErrUseLastResponse
	}
	if len(via) > 3 {
		return errors.New("too many redirects")
	}
	return nil
}

// SameOrigin reports whether two addresses have the same scheme, host and port.
func SameOrigin(a, b *url.URL) bool { return a.Scheme == b.Scheme && a.Host == b.Host }

// RetryAfter reads the header in both of its forms, seconds and a date. ok is false when it is
// missing or invalid.
func RetryAfter(header http.Header, now time.Time) (at time.Time, ok bool) {
	value := strings.TrimSpace(header.Get("Retry-After"))
	if seconds, err := strconv.Atoi(value); err == nil && seconds >= 0 {
		at = now.Add(min(time.Duration(min(seconds, 1<<30))*time.Second, MaxRetryWait))
	} else if date, err := http.ParseTime(value); err == nil {
		at = date
	} else {
		return time.Time{}, false
	}
	if latest := now.Add(MaxRetryWait); at.After(latest) {
		at = latest
	}
	if at.Before(now) {
		at = now
	}
	return at, true
}

// KindOfStatus classifies an HTTP status that is not a success.
func KindOfStatus(status int) Kind {
	switch {
	case status == http.StatusUnauthorized:
		return Unauthorized
	case status == http.StatusForbidden:
		return Forbidden
	case status == http.StatusNotFound:
		return NotFound
	case status == http.StatusGone:
		return Gone
	case status == http.StatusConflict:
		return Conflict
	case status == http.StatusTooManyRequests:
		return RateLimited
	case status >= 500, status == http.StatusRequestTimeout:
		return Unavailable
	}
	return Rejected
}
