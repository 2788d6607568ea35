package main

import (
	"encoding"
	"errors"
	"fmt"
	"maps"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// A yamlFile is a configuration file as it is read: strictly, to the end whatever is wrong with it,
// and with the place of every setting, so that a fault found later can still be pointed at.
type yamlFile struct {
	name   string
	lines  []string
	places map[string]place // by path, "rules[1].match"; a setting that is not written has none
	unread []string         // paths of what could not be read
	faults []configFault

	noSecrets bool // the secrets that it names are not read
}

// A place is where the value of a setting starts, from 1, columns in characters.
type place struct {
	line, column int
	style        token.Type // how a text is written there
	text         string     // as it was understood; "" for what is not a text
}

// readYAML reads the file at path into the struct that into points at, by its yaml tags. Fields whose
// settings are not written keep their values. What is wrong is in the faults of the result.
func readYAML(path string, into any) *yamlFile {
	src, err := os.ReadFile(path)
	if err == nil {
		return parseYAML(path, src, into)
	}
	f := newYAMLFile(path, "")
	f.refuse(0, 0, cause(err), "")
	return f
}

func newYAMLFile(name, text string) *yamlFile {
	return &yamlFile{name: name, lines: strings.Split(text, "\n"), places: map[string]place{"": {line: 1, column: 1}}}
}

// parseYAML is readYAML of a file that was read already.
func parseYAML(name string, src []byte, into any) *yamlFile {
	text := strings.TrimPrefix(string(src), "\ufeff")
	text = strings.ReplaceAll(text, "\r\n", "\n") // the parser would count two lines
	f := newYAMLFile(name, text)
	f.refuseBytes()
	if len(f.faults) > 0 {
		return f
	}
	file, err := parser.ParseBytes([]byte(text), 0, parser.AllowDuplicateMapKey()) // it would name the first only
	if err != nil {
		f.refuseSyntax(err)
		return f
	}
	docs := slices.DeleteFunc(file.Docs, func(d *ast.DocumentNode) bool { return d.Body == nil })
	if len(docs) == 0 {
		f.refuse(0, 0, "the file is empty", "config.example.yaml explains every setting")
		return f
	}
	if len(docs) > 1 {
		at := placeOf(docs[1].Body)
		f.refuse(at.line, at.column, "the file goes on after its end", "remove --- and %, keep one set of settings")
		return f
	}
	f.decode("", docs[0].Body, reflect.ValueOf(into).Elem())
	return f
}

// refuse records why the file as a whole cannot be read; then nothing in it is judged.
func (f *yamlFile) refuse(line, column int, msg, hint string) {
	f.unread = append(f.unread, "")
	f.faults = append(f.faults, configFault{line: line, column: column, msg: msg, hint: hint})
}

// refuseBytes refuses what no text has. The parser would let it pass.
func (f *yamlFile) refuseBytes() {
	strange := func(r rune) bool { return r == utf8.RuneError || unicode.IsControl(r) && r != '\t' }
	for i, line := range f.lines {
		if at := strings.IndexFunc(line, strange); at >= 0 {
			f.refuse(i+1, utf8.RuneCountInString(line[:at])+1, "not a character of a text", "save the file as UTF-8")
		}
	}
}

func (f *yamlFile) refuseSyntax(err error) {
	var line, column int
	msg := err.Error()
	if syntax, ok := errors.AsType[*yaml.SyntaxError](err); ok {
		msg = syntax.Message
		if tk := syntax.Token; tk != nil {
			line, column = tk.Position.Line, tk.Position.Column
		}
	}
	f.refuse(line, column, "not YAML: "+msg, "")
}

// fault records why the setting at path cannot be read from a node.
func (f *yamlFile) fault(path string, n ast.Node, msg, hint string) {
	f.unread = append(f.unread, path)
	at := placeOf(n)
	f.faults = append(f.faults, configFault{path: path, line: at.line, column: at.column, unread: true, msg: msg, hint: hint})
}

// refuseKey records why a group's setting is none.
func (f *yamlFile) refuseKey(group, key string, n ast.Node, msg, hint string) {
	f.unread = append(f.unread, join(group, key))
	at := placeOf(n)
	f.faults = append(f.faults, configFault{path: group, line: at.line, column: at.column, msg: msg, hint: hint})
}

// placeOf returns where a node starts. A mapping starts at its first key, where the parser has its colon.
func placeOf(n ast.Node) place {
	switch n := n.(type) {
	case *ast.MappingNode:
		if len(n.Values) > 0 && !n.IsFlowStyle {
			return placeOf(n.Values[0])
		}
	case *ast.MappingValueNode:
		return placeOf(n.Key)
	}
	tk := n.GetToken()
	text, _ := textOf(n)
	return place{line: tk.Position.Line, column: tk.Position.Column, style: tk.Type, text: text}
}

// textOf returns the text of a node that is one, quoted or not.
func textOf(n ast.Node) (text string, ok bool) {
	switch n := n.(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.LiteralNode:
		return n.Value.Value, true
	}
	return "", false
}

// decode sets v, which can be set, to what a node says. path is the node's own.
func (f *yamlFile) decode(path string, n ast.Node, v reflect.Value) {
	f.places[path] = placeOf(n)
	switch n.(type) {
	case *ast.AnchorNode, *ast.AliasNode, *ast.TagNode:
		f.fault(path, n, "anchors, aliases and tags are not read here", "write the value out")
		return
	}
	if u, ok := v.Addr().Interface().(encoding.TextUnmarshaler); ok {
		f.decodeText(path, n, u)
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		f.decode(path, n, v.Elem())
	case reflect.Struct:
		f.decodeStruct(path, n, v)
	case reflect.Map:
		f.decodeMap(path, n, v)
	case reflect.Slice:
		f.decodeSlice(path, n, v)
	case reflect.String:
		f.decodeString(path, n, v)
	case reflect.Bool:
		if b, ok := n.(*ast.BoolNode); ok {
			v.SetBool(b.Value)
		} else {
			f.wrongKind(path, n, "true or false")
		}
	case reflect.Int:
		if i, err := strconv.ParseInt(n.GetToken().Value, 10, 32); err == nil && n.Type() == ast.IntegerType {
			v.SetInt(i)
		} else {
			f.wrongKind(path, n, "a whole number")
		}
	default:
		panic("configuration: no way to read a " + v.Type().String())
	}
}

func (f *yamlFile) wrongKind(path string, n ast.Node, want string) {
	hint := ""
	if n.Type() == ast.NullType {
		hint = "write one, or remove the key"
	}
	f.fault(path, n, "want "+want+", not "+kindOf(n), hint)
}

func kindOf(n ast.Node) string {
	switch n.(type) {
	case *ast.NullNode:
		return "nothing"
	case *ast.MappingNode, *ast.MappingValueNode:
		return "a group of settings"
	case *ast.SequenceNode:
		return "a list"
	case *ast.BoolNode:
		return "true or false"
	case *ast.IntegerNode, *ast.FloatNode, *ast.InfinityNode, *ast.NanNode:
		return "a number"
	}
	return "a text"
}

// decodeText lets a type read its own text. A number is passed on as it is written: the type says best what is missing.
func (f *yamlFile) decodeText(path string, n ast.Node, u encoding.TextUnmarshaler) {
	text, ok := textOf(n)
	if !ok {
		switch n.(type) {
		case *ast.IntegerNode, *ast.FloatNode:
			text = n.GetToken().Value
		default:
			f.wrongKind(path, n, "a text")
			return
		}
	}
	if err := u.UnmarshalText([]byte(text)); err != nil {
		f.fault(path, n, err.Error(), "")
	}
}

// decodeString takes a text only. YAML reads a bare 1.0 as the number 1 and, in older programs, a
// bare no as false: whoever wrote it meant the letters, so it is to be quoted.
func (f *yamlFile) decodeString(path string, n ast.Node, v reflect.Value) {
	text, _ := textOf(n)
	tk := n.GetToken()
	switch n.(type) {
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		f.fault(path, n, "want a text, not "+kindOf(n), "quote it: "+strconv.Quote(tk.Value))
	case *ast.StringNode, *ast.LiteralNode:
		if tk.Type == token.StringType && slices.Contains([]string{"yes", "no", "on", "off", "y", "n"}, strings.ToLower(text)) {
			f.fault(path, n, "YAML may read this as true or false", "quote it: "+strconv.Quote(text))
			return
		}
		v.SetString(text)
	default:
		f.wrongKind(path, n, "a text")
	}
}

func (f *yamlFile) decodeSlice(path string, n ast.Node, v reflect.Value) {
	list, ok := n.(*ast.SequenceNode)
	if !ok {
		f.wrongKind(path, n, "a list")
		return
	}
	v.Set(reflect.MakeSlice(v.Type(), len(list.Values), len(list.Values)))
	for i, item := range list.Values {
		f.decode(fmt.Sprintf("%s[%d]", path, i), item, v.Index(i))
	}
}

func (f *yamlFile) decodeMap(path string, n ast.Node, v reflect.Value) {
	v.Set(reflect.MakeMap(v.Type()))
	f.eachSetting(path, n, func(key string, pair *ast.MappingValueNode) {
		if strings.ContainsFunc(key, notInName) || key == "" {
			f.refuseKey(path, key, pair.Key, fmt.Sprintf("not a name: %q", key), "use letters, digits, - and _")
			return
		}
		elem := reflect.New(v.Type().Elem()).Elem()
		f.decode(join(path, key), pair.Value, elem)
		v.SetMapIndex(reflect.ValueOf(key), elem)
	})
}

func notInName(r rune) bool {
	return !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r) && r != '-' && r != '_'
}

