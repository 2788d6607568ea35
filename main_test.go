package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain lets scripts run the program as "exec pactwatch".
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"pactwatch": main})
}

// TestScript runs the program as people use it: testdata/script.
func TestScript(t *testing.T) {
	testscript.Run(t, testscript.Params{Dir: filepath.Join("testdata", "script")})
}

const module = "github.com/pactwatch/pactwatch"

// arrows say which packages of ours each one may import: DESIGN.md's "Imports point one way". All may
// import internal/news; main, which introduces them to one another, may import all.
var arrows = map[string][]string{
	"internal/news":    {},
	"internal/clock":   {},
	"internal/shared":  {},
	"internal/pulse":   {},
	"internal/store":   {},
	"watchers":         {"watchers/article", "watchers/rule", "internal/clock", "internal/pulse"},
	"watchers/article": {},
	"watchers/rule":    {},
	"notify":           {"notify/story", "notify/terms", "notify/rewrite", "internal/clock", "internal/pulse"},
	"notify/story":     {},
	"notify/terms":     {"notify/story"},

	"notify/rewrite":        {"notify/rewrite/verify"},
	"notify/rewrite/verify": {},

	"bot":         {"watchers/rule"},
	"bot/slack":   {"bot"},
	"bot/discord": {"bot"},

	// The far sides of the network, for tests.
	"internal/fake/slack":   {},
	"internal/fake/discord": {},
}

func TestImportsPointOneWay(t *testing.T) {
	found := map[string]bool{}
	err := filepath.WalkDir(".", func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
			return err
		}
		pkg := path.Dir(filepath.ToSlash(file))
		if pkg == "." || strings.HasPrefix(pkg, "tools") || strings.HasPrefix(pkg, "bench") {
			return nil
		}
		found[pkg] = true
		allowed, known := arrows[pkg]
		if !known {
			t.Errorf("%s is a package that DESIGN.md's tree does not have", pkg)
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, imp := range f.Imports {
			name, err := strconv.Unquote(imp.Path.Value)
			if err != nil {
				return err
			}
			ours, ok := strings.CutPrefix(name, module+"/")
			if ok && ours != "internal/news" && !slices.Contains(allowed, ours) {
				t.Errorf("%s imports %s; it may import %v and internal/news", file, ours, allowed)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for pkg := range arrows {
		if !found[pkg] {
			t.Errorf("%s is in the table of arrows and not in the tree", pkg)
		}
	}
}

// waysOut are the files that may open a connection or make a client, and with what. Whatever a source, a
// feed or a person names goes through watchers/fetch.go, which has the guard.
var waysOut = map[string][]string{
	"watchers/fetch.go":         {"http.Client", "http.Transport", "net.Dialer"},
	"connection.go":             {"http.Client", "http.DefaultTransport"}, // to the platforms' APIs
	"check.go":                  {"http.Client", "http.DefaultTransport"}, // the same
	"bot/slack/socket.go":       {"websocket.Dialer"},
	"bot/discord/gateway.go":    {"net.Dialer", "websocket.Dialer"},
	"bot/discord/transport.go":  {"http.DefaultTransport"},
	"health.go":                 {"http.Client", "http.Transport"}, // to the bot itself
	"notify/rewrite/rewrite.go": {"http.Client", "http.Transport"}, // to the endpoint that the configuration names
	"systemd.go":                {"net.DialUnix"},
}

var wayOut = regexp.MustCompile(`^(http\.(Get|Head|Post|PostForm|Client|Transport|DefaultClient|DefaultTransport)|(net|tls)\.Dial\w*|websocket\.\w*Dial\w*)$`)

func TestNothingGoesOutButThroughTheClients(t *testing.T) {
	found := map[string][]string{}
	err := filepath.WalkDir(".", func(file string, d fs.DirEntry, err error) error {
		file = filepath.ToSlash(file)
		if err != nil || d.IsDir() || !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") ||
			strings.HasPrefix(file, "internal/fake/") || strings.HasPrefix(file, "tools/") {
			return err
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			return err
		}
		pointers := map[ast.Expr]bool{} // a type that is only passed on opens nothing
		ast.Inspect(f, func(n ast.Node) bool {
			if star, ok := n.(*ast.StarExpr); ok {
				pointers[star.X] = true
			}
			sel, ok := n.(*ast.SelectorExpr)
			if !ok || pointers[sel] {
				return true
			}
			if pkg, ok := sel.X.(*ast.Ident); ok {
				if name := pkg.Name + "." + sel.Sel.Name; wayOut.MatchString(name) && !slices.Contains(found[file], name) {
					found[file] = append(found[file], name)
				}
			}
			return true
		})
		slices.Sort(found[file])
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	maps.DeleteFunc(found, func(_ string, ways []string) bool { return len(ways) == 0 })
	if diff := cmp.Diff(waysOut, found); diff != "" {
		t.Errorf("what may open a connection (-allowed +found):\n%s", diff)
	}
}

func TestEveryDirectDependencyHasAReason(t *testing.T) {
	mod, err := os.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(mod)) {
		fields := strings.Fields(line)
		if len(fields) >= 2 && strings.HasPrefix(fields[1], "v") && len(fields) < 4 {
			t.Errorf("go.mod: %q has no reason beside it", strings.TrimSpace(line))
		}
	}
}

func TestLibcIsTheOneThatSQLiteNames(t *testing.T) {
	list := func(args ...string) string {
		t.Helper()
		out, err := exec.Command("go", append([]string{"list", "-m", "-f"}, args...)...).Output()
		if err != nil {
			t.Fatalf("go list -m %v: %v", args, err)
		}
		return strings.TrimSpace(string(out))
	}
	mod, err := os.ReadFile(list("{{.GoMod}}", "modernc.org/sqlite"))
	if err != nil {
		t.Fatal(err)
	}
	if libc := list("{{.Path}} {{.Version}}", "modernc.org/libc"); !strings.Contains(string(mod), libc) {
		t.Errorf("go.mod has %s, which is not the version that modernc.org/sqlite was tested with", libc)
	}
}
