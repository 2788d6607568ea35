package watchers

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"golang.org/x/net/dns/dnsmessage"

	"github.com/pactwatch/pactwatch/internal/shared"
)

func TestNetworkConfigCheckReportsAllFaults(t *testing.T) {
	c := NetworkConfig{Contact: "the (ops) team", AllowPrivate: []string{"10.0.0.0/8", "10.0.0.300"}, Ports: []int{8080, 70000}}
	var got []string
	for _, f := range c.Check() {
		got = append(got, f.Path)
		if f.Hint == "" {
			t.Errorf("Check: %s has no way out", f.Path)
		}
	}
	if want := []string{"user_agent_contact", "allow_private[1]", "ports[1]"}; !slices.Equal(got, want) {
		t.Errorf("Check() = faults at %q, want %q", got, want)
	}
	if faults := (NetworkConfig{Contact: "ops@example.org", AllowPrivate: []string{"::1", "127.0.0.1"}}).Check(); faults != nil {
		t.Errorf("Check() = %v, want none", faults)
	}
}

func TestGuardRefuses(t *testing.T) {
	for _, tt := range []struct {
		name    string
		own     []string
		address string
		allowed bool
	}{
		{"a public name", nil, "https://example.org/feed", true},
		{"an international name", nil, "https://müller.example/feed", true},
		{"a name with an underscore", nil, "http://a_b.example.org/", true},
		{"a name with the root's dot", nil, "http://example.org./", true},
		{"a public address", nil, "https://93.184.216.34/", true},
		{"a public IPv6 address", nil, "http://[2606:2800:21f::1]/", true},
		{"a public address in IPv6 form", nil, "http://[::ffff:93.184.216.34]/", false},
		{"a zone", nil, "http://[fe80::1%25eth0]/", false},
		{"a platform's own service at a public address", nil, "http://168.63.129.16/machine", false},
		{"another port", nil, "http://93.184.216.34:8080/", false},
		{"a single label", nil, "http://intranet/", false},
		{"a single label where private addresses are allowed", []string{"10.0.0.0/8"}, "http://intranet/", true},
		{"an allowed private address on any port", []string{"10.0.0.0/8"}, "http://10.2.3.4:9999/", true},
		{"another private address", []string{"10.0.0.0/8"}, "http://192.168.2.1/", false},
		{"metadata by NAT64", []string{"64:ff9b::/96"}, "http://[64:ff9b::a9fe:a9fe]/", false},
		{"a public address by NAT64", []string{"64:ff9b::/96"}, "http://[64:ff9b::5db8:d822]/", true},
		{"no host", nil, "http:///feed", false},
		{"an empty label", nil, "http://a..example.org/", false},
		{"javascript", nil, "javascript:alert(1)", false},
	} {
		f := newTestFetcher(t, NetworkConfig{AllowPrivate: tt.own})
		if _, err := f.parse(tt.address); (err == nil) != tt.allowed {
			t.Errorf("%s: parse(%q) = %v, want allowed %v", tt.name, tt.address, err, tt.allowed)
		}
	}
}

func newTestFetcher(t testing.TB, cfg NetworkConfig) *Fetcher {
	t.Helper()
	f, err := NewFetcher(cfg, "test")
	if err != nil {
		t.Fatal(err)
	}
	f.Pace = 0
	t.Cleanup(f.Close)
	return f
}

// A public network is what the guard allows in TestSSRF: every address that it lets through leads to
// one local server.
type publicNetwork struct {
	server *httptest.Server
	mu     sync.Mutex
	dialed []string
}

// diverted is the dial that the guard allowed and that must not happen.
type diverted string

func (d diverted) Error() string { return "diverted from " + string(d) }

