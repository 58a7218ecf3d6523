package vcs

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"syscall"
	"time"
)

const dialTimeout = 10 * time.Second

// metadataV6 is the IPv6 address where a large cloud serves the credentials of its machines. The
// IPv4 one is a link-local address.
var metadataV6 = netip.MustParseAddr("fd00:ec2::254")

// GuardedClient returns a client for an instance whose address a person has entered. It connects to
// private networks, where such instances run, but never to link-local addresses, and to this
// machine only with loopback. It checks the resolved address at the time of the connection.
func GuardedClient(loopback bool) *http.Client {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	dialer := &net.Dialer{
		Timeout: dialTimeout,
		Control: func(_, address string, _ syscall.RawConn) error { return checkDial(address, loopback) },
	}
	transport.DialContext = dialer.DialContext
	transport.Proxy = nil // a proxy would resolve the name without the check
	return &http.Client{Transport: transport}
}

// LoopbackURL reports whether the spelling of an address names this machine.
func LoopbackURL(raw string) bool {
	u, err := url.Parse(raw)
	if err != nil {
		return false
	}
	addr, err := netip.ParseAddr(u.Hostname())
	return u.Hostname() == "localhost" || (err == nil && addr.Unmap().IsLoopback())
}

// checkDial refuses addresses that cannot be an instance's.
func checkDial(address string, loopback bool) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("connect to %s: %w", address, err)
	}
	addr := at.Addr().Unmap().WithZone("")
	switch {
	case addr.IsLoopback() && !loopback:
		return fmt.Errorf("connect to %s: the name leads to this machine", addr)
	case addr.IsUnspecified(), addr.IsLinkLocalUnicast(), addr.IsMulticast(), addr == metadataV6:
		return fmt.Errorf("connect to %s: an address that no Git server has", addr)
	}
	return nil
}
