package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

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
