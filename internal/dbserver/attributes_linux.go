package dbserver

import "syscall"

// childAttributes let the server end with the tests, however they end. The signal comes when the
// thread that started the server ends, so callers start it on the main goroutine.
func childAttributes(cred *syscall.Credential) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Credential: cred, Pdeathsig: syscall.SIGQUIT}
}
