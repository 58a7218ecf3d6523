package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"time"

	giteasim "towpath/internal/gitsim/gitea"
)

// startGitea serves a simulated Gitea until ctx ends, with an account, an application as in
// docs/setup/gitea.md, and a repository with the sample files. Then the channel returns its last
// error.
func (d *demo) startGitea(ctx context.Context, address string) (<-chan error, error) {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("listen for the simulated Gitea (--gitea-listen): %w", err)
	}
	d.info.GiteaURL = "http://" + shownAddress(address, listener)
	sim, err := giteasim.New(giteasim.Options{Dir: filepath.Join(d.dir, "gitea"), BaseURL: d.info.GiteaURL})
	if err == nil {
		err = d.seedGitea(sim)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("start the simulated Gitea: %w", err), listener.Close())
	}
	server := &http.Server{Handler: sim, ReadHeaderTimeout: 10 * time.Second}
	done := make(chan error, 1)
	go func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			d.log.Error("the simulated Gitea stopped", "error", err)
		}
	}()
	go func() {
		<-ctx.Done()
		done <- errors.Join(server.Close(), sim.Close())
	}()
	return done, nil
}

func (d *demo) seedGitea(sim *giteasim.Sim) error {
	user := sim.AddUser(giteasim.User{
		Login:    d.info.GitUser,
		FullName: "Olive Owner",
		Email:    "olive@example.com",
		Password: d.info.GitPassword,
	})
	app := sim.AddApplication("Towpath", d.info.ConsoleURL+"/oauth/callback")
	d.info.GiteaClientID, d.info.GiteaClientSecret = app.ClientID, app.Secret
	repo, err := sim.AddRepository(user.Login, "shop-db")
	if err != nil {
		return err
	}
	if _, err := sim.Commit(repo.ID, "main", d.files, "Start the shop database"); err != nil {
		return fmt.Errorf("fill the repository: %w", err)
	}
	return nil
}

// explainGitea prints what the wizard needs.
func (d *demo) explainGitea(out io.Writer) {
	fmt.Fprintf(out, "Gitea          %s, sign in as %s with %s\n  Client ID     %s\n  Client Secret %s\n\n",
		d.info.GiteaURL, d.info.GitUser, d.info.GitPassword, d.info.GiteaClientID, d.info.GiteaClientSecret)
}
