//go:build !linux && !darwin

package main

// freeSpace says that nobody knows.
func freeSpace(string) (bytes uint64, ok bool) { return 0, false }
