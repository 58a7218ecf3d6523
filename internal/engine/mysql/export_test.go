package mysql

// OneByOne makes an engine that sends its statements one by one on MariaDB too.
func OneByOne() *Engine { return &Engine{oneByOne: true} }
