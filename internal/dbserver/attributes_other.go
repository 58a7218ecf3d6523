//go:build unix && !linux

package dbserver

import "syscall"

func childAttributes(cred *syscall.Credential) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Credential: cred}
}
