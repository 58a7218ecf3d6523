package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"time"
)

// apiClient calls the server's public API like any client.
type apiClient struct {
	base  string
	token string // API token; "" to use the session in the cookie jar
	http  *http.Client
}

func newAPIClient(base string) (*apiClient, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, fmt.Errorf("make cookie jar: %w", err)
	}
	return &apiClient{base: base, http: &http.Client{Jar: jar, Timeout: time.Minute}}, nil
}

// call sends in as JSON and reads the answer into out; either may be nil. Its error is an *apiError
// when the server answered.
func (c *apiClient) call(ctx context.Context, method, path string, in, out any) error {
	asked := method + " " + path
	var body io.Reader
	if in != nil {
		text, err := json.Marshal(in)
		if err != nil {
			return fmt.Errorf("%s: %w", asked, err)
		}
		body = bytes.NewReader(text)
	}
	r, err := http.NewRequestWithContext(ctx, method, c.base+"/api/v1"+path, body)
	if err != nil {
		return fmt.Errorf("%s: %w", asked, err)
	}
	r.Header.Set("Content-Type", "application/json")
	if c.token != "" {
		r.Header.Set("Authorization", "Bearer "+c.token)
	}
	resp, err := c.http.Do(r)
	if err != nil {
		return fmt.Errorf("%s: %w", asked, err)
	}
	defer func() { _ = resp.Body.Close() }() // read to its end below
	text, err := io.ReadAll(io.LimitReader(resp.Body, 16<<20))
	if err != nil {
		return fmt.Errorf("%s: %w", asked, err)
	}
	if resp.StatusCode >= 300 {
		return refusal(asked, resp.StatusCode, text)
	}
	if out == nil || len(text) == 0 {
		return nil
	}
	if err := json.Unmarshal(text, out); err != nil {
		return fmt.Errorf("%s: the answer is not Towpath's; is the address right? %w", asked, err)
	}
	return nil
}

// items is a list in an answer of the API.
type items[T any] struct {
	Items []T `json:"items"`
}

// identified is any answer that has an id.
type identified struct {
	ID string `json:"id"`
}
