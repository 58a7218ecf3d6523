package api

import (
	"context"
	"time"

	"towpath"
	"towpath/internal/catalog"
	"towpath/internal/store"
)

// instance is a database server, or a folder of SQLite files. Its address and login are only for
// people who may manage instances.
type instance struct {
	ID            string             `json:"id"`
	Name          string             `json:"name"`
	Engine        towpath.EngineType `json:"engine"`
	EnvironmentID string             `json:"environmentId"`
	Address       string             `json:"address,omitempty"`
	Username      string             `json:"username,omitempty"`
	HasPassword   bool               `json:"hasPassword"`
	PasswordFrom  string             `json:"passwordFrom,omitempty" doc:"Where the password is read from, env:NAME or file:/path; left out when it is stored here."`
	Options       map[string]string  `json:"options,omitempty"`
	CheckedAt     *time.Time         `json:"checkedAt,omitempty"`
	CheckError    string             `json:"checkError,omitempty" doc:"Why the last check failed; left out when it passed."`
	CreatedAt     time.Time          `json:"createdAt"`
}

func instanceFor(ctx context.Context) func(towpath.Instance) instance {
	full := actorOf(ctx).Member.Role.Can(towpath.ManageInstances)
	return func(i towpath.Instance) instance {
		view := instance{
			ID:            i.ID,
			Name:          i.Name,
			Engine:        i.Engine,
			EnvironmentID: i.EnvironmentID,
			CheckedAt:     i.CheckedAt,
			CreatedAt:     i.CreatedAt,
		}
		if full {
			view.Address = i.Address
			view.Username = i.Username
			view.Options = i.Options
			view.CheckError = i.CheckError
			view.HasPassword = len(i.EncryptedPassword) > 0 || i.PasswordFrom != ""
			view.PasswordFrom = i.PasswordFrom
		}
		return view
	}
}

func (s *Server) listInstances(ctx context.Context, in *pageInput) (list[instance], error) {
	var rows []towpath.Instance
	err := s.Store.Read(ctx, func(tx *store.Tx) (err error) {
		rows, err = tx.Instances(ctx, in.oldest())
		return err
	})
	return page(in.Paging, rows, func(i towpath.Instance) string { return i.ID }, instanceFor(ctx)), err
}

type instancePath struct {
	Instance string `path:"instance" doc:"The id of the instance."`
}

func (s *Server) readInstance(ctx context.Context, id string) (i towpath.Instance, err error) {
	err = s.Store.Read(ctx, func(tx *store.Tx) error {
		i, err = tx.Instance(ctx, id)
		return err
	})
	return i, err
}

func (s *Server) getInstance(ctx context.Context, in *instancePath) (instance, error) {
	i, err := s.readInstance(ctx, in.Instance)
	return instanceFor(ctx)(i), err
}

// instanceSpec is a person's input about an instance.
type instanceSpec struct {
	Name          string             `json:"name" maxLength:"200"`
	Engine        towpath.EngineType `json:"engine" maxLength:"50" doc:"sqlite, postgres or mysql (MariaDB too)."`
	EnvironmentID string             `json:"environmentId" maxLength:"200"`
	Address       string             `json:"address" maxLength:"2000" doc:"host:port, or for SQLite a folder below the server's root of SQLite files."`
	Username      string             `json:"username,omitempty" maxLength:"2000"`
	Password      string             `json:"password,omitempty" maxLength:"2000" doc:"It is never shown again."`
	PasswordFrom  string             `json:"passwordFrom,omitempty" maxLength:"2000" doc:"In place of a password: env:NAME or file:/path, which the server reads at each connection, where its settings allow it."`
	Options       map[string]string  `json:"options,omitempty" doc:"Options of the engine: TLS mode, schema of the ledger, …"`
}

type instanceInput struct{ Body instanceSpec }

