package api

import (
	"context"

	"towpath"
)

// engineType describes what an instance of a kind needs.
type engineType struct {
	Type         towpath.EngineType `json:"type"`
	Name         string             `json:"name"`
	AddressLabel string             `json:"addressLabel"`
	AddressHelp  string             `json:"addressHelp"`
	Login        bool               `json:"login" doc:"Whether it has a user name and a password."`
	Rights       string             `json:"rights,omitempty" doc:"SQL that makes a user with the rights that migrations need: migrate_shop, for the database shop."`
	Options      []engineOption     `json:"options" nullable:"false"`
}

// engineOption is a key of an instance's options.
type engineOption struct {
	Key     string   `json:"key"`
	Label   string   `json:"label"`
	Help    string   `json:"help"`
	Values  []string `json:"values,omitempty" doc:"The allowed values, the default first; left out when any text is allowed."`
	Several bool     `json:"several" doc:"Whether the text may have several lines."`
}

func (s *Server) listEngineTypes(context.Context, *struct{}) (list[engineType], error) {
	kinds := list[engineType]{Items: []engineType{}}
	for _, k := range s.Catalog.Kinds() {
		e := engineType{
			Type:         k.Type,
			Name:         k.Name,
			AddressLabel: k.AddressLabel,
			AddressHelp:  k.AddressHelp,
			Login:        k.Login,
			Rights:       k.Rights,
			Options:      []engineOption{},
		}
		for _, o := range k.Options {
			e.Options = append(e.Options, engineOption{
				Key:     o.Key,
				Label:   o.Label,
				Help:    o.Help,
				Values:  o.Values,
				Several: o.Several,
			})
		}
		kinds.Items = append(kinds.Items, e)
	}
	return kinds, nil
}
