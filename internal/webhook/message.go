package webhook

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"towpath"
	"towpath/internal/wording"
)

// Headers of a request.
const (
	// SignatureHeader has the time of sending and the signature: t=SECONDS,v1=HEX.
	SignatureHeader = "Towpath-Signature"
	// DeliveryHeader has the id of the request, which stays when it is sent again.
	DeliveryHeader = "Towpath-Delivery"
)

// Message is the body of a request. docs/operate.md describes it.
type Message struct {
	Event       string           `json:"event"` // approval.wanted, or test
	ID          string           `json:"id"`
	Project     string           `json:"project"`
	Environment Named            `json:"environment"`
	Rollout     *Rollout         `json:"rollout,omitempty"`
	Evidence    towpath.Evidence `json:"evidence,omitempty"`
	Missing     int              `json:"missing"` // approvals
	WaitsFor    []string         `json:"waitsFor"`
	Files       []File           `json:"files"`
	MoreFiles   int              `json:"moreFiles"` // that are not listed
	Answerers   []Answerer       `json:"answerers"` // whose approval counts
	AnswerURL   string           `json:"answerUrl"`
}

// Named is something with a name.
type Named struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// Rollout is what waits.
type Rollout struct {
	ID      string `json:"id"`
	Commit  string `json:"commit"`
	Message string `json:"message"` // the first line of the commit's
	Author  string `json:"author"`
	URL     string `json:"url"` // of its page
}

// File is a file that waits, with the databases in which it runs.
type File struct {
	Path      string   `json:"path"`
	Version   string   `json:"version"`
	Type      string   `json:"type"`
	Checksum  string   `json:"checksum"`
	Action    string   `json:"action"`
	Databases []string `json:"databases"`
	More      int      `json:"moreDatabases"` // that are not listed
}

// Answerer is a member whose approval counts.
type Answerer struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Email string `json:"email"`
}

// maxListed bounds each list of a message.
const maxListed = 100

// wanted says what waits at a gate.
func wanted(
	q towpath.ApprovalRequest, r towpath.Rollout, s towpath.Stage, d towpath.Decision,
	members []towpath.Member, externalURL string,
) Message {
	m := test(q, s.Environment, externalURL)
	m.Event = "approval.wanted"
	m.Project = s.Project.Name
	m.Rollout = &Rollout{
		ID:      r.ID,
		Commit:  r.Commit,
		Message: r.Message,
		Author:  r.Author,
		URL:     externalURL + "/rollouts/" + r.ID,
	}
	m.Evidence, m.Missing = q.Evidence, d.Missing
	for _, reason := range d.Because {
		m.WaitsFor = append(m.WaitsFor, wording.Text(reason))
	}
	m.Files, m.MoreFiles = filesOf(s.Tasks)
	for _, who := range members {
		a := s.Answerers[who.ID]
		if a.HasOne(s.Environment.Consent.Of()) && !a.Author && len(m.Answerers) < maxListed {
			m.Answerers = append(m.Answerers, Answerer{ID: who.ID, Name: who.Name, Email: who.Email})
		}
	}
	return m
}

// test is a message about nothing.
func test(q towpath.ApprovalRequest, e towpath.Environment, externalURL string) Message {
	return Message{
		Event:       "test",
		ID:          q.ID,
		Environment: Named{ID: e.ID, Name: e.Name},
		WaitsFor:    []string{},
		Files:       []File{},
		Answerers:   []Answerer{},
		AnswerURL:   externalURL + "/api/v1/approvals",
	}
}

// filesOf groups tasks by file, in the order in which they run.
func filesOf(tasks []towpath.Task) (files []File, more int) {
	files = []File{}
	seen := map[string]bool{}
	for _, t := range tasks {
		at := slices.IndexFunc(files, func(f File) bool {
			return f.Path == t.Path && f.Version == t.Version && f.Checksum == t.Checksum && f.Action == string(t.Action)
		})
		key := strings.Join([]string{t.Path, t.Version, t.Checksum, string(t.Action)}, "\x00")
		switch {
		case at < 0 && len(files) == maxListed:
			if !seen[key] {
				more++
			}
		case at < 0:
			files = append(files, File{
				Path: t.Path, Version: t.Version, Type: string(t.Type), Checksum: t.Checksum,
				Action: string(t.Action), Databases: []string{t.Database},
			})
		case len(files[at].Databases) == maxListed:
			files[at].More++
		default:
			files[at].Databases = append(files[at].Databases, t.Database)
		}
		seen[key] = true
	}
	return files, more
}

// body is the message as it is sent.
func (m Message) body() ([]byte, error) {
	text, err := json.Marshal(m)
	if err != nil {
		return nil, fmt.Errorf("write a request for approval: %w", err)
	}
	return text, nil
}

// Sign returns the value of SignatureHeader: the HMAC-SHA256, by the secret, of the time in seconds, a
// dot and the body.
func Sign(secret, body []byte, at time.Time) string {
	seconds := strconv.FormatInt(at.Unix(), 10)
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte(seconds + "."))
	mac.Write(body)
	return "t=" + seconds + ",v1=" + hex.EncodeToString(mac.Sum(nil))
}
