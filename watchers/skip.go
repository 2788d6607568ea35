package watchers

import (
	"bytes"
	"hash/maphash"
	"slices"
)

// seed makes the hashes of a run.
var seed = maphash.MakeSeed()

// A digest is which items a feed's document had when it was last read whole, by the hash of their
// bytes. It lives as long as the program and never in the store: without it a document is read whole.
type digest map[uint64]bool

// A dissected document is a feed in XML, cut at its items.
type dissected struct {
	head  []byte   // before the first item
	items [][]byte // each from its start tag to its end tag
	tail  []byte   // after the last item
}

// dissect cuts a feed's document at its items, without reading anything of them. It reports false for
// one that is not cut safely: JSON, an encoding of more bytes a character, items within items, or
// something other than white space and comments between them.
func dissect(doc []byte) (d dissected, ok bool) {
	start, end := 0, 0 // of the item under way; end of the last one
	open := false
	for at := 0; ; {
		i := bytes.IndexByte(doc[at:], '<')
		if i < 0 {
			break
		}
		at += i
		rest := doc[at:]
		switch {
		case bytes.HasPrefix(rest, []byte("<![CDATA[")):
			at = after(doc, at, "]]>")
		case bytes.HasPrefix(rest, []byte("<!--")):
			at = after(doc, at, "-->")
		case isTag(rest, "<item"), isTag(rest, "<entry"):
			if open || d.items != nil && len(bytes.TrimSpace(doc[end:at])) > 0 {
				return d, false
			}
			open, start = true, at
			at++
		case isTag(rest, "</item"), isTag(rest, "</entry"):
			if !open {
				return d, false
			}
			at = after(doc, at, ">")
			if d.items == nil {
				d.head = doc[:start]
			}
			open, end = false, at
			d.items = append(d.items, doc[start:end])
		default:
			at++
		}
	}
	d.tail = doc[end:]
	return d, d.items != nil && !open
}

// after returns where the next mark at or after at ends, or the end of doc.
func after(doc []byte, at int, mark string) int {
	i := bytes.Index(doc[at:], []byte(mark))
	if i < 0 {
		return len(doc)
	}
	return at + i + len(mark)
}

// isTag reports whether s begins with a tag of that name, and not with one of a longer name.
func isTag(s []byte, tag string) bool {
	return bytes.HasPrefix(s, []byte(tag)) && len(s) > len(tag) && bytes.IndexByte([]byte("> \t\r\n/"), s[len(tag)]) >= 0
}

// digest returns the digest of all items.
func (d dissected) digest() digest {
	all := make(digest, len(d.items))
	for _, it := range d.items {
		all[maphash.Bytes(seed, it)] = true
	}
	return all
}

// without returns the document with those items left out that are in known, nil if nothing is left.
// What stands around the items stays, and so what they inherit from it.
func (d dissected) without(known digest) []byte {
	var fresh [][]byte
	for _, it := range d.items {
		if !known[maphash.Bytes(seed, it)] {
			fresh = append(fresh, it)
		}
	}
	if fresh == nil {
		return nil
	}
	return slices.Concat(d.head, bytes.Join(fresh, nil), d.tail)
}
