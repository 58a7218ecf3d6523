// Package receipt makes signed receipts of rollouts, and verifies them without a server. A receipt is a
// DSSE envelope (https://github.com/secure-systems-lab/dsse) around a list of parts.
package receipt

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"towpath"
)

// Format is the number of the form of receipts that this program makes and reads.
const Format = 1

// Bounds of a receipt. What is left out is counted in it.
const (
	MaxSize       = 32 << 20 // of the file, in bytes
	MaxTasks      = 10_000
	MaxStatements = 20_000
)

// Receipt is what a server says of a rollout that has ended.
type Receipt struct {
	Issue        Issue
	Rollout      Rollout
	Files        []File
	Environments []Environment
	Databases    []Database
}

// Issue is who says it, and when.
type Issue struct {
	Server    string    `json:"server"` // its external address
	ServerID  string    `json:"serverId"`
	Version   string    `json:"version"` // of the program
	At        time.Time `json:"at"`
	PublicKey []byte    `json:"publicKey"` // of the signature, as PKIX DER
	Audit     AuditHead `json:"audit"`     // the newest event of the audit log at that time
}

// AuditHead names an event of the audit log, and with it all before.
type AuditHead struct {
	Number int64  `json:"number"`
	Hash   string `json:"hash"`
}

// Rollout is what was rolled out.
type Rollout struct {
	ID           string               `json:"id"`
	Project      string               `json:"project"`
	ProjectID    string               `json:"projectId"`
	Repository   string               `json:"repository,omitempty"` // "" when it was unlinked since
	Branch       string               `json:"branch,omitempty"`
	LinkID       string               `json:"linkId"`
	Commit       string               `json:"commit"`
	Message      string               `json:"message"`
	Author       string               `json:"author"`
	State        towpath.RolloutState `json:"state"`
	SupersededBy string               `json:"supersededBy,omitempty"`
	CreatedAt    time.Time            `json:"createdAt"`
	FinishedAt   time.Time            `json:"finishedAt"`
	MoreTasks    int                  `json:"moreTasks,omitempty"` // left out
}

// File is a text that was rolled out, with what was known of it before.
type File struct {
	Path      string             `json:"path"`
	Version   string             `json:"version"`
	Type      towpath.ChangeType `json:"type"`
	SHA256    string             `json:"sha256"`
	Reviews   []Review           `json:"reviews"`             // none: it was not reviewed
	Rehearsal *Rehearsal         `json:"rehearsal,omitempty"` // nil: it was not rehearsed
}

// Review is what the SQL review found in a file for an environment.
type Review struct {
	Environment string   `json:"environment"`
	Against     string   `json:"against,omitempty"` // the kind of server; "" when it was not reviewed
	Errors      int      `json:"errors"`
	Warnings    int      `json:"warnings"`
	Gaps        int      `json:"gaps"` // statements that no rule has seen
	Rules       []string `json:"rules,omitempty"`
}

// Rehearsal is what a scratch database did with a file before its merge.
type Rehearsal struct {
	Environment string                 `json:"environment"`
	Database    string                 `json:"database"` // whose schema it had
	Server      string                 `json:"server"`
	EndedAt     *time.Time             `json:"endedAt,omitempty"`
	State       towpath.RehearsedState `json:"state"`
	Seconds     float64                `json:"seconds"`
	Locks       []Lock                 `json:"locks"`
	MoreLocks   int                    `json:"moreLocks,omitempty"`
}

// Lock is a lock on a table in a rehearsal, which kept others out for so long.
type Lock struct {
	Table string  `json:"table"` // "" for the whole database
	Mode  string  `json:"mode"`
	Held  float64 `json:"heldSeconds"`
}

// Environment is what let changes through the gate of an environment.
type Environment struct {
	ID      string   `json:"id"`
	Name    string   `json:"name"` // "" when it was removed since
	Starts  []Start  `json:"starts"`
	Answers []Answer `json:"answers"`
	Looks   []Look   `json:"secondLooks"`
}

// Start is one start of what waited at a gate.
type Start struct {
	By        string           `json:"by,omitempty"` // "" when it started by itself
	At        time.Time        `json:"at"`
	Evidence  towpath.Evidence `json:"evidence"`
	PastGate  string           `json:"pastGate,omitempty"` // why an owner started it past the gate
	RolloutID string           `json:"rolloutId"`          // an earlier one when its tasks moved here
}

