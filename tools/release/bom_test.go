package main

import (
	"encoding/json"
	"regexp"
	"runtime/debug"
	"slices"
	"testing"
)

func TestABillListsWhatIsInABinary(t *testing.T) {
	info := &debug.BuildInfo{
		GoVersion: "go1.26.8", Main: debug.Module{Path: "example.com/program", Version: "(devel)"},
		Deps: []*debug.Module{{Path: "example.com/Lib/v2", Version: "v2.1.0+incompatible", Sum: "h1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="}},
	}
	got, err := billOf(info, [32]byte{1, 2, 3})
	if err != nil {
		t.Fatal(err)
	}
	var b bill
	if err := json.Unmarshal(got, &b); err != nil {
		t.Fatal(err)
	}
	want := []string{"pkg:golang/stdlib@1.26.8", "pkg:golang/example.com/Lib/v2@v2.1.0%2Bincompatible"}
	if !slices.Equal(b.Dependencies[0].Depends, want) || b.Components[1].Purl != want[1] {
		t.Errorf("the bill lists %q, want %q", b.Dependencies[0].Depends, want)
	}
	if h := b.Components[1].Hashes[0].Content; h != "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f" {
		t.Errorf("the library's hash is %s", h)
	}
	if c := b.Metadata.Component; c.Purl != "pkg:golang/example.com/program" || c.Hashes[0].Content[:6] != "010203" {
		t.Errorf("the program is %+v", c)
	}
	if !regexp.MustCompile(`^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`).MatchString(b.Serial) {
		t.Errorf("the serial number is %s", b.Serial)
	}
	if again, err := billOf(info, [32]byte{1, 2, 3}); err != nil || string(again) != string(got) {
		t.Errorf("the bill of the same binary is another one, %v", err)
	}
}

func TestABillRefusesWhatCannotBeTraced(t *testing.T) {
	for _, m := range []*debug.Module{
		{Path: "example.com/lib", Version: "v1.0.0", Replace: &debug.Module{Path: "../lib"}},
		{Path: "example.com/lib", Version: "v1.0.0"},
	} {
		if b, err := billOf(&debug.BuildInfo{Deps: []*debug.Module{m}}, [32]byte{}); err == nil {
			t.Errorf("billOf(%+v) = %s, want an error", m, b)
		}
	}
}
