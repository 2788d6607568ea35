// Release builds what is released: for each system a binary that anybody can build again bit by bit, a
// list of what is in it (CycloneDX), and the SHA-256 sums of both.
//
//	go run ./tools/release -out dist -systems linux/amd64,linux/arm64,darwin/arm64,windows/amd64
package main

import (
	"crypto/sha256"
	"debug/buildinfo"
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

func main() {
	log.SetFlags(0)
	out := flag.String("out", "dist", "the folder to write to")
	systems := flag.String("systems", runtime.GOOS+"/"+runtime.GOARCH, "what to build for, with commas between")
	flag.Parse()
	if err := release(*out, strings.Split(*systems, ",")); err != nil {
		log.Fatal("release: ", err)
	}
}

// release builds for each system, and writes SHA256SUMS last.
func release(out string, systems []string) error {
	if err := os.MkdirAll(out, 0o755); err != nil {
		return err
	}
	var sums []string
	for _, system := range systems {
		binary, err := build(out, system)
		if err != nil {
			return fmt.Errorf("%s: %w", system, err)
		}
		bom := "sbom-" + strings.ReplaceAll(system, "/", "-") + ".cdx.json"
		if err := describe(filepath.Join(out, binary), filepath.Join(out, bom)); err != nil {
			return fmt.Errorf("%s: %w", system, err)
		}
		for _, name := range []string{binary, bom} {
			data, err := os.ReadFile(filepath.Join(out, name))
			if err != nil {
				return err
			}
			sums = append(sums, fmt.Sprintf("%x  %s\n", sha256.Sum256(data), name))
		}
	}
	slices.Sort(sums)
	return os.WriteFile(filepath.Join(out, "SHA256SUMS"), []byte(strings.Join(sums, "")), 0o644)
}

// build builds the program of the folder that it is called in, and returns the name of the binary. No
// path, time or state of this host gets into it.
func build(out, system string) (string, error) {
	goos, goarch, ok := strings.Cut(system, "/")
	if !ok {
		return "", fmt.Errorf("not a system: %q, want linux/amd64 or the like", system)
	}
	name := "pactwatch-" + goos + "-" + goarch
	if goos == "windows" {
		name += ".exe"
	}
	cmd := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-ldflags", "-s -w -buildid=", "-o", filepath.Join(out, name), ".")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS="+goos, "GOARCH="+goarch, "GOFLAGS=-mod=readonly")
	cmd.Stderr = os.Stderr
	return name, cmd.Run()
}

// describe writes the list of what is in a binary.
func describe(binary, to string) error {
	info, err := buildinfo.ReadFile(binary)
	if err != nil {
		return err
	}
	data, err := os.ReadFile(binary)
	if err != nil {
		return err
	}
	bom, err := billOf(info, sha256.Sum256(data))
	if err != nil {
		return err
	}
	return os.WriteFile(to, bom, 0o644)
}
