package receipt

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
)

// payloadType says what an envelope holds. It is signed with the payload.
const payloadType = "application/vnd.towpath.receipt+json"

// envelope is the file of a receipt.
type envelope struct {
	PayloadType string      `json:"payloadType"`
	Payload     string      `json:"payload"` // base64
	Signatures  []signature `json:"signatures"`
}

type signature struct {
	KeyID string `json:"keyid"` // the fingerprint of the key
	Sig   string `json:"sig"`   // base64
}

// file returns the one form that an envelope has as a file.
func (e envelope) file() []byte {
	text, err := json.Marshal(e)
	if err != nil {
		panic(err) // strings always have a JSON form
	}
	return text
}

// signed returns the bytes that are signed: DSSE's pre-authentication encoding, in which no two pairs of
// type and payload are the same.
func signed(payload []byte) []byte {
	return append(fmt.Appendf(nil, "DSSEv1 %d %s %d ", len(payloadType), payloadType, len(payload)),
		payload...)
}

// Sign returns the file of a receipt. It sets the public key in it. It may be longer than
// MaxSize, and then nobody can open it.
func Sign(r Receipt, key ed25519.PrivateKey) ([]byte, error) {
	public := key.Public().(ed25519.PublicKey) //nolint:forcetypeassert // documented
	r.Issue.PublicKey = publicDER(public)
	d, err := r.document()
	if err != nil {
		return nil, err
	}
	payload, err := plainJSON(d)
	if err != nil {
		return nil, fmt.Errorf("write a receipt: %w", err)
	}
	return envelope{
		PayloadType: payloadType,
		Payload:     base64.StdEncoding.EncodeToString(payload),
		Signatures: []signature{{
			KeyID: Fingerprint(public),
			Sig:   base64.StdEncoding.EncodeToString(ed25519.Sign(key, signed(payload))),
		}},
	}.file(), nil
}

// FaultKind says what is wrong with a receipt.
type FaultKind string

const (
	FaultUnreadable FaultKind = "unreadable" // no receipt, or one that is damaged
	FaultFormat     FaultKind = "format"     // of a newer program
	FaultKey        FaultKind = "key"        // signed by a key that is not trusted
	FaultSignature  FaultKind = "signature"  // something was changed after it was signed
	FaultForm       FaultKind = "form"       // the signed bytes are whole, and the file is not as it was written
)

// Fault is why a receipt is refused.
type Fault struct {
	Kind  FaultKind
	Place string   // of FaultUnreadable: the field
	Parts []string // those that differ from their own hash
	KeyID string   // the fingerprint of the key that signed it, as far as it is known
}

// Error implements error.
func (f *Fault) Error() string {
	return strings.TrimSpace(fmt.Sprintf("receipt refused: %s %s %s", f.Kind, f.Place, strings.Join(f.Parts,
		", ")))
}

// Opened is a receipt whose signature fits.
type Opened struct {
	Receipt
	KeyID   string // the fingerprint of the key that signed it
	Trusted bool   // the key is one that the caller trusts
	Payload []byte // what was signed
}