func (s *Server) addInstance(ctx context.Context, in *instanceInput) (instance, error) {
	i, err := s.Catalog.AddInstance(ctx, actorOf(ctx), catalog.InstanceSpec(in.Body))
	return instanceFor(ctx)(i), err
}

// report is the result of a check of an instance.
type report struct {
	OK       bool      `json:"ok"`
	Version  string    `json:"version,omitempty"`
	Findings []finding `json:"findings" nullable:"false"`
}

// finding is one problem with an instance, and how to fix it.
type finding struct {
	Severity string `json:"severity" enum:"error,warning"`
	Message  string `json:"message"`
	Fix      string `json:"fix,omitempty" doc:"A sentence, or a statement to run."`
}

func (s *Server) checkInstanceSpec(ctx context.Context, in *instanceInput) (report, error) {
	found, err := s.Catalog.Check(ctx, catalog.InstanceSpec(in.Body))
	r := report{OK: found.OK, Version: found.Version, Findings: []finding{}}
	for _, f := range found.Findings {
		r.Findings = append(r.Findings, finding(f))
	}
	return r, err
}

func (s *Server) checkInstance(ctx context.Context, in *instancePath) (report, error) {
	found, err := s.Catalog.CheckInstance(ctx, actorOf(ctx), in.Instance)
	r := report{OK: found.OK, Version: found.Version, Findings: []finding{}}
	for _, f := range found.Findings {
		r.Findings = append(r.Findings, finding(f))
	}
	return r, err
}

type changeInstanceInput struct {
	Instance string `path:"instance" doc:"The id of the instance."`
	Body     struct {
		Name          *string           `json:"name,omitempty" maxLength:"200"`
		EnvironmentID *string           `json:"environmentId,omitempty" maxLength:"200"`
		Address       *string           `json:"address,omitempty" maxLength:"2000"`
		Username      *string           `json:"username,omitempty" maxLength:"2000"`
		Password      *string           `json:"password,omitempty" maxLength:"2000" doc:"Needed again when the address, the username or the options change. It replaces passwordFrom."`
		PasswordFrom  *string           `json:"passwordFrom,omitempty" maxLength:"2000" doc:"In place of a password: env:NAME or file:/path."`
		Options       map[string]string `json:"options,omitempty" doc:"All options; left out, they stay unchanged."`
	}
}

func (s *Server) changeInstance(ctx context.Context, in *changeInstanceInput) (instance, error) {
	i, err := s.readInstance(ctx, in.Instance)
	if err != nil {
		return instance{}, err
	}
	spec := catalog.InstanceSpec{
		Name:          i.Name,
		Engine:        i.Engine,
		EnvironmentID: i.EnvironmentID,
		Address:       i.Address,
		Username:      i.Username,
		Options:       i.Options,
		PasswordFrom:  i.PasswordFrom,
	}
	if in.Body.Password != nil && *in.Body.Password != "" {
		spec.PasswordFrom = ""
	}
	for field, value := range map[*string]*string{
		&spec.Name: in.Body.Name, &spec.EnvironmentID: in.Body.EnvironmentID, &spec.Address: in.Body.Address,
		&spec.Username: in.Body.Username, &spec.Password: in.Body.Password,
		&spec.PasswordFrom: in.Body.PasswordFrom,
	} {
		if value != nil {
			*field = *value
		}
	}
	if in.Body.Options != nil {
		spec.Options = in.Body.Options
	}
	i, err = s.Catalog.UpdateInstance(ctx, actorOf(ctx), in.Instance, spec)
	return instanceFor(ctx)(i), err
}

func (s *Server) deleteInstance(ctx context.Context, in *instancePath) error {
	return s.Catalog.DeleteInstance(ctx, actorOf(ctx), in.Instance)
}

func (s *Server) discoverDatabases(ctx context.Context, in *instancePath) (list[database], error) {
	rows, err := s.Catalog.Discover(ctx, actorOf(ctx), in.Instance)
	return all(rows, databaseOf), err
}
