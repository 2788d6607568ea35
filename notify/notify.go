// Package notify takes matched articles to settled deliveries: stories, alerts, edits, replies,
// digests.
package notify
