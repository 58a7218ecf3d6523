package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
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

// errNotFound is in the chain of an error when the server answers 404.
var errNotFound = errors.New("404 Not Found")

// errUnavailable is in the chain of an error when the server could not answer.
var errUnavailable = errors.New("the server could not answer")

// call sends in as JSON and reads the answer into out; either may be nil.
func (c *apiClient) call(ctx context.Context, method, path string, in, out any) error {
	var body io.Reader
	if in != nil {
		text, err := json.Marshal(in)
		if err != nil {
			return fmt.Errorf("%s %s: %w", method, path, err)
		}
		body = bytes.NewReader(text)
	}
	r, err := http.NewRequestWithContext(ctx, method, c.base+"/api/v1"+path, body)
	if err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	r.Header.Set("Content-Type", "application/json")
	if c.token != "" {
		r.Header.Set("Authorization", "Bearer "+c.token)
	}
	resp, err := c.http.Do(r)
	if err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	defer func() { _ = resp.Body.Close() }() // read to its end below
	text, err := io.ReadAll(io.LimitReader(resp.Body, 16<<20))
	if err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
	}
	if resp.StatusCode == http.StatusNotFound {
		return fmt.Errorf("%s %s: %w: %s", method, path, errNotFound, text)
	}
	if resp.StatusCode >= 500 {
		return fmt.Errorf("%s %s: %w: %s: %s", method, path, errUnavailable, resp.Status, text)
	}
	if resp.StatusCode >= 300 {
		return fmt.Errorf("%s %s: %s: %s", method, path, resp.Status, text)
	}
	if out == nil || len(text) == 0 {
		return nil
	}
	if err := json.Unmarshal(text, out); err != nil {
		return fmt.Errorf("%s %s: %w", method, path, err)
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

// authorize does what a person does in the popup: it signs in at the simulated Bitbucket, grants
// access, and returns to the server's callback with the server's session cookie.
func (d *demo) authorize(ctx context.Context, page string) error {
	asked, err := url.Parse(page)
	if err != nil {
		return fmt.Errorf("read authorize address: %w", err)
	}
	form := asked.Query()
	form.Set("action", "grant")
	for _, step := range []struct {
		address string
		form    url.Values
	}{
		{
			d.info.BitbucketURL + "/account/signin/",
			url.Values{"username": {d.info.GitUser}, "password": {d.info.GitPassword}},
		},
		{d.info.BitbucketURL + "/site/oauth2/authorize", form},
	} {
		r, err := http.NewRequestWithContext(ctx, http.MethodPost, step.address,
			strings.NewReader(step.form.Encode()))
		if err != nil {
			return fmt.Errorf("authorize: %w", err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		resp, err := d.api.http.Do(r)
		if err != nil {
			return fmt.Errorf("authorize: %w", err)
		}
		_ = resp.Body.Close() // only the final address matters
		if resp.StatusCode >= 400 {
			return fmt.Errorf("authorize at %s: %s", step.address, resp.Status)
		}
	}
	return nil
}
