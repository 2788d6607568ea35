// Package rule is the language of watch rules: parse, match, explain. It does no I/O.
package rule
