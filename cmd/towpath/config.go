package main

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/alecthomas/kong"
	"go.yaml.in/yaml/v3"

	"towpath/internal/notify"
	"towpath/internal/secret"
	"towpath/internal/store"
)

// serveCommand is the server's configuration: each setting by flag, by environment
// (TOWPATH_EXTERNAL_URL) or in the YAML file (external-url), in this order.
type serveCommand struct {
	Config kong.ConfigFlag `type:"path" help:"YAML file with settings, each named like its flag."`

	Listen      string `default:"127.0.0.1:8080" help:"Address to listen on."`
	ExternalURL string `name:"external-url" help:"Address at which people and the Git provider reach this server. Default: http:// and the address of --listen."`
	Data        string `default:"towpath-data" type:"path" help:"Folder for the server's own data."`
	MetadataURL string `name:"metadata-url" help:"Where the metadata is kept: sqlite:PATH or postgres://…. Default: towpath.db in the data folder."`
	KeyFile     string `type:"path" help:"File with the key that seals secrets, made at the first start. Keep it apart from backups of the data. Default: the data folder's name with .key, beside it."`

	BitbucketURL    string `name:"bitbucket-url" default:"https://bitbucket.org" help:"Address of Bitbucket."`
	BitbucketAPIURL string `name:"bitbucket-api-url" default:"https://api.bitbucket.org/2.0" help:"Address of Bitbucket's API."`
	SQLiteRoot      string `name:"sqlite-root" default:"towpath-sqlite" type:"path" help:"The one folder below which SQLite targets may lie."`

	SecretEnvPrefix string `help:"Instances may take their passwords from environment variables of the server that begin with this prefix. Default: from none."`
	SecretFiles     string `help:"Instances may take their passwords from files below this folder. Default: from none."`

	PollingOnly  bool          `help:"Make no webhooks: look for new commits by polling."`
	PollInterval time.Duration `default:"30s" help:"How often to look for new commits when no webhook tells of them."`

	SMTPURL  string `name:"smtp-url" help:"SMTP server that sends notifications and invitations: smtp://USER:PASSWORD@HOST:587, or smtps://…. Default: no mail."`
	SMTPFrom string `name:"smtp-from" help:"Mail address of the sender, with --smtp-url."`

	OIDC singleSignOn `embed:"" prefix:"oidc-"`

	Drain time.Duration `default:"0s" help:"How long to go on answering requests after the signal to stop, while /readyz is 503, so that a proxy before several servers stops sending them first."`

	MaxPerInstance int `default:"8" help:"How many databases of one instance are changed at once."`

	SchemaHistory bool `default:"true" negatable:"" help:"Keep the schema before and after each change."`

	CheckSchemas time.Duration `default:"15m" help:"How often to compare each database's schema with what the last change left. 0 never does. It needs the schema history."`

	KeepRollouts   int `default:"1000" help:"How many finished rollouts of each link to keep, with their tasks and attempts. 0 keeps all."`
	KeepStatements int `default:"90" help:"For how many days to keep the log of an attempt's statements. 0 keeps all."`
	KeepSchemas    int `default:"100" help:"For how many changes of each database to keep the schema before and after. 0 keeps all."`
	KeepDeliveries int `default:"30" help:"For how many days to keep webhook deliveries. 0 keeps all."`

	LogLevel  string `default:"info" enum:"debug,info,warn,error" help:"What to log: ${enum}."`
	LogFormat string `default:"text" enum:"text,json" help:"How to log: ${enum}."`

	listener net.Listener // opened by demo beforehand, to know the port
}

// ownVariables is what the environment variables of the server's settings begin with.
const ownVariables = "TOWPATH_"

// secrets are where instances may take their passwords from.
func (c *serveCommand) secrets() secret.References {
	return secret.References{Prefix: c.SecretEnvPrefix, Folder: c.SecretFiles, Lookup: os.LookupEnv}
}

