package main

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"slices"
	"strings"
	"sync"
	"text/template"
	"time"

	"github.com/goccy/go-yaml"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
)

// demoFiles is the press of the demo: a folder for each outlet, with its articles (Markdown with a
// head), the page that frames an article, and its feed or index.
//
//go:embed demo
var demoFiles embed.FS

// demoTypes says how the documents of an outlet's folder are served.
var demoTypes = map[string]string{
	".atom": "application/atom+xml; charset=utf-8",
	".html": "text/html; charset=utf-8",
	".json": "application/feed+json",
	".rdf":  "application/rdf+xml; charset=iso-8859-1",
	".rss":  "application/rss+xml; charset=utf-8",
	".txt":  "text/plain; charset=utf-8",
}

// demoFrame is the document of an outlet's folder that shows an article.
const demoFrame = "page.html"

// A demoSite serves the news of several outlets that do not exist. More of it appears with each
// phase. It is safe for concurrent use.
type demoSite struct {
	now      func() time.Time
	press    *template.Template // the documents by their path in demoFiles
	articles []demoArticle

	mu     sync.Mutex
	phases []time.Time // when each phase began, the present one last
}

// A demoArticle is what an outlet reports.
type demoArticle struct {
	Title    string        `yaml:"title"`
	Author   string        `yaml:"author"`
	Summary  string        `yaml:"summary"`  // what a feed of excerpts shows
	Phase    int           `yaml:"phase"`    // it appears with this phase, 0 is the first
	Ago      time.Duration `yaml:"ago"`      // how long before its phase it was published
	Comments int           `yaml:"comments"` // of readers, where the outlet counts them
	Teaser   string        `yaml:"teaser"`   // the slug of the article that its page advertises

	Outlet    string    `yaml:"-"` // its folder
	Slug      string    `yaml:"-"`
	Text      []string  `yaml:"-"` // paragraphs
	Published time.Time `yaml:"-"`
	URL       string    `yaml:"-"`
}

// A demoView is what a document of an outlet is made from.
type demoView struct {
	Home     string        // the outlet's address
	Updated  time.Time     // when the newest article was published
	Articles []demoArticle // what has appeared, newest first
	Article  demoArticle   // pages only
	Teaser   *demoArticle  // pages only, nil if the article has none
}

// newDemoSite returns the site in its first phase, all of it dated in relation to now. It panics if
// demo/ cannot be read, which is part of the binary.
func newDemoSite(now func() time.Time) *demoSite {
	s := &demoSite{now: now, phases: []time.Time{now()}}
	s.press = template.New("").Funcs(template.FuncMap{
		"date":    func(t time.Time) string { return t.Format("2 January 2006") },
		"join":    strings.Join,
		"json":    func(text string) (string, error) { b, err := json.Marshal(text); return string(b), err },
		"rfc1123": func(t time.Time) string { return t.Format(time.RFC1123Z) },
		"rfc3339": func(t time.Time) string { return t.Format(time.RFC3339) },
	})
	err := fs.WalkDir(demoFiles, "demo", func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		return s.add(file)
	})
	if err != nil {
		panic(fmt.Sprintf("demo site: %v", err))
	}
	return s
}

// add reads a file of demoFiles: an article, or the template of a document.
func (s *demoSite) add(file string) error {
	data, err := demoFiles.ReadFile(file)
	if err != nil {
		return err
	}
	slug, isArticle := strings.CutSuffix(path.Base(file), ".md")
	if !isArticle {
		_, err = s.press.New(file).Parse(string(data))
		return err
	}
	head, text, _ := strings.Cut(strings.TrimPrefix(string(data), "---\n"), "\n---\n")
	a := demoArticle{
		Outlet: path.Base(path.Dir(file)),
		Slug:   slug,
		Text:   strings.Split(strings.TrimSpace(text), "\n\n"),
	}
	if err := yaml.UnmarshalWithOptions([]byte(head), &a, yaml.Strict()); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	s.articles = append(s.articles, a)
	return nil
}

// Phases returns the number of phases, the first included.
func (s *demoSite) Phases() int {
	last := 0
	for _, a := range s.articles {
		last = max(last, a.Phase)
	}
	return last + 1
}

// Advance begins the next phase: its articles appear. After the last phase it does nothing.
func (s *demoSite) Advance() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.phases) < s.Phases() {
		s.phases = append(s.phases, s.now())
	}
}

// Config returns the demo's configuration for a site that is served at base, "http://127.0.0.1:8080".
func (s *demoSite) Config(base string) []byte {
	data, err := demoFiles.ReadFile("demo/config.yaml")
	if err != nil {
		panic(err) // embedded
	}
	return bytes.ReplaceAll(data, []byte("$SITE"), []byte(base))
}

// ServeHTTP serves robots.txt and, under an outlet's name, its feed or index and its articles. Each
// has an ETag, so a poll that brings it gets 304 until the document changes.
func (s *demoSite) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	file, view := s.find(r)
	tmpl := s.press.Lookup(file)
	contentType, served := demoTypes[path.Ext(file)]
	if tmpl == nil || !served {
		http.NotFound(w, r)
		return
	}
	var body bytes.Buffer
	if err := tmpl.Execute(&body, view); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	data := body.Bytes()
	if strings.HasSuffix(contentType, "iso-8859-1") {
		// What Latin-1 lacks, curly quotes for one, becomes a numeric reference; it cannot fail.
		data, _ = encoding.HTMLEscapeUnsupported(charmap.ISO8859_1.NewEncoder()).Bytes(data)
	}
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("ETag", fmt.Sprintf(`"%x"`, sha256.Sum256(data)))
	http.ServeContent(w, r, file, view.Updated, bytes.NewReader(data))
}

// find returns the file and the view that make the document at a request's path. There may be no
// such file.
func (s *demoSite) find(r *http.Request) (file string, view demoView) {
	dir, name := path.Split(r.URL.Path)
	view.Home = "http://" + r.Host + dir
	for _, a := range s.published() {
		if "/"+a.Outlet+"/" == dir {
			a.URL = view.Home + a.Slug
			view.Articles = append(view.Articles, a)
		}
	}
	if len(view.Articles) > 0 {
		view.Updated = view.Articles[0].Published
	}
	switch name {
	case "":
		name = "index.html"
	case demoFrame:
		name = "" // it frames articles, it is no document
	}
	if a := view.bySlug(name); a != nil {
		view.Article, view.Teaser, view.Updated = *a, view.bySlug(a.Teaser), a.Published
		name = demoFrame
	}
	return "demo" + dir + name, view
}

// bySlug returns an article of the view, nil if there is none.
func (v *demoView) bySlug(slug string) *demoArticle {
	i := slices.IndexFunc(v.Articles, func(a demoArticle) bool { return a.Slug == slug })
	if i < 0 {
		return nil
	}
	return &v.Articles[i]
}

// published returns what has appeared so far, newest first.
func (s *demoSite) published() []demoArticle {
	s.mu.Lock()
	phases := slices.Clone(s.phases)
	s.mu.Unlock()
	var out []demoArticle
	for _, a := range s.articles {
		if a.Phase < len(phases) {
			a.Published = phases[a.Phase].Add(-a.Ago).UTC()
			out = append(out, a)
		}
	}
	slices.SortStableFunc(out, func(a, b demoArticle) int { return b.Published.Compare(a.Published) })
	return out
}
