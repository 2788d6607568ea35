//go:build linux || darwin

package main

import "syscall"

// freeSpace returns how many bytes an ordinary user may still write where a folder lies; ok is false if
// the system does not say.
func freeSpace(dir string) (bytes uint64, ok bool) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(dir, &s); err != nil {
		return 0, false
	}
	return s.Bavail * uint64(s.Bsize), true
}
