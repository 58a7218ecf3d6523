package enginetest

import (
	"encoding/pem"
	"net/http/httptest"
	"testing"
)

// OtherCA is the certificate, as PEM, of an authority that has signed none of the servers.
func OtherCA(t *testing.T) string {
	t.Helper()
	stranger := httptest.NewTLSServer(nil)
	defer stranger.Close()
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: stranger.Certificate().Raw}))
}
