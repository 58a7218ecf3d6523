package mysql

import (
	"towpath"
	"towpath/internal/engine"
)

// Describe implements engine.Engine.
func (e *Engine) Describe() engine.Description {
	return engine.Description{
		Type:         towpath.EngineMySQL,
		Name:         "MySQL or MariaDB",
		AddressLabel: "Address",
		AddressHelp:  "Host, or host:port; the port is 3306 otherwise.",
		Login:        true,
		Rights: "CREATE USER `migrate_shop`@'%' IDENTIFIED BY 'replace this';\n" +
			"-- In the name of the database, write \\_ for each _, which matches any character otherwise.\n" +
			"GRANT ALL ON `shop`.* TO `migrate_shop`@'%';",
		Options: engine.TLSOptions(),
	}
}
