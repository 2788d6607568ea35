package store

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pactwatch/pactwatch/internal/news"
)

func TestABackupIsOfOneMomentWhileTheBotWrites(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "pactwatch.db")
	st := must(Open(t.Context(), path))(t)
	defer st.Close()
	fill := func(from, to int) {
		for i := from; i < to; i++ {
			ok(t, st.SavePoll(t.Context(), "wire", news.Cursor{}, []news.Arrival{entry(fmt.Sprint(i), news.Matched, exclusive)}))
		}
	}
	fill(0, 100)
	done := make(chan struct{})
	go func() {
		defer close(done)
		fill(100, 400)
	}()
	for i := range 5 { // while rows arrive, each with its match
		target := filepath.Join(dir, fmt.Sprintf("copy-%d.db", i))
		c := must(Backup(t.Context(), path, target))(t)
		if c.Rows["article"] != c.Rows["match"] || c.Rows["article"] < 100 {
			t.Errorf("the copy has %d articles and %d matches, want as many, and 100 at least", c.Rows["article"], c.Rows["match"])
		}
		if beside := must(filepath.Glob(target + "?*"))(t); len(beside) > 0 {
			t.Errorf("beside the copy lie %v", beside)
		}
		restored := must(Open(t.Context(), target))(t)
		if got := must(restored.Reported(t.Context(), 1000))(t); len(got) != c.Rows["article"] {
			t.Errorf("opened again, %d articles wait in the copy, want %d", len(got), c.Rows["article"])
		}
		ok(t, restored.Close())
	}
	<-done
}

func TestABackupOfWhatIsNotOursIsRefused(t *testing.T) {
	dir := t.TempDir()
	text := filepath.Join(dir, "text")
	ok(t, os.WriteFile(text, []byte(strings.Repeat("not a database ", 100)), 0o600))
	for _, path := range []string{text, filepath.Join(dir, "nosuch.db")} {
		if c, err := Backup(t.Context(), path, filepath.Join(dir, "copy")); err == nil {
			t.Errorf("Backup(%s) = %v, want an error", path, c)
		}
	}
}

func TestABackupThatIsCutOffIsAnError(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pactwatch.db")
	ok(t, must(Open(t.Context(), path))(t).Close())
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if c, err := Backup(ctx, path, path+".copy"); err == nil {
		t.Errorf("Backup() = %v under a context that has ended, want an error", c)
	}
}

func TestADamagedCopyIsNotProven(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pactwatch.db")
	st := must(Open(t.Context(), path))(t)
	for i := range 200 {
		ok(t, st.SavePoll(t.Context(), "wire", news.Cursor{}, []news.Arrival{entry(fmt.Sprint(i), news.Done)}))
	}
	ok(t, st.Close())
	copied := path + ".copy"
	c := must(Backup(t.Context(), path, copied))(t)
	ok(t, prove(t.Context(), copied, c))

	fewer := Copy{Schema: c.Schema, Rows: map[string]int{"article": 199}}
	if err := prove(t.Context(), copied, fewer); err == nil {
		t.Error("prove() = nil of a copy with other rows than it should have")
	}
	data := must(os.ReadFile(copied))(t)
	for i := len(data) / 2; i < len(data)/2+20_000; i++ {
		data[i] ^= 0xff
	}
	ok(t, os.WriteFile(copied, data, 0o600))
	if err := prove(t.Context(), copied, c); err == nil {
		t.Error("prove() = nil of a damaged copy")
	}
}
