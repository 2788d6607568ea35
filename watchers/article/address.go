package article

import (
	"net"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/net/idna"
	"golang.org/x/net/publicsuffix"
)

// tracking has the query parameters that say where a reader came from, not what the page is.
// Those that begin with one of trackingPrefixes are as useless.
var tracking = map[string]bool{
	"fbclid": true, "gclid": true, "gclsrc": true, "dclid": true, "gbraid": true, "wbraid": true, "msclkid": true,
	"yclid": true, "ysclid": true, "twclid": true, "ttclid": true, "li_fat_id": true, "igshid": true, "igsh": true,
	"mc_cid": true, "mc_eid": true, "mkt_tok": true, "_hsenc": true, "_hsmi": true, "vero_id": true, "oly_enc_id": true,
	"oly_anon_id": true, "ref": true, "ref_src": true, "ref_url": true, "referrer": true, "cmpid": true, "cmp": true,
	"ncid": true, "ocid": true, "icid": true, "sr_share": true, "smid": true, "smtyp": true, "guccounter": true,
	"guce_referrer": true, "guce_referrer_sig": true, "taid": true, "mod": true, "reflink": true, "partner": true,
	"srsltid": true, "_ga": true, "_gl": true, "s_cid": true, "srnd": true, "spm": true, "xtor": true, "wt_mc": true, "mtm_source": true,
}

var trackingPrefixes = []string{"utm_", "at_", "pk_", "mtm_", "hsa_", "__twitter_", "trk_"}

// Canonical returns the form of a URL that identifies a page: tracking parameters and fragment
// gone, host in lower-case ASCII without the scheme's own port, no user name; path and the rest of
// the query as they are. Anything but an absolute http or https URL has none: the result is "".
func Canonical(raw string) string {
	u, err := url.Parse(strings.TrimSpace(raw))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	host, err := idna.Punycode.ToASCII(strings.ToLower(u.Hostname()))
	if err != nil || host == "" {
		return ""
	}
	u.Host = withPort(host, u.Port(), u.Scheme)
	u.User, u.Fragment, u.RawFragment = nil, "", ""
	u.RawQuery, u.ForceQuery = withoutTracking(u.RawQuery), false
	if u.Path == "" {
		u.Path = "/"
	}
	return u.String()
}

func withPort(host, port, scheme string) string {
	own := scheme == "http" && port == "80" || scheme == "https" && port == "443"
	if port != "" && !own {
		return net.JoinHostPort(host, port)
	}
	if strings.Contains(host, ":") { // IPv6
		return "[" + host + "]"
	}
	return host
}

func withoutTracking(query string) string {
	var kept []string
	for pair := range strings.SplitSeq(query, "&") {
		key, _, _ := strings.Cut(pair, "=")
		if pair != "" && !isTracking(strings.ToLower(key)) {
			kept = append(kept, pair)
		}
	}
	return strings.Join(kept, "&")
}

func isTracking(key string) bool {
	if tracking[key] {
		return true
	}
	for _, p := range trackingPrefixes {
		if strings.HasPrefix(key, p) {
			return true
		}
	}
	return false
}

// plausible returns the canonical form of what a page at address claims as its own, "" where the
// claim is no page, another site's, or the home page of a page that is not one. Publishers' templates
// do all three.
func plausible(claim, address string) string {
	base, err := url.Parse(address)
	if err != nil {
		return ""
	}
	ref, err := base.Parse(strings.TrimSpace(claim))
	if err != nil || claim == "" {
		return ""
	}
	c, err := url.Parse(Canonical(ref.String()))
	if err != nil || c.Host == "" {
		return ""
	}
	home := isHome(c)
	if base.Host == "" {
		if home {
			return ""
		}
		return c.String()
	}
	if !sameSite(c.Hostname(), base.Hostname()) && !isCacheOf(base, c.Hostname()) || home && !isHome(base) {
		return ""
	}
	return c.String()
}

// isCacheOf reports whether an address is in a search engine's cache of AMP pages and names host as
// the page's own: https://host-example.cdn.ampproject.org/c/s/host.example/deal.
func isCacheOf(u *url.URL, host string) bool {
	cache := site(u.Hostname())
	engine, _, _ := strings.Cut(cache, ".")
	known := cache == "ampproject.org" || cache == "bing-amp.com" || engine == "google" && strings.HasPrefix(u.Path, "/amp/")
	return known && slices.Contains(strings.Split(strings.ToLower(u.Path), "/"), strings.ToLower(host))
}

func isHome(u *url.URL) bool { return strings.Trim(u.Path, "/") == "" && u.RawQuery == "" }

func sameSite(a, b string) bool { return site(a) == site(b) }

// site returns the registrable domain of a host, the host itself where there is none.
func site(host string) string {
	host = strings.ToLower(host)
	if s, err := publicsuffix.EffectiveTLDPlusOne(host); err == nil {
		return s
	}
	return host
}

// hostName returns the host of an address as an outlet's name: without "www.".
func hostName(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return strings.TrimPrefix(strings.ToLower(u.Hostname()), "www.")
}
