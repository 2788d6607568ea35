// Package store keeps everything that must survive a restart, in SQLite.
package store
