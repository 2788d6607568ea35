// Package discord posts to Discord and listens there.
package discord
