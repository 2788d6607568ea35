package article

import (
	"encoding/json"
	"strconv"
	"strings"
	"unicode"
)

// maxNested is in objects: the article of a page's JSON-LD is never deeper than a graph in a list.
const maxNested = 6

// A linked is what a page's JSON-LD says of its article. Of several articles the first with a
// headline is the page's own, as list pages and teasers come after it.
type linked struct {
	Headline, Published, Modified, Body, Lang, URL, Publisher string
	PagePublished                                             string // of the web page around the article
	Authors                                                   []string
	Words                                                     int  // wordCount, 0 where it does not say
	Paid                                                      bool // isAccessibleForFree says no
	found                                                     bool
}

// add reads one script of JSON-LD. What cannot be read says nothing.
func (l *linked) add(script string) {
	script = strings.TrimSpace(script)
	var v any
	if json.Unmarshal([]byte(script), &v) != nil {
		// A line break within a string is the commonest fault.
		script = strings.Map(func(r rune) rune {
			if unicode.IsControl(r) {
				return ' '
			}
			return r
		}, script)
		if json.Unmarshal([]byte(script), &v) != nil {
			return
		}
	}
	l.walk(v, 0)
}

func (l *linked) walk(v any, depth int) {
	if depth > maxNested {
		return
	}
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			l.walk(e, depth+1)
		}
	case map[string]any:
		if isArticleType(v["@type"]) && !l.found {
			l.read(v)
		}
		l.PagePublished = first(l.PagePublished, str(v["datePublished"]))
		for _, key := range []string{"@graph", "mainEntity", "mainEntityOfPage", "itemListElement", "item"} {
			l.walk(v[key], depth+1)
		}
	}
}

func (l *linked) read(v map[string]any) {
	l.found = str(v["headline"]) != ""
	l.Headline = first(l.Headline, ldText(v["headline"]))
	l.Published = first(l.Published, str(v["datePublished"]))
	l.Modified = first(l.Modified, str(v["dateModified"]))
	l.Lang = first(l.Lang, str(v["inLanguage"]))
	l.URL = first(l.URL, id(v["mainEntityOfPage"]), str(v["url"]))
	l.Publisher = first(l.Publisher, strings.Join(names(v["publisher"]), ", "))
	for _, body := range []string{str(v["articleBody"]), updates(v["liveBlogUpdate"])} {
		if len(body) > len(l.Body) {
			l.Body = body
		}
	}
	if len(l.Authors) == 0 {
		l.Authors = names(v["author"])
	}
	l.Words = max(l.Words, count(v["wordCount"]))
	free := v["isAccessibleForFree"]
	l.Paid = l.Paid || free == false || strings.EqualFold(str(free), "false")
}

// updates returns the entries of a live blog in the order that the page has them in: the newest
// first, as a rule.
func updates(v any) string {
	list, _ := v.([]any)
	var b strings.Builder
	for _, e := range list {
		if m, ok := e.(map[string]any); ok {
			b.WriteString(str(m["headline"]) + "\n" + str(m["articleBody"]) + "\n")
		}
	}
	return b.String()
}

// isArticleType reports whether a JSON-LD type, or one of several, is an article's.
func isArticleType(t any) bool {
	switch t := t.(type) {
	case string:
		return strings.HasSuffix(t, "Article") || t == "BlogPosting" || t == "LiveBlogPosting" || t == "Report" || t == "SocialMediaPosting"
	case []any:
		for _, e := range t {
			if isArticleType(e) {
				return true
			}
		}
	}
	return false
}

// names returns the names of a JSON-LD person or organisation, or of a list of them.
func names(v any) []string {
	switch v := v.(type) {
	case string:
		if s := ldText(v); s != "" {
			return []string{s}
		}
	case map[string]any:
		return names(v["name"])
	case []any:
		var all []string
		for _, e := range v {
			if _, nested := e.([]any); !nested {
				all = append(all, names(e)...)
			}
		}
		return all
	}
	return nil
}

func id(v any) string {
	if m, ok := v.(map[string]any); ok {
		return str(m["@id"])
	}
	return str(v)
}

// count returns a JSON-LD number, which may be written as a string, 0 if it is none.
func count(v any) int {
	if n, ok := v.(float64); ok && n > 0 && n < 1e6 {
		return int(n)
	}
	n, _ := strconv.Atoi(str(v))
	return n
}

// ldText returns a JSON-LD string as plain text: publishers escape it for HTML.
func ldText(v any) string { return Text(str(v)) }

func str(v any) string {
	s, _ := v.(string)
	return s
}
