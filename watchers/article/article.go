// Package article turns a page's HTML into title, date, canonical URL and text. It does no I/O.
package article
