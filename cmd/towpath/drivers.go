package main

import (
	"towpath"
	"towpath/internal/engine"
	"towpath/internal/engine/mysql"
	"towpath/internal/engine/postgres"
	"towpath/internal/engine/sqlite"
	"towpath/internal/vcs"
	"towpath/internal/vcs/bitbucket"
	"towpath/internal/vcs/gitea"
)

// gitProviders are the types of Git providers that can be added; a new one is a line here.
func gitProviders(c *serveCommand) (map[towpath.ProviderType]vcs.Driver, error) {
	cloud, err := bitbucket.NewDriver(bitbucket.Config{
		InstanceURL: c.BitbucketURL,
		APIURL:      c.BitbucketAPIURL,
	})
	if err != nil {
		return nil, usagef("--bitbucket-url or --bitbucket-api-url: %v", err)
	}
	return map[towpath.ProviderType]vcs.Driver{
		towpath.ProviderBitbucket: cloud,
		towpath.ProviderGitea:     gitea.NewDriver(),
	}, nil
}

// engines are the kinds of databases that can be targets; a new one is a line here.
func engines(c *serveCommand) map[towpath.EngineType]engine.Engine {
	return map[towpath.EngineType]engine.Engine{
		towpath.EngineSQLite:   sqlite.New(sqlite.Config{Root: c.SQLiteRoot, Forbidden: []string{c.Data}}),
		towpath.EnginePostgres: postgres.New(),
		towpath.EngineMySQL:    mysql.New(),
	}
}
