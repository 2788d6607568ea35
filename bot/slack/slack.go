// Package slack posts to Slack and listens there.
package slack