// checkSecrets refuses places of secrets that hold more than passwords of databases.
func (c *serveCommand) checkSecrets() error {
	prefix := c.SecretEnvPrefix
	if prefix != "" && (len(prefix) < 3 || strings.HasPrefix(prefix, ownVariables) ||
		strings.HasPrefix(ownVariables, prefix)) {
		return usagef("--secret-env-prefix is %q; use three letters or more that no other variables begin with, "+
			"such as DB_PASSWORD_, and not those of %s…, which are the server's own settings", prefix, ownVariables)
	}
	if c.SecretFiles != "" {
		if !filepath.IsAbs(c.SecretFiles) || filepath.Dir(c.SecretFiles) == filepath.Clean(c.SecretFiles) {
			return usagef("--secret-files is %q; give a folder such as /run/secrets/towpath", c.SecretFiles)
		}
		if within(c.KeyFile, c.SecretFiles) || within(c.Data, c.SecretFiles) || within(c.SecretFiles, c.Data) ||
			within(c.SecretFiles, c.SQLiteRoot) {
			return usagef("--secret-files %s has the key file or the server's data in it, or lies in its data "+
				"or below --sqlite-root; give a folder with nothing but passwords of databases", c.SecretFiles)
		}
	}
	return nil
}

// maxDrain bounds how long a stop may wait for a proxy.
const maxDrain = 5 * time.Minute

// usageError is a wrong setting.
type usageError struct{ message string }

// Error implements error.
func (e *usageError) Error() string { return e.message }

func usagef(format string, args ...any) error { return &usageError{fmt.Sprintf(format, args...)} }

// complete fills in the defaults that depend on other settings and checks all of them. Its error is
// a *usageError.
func (c *serveCommand) complete() error {
	if c.ExternalURL == "" {
		c.ExternalURL = "http://" + c.Listen
	}
	for name, value := range map[string]*string{
		"external-url":  &c.ExternalURL,
		"bitbucket-url": &c.BitbucketURL, "bitbucket-api-url": &c.BitbucketAPIURL,
	} {
		*value = strings.TrimRight(*value, "/")
		u, err := url.Parse(*value)
		if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || u.RawQuery != "" ||
			u.Fragment != "" {
			return usagef("--%s is %q; give an address such as https://towpath.example.com", name, *value)
		}
	}
	for name, path := range map[string]*string{"data": &c.Data, "sqlite-root": &c.SQLiteRoot} {
		absolute, err := filepath.Abs(*path)
		if err != nil {
			return usagef("--%s is %q: %v", name, *path, err)
		}
		*path = absolute
	}
	if c.KeyFile == "" {
		c.KeyFile = c.Data + ".key"
	}
	if within(c.KeyFile, c.Data) {
		return usagef("--key-file %s lies in the data folder; put it elsewhere, so that no backup of the "+
			"data holds the key to it", c.KeyFile)
	}
	if within(c.Data, c.SQLiteRoot) || within(c.SQLiteRoot, c.Data) {
		return usagef("--sqlite-root %s and --data %s lie in each other; migrations must not reach the "+
			"server's own data", c.SQLiteRoot, c.Data)
	}
	if within(c.KeyFile, c.SQLiteRoot) {
		return usagef("--key-file %s lies below --sqlite-root %s; put it where no migration can reach it",
			c.KeyFile, c.SQLiteRoot)
	}
	if c.MetadataURL == "" {
		c.MetadataURL = "sqlite:" + filepath.Join(c.Data, "towpath.db")
	}
	if path, ok := strings.CutPrefix(c.MetadataURL, "sqlite:"); ok {
		absolute, err := filepath.Abs(path)
		if err != nil {
			return usagef("--metadata-url is %q: %v", c.MetadataURL, err)
		}
		if within(absolute, c.SQLiteRoot) {
			return usagef("--metadata-url %s lies below --sqlite-root %s; put it where no migration can "+
				"reach it", c.MetadataURL, c.SQLiteRoot)
		}
		c.MetadataURL = "sqlite:" + absolute
	}
	if c.PollInterval < time.Second {
		return usagef("--poll-interval is %s; use at least 1s", c.PollInterval)
	}
	if err := c.checkSecrets(); err != nil {
		return err
	}
	if c.Drain < 0 || c.Drain > maxDrain {
		return usagef("--drain is %s; use 0s to %s", c.Drain, maxDrain)
	}
	if c.CheckSchemas != 0 && c.CheckSchemas < time.Second {
		return usagef("--check-schemas is %s; use at least 1s, or 0 to check no schemas", c.CheckSchemas)
	}
	for name, n := range map[string]int{
		"keep-rollouts": c.KeepRollouts, "keep-statements": c.KeepStatements, "keep-schemas": c.KeepSchemas,
		"keep-deliveries": c.KeepDeliveries,
	} {
		if n < 0 || n > maxKeep {
			return usagef("--%s is %d; use 0 to %d, where 0 keeps everything", name, n, maxKeep)
		}
	}
	if c.SMTPURL != "" {
		if _, err := notify.NewSMTP(c.SMTPURL, c.SMTPFrom); err != nil {
			return usagef("--smtp-url, --smtp-from: %v", err)
		}
	}
	if err := c.OIDC.complete(); err != nil {
		return err
	}
	if c.MaxPerInstance < 1 {
		return usagef("--max-per-instance is %d; use at least 1", c.MaxPerInstance)
	}
	return nil
}