// behind puts f on the network, between the guard and the dial.
func (n *publicNetwork) behind(f *Fetcher) {
	guard := f.dialer.Control
	f.dialer.Control = func(network, address string, c syscall.RawConn) error {
		if err := guard(network, address, c); err != nil {
			return err
		}
		return diverted(address)
	}
	f.transport.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := f.dialer.DialContext(ctx, network, address)
		d, ok := errors.AsType[diverted](err)
		if !ok {
			return conn, err
		}
		n.mu.Lock()
		n.dialed = append(n.dialed, string(d))
		n.mu.Unlock()
		return net.Dial("tcp", n.server.Listener.Addr().String())
	}
}

func TestSSRF(t *testing.T) {
	dns := shared.Path(t, "security/ssrf-dns-fixture.txt")
	for _, c := range readSSRF(t, shared.Path(t, "security/ssrf-cases.txt")) {
		t.Run(c.id, func(t *testing.T) { c.run(t, readZone(t, dns).resolver()) })
	}
}

// An ssrfCase is a line of security/ssrf-cases.txt.
type ssrfCase struct{ id, kind, verdict, input string }

func (c ssrfCase) run(t *testing.T, resolver *net.Resolver) {
	urls := strings.Split(c.input, " -> ")
	served := 0
	n := &publicNetwork{server: httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if served++; served < len(urls) {
			w.Header().Set("Location", urls[served])
			w.WriteHeader(http.StatusFound)
			return
		}
		w.Write([]byte("reached"))
	}))}
	defer n.server.Close()
	f := newTestFetcher(t, NetworkConfig{})
	f.dialer.Resolver = resolver
	n.behind(f)
	doc, err := f.get(t.Context(), request{address: urls[0], limit: 100})
	for _, a := range n.dialed {
		if host, _, _ := net.SplitHostPort(a); host != "93.184.216.34" && host != "2606:2800:21f:cb07:6820:80da:af6b:8b2c" && host != "172.32.0.1" {
			t.Errorf("get(%q) dialled %s", c.input, a)
		}
	}
	switch {
	case c.verdict == "BLOCK" && err == nil:
		t.Errorf("get(%q) = %q, want an error", c.input, doc.body)
	case c.verdict == "BLOCK" && c.kind == "url" && len(n.dialed) > 0:
		t.Errorf("get(%q) dialled %q, want nothing", c.input, n.dialed)
	case c.verdict == "BLOCK" && !errors.Is(err, ErrNotAllowed):
		t.Errorf("get(%q) = %v, want %v", c.input, err, ErrNotAllowed)
	case c.verdict == "ALLOW" && len(n.dialed) == 0:
		t.Errorf("get(%q) = %v, dialled nothing", c.input, err)
	}
}

// TestProxyVariablesAreIgnored runs itself in a process of its own: Go reads the variables once.
func TestProxyVariablesAreIgnored(t *testing.T) {
	if os.Getenv("PACTWATCH_TEST_PROXY") != "" {
		n := &publicNetwork{server: httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))}
		defer n.server.Close()
		f := newTestFetcher(t, NetworkConfig{})
		n.behind(f)
		if _, err := f.get(t.Context(), request{address: "http://93.184.216.34/feed.xml", limit: 100}); err != nil {
			t.Fatal(err)
		}
		if want := []string{"93.184.216.34:80"}; !slices.Equal(n.dialed, want) {
			t.Fatalf("dialled %q, want %q", n.dialed, want)
		}
		return
	}
	canary, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer canary.Close()
	hit := make(chan struct{}, 1)
	go func() {
		if c, err := canary.Accept(); err == nil {
			c.Close()
			hit <- struct{}{}
		}
	}()
	cmd := exec.Command(os.Args[0], "-test.run=^TestProxyVariablesAreIgnored$")
	cmd.Env = append(os.Environ(), "PACTWATCH_TEST_PROXY=1")
	for _, name := range []string{"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"} {
		cmd.Env = append(cmd.Env, name+"=http://"+canary.Addr().String())
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("fetch with proxy variables: %v\n%s", err, out)
	}
	select {
	case <-hit:
		t.Error("the proxy of the environment saw a connection")
	default:
	}
}

