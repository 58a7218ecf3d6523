package catalog

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"towpath"
	"towpath/internal/engine"
	"towpath/internal/schema"
)

// Content is what a database holds, for the review of a change.
type Content struct {
	Engine      towpath.EngineType
	Version     string // of the server, such as "PostgreSQL 15.20"; "" when it is not known
	Catalog     schema.Catalog
	Fingerprint string // equal for databases that hold the same, whatever their sizes
}

// serverVersion is a server's version as it was last asked for.
type serverVersion struct {
	text string
	at   time.Time
}

// versionAge is how long a server's version is taken for its current one.
const versionAge = 10 * time.Minute

// Content reads what a database holds. Its error has a message for people.
func (s *Service) Content(ctx context.Context, databaseID string) (c Content, err error) {
	i, e, t, err := s.databaseTarget(ctx, databaseID)
	if err != nil {
		return c, err
	}
	whole := t
	whole.Database = ""
	c = Content{Engine: i.Engine, Version: s.version(ctx, i, e, whole)}
	ctx, cancel := context.WithTimeout(ctx, s.timeout())
	defer cancel()
	if c.Catalog, err = readCatalog(ctx, e, t); err != nil {
		return c, unavailable(err, t.Password)
	}
	c.Fingerprint, err = Fingerprint(c.Catalog)
	return c, err
}

func readCatalog(ctx context.Context, e engine.Engine, t engine.Target) (schema.Catalog, error) {
	db, err := e.Open(ctx, t)
	if err != nil {
		return schema.Catalog{}, err
	}
	defer func() { _ = db.Close() }() // nothing was written
	cataloger, ok := db.(engine.Cataloger)
	if !ok {
		return schema.Catalog{}, nil // not complete: anything may be there
	}
	return cataloger.Catalog(ctx)
}

// version returns the version of an instance's server; "" when it does not answer.
func (s *Service) version(ctx context.Context, i towpath.Instance, e engine.Engine, t engine.Target) string {
	now := s.Store.Now()
	known, ok := s.versions.Load(i.ID)
	if v, same := known.(serverVersion); ok && same && now.Sub(v.at) < versionAge {
		return v.text
	}
	ctx, cancel := context.WithTimeout(ctx, s.timeout())
	defer cancel()
	report, err := e.Check(ctx, t)
	if err != nil || report.Version == "" {
		return ""
	}
	s.versions.Store(i.ID, serverVersion{text: report.Version, at: now})
	return report.Version
}

// Fingerprint identifies what a database holds, without the sizes of its tables.
func Fingerprint(c schema.Catalog) (string, error) {
	c.Tables = slices.Clone(c.Tables)
	for i := range c.Tables {
		c.Tables[i].Rows, c.Tables[i].Bytes = 0, 0
	}
	text, err := json.Marshal(c)
	if err != nil {
		return "", fmt.Errorf("make a fingerprint of a catalog: %w", err)
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), nil
}
