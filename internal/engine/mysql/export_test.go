package mysql

// OneByOne returns an engine that sends its statements one by one to MariaDB too.
func OneByOne() *Engine { return &Engine{oneByOne: true} }

// InCluster has a session behave as on a node of a cluster.
func InCluster(s interface{ Close() error }) { s.(*session).conn.node = "127.0.0.1:3306" }
