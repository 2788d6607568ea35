package article

import (
	"bytes"
	"regexp"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
)

// metaWithin is in bytes: browsers look for a charset in the first 1024, publishers put their
// scripts before it.
const metaWithin = 32 << 10

var metaCharset = regexp.MustCompile(`(?i)<meta[^>]{1,200}charset\s*=\s*["']?([\w:.-]{1,40})`)

// decode returns page as UTF-8. What is valid UTF-8 and more than ASCII is UTF-8 whatever a header
// says; bytes that are invalid in their encoding come out as they are or as U+FFFD.
func decode(page []byte, contentType string) []byte {
	if bytes.IndexFunc(page, func(r rune) bool { return r >= utf8.RuneSelf }) >= 0 && utf8.Valid(page) {
		return bytes.TrimPrefix(page, []byte("\ufeff"))
	}
	enc, name, certain := charset.DetermineEncoding(page, contentType)
	if m := metaCharset.FindSubmatch(page[:min(len(page), metaWithin)]); !certain && m != nil {
		if late, lateName := charset.Lookup(string(m[1])); late != nil {
			enc, name = late, lateName
		}
	}
	if name == "utf-8" {
		return bytes.TrimPrefix(page, []byte("\ufeff"))
	}
	text, err := enc.NewDecoder().Bytes(page)
	if err != nil { // the encoding cannot be undone: what is ASCII in it is better than nothing
		return page
	}
	return text
}
