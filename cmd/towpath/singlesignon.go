package main

import (
	"net/http"
	"net/url"
	"time"

	"towpath"
	"towpath/internal/auth"
	"towpath/internal/vcs"
)

// singleSignOn is the settings of the OpenID Connect provider by which members sign in.
type singleSignOn struct {
	Issuer       string            `help:"Address of the OpenID Connect provider by which members sign in. Default: passwords alone."`
	ClientID     string            `name:"client-id" help:"Client ID at the provider."`
	ClientSecret string            `name:"client-secret" help:"Client secret at the provider."`
	Name         string            `default:"single sign-on" help:"What the sign-in page calls the provider."`
	GroupsClaim  string            `name:"groups-claim" default:"groups" help:"Claim with the groups of a person."`
	Role         map[string]string `help:"Role of a group, as GROUP=owner, GROUP=dba or GROUP=member; repeat it. Whoever has such a group joins by themselves, and the highest role counts at each sign-in."`
	Only         bool              `help:"Let members sign in by the provider alone, and not with passwords."`
}

// complete checks the settings.
func (c *singleSignOn) complete() error {
	if c.Issuer == "" {
		if c.ClientID != "" || len(c.Role) > 0 || c.Only {
			return usagef("--oidc-issuer is missing; give the address of the OpenID Connect provider, or no " +
				"other --oidc setting")
		}
		return nil
	}
	u, err := url.Parse(c.Issuer)
	if err != nil || u.Host == "" || u.RawQuery != "" || u.Fragment != "" ||
		(u.Scheme != "https" && !vcs.LoopbackURL(c.Issuer)) {
		return usagef("--oidc-issuer is %q; give an address such as https://id.example.com", c.Issuer)
	}
	if c.ClientID == "" {
		return usagef("--oidc-client-id is missing; register Towpath at %s", c.Issuer)
	}
	for group, role := range c.Role {
		if !towpath.Role(role).Valid() {
			return usagef("--oidc-role gives %q the role %q; use owner, dba or member", group, role)
		}
	}
	return nil
}

// service returns what signs members in; nil without a provider. externalURL is of this server.
func (c *singleSignOn) service(externalURL string) *auth.SingleSignOn {
	if c.Issuer == "" {
		return nil
	}
	o := &auth.SingleSignOn{
		Issuer: c.Issuer, ClientID: c.ClientID, ClientSecret: c.ClientSecret, Name: c.Name,
		RedirectURL: externalURL + auth.SingleSignOnCallback, GroupsClaim: c.GroupsClaim,
		Roles: map[string]towpath.Role{}, Client: &http.Client{Timeout: 10 * time.Second},
	}
	for group, role := range c.Role {
		o.Roles[group] = towpath.Role(role)
	}
	return o
}