func readSSRF(t *testing.T, path string) []ssrfCase {
	var cases []ssrfCase
	for _, l := range readLines(t, path) {
		p := strings.Split(l, "\t")
		cases = append(cases, ssrfCase{p[0], p[1], p[2], p[3]})
	}
	return cases
}

func readLines(t *testing.T, path string) []string {
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var lines []string
	for s := bufio.NewScanner(f); s.Scan(); {
		if l := s.Text(); l != "" && !strings.HasPrefix(l, "#") {
			lines = append(lines, l)
		}
	}
	return lines
}

// A zone answers names from a fixture, over a resolver's own protocol.
type zone struct {
	mu      sync.Mutex
	answers map[string][]string // "name type" to one answer for each query; the last repeats
}

func readZone(t *testing.T, path string) *zone {
	z := &zone{answers: map[string][]string{}}
	for _, l := range readLines(t, path) {
		p := strings.Split(l, "\t")
		z.answers[p[0]+". "+p[1]] = strings.Split(p[2], " | ")
	}
	return z
}

// resolver returns one that asks the zone and nobody else.
func (z *zone) resolver() *net.Resolver {
	return &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		client, server := net.Pipe()
		go z.serve(server)
		return client, nil
	}}
}

// serve answers as a DNS server does over TCP: each message after its length in two bytes.
func (z *zone) serve(c net.Conn) {
	defer c.Close()
	for {
		var size [2]byte
		if _, err := io.ReadFull(c, size[:]); err != nil {
			return
		}
		query := make([]byte, int(size[0])<<8|int(size[1]))
		if _, err := io.ReadFull(c, query); err != nil {
			return
		}
		reply := z.answer(query)
		c.Write(append([]byte{byte(len(reply) >> 8), byte(len(reply))}, reply...))
	}
}

func (z *zone) answer(query []byte) []byte {
	var m dnsmessage.Message
	if m.Unpack(query) != nil || len(m.Questions) == 0 {
		return nil
	}
	m.Response, m.Additionals = true, nil
	q := m.Questions[0]
	m.Answers = z.records(q.Name.String(), q.Type)
	if len(m.Answers) == 0 {
		m.RCode = dnsmessage.RCodeNameError
	}
	reply, _ := m.Pack()
	return reply
}

func (z *zone) records(name string, want dnsmessage.Type) []dnsmessage.Resource {
	var rs []dnsmessage.Resource
	if to := z.next(name + " CNAME"); to != "" {
		target := dnsmessage.MustNewName(to + ".")
		rs = append(rs, dnsmessage.Resource{Header: head(name, dnsmessage.TypeCNAME), Body: &dnsmessage.CNAMEResource{CNAME: target}})
		return append(rs, z.records(to+".", want)...)
	}
	kind := map[dnsmessage.Type]string{dnsmessage.TypeA: "A", dnsmessage.TypeAAAA: "AAAA"}[want]
	for a := range strings.SplitSeq(z.next(name+" "+kind), ",") {
		ip := net.ParseIP(a)
		switch {
		case ip == nil:
		case want == dnsmessage.TypeA:
			rs = append(rs, dnsmessage.Resource{Header: head(name, want), Body: &dnsmessage.AResource{A: [4]byte(ip.To4())}})
		default:
			rs = append(rs, dnsmessage.Resource{Header: head(name, want), Body: &dnsmessage.AAAAResource{AAAA: [16]byte(ip.To16())}})
		}
	}
	return rs
}

func head(name string, t dnsmessage.Type) dnsmessage.ResourceHeader {
	return dnsmessage.ResourceHeader{Name: dnsmessage.MustNewName(name), Type: t, Class: dnsmessage.ClassINET}
}

// next returns the next answer to a question, "" if there is none.
func (z *zone) next(question string) string {
	z.mu.Lock()
	defer z.mu.Unlock()
	all := z.answers[question]
	if len(all) == 0 {
		return ""
	}
	if len(all) > 1 {
		z.answers[question] = all[1:]
	}
	return all[0]
}
