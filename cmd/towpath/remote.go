package main

import (
	"context"
	"errors"
	"net/url"
	"strings"

	"towpath/internal/plan"
)

// remote is a server that a command asks through its API.
type remote struct {
	Server string `required:"" help:"Address of the server, such as https://towpath.example.com."`
	Token  string `required:"" help:"API token. TOWPATH_TOKEN keeps it off the command line."`
}

func (r remote) client() (*apiClient, error) {
	api, err := newAPIClient(strings.TrimSuffix(r.Server, "/"))
	if err != nil {
		return nil, err
	}
	api.token = r.Token
	return api, nil
}

// sentence is the text of a reason.
type sentence struct {
	Text string `json:"text"`
}

// remoteLink is what the API says of a repository link. Lists of links leave the plan out.
type remoteLink struct {
	ID             string     `json:"id"`
	Project        string     `json:"project,omitempty"` // its name, which the API does not repeat in links
	RepositoryName string     `json:"repositoryName"`
	Branch         string     `json:"branch"`
	State          string     `json:"state"`
	SyncedCommit   string     `json:"syncedCommit"`
	Attention      *sentence  `json:"attentionReason,omitempty"`
	Plan           remotePlan `json:"plan,omitzero"`
}

// remotePlan has the items of a plan that are neither applied, baselined nor ignored.
type remotePlan struct {
	Blocked   *sentence    `json:"blocked,omitempty"`
	Items     []remoteItem `json:"items"`
	MoreItems int          `json:"moreItems"`
}

// remoteItem is a file in a database.
type remoteItem struct {
	Path          string         `json:"path"`
	EnvironmentID string         `json:"environmentId"`
	State         plan.ItemState `json:"state"`
	Reason        *sentence      `json:"reason"`
}

// everything reads all pages of a list.
func everything[T any](ctx context.Context, api *apiClient, path string) (all []T, err error) {
	for token := ""; ; {
		var page struct {
			Items []T    `json:"items"`
			Next  string `json:"nextPageToken"`
		}
		asked := path + "?pageSize=100&pageToken=" + url.QueryEscape(token)
		if err := api.call(ctx, "GET", asked, nil, &page); err != nil {
			return nil, err
		}
		all = append(all, page.Items...)
		if token = page.Next; token == "" {
			return all, nil
		}
	}
}

// remoteLinks lists the links that the token's member may see.
func remoteLinks(ctx context.Context, api *apiClient) (all []remoteLink, err error) {
	type named struct{ ID, Name string }
	projects, err := everything[named](ctx, api, "/projects")
	if err != nil {
		return nil, err
	}
	all = []remoteLink{}
	for _, p := range projects {
		links, err := everything[remoteLink](ctx, api, "/projects/"+p.ID+"/repository-links")
		if err != nil {
			return nil, err
		}
		for i := range links {
			links[i].Project = p.Name
		}
		all = append(all, links...)
	}
	return all, nil
}

// choose returns the one link that a person means: by id, by the name of the repository, or the only
// one when the name is empty. Its error is a *usageError.
func choose(links []remoteLink, name string) (remoteLink, error) {
	var found []remoteLink
	var names []string
	for _, l := range links {
		names = append(names, l.RepositoryName+" ("+l.ID+")")
		if name == "" || name == l.ID || name == l.RepositoryName {
			found = append(found, l)
		}
	}
	switch {
	case len(found) == 1:
		return found[0], nil
	case len(links) == 0:
		return remoteLink{}, usagef("the member of this token sees no repository link")
	case len(found) == 0:
		return remoteLink{}, usagef("no repository link is called %s; there are %s", name,
			strings.Join(names, ", "))
	}
	return remoteLink{}, usagef("name the repository link with --link: its id, or a repository that has one "+
		"link; there are %s", strings.Join(names, ", "))
}

// passing reports whether an error of a call may pass by itself, since the server was not reached or
// could not answer.
func passing(err error) bool {
	var unreached *url.Error
	return errors.As(err, &unreached) || errors.Is(err, errUnavailable)
}
