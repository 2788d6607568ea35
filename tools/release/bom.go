package main

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/url"
	"runtime/debug"
	"strings"
)

// A bill is a bill of materials, as cyclonedx.org/docs/1.6/json has it.
type bill struct {
	Format       string       `json:"bomFormat"`
	Spec         string       `json:"specVersion"`
	Serial       string       `json:"serialNumber"`
	Version      int          `json:"version"`
	Metadata     metadata     `json:"metadata"`
	Components   []component  `json:"components"`
	Dependencies []dependency `json:"dependencies"`
}

type metadata struct {
	Component component `json:"component"`
}

type component struct {
	Type    string `json:"type"` // "application", "library" or "platform"
	Ref     string `json:"bom-ref"`
	Name    string `json:"name"`
	Version string `json:"version,omitempty"`
	Purl    string `json:"purl"`
	Hashes  []hash `json:"hashes,omitempty"`
}

type hash struct {
	Alg     string `json:"alg"`
	Content string `json:"content"` // hexadecimal
}

type dependency struct {
	Ref     string   `json:"ref"`
	Depends []string `json:"dependsOn"`
}

// billOf lists what a binary of the given SHA-256 was built from. The same binary has the same bill: no
// time is in it, and its serial number comes from the sum.
func billOf(info *debug.BuildInfo, sum [32]byte) ([]byte, error) {
	program := library(info.Main.Path, "") // built from a folder, it has no version of its own
	program.Type, program.Hashes = "application", []hash{{"SHA-256", hex.EncodeToString(sum[:])}}
	std := library("stdlib", strings.TrimPrefix(info.GoVersion, "go"))
	all := []component{std}
	for _, m := range info.Deps {
		if m.Replace != nil {
			return nil, fmt.Errorf("%s is replaced by %s: what is released has no replacements", m.Path, m.Replace.Path)
		}
		c := library(m.Path, m.Version)
		if c.Hashes = hashOf(m.Sum); c.Hashes == nil {
			return nil, fmt.Errorf("%s %s has no sum", m.Path, m.Version)
		}
		all = append(all, c)
	}
	depends := dependency{Ref: program.Ref}
	for _, c := range all {
		depends.Depends = append(depends.Depends, c.Ref)
	}
	return json.MarshalIndent(bill{
		Format: "CycloneDX", Spec: "1.6", Serial: serial(sum), Version: 1,
		Metadata: metadata{program}, Components: all, Dependencies: []dependency{depends},
	}, "", "  ")
}

// library is a module as package-url.github.io has it.
func library(path, version string) component {
	purl := "pkg:golang/" + path
	if version != "" {
		purl += "@" + url.QueryEscape(version) // a + has to be escaped, too
	}
	return component{Type: "library", Ref: purl, Name: path, Version: version, Purl: purl}
}

// hashOf reads a sum of go.sum, "h1:" and the SHA-256 of the module's file list in base64; nil if it is none.
func hashOf(sum string) []hash {
	coded, ok := strings.CutPrefix(sum, "h1:")
	raw, err := base64.StdEncoding.DecodeString(coded)
	if !ok || err != nil || len(raw) != 32 {
		return nil
	}
	return []hash{{"SHA-256", hex.EncodeToString(raw)}}
}

// serial makes a UUID of version 8 (RFC 9562) of a sum.
func serial(sum [32]byte) string {
	u := sum
	u[6], u[8] = u[6]&0x0f|0x80, u[8]&0x3f|0x80
	return fmt.Sprintf("urn:uuid:%x-%x-%x-%x-%x", u[:4], u[4:6], u[6:8], u[8:10], u[10:16])
}
