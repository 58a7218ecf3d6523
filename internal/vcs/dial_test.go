package vcs

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestCheckDial(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]struct{ plain, loopback bool }{
		"10.1.2.3:443":                {true, true},
		"192.168.1.5:3000":            {true, true},
		"[fd12::1]:443":               {true, true},
		"93.184.216.34:443":           {true, true},
		"127.0.0.1:3000":              {false, true},
		"127.9.9.9:80":                {false, true},
		"[::1]:80":                    {false, true},
		"[::ffff:127.0.0.1]:80":       {false, true},
		"169.254.169.254:80":          {false, false},
		"[::ffff:169.254.169.254]:80": {false, false},
		"[fe80::1%lo]:80":             {false, false},
		"[fd00:ec2::254]:80":          {false, false},
		"0.0.0.0:80":                  {false, false},
		"[::]:80":                     {false, false},
		"224.0.0.1:80":                {false, false},
		"nonsense":                    {false, false},
	} {
		if got := checkDial(address, false) == nil; got != want.plain {
			t.Errorf("%s: %v, want %v", address, got, want.plain)
		}
		if got := checkDial(address, true) == nil; got != want.loopback {
			t.Errorf("%s, by a loopback address: %v, want %v", address, got, want.loopback)
		}
	}
}

// The check uses the resolved address: a name that was public when it was entered may lead to this
// machine later.
func TestGuardedClient_aNameThatLeadsHome(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	t.Cleanup(server.Close)
	resp, err := GuardedClient(true).Get(server.URL)
	if err != nil {
		t.Fatalf("with loopback: %v", err)
	}
	resp.Body.Close()
	resp, err = GuardedClient(false).Get(server.URL)
	if err == nil {
		resp.Body.Close()
	}
	if err == nil || !strings.Contains(err.Error(), "this machine") {
		t.Errorf("error %v", err)
	}
}
