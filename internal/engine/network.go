package engine

import (
	"crypto/tls"
	"crypto/x509"
	"net"
	"strconv"
	"strings"

	"towpath"
)

// The options that are common to targets in a network.
const (
	OptionTLS = "tls"   // disable, require (the default), verify-ca, verify-full
	OptionCA  = "tlsCA" // PEM certificates for verify-ca and verify-full; the system's when missing
)

// HostPort splits an address into host and port. Its error is a *towpath.Error.
func HostPort(address string, defaultPort uint16) (string, uint16, error) {
	host, text, err := net.SplitHostPort(address)
	if err != nil {
		host, text = strings.Trim(address, "[]"), strconv.Itoa(int(defaultPort))
	}
	port, err := strconv.ParseUint(text, 10, 16)
	if err != nil || port == 0 || host == "" || strings.ContainsAny(host, "/, @") {
		return "", 0, towpath.Invalid("address", "Use host:port, such as db.example.com:%d.", defaultPort)
	}
	return host, uint16(port), nil
}

// TLSConfig builds the configuration for the options; nil is no TLS. Its error is a *towpath.Error.
func TLSConfig(host string, options map[string]string) (*tls.Config, error) {
	config := &tls.Config{ServerName: host, MinVersion: tls.VersionTLS12}
	if pem := options[OptionCA]; pem != "" {
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM([]byte(pem)) {
			return nil, towpath.Invalid("options."+OptionCA, "This is not a certificate in PEM form.")
		}
	}
	switch mode := options[OptionTLS]; mode {
	case "disable":
		return nil, nil
	case "", "require":
		config.InsecureSkipVerify = true
	case "verify-ca":
		config.InsecureSkipVerify = true
		config.VerifyConnection = func(state tls.ConnectionState) error {
			return verifyChain(state,
				config.RootCAs)
		}
	case "verify-full":
	default:
		return nil, towpath.Invalid("options."+OptionTLS,
			"%q is not a TLS mode: use disable, require, verify-ca or verify-full.", mode)
	}
	return config, nil
}

// verifyChain verifies the certificate's chain but not its host name.
func verifyChain(state tls.ConnectionState, roots *x509.CertPool) error {
	options := x509.VerifyOptions{Roots: roots, Intermediates: x509.NewCertPool()}
	for _, cert := range state.PeerCertificates[1:] {
		options.Intermediates.AddCert(cert)
	}
	_, err := state.PeerCertificates[0].Verify(options)
	return err
}

// TLSOptions describes the network options, for Describe.
func TLSOptions() []Option {
	return []Option{
		{
			Key: OptionTLS, Label: "TLS", Help: "verify-full checks the certificate and the name in it.",
			Values: []string{"require", "verify-full", "verify-ca", "disable"},
		},
		{
			Key: OptionCA, Label: "Certificate authority",
			Help: "PEM text, for verify-ca and verify-full; without it the system's are used.", Several: true,
		},
	}
}
