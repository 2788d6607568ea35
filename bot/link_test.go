package bot

import (
	"net/url"
	"strings"
	"testing"
)

func TestLink(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"as it is", "https://northwind.example/a?id=7", "https://northwind.example/a?id=7"},
		{"tracking goes", "https://northwind.example/a?utm_source=x&id=7&FBCLID=1&gclid=2", "https://northwind.example/a?id=7"},
		{"nothing but tracking", "https://northwind.example/a?utm_source=x", "https://northwind.example/a"},
		{"upper case", "HTTPS://Northwind.EXAMPLE/A", "https://northwind.example/A"},
		{"a port stays", "http://127.0.0.1:8080/x", "http://127.0.0.1:8080/x"},
		{"IPv6", "http://[::1]:8080/x", "http://[::1]:8080/x"},
		{"scripts mixed in a host", "https://оpenai.example/", "https://xn--penai-iye.example/"},
		{"markup in the path", `https://northwind.example/a)|b>"c]`, "https://northwind.example/a%29%7Cb%3E%22c%5D"},
		{"markup in the query", "https://northwind.example/?q=(a)|<b>`c", "https://northwind.example/?q=%28a%29%7C%3Cb%3E%60c"},
		{"bidi in the query", "https://northwind.example/?q=\u202ex", "https://northwind.example/?q=%E2%80%AEx"},
		{"a fragment stays", "https://northwind.example/#a%20b", "https://northwind.example/#a%20b"},
		{"an underscore in the host", "https://a_b.northwind.example/", "https://a_b.northwind.example/"},
	} {
		if got, ok := Link(tt.in); got != tt.want || !ok {
			t.Errorf("%s: Link(%q) = %q, %v, want %q", tt.name, tt.in, got, ok, tt.want)
		}
	}
}

func TestLinkRefuses(t *testing.T) {
	for _, in := range []string{
		"", "northwind.example/a", "//northwind.example/a", "javascript:alert(1)", "data:text/html,x",
		"mailto:a@northwind.example", "ftp://northwind.example/", "https:northwind.example", "https:///a",
		"https://user:secret@northwind.example/", "https://northwind.example@evil.example/",
		"https://evil.example\\@northwind.example/", "https://a b.example/", "https://northwind.example/\x00",
		"https://northwind.example/" + strings.Repeat("a", maxLink),
	} {
		if got, ok := Link(in); ok || got != "" {
			t.Errorf("Link(%.60q) = %q, %v, want it refused", in, got, ok)
		}
	}
}

func FuzzLink(f *testing.F) {
	f.Add("https://northwind.example/a(b)?c=|d#<e>")
	f.Add("http://[::1%25eth0]/")
	f.Fuzz(func(t *testing.T, raw string) {
		got, ok := Link(raw)
		if !ok {
			return
		}
		if strings.ContainsAny(got, " \t\r\n<>|()\"'`\\*{}^") {
			t.Errorf("Link(%q) = %q: markup can end it", raw, got)
		}
		u, err := url.Parse(got)
		if err != nil || u.User != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			t.Errorf("Link(%q) = %q: %v", raw, got, err)
		}
		if again, ok := Link(got); !ok || again != got {
			t.Errorf("Link(%q) = %q, and again %q, %v", raw, got, again, ok)
		}
	})
}

func TestHostIsWhatPeopleRead(t *testing.T) {
	for in, want := range map[string]string{
		"https://www.northwind.example/a":     "northwind.example",
		"https://news.northwind.example?x":    "news.northwind.example",
		"http://127.0.0.1:8080/":              "127.0.0.1:8080",
		"https://xn--penai-iye.example/#/b/c": "xn--penai-iye.example",
	} {
		if got := hostOf(in); got != want {
			t.Errorf("hostOf(%q) = %q, want %q", in, got, want)
		}
	}
}
