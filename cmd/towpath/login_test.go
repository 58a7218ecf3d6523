package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestRemote_sendsAKeptTokenToItsOwnServerAlone is not parallel, since the home folder is the
// process's.
func TestRemote_sendsAKeptTokenToItsOwnServerAlone(t *testing.T) {
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	path, err := keepLogin(login{"https://one.example.com", "tp_one"})
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("%v, %v", info.Mode(), err)
	}
	for _, c := range []struct {
		given               remote
		server, token, says string
	}{
		{remote{}, "https://one.example.com", "tp_one", ""},
		{remote{Server: "https://one.example.com/"}, "https://one.example.com", "tp_one", ""},
		{remote{Token: "tp_two"}, "https://one.example.com", "tp_two", ""},
		{remote{"https://two.example.com", "tp_two"}, "https://two.example.com", "tp_two", ""},
		{remote{Server: "https://two.example.com"}, "", "", "give an API token"},
		{remote{Server: "http://one.example.com"}, "", "", "give an API token"},
		{remote{Server: "https://one.example.com.evil"}, "", "", "give an API token"},
	} {
		api, err := c.given.client()
		var usage *usageError
		switch {
		case c.says != "" && (!errors.As(err, &usage) || !strings.Contains(err.Error(), c.says)):
			t.Errorf("%+v: %v, want %q", c.given, err, c.says)
		case c.says == "" && (err != nil || api.base != c.server || api.token != c.token):
			t.Errorf("%+v: %+v, %v", c.given, api, err)
		}
	}
	if left, err := filepath.Glob(filepath.Join(filepath.Dir(path), "*")); err != nil || len(left) != 1 {
		t.Errorf("%v, %v", left, err)
	}
}
