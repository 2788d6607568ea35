//go:build unix

package main

import "syscall"

// keepToOwner makes every file that the program writes its user's alone, whatever writes it.
func keepToOwner() { syscall.Umask(0o077) }