// maxKeep bounds the retention settings, so that days fit a duration.
const maxKeep = 36500

func (c *serveCommand) retention() store.Retention {
	const day = 24 * time.Hour
	return store.Retention{
		Rollouts:   c.KeepRollouts,
		Statements: time.Duration(c.KeepStatements) * day,
		Schemas:    c.KeepSchemas,
		Deliveries: time.Duration(c.KeepDeliveries) * day,
	}
}

func within(path, folder string) bool {
	relative, err := filepath.Rel(folder, path)
	return err == nil && relative != ".." && !strings.HasPrefix(relative, ".."+string(filepath.Separator))
}

func newLogger(w io.Writer, level, format string) *slog.Logger {
	var l slog.Level
	if err := l.UnmarshalText([]byte(level)); err != nil {
		l = slog.LevelInfo // the command line allows known levels only
	}
	options := &slog.HandlerOptions{Level: l}
	if format == "json" {
		return slog.New(slog.NewJSONHandler(w, options))
	}
	return slog.New(slog.NewTextHandler(w, options))
}

// settings is the content of a YAML file. It resolves flags that neither the command line nor the
// environment has set.
type settings map[string]any

// loadYAML reads a configuration file.
func loadYAML(r io.Reader) (kong.Resolver, error) {
	s := settings{}
	if err := yaml.NewDecoder(r).Decode(&s); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("read the configuration file: %w", err)
	}
	return s, nil
}

// Validate implements kong.Resolver: an unknown key is an error, since it would be ignored
// otherwise.
func (s settings) Validate(app *kong.Application) error {
	var known []string
	for _, command := range app.Children {
		if command.Name == "serve" {
			for _, flag := range command.Flags {
				if flag.Name != "config" {
					known = append(known, flag.Name)
				}
			}
		}
	}
	slices.Sort(known)
	for key := range s {
		if !slices.Contains(known, key) {
			return fmt.Errorf("the configuration file has the unknown key %q; the settings are %s", key,
				strings.Join(known, ", "))
		}
	}
	return nil
}

// Resolve implements kong.Resolver. Kong would prefer its result to the environment, so it returns
// nothing where the environment has a value.
func (s settings) Resolve(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	value, ok := s[flag.Name]
	for _, name := range flag.Envs {
		if _, set := os.LookupEnv(name); set {
			ok = false
		}
	}
	if !ok {
		return nil, nil
	}
	pairs, ok := value.(settings) // the decoder gives maps the type of the outer one
	if !ok {
		return fmt.Sprint(value), nil
	}
	var list []string
	for key, value := range pairs { // as kong reads a map
		list = append(list, strings.ReplaceAll(fmt.Sprintf("%s=%v", key, value), ";", `\;`))
	}
	return strings.Join(list, ";"), nil
}
