package watchers

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"mime"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"
)

// Limits of a feed's document, checked before anything is built from it.
const (
	maxDepth = 256
	maxAttrs = 256 // of one element
	maxItems = 20_000
)

var (
	errTooDeep  = fmt.Errorf("nested more than %d deep", maxDepth)
	errAttrs    = fmt.Errorf("more than %d attributes on one element", maxAttrs)
	errItems    = fmt.Errorf("more than %d entries", maxItems)
	errEntities = errors.New("it declares entities of its own")
	errNotFeed  = errors.New("not a feed")
)

// marks are what a document in a Unicode encoding begins with: a byte order mark or, without one, "<".
// UTF-32 comes first, since its mark begins like that of UTF-16.
var marks = []struct {
	prefix string
	enc    encoding.Encoding
}{
	{"\x00\x00\xfe\xff", utf32.UTF32(utf32.BigEndian, utf32.UseBOM)},
	{"\xff\xfe\x00\x00", utf32.UTF32(utf32.LittleEndian, utf32.UseBOM)},
	{"\x00\x00\x00<", utf32.UTF32(utf32.BigEndian, utf32.IgnoreBOM)},
	{"<\x00\x00\x00", utf32.UTF32(utf32.LittleEndian, utf32.IgnoreBOM)},
	{"\xfe\xff", unicode.UTF16(unicode.BigEndian, unicode.UseBOM)},
	{"\xff\xfe", unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)},
	{"\x00<", unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)},
	{"<\x00", unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)},
	{"\xef\xbb\xbf", unicode.UTF8BOM},
}

var xmlEncoding = regexp.MustCompile(`^\s*<\?xml[^>]{1,200}?encoding\s*=\s*["']([\w:.-]{1,40})["']`)

// decode returns a feed's document as valid UTF-8 without a byte order mark and without characters
// that XML forbids. How the bytes look goes before what their label says, which is often wrong.
func decode(doc []byte, contentType string) []byte {
	return bytes.Map(allowed, recode(doc, contentType))
}

func recode(doc []byte, contentType string) []byte {
	for _, m := range marks {
		if bytes.HasPrefix(doc, []byte(m.prefix)) {
			if text, err := m.enc.NewDecoder().Bytes(doc); err == nil {
				return utf8Or1252(text)
			}
		}
	}
	if utf8.Valid(doc) && !isASCII(doc) {
		return doc
	}
	if enc := labelled(doc, contentType); enc != nil {
		if text, err := enc.NewDecoder().Bytes(doc); err == nil {
			return text
		}
	}
	return utf8Or1252(doc)
}

func isASCII(b []byte) bool {
	return !bytes.ContainsFunc(b, func(r rune) bool { return r >= utf8.RuneSelf })
}

// labelled returns the encoding that the server or the XML declaration names, nil if that is UTF-8,
// none, or one that has been ruled out.
func labelled(doc []byte, contentType string) encoding.Encoding {
	labels := make([]string, 0, 2)
	if _, params, err := mime.ParseMediaType(contentType); err == nil && params["charset"] != "" {
		labels = append(labels, params["charset"])
	}
	if m := xmlEncoding.FindSubmatch(doc[:min(len(doc), 512)]); m != nil {
		labels = append(labels, string(m[1]))
	}
	for _, l := range labels {
		enc, name := charset.Lookup(l)
		if enc != nil && name != "utf-8" && !strings.HasPrefix(name, "utf-16") {
			return enc
		}
	}
	return nil
}

// utf8Or1252 reads each byte that is no UTF-8 as Windows-1252: the rest of a document should not be
// lost for a few pasted quotation marks.
func utf8Or1252(doc []byte) []byte {
	if utf8.Valid(doc) {
		return doc
	}
	var b bytes.Buffer
	for len(doc) > 0 {
		r, n := utf8.DecodeRune(doc)
		if r == utf8.RuneError && n == 1 {
			r = charmap.Windows1252.DecodeByte(doc[0])
		}
		b.WriteRune(r)
		doc = doc[n:]
	}
	return b.Bytes()
}

// allowed drops what XML 1.0 forbids. The control characters U+0080 to U+009F are taken for the
// Windows-1252 characters that somebody meant.
func allowed(r rune) rune {
	if r >= 0x80 && r < 0xa0 {
		r = charmap.Windows1252.DecodeByte(byte(r))
	}
	switch {
	case r == '\t' || r == '\n' || r == '\r':
	case r < ' ', r >= 0x7f && r < 0xa0, r == 0xfffe, r == 0xffff, r == '\ufeff':
		return -1
	}
	return r
}

// A prologue is what one pass over a document tells before a parser builds anything from it.
type prologue struct {
	root  string // local name of the root element, in lower case
	start int64  // where the root element begins, in bytes
	items int
	ids   []string // the id of each Atom entry as it stands there
}

// inspect reads an XML document once, in constant memory but for the ids, and refuses what a parser
// should not be handed.
func inspect(doc []byte) (prologue, error) {
	var p prologue
	d := xml.NewDecoder(bytes.NewReader(doc))
	d.Strict = false
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil } // decode has done it
	var path []xml.Name
	for {
		before := d.InputOffset()
		tok, err := d.RawToken()
		if err == io.EOF {
			return p, nil
		}
		if err != nil {
			return p, err
		}
		switch t := tok.(type) {
		case xml.Directive:
			if entityDecl.Match(t) {
				return p, errEntities
			}
		case xml.StartElement:
			if p.root == "" {
				p.root, p.start = strings.ToLower(t.Name.Local), before
			}
			path = append(path, t.Name)
			if err := p.enter(path, len(t.Attr)); err != nil {
				return p, err
			}
		case xml.EndElement:
			path = path[:max(len(path)-1, 0)]
		case xml.CharData:
			if n := len(path); n >= 2 && path[n-1] == (xml.Name{Space: path[n-2].Space, Local: "id"}) && path[n-2].Local == "entry" {
				p.ids[len(p.ids)-1] += string(t)
			}
		}
	}
}

// entityDecl finds a general entity in a document type. Parameter entities, which RSS 0.91 and 1.0
// documents name by habit, stay without effect.
var entityDecl = regexp.MustCompile(`<!ENTITY\s+[^%\s]`)

func (p *prologue) enter(path []xml.Name, attrs int) error {
	switch path[len(path)-1].Local {
	case "entry":
		p.ids = append(p.ids, "")
		p.items++
	case "item":
		p.items++
	}
	switch {
	case len(path) > maxDepth:
		return errTooDeep
	case attrs > maxAttrs:
		return errAttrs
	case p.items > maxItems:
		return errItems
	}
	return nil
}
