package article

import "testing"

func TestCanonical(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"tracking goes", "https://example.org/a?utm_source=x&id=7", "https://example.org/a?id=7"},
		{"in any case", "https://example.org/a?UTM_Source=x&FBCLID=1", "https://example.org/a"},
		{"the rest keeps its order", "https://example.org/a?z=1&gclid=2&b=%C3%BC&a=", "https://example.org/a?z=1&b=%C3%BC&a="},
		{"fragment goes", "https://example.org/a#top", "https://example.org/a"},
		{"host in lower case, path as it is", "HTTPS://Example.ORG/A/", "https://example.org/A/"},
		{"own port goes", "https://example.org:443/a", "https://example.org/a"},
		{"other port stays", "http://example.org:8080", "http://example.org:8080/"},
		{"user goes", "https://u:p@example.org/a", "https://example.org/a"},
		{"host in ASCII", "https://bücher.example/ä", "https://xn--bcher-kva.example/%C3%A4"},
		{"IPv6", "http://[::1]:80/", "http://[::1]/"},
		{"empty query goes", "https://example.org/a?", "https://example.org/a"},
		{"no scheme", "example.org/a", ""},
		{"no host", "https:///a", ""},
		{"not http", "javascript:alert(1)", ""},
		{"nothing", "", ""},
	} {
		if got := Canonical(tt.in); got != tt.want {
			t.Errorf("%s: Canonical(%q) = %q, want %q", tt.name, tt.in, got, tt.want)
		}
	}
}

func TestPlausible(t *testing.T) {
	const page = "https://news.example.co.uk/deals/7"
	for _, tt := range []struct{ name, claim, address, want string }{
		{"the same site", "https://www.example.co.uk/d/7?utm_id=1", page, "https://www.example.co.uk/d/7"},
		{"relative", "/deals/seven", page, "https://news.example.co.uk/deals/seven"},
		{"another site", "https://other.co.uk/deals/7", page, ""},
		{"the home page of a deeper page", "https://news.example.co.uk/", page, ""},
		{"the home page of itself", "https://example.org/", "https://example.org/?x=1", ""},
		{"no page", "javascript:void(0)", page, ""},
		{"nothing", "", page, ""},
		{"a page whose address is unknown", "https://example.org/a", "", "https://example.org/a"},
		{"the home page then", "https://example.org/", "", ""},
	} {
		if got := plausible(tt.claim, tt.address); got != tt.want {
			t.Errorf("%s: plausible(%q, %q) = %q, want %q", tt.name, tt.claim, tt.address, got, tt.want)
		}
	}
}

func FuzzCanonical(f *testing.F) {
	for _, s := range []string{"https://example.org/a?utm_a=1&b#c", "http://[::1]:80", "https://bücher.example:443/%zz?;", "http://A.%41/"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		once := Canonical(raw)
		if twice := Canonical(once); twice != once {
			t.Errorf("Canonical(%q) = %q, and Canonical of that %q", raw, once, twice)
		}
		if !isPlain(once) {
			t.Errorf("Canonical(%q) = %q", raw, once)
		}
	})
}
