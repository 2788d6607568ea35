package watchers

import (
	"archive/zip"
	"bytes"
	"cmp"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"unicode"

	"github.com/goccy/go-yaml"
)

// An Imported is what another program's export holds, as sources of ours.
type Imported struct {
	Format  string // "OPML", "urlwatch", "changedetection.io"
	Sources []SourceConfig
	Left    []string // what was not taken, each with why
}

// errFormat says that a file is of no format that Import knows.
var errFormat = errors.New("neither OPML, urlwatch's YAML, nor changedetection.io's backup")

// Import reads the sources of another program from its export: OPML (also with the extensions of
// FreshRSS, Miniflux and MonitoRSS), urlwatch's urls.yaml, and changedetection.io's url-watches.json or
// the zip that holds it. Their names come from their titles, or from their hosts.
func Import(data []byte) (Imported, error) {
	trimmed := bytes.TrimSpace(data)
	var in *importer
	var err error
	switch {
	case bytes.HasPrefix(data, []byte("PK\x03\x04")):
		in, err = importZip(data)
	case bytes.HasPrefix(trimmed, []byte("<")) || bytes.HasPrefix(trimmed, []byte("\xef\xbb\xbf<")):
		in, err = importOPML(data)
	case bytes.HasPrefix(trimmed, []byte("{")):
		in, err = importChangeDetection(trimmed)
	default:
		in, err = importURLWatch(trimmed)
	}
	if err != nil {
		return Imported{}, err
	}
	return in.Imported, nil
}

// An importer collects what is taken.
type importer struct {
	Imported
	names     map[string]bool
	addresses map[string]bool
}

func newImporter(format string) *importer {
	return &importer{Imported: Imported{Format: format}, names: map[string]bool{}, addresses: map[string]bool{}}
}

// take adds a source under a name made of its title. One that would be refused is left, as is an
// address that comes a second time.
func (in *importer) take(title string, c SourceConfig) {
	c.Name = in.name(cmp.Or(title, hostOf(c.Address())))
	switch faults := c.Check(); {
	case len(faults) > 0:
		in.leave(cmp.Or(title, c.Address()), faults[0].Msg)
	case in.addresses[c.Address()]:
		in.leave(cmp.Or(title, c.Address()), "its address is there already")
	default:
		in.names[c.Name], in.addresses[c.Address()] = true, true
		in.Sources = append(in.Sources, c)
	}
}

func (in *importer) leave(what, why string) {
	in.Left = append(in.Left, fmt.Sprintf("%s: %s", oneLine(what), why))
}

// name makes a source's name of a title: "The Verge – AI" becomes "the-verge-ai". One that is taken
// gets a number.
func (in *importer) name(title string) string {
	parts := strings.FieldsFunc(strings.ToLower(title), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	base := []rune(cmp.Or(strings.Join(parts, "-"), "source"))
	name := strings.TrimSuffix(string(base[:min(len(base), 48)]), "-")
	for n := 2; in.names[name]; n++ {
		name = fmt.Sprintf("%s-%d", strings.TrimRight(string(base[:min(len(base), 48)]), "-"), n)
	}
	return name
}

// importOPML takes the outlines that have the address of a feed.
func importOPML(data []byte) (*importer, error) {
	in := newImporter("OPML")
	found := false
	for x := xml.NewDecoder(bytes.NewReader(decode(data, ""))); ; {
		token, err := x.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("read OPML: %w", err)
		}
		start, ok := token.(xml.StartElement)
		found = found || ok && strings.EqualFold(start.Name.Local, "opml")
		if !ok || !strings.EqualFold(start.Name.Local, "outline") {
			continue
		}
		attr := map[string]string{}
		for _, a := range start.Attr {
			attr[strings.ToLower(a.Name.Local)] = strings.TrimSpace(a.Value)
		}
		title := cmp.Or(attr["text"], attr["title"])
		switch kind := attr["type"]; {
		case attr["xmlurl"] == "": // a folder
		case strings.Contains(kind, "XPath") || strings.Contains(kind, "JSON+"): // FreshRSS reads these from pages by rules of its own
			in.leave(title, "a page that FreshRSS reads by "+kind+": add it as a page, with a selector")
		default:
			in.take(title, SourceConfig{Feed: attr["xmlurl"]})
		}
	}
	if !found {
		return nil, errFormat
	}
	return in, nil
}

