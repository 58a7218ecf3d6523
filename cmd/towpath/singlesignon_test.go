package main

import (
	"maps"
	"strings"
	"testing"

	"towpath"
)

// Not parallel: it sets the environment of the process.
func TestSingleSignOn_readsRolesFromEachPlace(t *testing.T) {
	base := []string{"--oidc-issuer=https://id.example.com", "--oidc-client-id=o"}
	want := map[string]towpath.Role{"größe; team": towpath.RoleDBA, "order": towpath.RoleMember}
	check := func(from string, args ...string) {
		t.Helper()
		c, err := parse(t, append(base, args...)...)
		if err != nil {
			t.Fatalf("%s: %v", from, err)
		}
		if o := c.OIDC.service(c.ExternalURL); !maps.Equal(o.Roles, want) {
			t.Errorf("%s gives %v", from, o.Roles)
		}
	}
	check("the command line", `--oidc-role=größe\; team=dba`, "--oidc-role=order=member")
	check("the file", "--config", yamlFile(t, "oidc-role:\n  größe; team: dba\n  order: member\n"))
	t.Setenv("TOWPATH_OIDC_ROLE", `größe\; team=dba;order=member`)
	check("the environment")
}

func TestSingleSignOn_saysWhatIsWrong(t *testing.T) {
	t.Parallel()
	for args, want := range map[string]string{
		"--oidc-client-id=o":                       "--oidc-issuer is missing",
		"--oidc-only":                              "--oidc-issuer is missing",
		"--oidc-issuer=id.example.com":             "--oidc-issuer is",
		"--oidc-issuer=http://id.example.com":      "--oidc-issuer is",
		"--oidc-issuer=https://id.example.com":     "--oidc-client-id is missing",
		"--oidc-issuer=https://id.example.com?a=b": "--oidc-issuer is",
		"--oidc-issuer=https://id.example.com --oidc-client-id=o --oidc-role=a=root": `gives "a" the role "root"`,
	} {
		if _, err := parse(t, strings.Fields(args)...); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", args, err)
		}
	}
}