// Open verifies the file of a receipt. Its error is a *Fault. With an empty trust it returns a receipt
// that fits the key in it, which anybody can make, and Trusted is false.
func Open(file []byte, trust Trust) (Opened, error) {
	o, sig, err := read(file)
	if err != nil {
		return Opened{}, err
	}
	var d document
	if err := strictly(o.Payload, &d); err != nil {
		return Opened{}, &Fault{Kind: FaultUnreadable, Place: "payload", KeyID: o.KeyID}
	}
	if d.Format > Format {
		return Opened{}, &Fault{Kind: FaultFormat, KeyID: o.KeyID}
	}
	differ := d.differing()
	o.Receipt, err = d.receipt()
	if err != nil {
		return Opened{}, &Fault{Kind: FaultUnreadable, Place: "payload", Parts: differ, KeyID: o.KeyID}
	}
	public, err := parsePublic(o.Issue.PublicKey)
	if err != nil {
		return Opened{}, &Fault{Kind: FaultUnreadable, Place: "publicKey", Parts: differ, KeyID: o.KeyID}
	}
	switch {
	case Fingerprint(public) != o.KeyID:
		return Opened{}, &Fault{Kind: FaultSignature, Place: "keyid", Parts: differ, KeyID: o.KeyID}
	case !ed25519.Verify(public, signed(o.Payload), sig):
		return Opened{}, &Fault{Kind: FaultSignature, Parts: differ, KeyID: o.KeyID}
	case len(trust) > 0 && !trust[o.KeyID]:
		return Opened{}, &Fault{Kind: FaultKey, Parts: differ, KeyID: o.KeyID}
	case len(differ) > 0 || d.Format != Format:
		return Opened{}, &Fault{Kind: FaultUnreadable, Place: "payload", Parts: differ, KeyID: o.KeyID}
	}
	o.Trusted = trust[o.KeyID]
	return o, nil
}

// read takes an envelope apart. A file that is not exactly as it was written has a FaultForm, even if
// another reader of JSON or of base64 took it for the same.
func read(file []byte) (o Opened, sig []byte, err error) {
	var e envelope
	if len(file) > MaxSize {
		return o, nil, &Fault{Kind: FaultUnreadable, Place: "size"}
	}
	if err := strictly(file, &e); err != nil || len(e.Signatures) != 1 {
		return o, nil, &Fault{Kind: FaultUnreadable, Place: "envelope"}
	}
	o.KeyID = e.Signatures[0].KeyID
	if e.PayloadType != payloadType {
		return o, nil, &Fault{Kind: FaultUnreadable, Place: "payloadType", KeyID: o.KeyID}
	}
	if o.Payload, err = base64.StdEncoding.Strict().DecodeString(e.Payload); err != nil {
		return o, nil, &Fault{Kind: FaultUnreadable, Place: "payload", KeyID: o.KeyID}
	}
	if sig, err = base64.StdEncoding.Strict().DecodeString(e.Signatures[0].Sig); err != nil ||
		len(sig) != ed25519.SignatureSize {
		return o, nil, &Fault{Kind: FaultUnreadable, Place: "sig", KeyID: o.KeyID}
	}
	if !bytes.Equal(e.file(), file) {
		return o, nil, &Fault{Kind: FaultForm, KeyID: o.KeyID}
	}
	return o, sig, nil
}

// strictly reads JSON that has no unknown fields and nothing behind it.
func strictly(text []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return err
	}
	if rest := bytes.TrimSpace(text[d.InputOffset():]); len(rest) > 0 {
		return fmt.Errorf("%d bytes follow", len(rest))
	}
	return nil
}

// differing names the parts whose bytes do not have their hash.
func (d document) differing() (names []string) {
	for _, p := range d.Parts {
		if hexSum(p.Body) != p.SHA256 {
			names = append(names, p.Name)
		}
	}
	return names
}

// receipt reads the parts.
func (d document) receipt() (r Receipt, err error) {
	for _, p := range d.Parts {
		kind, _, _ := strings.Cut(p.Name, " ")
		switch kind {
		case partIssue:
			err = strictly(p.Body, &r.Issue)
		case partRollout:
			err = strictly(p.Body, &r.Rollout)
		case partFiles:
			err = strictly(p.Body, &r.Files)
		case partEnvironment:
			r.Environments = append(r.Environments, Environment{})
			err = strictly(p.Body, &r.Environments[len(r.Environments)-1])
		case partDatabase:
			r.Databases = append(r.Databases, Database{})
			err = strictly(p.Body, &r.Databases[len(r.Databases)-1])
		default:
			err = fmt.Errorf("no part is called %s", p.Name)
		}
		if err != nil {
			return r, fmt.Errorf("read the part %s: %w", p.Name, err)
		}
	}
	return r, nil
}