// importURLWatch takes the jobs that watch an address. Their filters pick a part of a page, and have
// only one counterpart here: the CSS selector.
func importURLWatch(data []byte) (*importer, error) {
	in := newImporter("urlwatch")
	for d := yaml.NewDecoder(bytes.NewReader(data)); ; {
		var job map[string]any
		err := d.Decode(&job)
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("%w: %s", errFormat, yaml.FormatError(err, false, false))
		}
		text := func(key string) string { s, _ := job[key].(string); return s }
		title := cmp.Or(text("name"), text("url"), text("navigate"), text("command"))
		switch {
		case len(job) == 0:
		case text("command") != "":
			in.leave(title, "it runs a command, which no source here does")
		case text("navigate") != "":
			in.leave(title, "it needs a browser")
		case text("url") == "":
			return nil, fmt.Errorf("%w: a job without url", errFormat)
		default:
			selector, others := urlWatchFilter(job["filter"])
			if others != "" {
				in.leave(title, "taken without its filter "+others)
			}
			in.take(title, SourceConfig{Page: text("url"), Selector: selector})
		}
	}
	if len(in.Sources)+len(in.Left) == 0 {
		return nil, errFormat
	}
	return in, nil
}

// urlWatchFilter returns the CSS selector of a job's filters, and the names of the other ones.
func urlWatchFilter(filter any) (selector, others string) {
	var rest []string
	one := func(name string, value any) {
		switch v := value.(type) {
		case string:
			if name == "css" {
				selector = v
				return
			}
		case map[string]any:
			if s, ok := v["selector"].(string); ok && name == "css" {
				selector = s
				return
			}
		}
		rest = append(rest, name)
	}
	switch f := filter.(type) {
	case string: // of old: "css:#main,html2text"
		for part := range strings.SplitSeq(f, ",") {
			name, value, _ := strings.Cut(part, ":")
			one(name, value)
		}
	case []any:
		for _, part := range f {
			switch p := part.(type) {
			case string:
				one(p, nil)
			case map[string]any:
				for name, value := range p {
					one(name, value)
				}
			}
		}
	}
	rest = slices.DeleteFunc(rest, func(name string) bool { return name == "html2text" || name == "strip" }) // text is what we read anyway
	return selector, strings.Join(rest, ", ")
}

// importZip reads the backup that changedetection.io offers.
func importZip(data []byte) (*importer, error) {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, fmt.Errorf("read zip: %w", err)
	}
	for _, f := range z.File {
		if path.Base(f.Name) != "url-watches.json" {
			continue
		}
		r, err := f.Open()
		if err != nil {
			return nil, fmt.Errorf("read zip: %w", err)
		}
		defer r.Close()
		inner, err := io.ReadAll(io.LimitReader(r, maxImport+1))
		if err != nil {
			return nil, fmt.Errorf("read zip: %w", err)
		}
		if len(inner) > maxImport {
			return nil, errTooLarge
		}
		return importChangeDetection(inner)
	}
	return nil, errFormat
}

// maxImport is in bytes, of what a zip holds.
const maxImport = 64 << 20

// importChangeDetection takes the watches of changedetection.io, whose "watching" is by their IDs.
func importChangeDetection(data []byte) (*importer, error) {
	var backup struct {
		Watching map[string]struct {
			URL     string   `json:"url"`
			Title   string   `json:"title"`
			Paused  bool     `json:"paused"`
			Filters []string `json:"include_filters"`
			Steps   []any    `json:"browser_steps"`
			Fetch   string   `json:"fetch_backend"`
		} `json:"watching"`
	}
	if err := json.Unmarshal(data, &backup); err != nil {
		return nil, fmt.Errorf("%w: %w", errFormat, err)
	}
	if backup.Watching == nil {
		return nil, errFormat
	}
	in := newImporter("changedetection.io")
	var ids []string
	for id := range backup.Watching {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b string) int { return strings.Compare(backup.Watching[a].URL, backup.Watching[b].URL) })
	for _, id := range ids {
		w := backup.Watching[id]
		title := cmp.Or(w.Title, w.URL)
		if w.Paused {
			in.leave(title, "it is paused")
			continue
		}
		c := SourceConfig{Page: w.URL}
		for _, f := range w.Filters {
			switch {
			case strings.HasPrefix(f, "xpath") || strings.HasPrefix(f, "/") || strings.HasPrefix(f, "json") || strings.HasPrefix(f, "jq"):
				in.leave(title, "taken without its filter "+f)
			case c.Selector != "":
				c.Selector += ", " + f
			default:
				c.Selector = f
			}
		}
		if len(w.Steps) > 1 || strings.Contains(w.Fetch, "webdriver") {
			in.leave(title, "taken, but it was read by a browser: see whether the page has its links without one")
		}
		in.take(w.Title, c)
	}
	return in, nil
}
