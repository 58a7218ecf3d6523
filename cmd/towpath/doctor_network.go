package main

import (
	"context"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"towpath/internal/vcs"
)

// certificateSoon is how long before its end a certificate is worth a warning.
const certificateSoon = 14 * 24 * time.Hour

// ask sends a request without a body and reads a bounded answer. It follows no redirect.
func ask(ctx context.Context, method, address string) (*http.Response, string, error) {
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, address, http.NoBody)
	if err != nil {
		return nil, "", err
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse
	}}
	resp, err := client.Do(req)
	if err != nil {
		var wrapped *url.Error
		if errors.As(err, &wrapped) { // it repeats method and address
			err = wrapped.Err
		}
		return nil, "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 4<<10))
	return resp, string(body), err
}

// checkAddress asks for the server at its own external URL.
func checkAddress(ctx context.Context, c *serveCommand) finding {
	resp, _, err := ask(ctx, http.MethodGet, c.ExternalURL+"/readyz")
	var unknownAuthority x509.UnknownAuthorityError
	switch {
	case errors.As(err, &unknownAuthority):
		return failure("Let the proxy send the whole chain of a certificate that browsers trust.",
			"%s: %v.", c.ExternalURL, err)
	case err != nil:
		return failure("Start the server, and let --external-url or the proxy lead to it.",
			"No answer at %s: %v.", c.ExternalURL, err)
	case resp.StatusCode/100 == 3:
		return failure("Set --external-url to the address that people end up at.",
			"%s redirects to %s.", c.ExternalURL, resp.Header.Get("Location"))
	case resp.StatusCode == http.StatusServiceUnavailable:
		return failure("Look into the server's log.", "The server at %s is not ready.", c.ExternalURL)
	case resp.StatusCode != http.StatusNoContent:
		return failure("Let --external-url or the proxy lead to the server.",
			"Something else answers at %s (HTTP %d).", c.ExternalURL, resp.StatusCode)
	}
	if resp.TLS != nil && len(resp.TLS.PeerCertificates) > 0 {
		if end := resp.TLS.PeerCertificates[0].NotAfter; time.Until(end) < certificateSoon {
			return warned("Renew it.", "The certificate of %s ends on %s.", c.ExternalURL,
				end.UTC().Format(time.DateOnly))
		}
	}
	if vcs.LoopbackURL(c.ExternalURL) {
		return warned("Set --external-url to the address that others use.",
			"%s leads to the server on this machine only.", c.ExternalURL)
	}
	return passed("The server answers at %s.", c.ExternalURL)
}

// checkHooks checks that posts to webhooks reach the server, as far as that can be seen from here.
func checkHooks(ctx context.Context, c *serveCommand) finding {
	if c.PollingOnly {
		return passed("Off: the server looks for commits every %s.", c.PollInterval)
	}
	resp, body, err := ask(ctx, http.MethodPost, c.ExternalURL+"/hooks/doctor")
	if err != nil {
		return finding{State: stateUnknown, Detail: "They go to the external URL, which has to answer first."}
	}
	if resp.StatusCode != http.StatusNotFound || !strings.Contains(body, `"not_found"`) ||
		!strings.HasPrefix(resp.Header.Get("Content-Type"), "application/problem+json") {
		return failure("Let the proxy pass POST requests to /hooks/ unchanged.",
			"A POST below %s/hooks/ does not reach the server (HTTP %d).", c.ExternalURL, resp.StatusCode)
	}
	u, err := url.Parse(c.ExternalURL)
	if err != nil {
		return failure("Set --external-url.", "%v", err)
	}
	addresses, err := net.DefaultResolver.LookupNetIP(ctx, "ip", u.Hostname())
	if err != nil {
		return finding{State: stateUnknown, Detail: "The addresses of " + u.Hostname() + " are unknown: " + err.Error()}
	}
	for _, address := range addresses {
		if !inside(address) {
			return passed("POST requests to %s/hooks/ reach the server.", c.ExternalURL)
		}
	}
	return warned("Make the address reachable, or start with --polling-only.",
		"%s is an address inside your network: Bitbucket's webhooks cannot reach it.", u.Hostname())
}

// inside reports whether the address is of a local network.
func inside(a netip.Addr) bool {
	a = a.Unmap()
	return a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast() || a.IsUnspecified()
}

// checkBitbucket asks for Bitbucket and its API, and compares clocks by the answer.
func checkBitbucket(ctx context.Context, c *serveCommand, now func() time.Time) (reached, clock finding) {
	clock = finding{State: stateUnknown, Detail: "No other clock can be reached."}
	for _, address := range []string{c.BitbucketURL, c.BitbucketAPIURL} {
		resp, _, err := ask(ctx, http.MethodHead, address)
		if err != nil {
			return failure("Let this machine reach it by HTTPS. HTTPS_PROXY names a proxy.",
				"No answer from %s: %v.", address, err), clock
		}
		if at, err := http.ParseTime(resp.Header.Get("Date")); err == nil {
			clock = compareClocks(address, at, now())
		}
	}
	return passed("%s and %s answer.", c.BitbucketURL, c.BitbucketAPIURL), clock
}
