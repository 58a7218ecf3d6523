package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"towpath/internal/receipt"
	"towpath/internal/secret"
)

// receipts returns the room that issues receipts.
func (c *serveCommand) receipts(s *server, keyring *secret.Keyring, serverID string) *receipt.Service {
	return &receipt.Service{
		Store: s.store, Keyring: keyring, ExternalURL: c.ExternalURL, ServerID: serverID, Version: version,
	}
}

// receiptKeysCommand prints the public keys of a server.
type receiptKeysCommand struct {
	remote
}

// Run prints each key as PEM below its fingerprint.
func (c *receiptKeysCommand) Run(ctx context.Context, out io.Writer) error {
	api, err := c.client()
	if err != nil {
		return err
	}
	var keys struct {
		Items []struct {
			PublicKey string `json:"publicKey"`
		} `json:"items"`
	}
	if err := api.call(ctx, "GET", "/receipt-keys", nil, &keys); err != nil {
		return err
	}
	for _, k := range keys.Items {
		if _, err := io.WriteString(out, k.PublicKey); err != nil {
			return err
		}
	}
	return nil
}

// verifyCommand verifies a receipt.
type verifyCommand struct {
	File string `arg:"" help:"The receipt; - is the standard input."`
	Key  string `help:"Whose receipts count: a file of public keys as towpath receipt-keys prints it, or the fingerprint of a key."`
	JSON bool   `name:"json" help:"Print what was signed, as JSON."`
}

// Errors of a verification, whose reasons are printed already.
var (
	errReceiptRefused = errors.New("the receipt is not genuine")
	errReceiptOpen    = errors.New("nobody has said whose key it is")
)

// Run verifies the receipt without a server. Its error is errReceiptRefused when the receipt is not
// genuine, and errReceiptOpen without a key to compare with.
func (c *verifyCommand) Run(out io.Writer) error {
	trust, err := trusted(c.Key)
	if err != nil {
		return usagef("--key: %v", err)
	}
	file, err := readAtMost(c.File, receipt.MaxSize+1)
	if err != nil {
		return usagef("read %s: %v", c.File, err)
	}
	o, err := receipt.Open(file, trust)
	var fault *receipt.Fault
	if errors.As(err, &fault) {
		_, err = fmt.Fprintln(out, receiptSentence(*fault))
		return errors.Join(err, errReceiptRefused)
	}
	if err != nil {
		return err
	}
	if c.JSON && o.Trusted {
		var text bytes.Buffer
		if err := json.Indent(&text, o.Payload, "", "  "); err != nil {
			return fmt.Errorf("print the receipt: %w", err)
		}
		_, err = fmt.Fprintln(out, text.String())
		return err
	}
	if !o.Trusted {
		_, err = fmt.Fprintf(out, "The receipt is whole, and signed by the key %s.\nWhose key is it? Compare it "+
			"with the fingerprint at Settings, General on the server, then give it with --key.\n", o.KeyID)
		return errors.Join(err, errReceiptOpen)
	}
	_, err = io.WriteString(out, receiptSummary(o))
	return err
}

// trusted reads a fingerprint, or a file of public keys.
func trusted(key string) (receipt.Trust, error) {
	if key == "" {
		return nil, nil
	}
	if t, ok := receipt.ParseFingerprint(key); ok {
		return t, nil
	}
	const maxKeyFile = 1 << 20
	text, err := readAtMost(key, maxKeyFile)
	if err != nil {
		return nil, err
	}
	return receipt.ParseKeys(text)
}

// readAtMost reads a file, or its first bytes up to a number.
func readAtMost(path string, most int64) ([]byte, error) {
	file := os.Stdin
	if path != "-" {
		var err error
		if file, err = os.Open(path); err != nil {
			return nil, err
		}
		defer func() { _ = file.Close() }() // it was only read
	}
	return io.ReadAll(io.LimitReader(file, most))
}

// receiptSentence says why a receipt is refused, and what differs.
func receiptSentence(f receipt.Fault) string {
	parts := ""
	if len(f.Parts) > 0 {
		parts = " Changed: " + strings.Join(f.Parts, "; ") + "."
	}
	switch f.Kind {
	case receipt.FaultFormat:
		return "The receipt has a newer format. Verify it with a newer version of towpath."
	case receipt.FaultKey:
		return fmt.Sprintf("The receipt is signed by another key: %s.%s", f.KeyID, parts)
	case receipt.FaultForm:
		return "The file was changed or written again by another program. Take the receipt as the server wrote it."
	case receipt.FaultSignature:
		if f.Place != "" {
			return fmt.Sprintf("The receipt was changed: its %s is not that of its key.%s", f.Place, parts)
		}
		if parts == "" {
			parts = " Changed: the signature, or what holds the parts together."
		}
		return "The receipt was changed after it was signed." + parts
	}
	return fmt.Sprintf("The receipt can't be read: its %s is damaged.%s", f.Place, parts)
}

// receiptSummary says what a genuine receipt is about.
func receiptSummary(o receipt.Opened) string {
	var b strings.Builder
	r := o.Rollout
	fmt.Fprintf(&b, "Genuine: signed by the key %s\n", o.KeyID)
	fmt.Fprintf(&b, "Server: %s, %s\n", o.Issue.Server, o.Issue.At.Format(time.RFC3339))
	fmt.Fprintf(&b, "Rollout: %s of %q in %q, %s\n", r.ID, r.Commit, r.Project, r.State)
	states, tasks := map[string]int{}, 0
	for _, d := range o.Databases {
		for _, t := range d.Tasks {
			states[string(t.State)]++
			tasks++
		}
	}
	fmt.Fprintf(&b, "Files: %d. Databases: %d. Tasks: %d", len(o.Files), len(o.Databases), tasks)
	for _, state := range []string{"done", "skipped", "cancelled", "failed", "unknown", "held", "pending", "running"} {
		if n := states[state]; n > 0 {
			fmt.Fprintf(&b, ", %d %s", n, state)
		}
	}
	if r.MoreTasks > 0 {
		fmt.Fprintf(&b, ", and %d that are left out", r.MoreTasks)
	}
	fmt.Fprintf(&b, "\nAudit log: event %d %s\n", o.Issue.Audit.Number, o.Issue.Audit.Hash)
	return b.String()
}
