package mysql

// OneByOne returns an engine that sends its statements one by one to MariaDB too.
func OneByOne() *Engine { return &Engine{oneByOne: true} }
