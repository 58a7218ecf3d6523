package main

import (
	"context"
	"fmt"
	"maps"

	"towpath"
	bitbucketsim "towpath/internal/gitsim/bitbucket"
)

const demoPullRequestBranch = "feature/order-totals"

// demoPullRequestFiles are the changes of the demo's pull request. Each has a danger that the review
// names, and one is late.
var demoPullRequestFiles = map[string]string{
	"migrations/shop/2.1__ddl__note_of_orders.sql": `ALTER TABLE orders ADD COLUMN note TEXT NOT NULL;
`,
	demoIndexFile: `CREATE INDEX orders_ordered_at ON orders (ordered_at);
`,
	"migrations/shop/6__ddl__customers_without_names.sql": `ALTER TABLE customer DROP COLUMN name;
`,
}

const demoIndexFile = "migrations/shop/5__ddl__faster_orders.sql"

// demoTypeChanges follow the index, where the kind of database can change a column's type.
var demoTypeChanges = map[towpath.EngineType]string{
	towpath.EnginePostgres: "\nALTER TABLE orders ALTER COLUMN total_cents TYPE BIGINT;\n",
	towpath.EngineMySQL:    "\nALTER TABLE orders MODIFY total_cents BIGINT NOT NULL;\n",
}

// seedPullRequest pushes a branch with dangerous changes and opens its pull request. Branches are
// rehearsed, so that its report says what a server did.
func (d *demo) seedPullRequest(ctx context.Context) error {
	var projects items[identified]
	if err := d.api.call(ctx, "GET", "/projects", nil, &projects); err != nil {
		return err
	}
	on := map[string]any{"rehearse": true, "instanceId": ""}
	path := "/projects/" + projects.Items[0].ID + "/rehearsals"
	if err := d.api.call(ctx, "PATCH", path, on, nil); err != nil {
		return err
	}
	files := maps.Clone(demoPullRequestFiles)
	for _, s := range d.servers {
		files[demoIndexFile] = demoPullRequestFiles[demoIndexFile] + demoTypeChanges[s.engine]
	}
	_, err := d.sim.Commit(demoRepository, demoPullRequestBranch, files, "Faster orders, without names")
	if err != nil {
		return err
	}
	number, err := d.sim.OpenPullRequest(demoRepository, d.info.GitUser, bitbucketsim.PullRequestSpec{
		Title:  "Faster orders, without names",
		Source: demoPullRequestBranch,
		Description: "Notes for orders, an index for their time, and no more names.\n" +
			"Towpath says below what that would do.",
		CloseSource: true,
	})
	d.info.PullRequestURL = fmt.Sprintf("%s/%s/pull-requests/%d", d.info.BitbucketURL, demoRepository, number)
	return err
}
