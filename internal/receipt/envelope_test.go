package receipt

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"towpath"
)

// sample is a receipt with each kind of part, and an unknown outcome.
func sample() Receipt {
	at := time.Date(2026, 11, 30, 10, 0, 0, 0, time.UTC)
	return Receipt{
		Issue:   Issue{Server: "https://towpath.example.com", ServerID: "s", At: at, Audit: AuditHead{7, "h"}},
		Rollout: Rollout{ID: "r", Project: "Läden <&>", State: towpath.RolloutSuperseded, CreatedAt: at, FinishedAt: at},
		Files:   []File{{Path: "migrations/order/1__ddl__größe.sql", Version: "1", Reviews: []Review{}}},
		Environments: []Environment{{
			ID: "e", Name: "prod", Starts: []Start{{By: "Ada <ada@example.com>", At: at, Evidence: "a.b"}},
			Answers: []Answer{}, Looks: []Look{},
		}},
		Databases: []Database{{ID: "d", Name: "select", Instance: "main", Environment: "prod", Tasks: []Task{{
			ID: "t", State: towpath.TaskUnknown, Reason: &towpath.Reason{Code: "x"},
			Attempts: []Attempt{{Number: 1, State: towpath.TaskUnknown, StartedAt: at, Statements: []Statement{
				{Line: 1, Summary: "CREATE TABLE \"größe\"", State: towpath.StatementUnknown},
			}}},
		}}}},
	}
}

func signedSample(t *testing.T) (file []byte, keyID string) {
	t.Helper()
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	if file, err = Sign(sample(), private); err != nil {
		t.Fatal(err)
	}
	return file, Fingerprint(public)
}

func TestOpen_returnsWhatWasSigned(t *testing.T) {
	t.Parallel()
	file, keyID := signedSample(t)
	o, err := Open(file, Trust{keyID: true})
	if err != nil || !o.Trusted || o.KeyID != keyID {
		t.Fatalf("Open = %+v, %v", o, err)
	}
	want := sample()
	want.Issue.PublicKey = o.Issue.PublicKey
	if !reflect.DeepEqual(o.Receipt, want) {
		t.Errorf("Open = %+v, want %+v", o.Receipt, want)
	}
	if o, err = Open(file, nil); err != nil || o.Trusted {
		t.Errorf("without a key: trusted %t, %v", o.Trusted, err)
	}
}

func TestOpen_refusesEachChangedByte(t *testing.T) {
	t.Parallel()
	file, keyID := signedSample(t)
	trust := Trust{keyID: true}
	for i := range file {
		flipped := bytes.Clone(file)
		flipped[i] ^= 1 << (i % 8)
		for _, by := range []Trust{trust, nil} {
			var fault *Fault
			if _, err := Open(flipped, by); !errors.As(err, &fault) {
				t.Fatalf("byte %d: %v", i, err)
			}
		}
		for _, changed := range [][]byte{file[:i], slices.Insert(bytes.Clone(file), i, ' ')} {
			if _, err := Open(changed, trust); err == nil {
				t.Fatalf("a file cut or widened at %d opens", i)
			}
		}
	}
}

// payloadOf takes an envelope apart as any program could.
func payloadOf(t *testing.T, file []byte) (e envelope, payload []byte) {
	t.Helper()
	if err := json.Unmarshal(file, &e); err != nil {
		t.Fatal(err)
	}
	payload, err := base64.StdEncoding.DecodeString(e.Payload)
	if err != nil {
		t.Fatal(err)
	}
	return e, payload
}

func TestOpen_namesThePartThatDiffers(t *testing.T) {
	t.Parallel()
	file, keyID := signedSample(t)
	for from, want := range map[string]string{
		"https://towpath": "issue", "Läden": "rollout", "migrations/order": "files",
		"Ada ": "environment prod", "CREATE TABLE": "database prod/main/select",
	} {
		e, payload := payloadOf(t, file)
		changed := strings.Replace(string(payload), from, "x"+from[1:], 1)
		e.Payload = base64.StdEncoding.EncodeToString([]byte(changed))
		var fault *Fault
		_, err := Open(e.file(), Trust{keyID: true})
		if !errors.As(err, &fault) || fault.Kind != FaultSignature || !slices.Equal(fault.Parts, []string{want}) {
			t.Errorf("%q changed: %v, want the part %s", from, err, want)
		}
	}
}

func TestOpen_refusesWhatOtherKeysSigned(t *testing.T) {
	t.Parallel()
	_, keyID := signedSample(t)
	forged, other := signedSample(t)
	refused := func(what string, file []byte, kind FaultKind) {
		t.Helper()
		var fault *Fault
		if _, err := Open(file, Trust{keyID: true}); !errors.As(err, &fault) || fault.Kind != kind {
			t.Errorf("%s: %v, want %s", what, err, kind)
		}
	}
	refused("signed by another key", forged, FaultKey)
	e, _ := payloadOf(t, forged)
	e.Signatures[0].KeyID = keyID
	refused("under the name of the key", e.file(), FaultSignature)
	if _, err := Open(e.file(), Trust{other: true}); err == nil {
		t.Error("a receipt opens that names another key than the one that signed it")
	}
	e.Signatures = append(e.Signatures, e.Signatures[0])
	refused("two signatures", e.file(), FaultUnreadable)
	e.Signatures, e.PayloadType = e.Signatures[:1], "text/plain"
	refused("another type", e.file(), FaultUnreadable)
	refused("nothing", nil, FaultUnreadable)
	refused("a large file", make([]byte, MaxSize+1), FaultUnreadable)
}

func TestOpen_refusesANewerFormat(t *testing.T) {
	t.Parallel()
	_, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	payload := []byte(`{"format":2,"parts":[]}`)
	e := envelope{payloadType, base64.StdEncoding.EncodeToString(payload), []signature{{
		"k", base64.StdEncoding.EncodeToString(ed25519.Sign(private, signed(payload))),
	}}}
	var fault *Fault
	if _, err := Open(e.file(), nil); !errors.As(err, &fault) || fault.Kind != FaultFormat {
		t.Errorf("Open = %v", err)
	}
}

func TestParseKeys(t *testing.T) {
	t.Parallel()
	one, private, _ := ed25519.GenerateKey(nil)
	two, _, _ := ed25519.GenerateKey(nil)
	trust, err := ParseKeys([]byte(PEM(one) + "\n" + PEM(two)))
	if err != nil || len(trust) != 2 || !trust[Fingerprint(one)] || !trust[Fingerprint(two)] {
		t.Errorf("ParseKeys = %v, %v", trust, err)
	}
	for name, text := range map[string]string{
		"nothing": "", "a text": "hello", "a key and a text": PEM(one) + "hello",
		"a private key": strings.ReplaceAll(PEM(one), "PUBLIC", "PRIVATE"), "a seed": string(private.Seed()),
	} {
		if trust, err := ParseKeys([]byte(text)); err == nil {
			t.Errorf("%s: %v", name, trust)
		}
	}
	if _, ok := ParseFingerprint(" " + strings.ToUpper(Fingerprint(one)) + "\n"); !ok {
		t.Error("a fingerprint is refused")
	}
	for _, text := range []string{"", "ab", Fingerprint(one) + "a", strings.Repeat("g", 64)} {
		if _, ok := ParseFingerprint(text); ok {
			t.Errorf("%q is taken for a fingerprint", text)
		}
	}
}