// Answer is an approval or a refusal of what was started.
type Answer struct {
	By          string           `json:"by"`
	At          time.Time        `json:"at"`
	Evidence    towpath.Evidence `json:"evidence"`
	Refused     bool             `json:"refused"`
	Why         string           `json:"why,omitempty"`
	PullRequest int              `json:"pullRequest,omitempty"`
	Token       string           `json:"token,omitempty"` // the name of the API token that answered
	WithdrawnAt *time.Time       `json:"withdrawnAt,omitempty"`
}

// Look is the second look at a start past a gate.
type Look struct {
	StartedBy string     `json:"startedBy"`
	StartedAt time.Time  `json:"startedAt"`
	By        string     `json:"by,omitempty"` // "" while nobody has looked
	At        *time.Time `json:"at,omitempty"`
	Note      string     `json:"note,omitempty"`
}

// Database is what happened in one database.
type Database struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	Instance    string `json:"instance"`
	Environment string `json:"environment"`
	Tasks       []Task `json:"tasks"`
}

// Task is what happened to one file there.
type Task struct {
	ID       string             `json:"id"`
	Path     string             `json:"path"`
	Version  string             `json:"version"`
	Type     towpath.ChangeType `json:"type"`
	SHA256   string             `json:"sha256"`
	Commit   string             `json:"commit"`
	Action   towpath.TaskAction `json:"action"`
	State    towpath.TaskState  `json:"state"`
	Reason   *towpath.Reason    `json:"reason,omitempty"` // no words of the database
	Mark     *towpath.Mark      `json:"mark,omitempty"`
	Undoing  *towpath.Undoing   `json:"undoing,omitempty"`
	Before   string             `json:"schemaBefore,omitempty"` // SHA-256 of the schema; "" when unknown
	After    string             `json:"schemaAfter,omitempty"`
	Attempts []Attempt          `json:"attempts"`
}

// Attempt is one run of a task.
type Attempt struct {
	Number         int               `json:"number"`
	State          towpath.TaskState `json:"state"`
	StartedAt      time.Time         `json:"startedAt"`
	FinishedAt     *time.Time        `json:"finishedAt,omitempty"`
	Reason         *towpath.Reason   `json:"reason,omitempty"` // of a failure, without params
	Total          int               `json:"total"`            // statements of the file
	Statements     []Statement       `json:"statements"`
	MoreStatements int               `json:"moreStatements,omitempty"` // of which there is no record here
}

// Statement is the outcome of one statement.
type Statement struct {
	Line    int                    `json:"line"`
	Summary string                 `json:"summary"`
	State   towpath.StatementState `json:"state"`
	Rows    int64                  `json:"rows"`
	Seconds float64                `json:"seconds"`

	// when it was sent and answered, by the clock of Towpath's server; nil when that is not known
	StartedAt  *time.Time `json:"startedAt,omitempty"`
	FinishedAt *time.Time `json:"finishedAt,omitempty"`
}

// document is the payload of an envelope.
type document struct {
	Format int    `json:"format"`
	Parts  []part `json:"parts"`
}

// part is one section of a receipt with its own hash, so that a verification can name what was changed.
type part struct {
	Name   string          `json:"name"`
	SHA256 string          `json:"sha256"` // of the bytes of the body
	Body   json.RawMessage `json:"body"`
}

// The names of parts. Those of environments and databases follow a space.
const (
	partIssue       = "issue"
	partRollout     = "rollout"
	partFiles       = "files"
	partEnvironment = "environment"
	partDatabase    = "database"
)

// document returns the parts of the receipt in their order.
func (r Receipt) document() (document, error) {
	d := document{Format: Format}
	add := func(name string, body any) error {
		text, err := plainJSON(body)
		if err != nil {
			return fmt.Errorf("write the part %s of a receipt: %w", name, err)
		}
		d.Parts = append(d.Parts, part{Name: name, SHA256: hexSum(text), Body: text})
		return nil
	}
	if err := add(partIssue, r.Issue); err != nil {
		return d, err
	}
	if err := add(partRollout, r.Rollout); err != nil {
		return d, err
	}
	if err := add(partFiles, r.Files); err != nil {
		return d, err
	}
	for _, e := range r.Environments {
		if err := add(partEnvironment+" "+e.Name, e); err != nil {
			return d, err
		}
	}
	for _, one := range r.Databases {
		name := partDatabase + " " + one.Environment + "/" + one.Instance + "/" + one.Name
		if err := add(name, one); err != nil {
			return d, err
		}
	}
	return d, nil
}

// plainJSON writes JSON that people can read, with < and > as they are.
func plainJSON(v any) ([]byte, error) {
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return bytes.TrimSuffix(text.Bytes(), []byte("\n")), err
}

func hexSum(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}
