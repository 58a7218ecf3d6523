package account

import (
	"errors"
	"strings"
	"testing"

	"towpath"
	"towpath/internal/vcs"
)

func TestInstanceAddress(t *testing.T) {
	t.Parallel()
	gitea := vcs.Description{Name: "Gitea", AddressLabel: "Gitea URL"}
	for entered, want := range map[string]struct{ address, local string }{
		"https://git.example.com": {
			"https://git.example.com",
			"https://git.example.com",
		},
		" https://Git.Example.com/ ": {
			"https://git.example.com",
			"https://git.example.com",
		},
		"https://example.com/git/Tea_1": {
			"https://example.com/git/Tea_1",
			"https://example.com/git/Tea_1",
		},
		"https://10.0.0.5:3000": {
			"https://10.0.0.5:3000",
			"https://10.0.0.5:3000",
		},
		"https://[fd12::5]:3000": {
			"https://[fd12::5]:3000",
			"https://[fd12::5]:3000",
		},
		"https://bücher.example": {
			"https://bücher.example",
			"https://bücher.example",
		},
		"http://127.0.0.1:3000":          {"", "http://127.0.0.1:3000"},
		"http://localhost:3000":          {"", "http://localhost:3000"},
		"http://[::1]:3000":              {"", "http://[::1]:3000"},
		"https://localhost":              {"", "https://localhost"},
		"http://git.example.com":         {},
		"http://10.0.0.5":                {},
		"http://127.0.0.1.nip.example":   {},
		"":                               {},
		"git.example.com":                {},
		"https://":                       {},
		"https://:443":                   {},
		"https:git.example.com":          {},
		"ftp://git.example.com":          {},
		"file:///etc/passwd":             {},
		"https://me@git.example.com":     {},
		"https://me:pw@git.example.com":  {},
		"https://git.example.com/?x":     {},
		"https://git.example.com?":       {},
		"https://git.example.com/#":      {},
		"https://git.example.com/..":     {},
		"https://git.example.com/a/../b": {},
		"https://git.example.com/%2e%2e": {},
		"https://git.example.com//x":     {},
		"https://git.example.com/a b":    {},
		"https://git.example.com\\@evil": {},
		"https://git.example.com\n": {
			"https://git.example.com",
			"https://git.example.com",
		},
		"https://git.exa\nmple.com":                        {},
		"https://" + strings.Repeat("x", 400) + ".example": {},
	} {
		for local, want := range map[bool]string{false: want.address, true: want.local} {
			got, err := instanceAddress(gitea, entered, local)
			var e *towpath.Error
			if got != want || (err == nil) != (want != "") ||
				(err != nil && (!errors.As(err, &e) || e.Field != "instanceUrl")) {
				t.Errorf("%q (local %v): %q, %v, want %q", entered, local, got, err, want)
			}
		}
	}
	cloud := vcs.Description{Name: "Bitbucket.org", InstanceURL: "https://bitbucket.org"}
	for entered, want := range map[string]string{
		"": "https://bitbucket.org", "https://Bitbucket.org/": "https://bitbucket.org",
		"https://evil.example": "",
	} {
		if got, err := instanceAddress(cloud, entered, true); got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v, want %q", entered, got, err, want)
		}
	}
}
