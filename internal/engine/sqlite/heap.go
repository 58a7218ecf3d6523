package sqlite

import (
	"fmt"
	"sync"

	"modernc.org/libc"
	lib "modernc.org/sqlite/lib"
)

// BoundMemory makes SQLite count the memory that it uses in this process, without which its heap
// limit has no effect. It must be called before any database is opened, and returns an error when
// it is too late. https://www.sqlite.org/malloc.html#heaplimit
func BoundMemory() error { return boundMemory() }

var boundMemory = sync.OnceValue(func() error {
	tls := libc.NewTLS()
	defer tls.Close()
	args := libc.NewVaList(int32(1))
	defer libc.Xfree(tls, args)
	if code := lib.Xsqlite3_config(tls, lib.SQLITE_CONFIG_MEMSTATUS, args); code != lib.SQLITE_OK {
		return fmt.Errorf("bound the memory of SQLite: it is in use already (code %d)", code)
	}
	return nil
})