func (f *yamlFile) decodeStruct(path string, n ast.Node, v reflect.Value) {
	fields := map[string]int{}
	for i := range v.NumField() {
		if key, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("yaml"), ","); key != "" && key != "-" {
			fields[key] = i
		}
	}
	f.eachSetting(path, n, func(key string, pair *ast.MappingValueNode) {
		i, ok := fields[key]
		if !ok {
			f.refuseKey(path, key, pair.Key, fmt.Sprintf("unknown key %q", key), suggest(key, fields))
			return
		}
		f.decode(join(path, key), pair.Value, v.Field(i))
	})
}

// eachSetting calls do for every pair of a mapping whose key can be read and did not come before.
func (f *yamlFile) eachSetting(path string, n ast.Node, do func(key string, pair *ast.MappingValueNode)) {
	var pairs []*ast.MappingValueNode
	switch n := n.(type) {
	case *ast.MappingNode:
		pairs = n.Values
	case *ast.MappingValueNode:
		pairs = []*ast.MappingValueNode{n}
	default:
		f.wrongKind(path, n, "a group of settings")
	}
	lines := map[string]int{}
	for _, pair := range pairs {
		key, ok := textOf(pair.Key)
		if !ok {
			f.refuseKey(path, pair.Key.String(), pair.Key, "not a key that is read here", "write it as name: value, quoted if it is a number")
			continue
		}
		if first, again := lines[key]; again {
			f.fault(join(path, key), pair.Key, fmt.Sprintf("written twice, first on line %d", first), "keep one")
			continue
		}
		lines[key] = placeOf(pair.Key).line
		do(key, pair)
	}
}

// join returns the path of a setting in a group; "" is the root, or the group itself.
func join(group, key string) string {
	switch {
	case group == "":
		return key
	case key == "" || key[0] == '[':
		return group + key
	}
	return group + "." + key
}

// suggest returns the way out of an unknown key: the nearest known one, or all of them.
func suggest[V any](key string, known map[string]V) string {
	names := slices.Sorted(maps.Keys(known))
	if len(names) == 0 {
		return ""
	}
	nearest := slices.MinFunc(names, func(a, b string) int { return distance(key, a) - distance(key, b) })
	if distance(key, nearest) <= max(1, len(key)/3) {
		return fmt.Sprintf("did you mean %s?", nearest)
	}
	return "known: " + strings.Join(names, ", ")
}

// distance returns how many bytes have to be put in, taken out or replaced to turn a into b.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}
