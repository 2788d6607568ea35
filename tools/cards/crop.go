package main

import (
	"errors"
	"image"
	"image/draw"
	"image/png"
	"os"
)

const margin = 40 // pixels, below what a page shows

// crop takes the empty end of a picture off: the lines that are like the last one.
func crop(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	full, err := png.Decode(in)
	if err != nil {
		return err
	}
	r := full.Bounds()
	end := r.Max.Y - 1
	for end > r.Min.Y && sameLine(full, end-1, r.Max.Y-1) {
		end--
	}
	if end+margin > r.Max.Y {
		return errors.New("the page is higher than the window")
	}
	part := image.NewRGBA(image.Rect(0, 0, r.Dx(), end-r.Min.Y+margin))
	draw.Draw(part, part.Bounds(), full, r.Min, draw.Src)
	out, err := os.Create(to)
	if err != nil {
		return err
	}
	enc := png.Encoder{CompressionLevel: png.BestCompression}
	return errors.Join(enc.Encode(out, part), out.Close())
}

func sameLine(m image.Image, y, z int) bool {
	for x := m.Bounds().Min.X; x < m.Bounds().Max.X; x++ {
		if m.At(x, y) != m.At(x, z) {
			return false
		}
	}
	return true
}
