package watchers

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"code.dny.dev/ssrf"
	"golang.org/x/net/idna"

	"github.com/pactwatch/pactwatch/internal/news"
)

// ErrNotAllowed is all that is said about an address that the network policy refuses: what would
// have answered there stays unknown.
var ErrNotAllowed = errors.New("address not allowed")

// NetworkConfig is the "network" section: who we say we are, and where sources may lie.
type NetworkConfig struct {
	Contact      string   `yaml:"user_agent_contact"` // an address or a page, told to every server; "" names the project
	AllowPrivate []string `yaml:"allow_private"`      // CIDRs or addresses that may be fetched although private, on any port
	Ports        []int    `yaml:"ports"`              // beside 80 and 443
}

// Check returns what is wrong with the section, nil if nothing is.
func (c NetworkConfig) Check() []news.Fault {
	var faults []news.Fault
	if strings.ContainsFunc(c.Contact, func(r rune) bool { return r <= ' ' || r > '~' || r == '(' || r == ')' }) {
		faults = append(faults, news.Fault{Path: "user_agent_contact", Msg: "not one word of ASCII",
			Hint: "give a mail address or the address of a page"})
	}
	for i, s := range c.AllowPrivate {
		if _, err := parsePrefix(s); err != nil {
			faults = append(faults, news.Fault{Path: fmt.Sprintf("allow_private[%d]", i), Msg: fmt.Sprintf("not a CIDR: %q", s),
				Hint: "write 10.1.0.0/16, or 127.0.0.1 for one address"})
		}
	}
	for i, p := range c.Ports {
		if p < 1 || p > 65535 {
			faults = append(faults, news.Fault{Path: fmt.Sprintf("ports[%d]", i), Msg: fmt.Sprintf("no such port: %d", p),
				Hint: "a port is between 1 and 65535"})
		}
	}
	return faults
}

// parsePrefix reads a CIDR, or an address as the CIDR of itself.
func parsePrefix(s string) (netip.Prefix, error) {
	if a, err := netip.ParseAddr(s); err == nil {
		return a.Prefix(a.BitLen())
	}
	return netip.ParsePrefix(s)
}

// azureWire answers for the platform inside an Azure network, from a public address.
var azureWire = netip.MustParsePrefix("168.63.129.16/32")

// nat64 addresses hold the IPv4 address that is really reached.
var nat64 = netip.MustParsePrefix("64:ff9b::/96")

// A guard decides which addresses may be fetched. Names are judged by what they look like, and
// what they resolve to when it is dialled: a check before the dial could be told another address.
type guard struct {
	public *ssrf.Guardian
	own    []netip.Prefix // allowed although private
}

func newGuard(cfg NetworkConfig) (*guard, error) {
	if faults := cfg.Check(); len(faults) > 0 {
		return nil, fmt.Errorf("network: %s: %s", faults[0].Path, faults[0].Msg)
	}
	ports := []uint16{80, 443}
	for _, p := range cfg.Ports {
		ports = append(ports, uint16(p))
	}
	g := &guard{public: ssrf.New(ssrf.WithPorts(ports...), ssrf.WithDeniedV4Prefixes(azureWire))}
	for _, s := range cfg.AllowPrivate {
		p, err := parsePrefix(s)
		if err != nil {
			return nil, fmt.Errorf("network: allow_private: %w", err)
		}
		g.own = append(g.own, p)
	}
	return g, nil
}

// control is for net.Dialer.Control: it refuses an address after the name is resolved and before
// anything is sent to it.
func (g *guard) control(network, address string, _ syscall.RawConn) error {
	ap, err := netip.ParseAddrPort(address)
	if err != nil || network != "tcp4" && network != "tcp6" || !g.allows(ap) {
		return ErrNotAllowed
	}
	return nil
}

func (g *guard) allows(ap netip.AddrPort) bool {
	if !g.isOwn(ap.Addr()) {
		return g.public.SafeAddrPort(ap) == nil
	}
	if nat64.Contains(ap.Addr()) {
		b := ap.Addr().As16()
		return g.allows(netip.AddrPortFrom(netip.AddrFrom4([4]byte(b[12:])), ap.Port()))
	}
	return true
}

func (g *guard) isOwn(a netip.Addr) bool {
	return slices.ContainsFunc(g.own, func(p netip.Prefix) bool { return p.Contains(a) })
}

// checkURL refuses an address for what it says: another scheme, a user name, a host that two
// parsers could read in two ways. It resolves nothing.
func (g *guard) checkURL(u *url.URL) error {
	switch {
	case u.Scheme != "http" && u.Scheme != "https":
		return fmt.Errorf("%w: only http and https are", ErrNotAllowed)
	case u.User != nil:
		return fmt.Errorf("%w: it holds a user name", ErrNotAllowed)
	}
	host := u.Hostname()
	if a, err := netip.ParseAddr(host); err == nil {
		port, err := strconv.ParseUint(portOf(u), 10, 16)
		if err != nil || a.Zone() != "" || a.Is4In6() || !g.allows(netip.AddrPortFrom(a, uint16(port))) {
			return ErrNotAllowed
		}
		return nil
	}
	name, err := asciiHost(host)
	if err != nil || isInside(name) && len(g.own) == 0 {
		return ErrNotAllowed
	}
	return nil
}

func portOf(u *url.URL) string {
	switch {
	case u.Port() != "":
		return u.Port()
	case u.Scheme == "https":
		return "443"
	}
	return "80"
}

// asciiHost returns a host name as it is looked up. A name that ends in a number is refused: to
// some resolvers it is an IPv4 address.
func asciiHost(host string) (string, error) {
	name := strings.TrimSuffix(strings.ToLower(host), ".")
	if strings.ContainsFunc(name, func(r rune) bool { return r > '~' }) {
		var err error
		if name, err = idna.Lookup.ToASCII(name); err != nil {
			return "", ErrNotAllowed
		}
	}
	labels := strings.Split(name, ".")
	for _, l := range labels {
		if l == "" || strings.Trim(l, "abcdefghijklmnopqrstuvwxyz0123456789-_") != "" {
			return "", ErrNotAllowed
		}
	}
	if last := labels[len(labels)-1]; last[0] >= '0' && last[0] <= '9' {
		return "", ErrNotAllowed
	}
	return name, nil
}

// insideSuffixes are the names that mean something only within a host or a network (RFC 6761,
// RFC 8375 and what routers and clouds use).
var insideSuffixes = []string{".localhost", ".local", ".localdomain", ".internal", ".home.arpa", ".lan", ".onion", ".invalid"}

func isInside(name string) bool {
	return !strings.Contains(name, ".") ||
		slices.ContainsFunc(insideSuffixes, func(s string) bool { return strings.HasSuffix(name, s) })
}
