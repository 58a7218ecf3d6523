package api

import (
	"github.com/danielgtaylor/huma/v2"

	"towpath"
)

// permission describes towpath.Permission as a closed set in the API's description, so that a
// client that misspells one does not compile.
type permission towpath.Permission

// Schema implements huma.SchemaProvider. An owner has every right, so the owner's rights are the
// set.
func (permission) Schema(r huma.Registry) *huma.Schema {
	const name = "Permission"
	rights := &huma.Schema{
		Type:        huma.TypeString,
		Description: "One right. Each route names the one that it needs.",
	}
	for _, right := range towpath.RoleOwner.Permissions() {
		rights.Enum = append(rights.Enum, string(right))
	}
	r.Map()[name] = rights
	return &huma.Schema{Ref: "#/components/schemas/" + name}
}
