package story

import (
	"hash/fnv"
	"math"
	"slices"
	"strings"
)

// shingleWords is how many words in a row make a shingle. With 4, texts of two outlets on one event
// have few in common, and the versions of one text most.
const shingleWords = 4

// sketchSize is how many shingles of a text a sketch keeps. With 128, neardup-extract's versions of a
// page, up to ten times as long as one another, still have a dozen to compare.
const sketchSize = 128

// sketch returns a sample of the shingles of text: the smallest sketchSize of their hashes,
// ascending. A text of fewer than shingleWords words has none. After Broder, "On the resemblance
// and containment of documents", 1997.
func sketch(text string) []uint32 {
	ws := words(text)
	hashes := make([]uint64, len(ws))
	for i, w := range ws {
		hashes[i] = hash(strings.ToLower(text[w.Start:w.End]))
	}
	var shingles []uint32
	for i := shingleWords; i <= len(hashes); i++ {
		var h uint64
		for _, w := range hashes[i-shingleWords : i] {
			h = (h ^ w) * 0x9E3779B97F4A7C15 // Fibonacci hashing: order counts, the high bits are mixed
		}
		shingles = append(shingles, uint32(h>>32))
	}
	slices.Sort(shingles)
	shingles = slices.Compact(shingles)
	return slices.Clip(slices.Clone(shingles[:min(len(shingles), sketchSize)]))
}

// hash returns the FNV-1a hash of s in 64 bits.
func hash(s string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(s))
	return h.Sum64()
}

// minSample is how many shingles a comparison needs: fewer come together by a quoted sentence.
const minSample = 8

// containment returns how much of the shorter of two texts the longer one has, estimated from their
// sketches, from 0 to 1. It finds an article within a page with its menus, where resemblance would
// not. Texts too short to tell have 0.
func containment(a, b []uint32) float64 {
	// Up to the smaller of the two largest hashes, both sketches are complete.
	a, b = upTo(a, end(b)), upTo(b, end(a))
	smaller := min(len(a), len(b))
	if smaller < minSample {
		return 0
	}
	both := 0
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] < b[j]:
			i++
		case a[i] > b[j]:
			j++
		default:
			both, i, j = both+1, i+1, j+1
		}
	}
	return float64(both) / float64(smaller)
}

// end returns the hash up to which a sketch has all shingles of its text.
func end(sketch []uint32) uint32 {
	if len(sketch) < sketchSize {
		return math.MaxUint32
	}
	return sketch[len(sketch)-1]
}

// upTo returns the hashes of an ascending sketch that are at most last.
func upTo(sketch []uint32, last uint32) []uint32 {
	n, found := slices.BinarySearch(sketch, last)
	if found {
		n++
	}
	return sketch[:n]
}
