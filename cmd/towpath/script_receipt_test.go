package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// verbReceipt writes the receipt of the newest rollout to a file, and the keys of the server beside it as
// the command prints them. The fingerprint of the newest key is $KEY.
func verbReceipt(ts *testscript.TestScript, neg bool, args []string) {
	w := worldOf(ts)
	id, _, err := w.newestTasks()
	check(ts, err)
	var file json.RawMessage
	err = w.api.call(w.ctx, "GET", "/rollouts/"+id+"/receipt", nil, &file)
	if neg != (err != nil) {
		ts.Fatalf("receipt: %v", err)
	}
	if err != nil {
		fmt.Fprintln(ts.Stdout(), err)
		return
	}
	path := ts.MkAbs(args[0])
	check(ts, os.WriteFile(path, file, 0o600))
	var pem bytes.Buffer
	check(ts, (&receiptKeysCommand{remote{w.api.base, w.api.token}}).Run(w.ctx, &pem))
	check(ts, os.WriteFile(path+".key", pem.Bytes(), 0o600))
	var keys items[struct{ Fingerprint string }]
	check(ts, w.api.call(w.ctx, "GET", "/receipt-keys", nil, &keys))
	ts.Setenv("KEY", keys.Items[len(keys.Items)-1].Fingerprint)
}

// verbChanged writes a receipt to changed.json beside it, in whose payload one word is another.
func verbChanged(ts *testscript.TestScript, _ bool, args []string) {
	file, err := os.ReadFile(ts.MkAbs(args[0]))
	check(ts, err)
	var e map[string]json.RawMessage
	check(ts, json.Unmarshal(file, &e))
	var payload []byte
	check(ts, json.Unmarshal(e["payload"], &payload))
	changed := strings.Replace(string(payload), args[1], args[2], 1)
	if changed == string(payload) {
		ts.Fatalf("the payload has no %q", args[1])
	}
	file = bytes.Replace(file, e["payload"],
		[]byte(`"`+base64.StdEncoding.EncodeToString([]byte(changed))+`"`), 1)
	check(ts, os.WriteFile(filepath.Join(filepath.Dir(ts.MkAbs(args[0])), "changed.json"), file, 0o600))
}
