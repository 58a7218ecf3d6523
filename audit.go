package towpath

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"
	"time"
	"unicode/utf8"
)

// OriginKind says by what an act came to the server.
type OriginKind string

const (
	// OriginSession is a browser's session.
	OriginSession OriginKind = "session"
	// OriginToken is an API token.
	OriginToken OriginKind = "api-token"
	// OriginSignIn is a password, an invitation or the setup token, before there is a session.
	OriginSignIn OriginKind = "sign-in"
	// OriginShell is a command in the server's shell.
	OriginShell OriginKind = "shell"
	// OriginSystem is the server itself.
	OriginSystem OriginKind = "system"
)

// Origin says from where something is done.
type Origin struct {
	Via          OriginKind // "" for acts of earlier versions, which did not record it
	CredentialID string     // the session or API token; "" without one
	Address      string     // the network address of the client; "" without one
}

type originKey struct{}

// WithOrigin returns a context in which everything is done from an origin. The store writes it into
// audit events.
func WithOrigin(ctx context.Context, o Origin) context.Context {
	return context.WithValue(ctx, originKey{}, o)
}

// OriginOf returns the origin of a context; the server itself when it has none.
func OriginOf(ctx context.Context) Origin {
	if o, ok := ctx.Value(originKey{}).(Origin); ok {
		return o
	}
	return Origin{Via: OriginSystem}
}

// Change is a setting before and after an act. A secret has neither value.
type Change struct {
	Setting string `json:"setting"`
	From    string `json:"from,omitempty"`
	To      string `json:"to,omitempty"`
}

// maxChange bounds the value of a setting in the audit log, in bytes.
const maxChange = 2 << 10

// Changed lists the settings that differ: alternating names, values before and values after.
func Changed(settings ...string) (list []Change) {
	for i := 0; i+2 < len(settings); i += 3 {
		if from, to := settings[i+1], settings[i+2]; from != to {
			list = append(list, Change{
				Setting: settings[i],
				From:    ClipMore(from, maxChange, 0),
				To:      ClipMore(to, maxChange, 0),
			})
		}
	}
	return list
}

// ChangedSecret is a setting whose values must not be recorded; none when it did not change.
func ChangedSecret(setting string, changed bool) []Change {
	if !changed {
		return nil
	}
	return []Change{{Setting: setting}}
}

// With returns the audit event with the settings that the act changed.
func (e Event) With(changes ...[]Change) Event {
	for _, list := range changes {
		e.Changes = append(e.Changes, list...)
	}
	return e
}

// Chained places an audit event in the hash chain: after the event with the number and hash of head.
// The zero head begins the chain. It cleans the texts, so that what is stored has the same hash.
func (e Event) Chained(head AuditHead) Event {
	e = e.cleaned()
	e.Number = head.Number + 1
	e.Previous = head.Hash
	if head.Number == 0 {
		e.Previous = auditStart
	}
	sum := sha256.Sum256(e.record())
	e.Hash = hex.EncodeToString(sum[:])
	return e
}

// AuditHead names the newest event of the audit log, and by its hash all events before it.
type AuditHead struct {
	Number int64 // 0 for an empty log
	Hash   string
}

// auditStart is in the place of a previous hash in the first event.
var auditStart = strings.Repeat("0", sha256.Size*2)

// Parts of a line of the exported audit log, around the record that is hashed.
const (
	auditNumber   = `{"number":`
	auditPrevious = `,"previous":"`
	auditHash     = `,"hash":"`
	auditEnd      = `"}`
)

// AuditLine returns an audit event as a line of the exported log, without a line end: its record,
// with the hash as the last member.
func (e Event) AuditLine() []byte {
	record := e.record()
	return append(record[:len(record)-1], auditHash+e.Hash+auditEnd...)
}

// auditRecord is the canonical form of an audit event; docs/operate.md describes it. A new field
// goes before Causes and is left out when empty, so that older events keep their hash.
type auditRecord struct {
	Number     int64             `json:"number"`
	Previous   string            `json:"previous"`
	ID         string            `json:"id"`
	At         string            `json:"at"`
	Act        EventKind         `json:"act"`
	Member     string            `json:"member,omitempty"`
	Via        OriginKind        `json:"via,omitempty"`
	Credential string            `json:"credential,omitempty"`
	Address    string            `json:"address,omitempty"`
	Project    string            `json:"project,omitempty"`
	Subject    string            `json:"subject,omitempty"`
	Params     map[string]string `json:"params,omitempty"`
	Changes    []Change          `json:"changes,omitempty"`
	Causes     []Reason          `json:"causes,omitempty"`
}

// auditTime is the format of times in a record, always in UTC and with microseconds.
const auditTime = "2006-01-02T15:04:05.000000Z"

// record returns the canonical form of an audit event, which its hash covers.
func (e Event) record() []byte {
	var text bytes.Buffer
	out := json.NewEncoder(&text)
	out.SetEscapeHTML(false)
	err := out.Encode(auditRecord{
		Number:     e.Number,
		Previous:   e.Previous,
		ID:         e.ID,
		At:         e.At.UTC().Truncate(time.Microsecond).Format(auditTime),
		Act:        e.Kind,
		Member:     e.ActorID,
		Via:        e.Origin.Via,
		Credential: e.Origin.CredentialID,
		Address:    e.Origin.Address,
		Project:    e.ProjectID,
		Subject:    e.SubjectID,
		Params:     e.Params,
		Changes:    e.Changes,
		Causes:     e.Causes,
	})
	if err != nil {
		panic(err) // a record has only strings and a number
	}
	return bytes.TrimSuffix(text.Bytes(), []byte("\n"))
}

// cleaned returns the event with texts that survive a database: valid UTF-8 without NUL.
func (e Event) cleaned() Event {
	for _, field := range []*string{
		&e.ID, (*string)(&e.Kind), &e.ActorID, (*string)(&e.Origin.Via), &e.Origin.CredentialID,
		&e.Origin.Address, &e.ProjectID, &e.SubjectID,
	} {
		*field = cleanText(*field)
	}
	e.Params = cleanParams(e.Params)
	changes := e.Changes
	e.Changes = nil
	for _, c := range changes {
		e.Changes = append(e.Changes,
			Change{Setting: cleanText(c.Setting), From: cleanText(c.From), To: cleanText(c.To)})
	}
	e.Causes = cleanReasons(e.Causes)
	return e
}

func cleanReasons(list []Reason) (clean []Reason) {
	for _, r := range list {
		clean = append(clean, Reason{
			Code:   ReasonCode(cleanText(string(r.Code))),
			Params: cleanParams(r.Params),
			Causes: cleanReasons(r.Causes),
		})
	}
	return clean
}

func cleanParams(params map[string]string) map[string]string {
	if params == nil {
		return nil
	}
	clean := make(map[string]string, len(params))
	for name, value := range params {
		clean[cleanText(name)] = cleanText(value)
	}
	return clean
}

func cleanText(text string) string {
	if utf8.ValidString(text) && strings.IndexByte(text, 0) < 0 {
		return text
	}
	return strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "\uFFFD")
}
