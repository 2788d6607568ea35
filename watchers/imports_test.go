package watchers

import (
	"archive/zip"
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"
)

func TestImport(t *testing.T) {
	for _, tt := range []struct {
		name, data string
		format     string
		want       []string // name and what is polled
		left       []string // parts of what is told of the rest
	}{
		{
			name: "OPML with folders, an address twice, and a page that FreshRSS scrapes",
			data: `<?xml version="1.0"?><opml version="2.0" xmlns:frss="https://freshrss.org/opml"><body><outline text="AI">
				<outline text="Northwind – AI" type="rss" xmlUrl="https://northwind.example/feed" frss:cssFullContent="main"/>
				<outline text="Northwind – AI" type="rss" xmlUrl="https://ledger.example/feed"/>
				<outline text="Again" xmlUrl="https://northwind.example/feed"/>
				<outline text="Scraped" type="HTML+XPath" xmlUrl="https://halden.example/"/>
				<outline text="Local" xmlUrl="file:///etc/passwd"/></outline></body></opml>`,
			format: "OPML",
			want:   []string{"northwind-ai feed https://northwind.example/feed", "northwind-ai-2 feed https://ledger.example/feed"},
			left:   []string{"Again: its address is there already", "Scraped: a page that FreshRSS reads by HTML+XPath", "Local: not the address of a page"},
		},
		{
			name:   "urlwatch",
			data:   "name: Halden news\nurl: https://halden.example/news\nfilter:\n  - css: main a\n  - html2text\n---\ncommand: date\n---\nurl: https://ledger.example/\nfilter: xpath:/x,strip\n---\nnavigate: https://app.example/\n",
			format: "urlwatch",
			want:   []string{"halden-news page https://halden.example/news", "https-ledger-example page https://ledger.example/"},
			left:   []string{"date: it runs a command", "taken without its filter xpath", "it needs a browser"},
		},
		{
			name: "changedetection.io",
			data: `{"app_guid":"x","watching":{"b":{"url":"https://ledger.example/","title":null,"include_filters":["xpath:/x","#news"]},
				"a":{"url":"https://halden.example/news","title":"Halden","paused":false},"c":{"url":"https://paused.example/","paused":true}}}`,
			format: "changedetection.io",
			want:   []string{"halden page https://halden.example/news", "ledger-example page https://ledger.example/"},
			left:   []string{"taken without its filter xpath:/x", "paused"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Import([]byte(tt.data))
			if err != nil {
				t.Fatal(err)
			}
			var sources []string
			for _, s := range got.Sources {
				sources = append(sources, s.Name+" "+s.Kind()+" "+s.Address())
			}
			if got.Format != tt.format || !slices.Equal(sources, tt.want) {
				t.Errorf("%s: %q, want %s: %q", got.Format, sources, tt.format, tt.want)
			}
			for _, want := range tt.left {
				if !slices.ContainsFunc(got.Left, func(l string) bool { return strings.Contains(l, want) }) {
					t.Errorf("left = %q, want %q in it", got.Left, want)
				}
			}
		})
	}
}

func TestImportOfABackup(t *testing.T) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create("backup/url-watches.json")
	if err != nil {
		t.Fatal(err)
	}
	w.Write([]byte(`{"watching":{"a":{"url":"https://halden.example/news"}}}`))
	z.Close()
	if got, err := Import(b.Bytes()); err != nil || len(got.Sources) != 1 {
		t.Errorf("Import = %+v, %v, want one source", got, err)
	}
}

func TestImportRefusesWhatItDoesNotKnow(t *testing.T) {
	for _, data := range []string{"", "hello", "<html></html>", `{"a":1}`, "PK\x03\x04broken", "<opml", "a: [b"} {
		if got, err := Import([]byte(data)); err == nil {
			t.Errorf("Import(%q) = %+v, want an error", data, got)
		}
	}
	if _, err := Import([]byte(`{"a":1}`)); !errors.Is(err, errFormat) {
		t.Errorf("Import = %v, want %v", err, errFormat)
	}
}
