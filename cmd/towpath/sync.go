package main

import (
	"context"
	"fmt"
	"io"
)

// syncCommand asks a server to look at a link now.
type syncCommand struct {
	remote
	Link string `help:"Repository link, by its id or by the name of its repository. Default: the only one."`
}

// Run returns when the server has noted the request. It does not wait for the look.
func (c *syncCommand) Run(ctx context.Context, out io.Writer) error {
	api, err := c.client()
	if err != nil {
		return err
	}
	links, err := remoteLinks(ctx, api)
	if err != nil {
		return err
	}
	link, err := choose(links, c.Link)
	if err != nil {
		return err
	}
	if err := api.call(ctx, "POST", "/repository-links/"+link.ID+"/sync", nil, nil); err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "The server reads %s (%s) and its databases again; see towpath status.\n",
		plain(link.RepositoryName), plain(link.Branch))
	return err
}
