package store

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/pactwatch/pactwatch/internal/news"
)

func TestAProbeWritesAndLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	st := must(Open(t.Context(), filepath.Join(dir, "pactwatch.db")))(t)
	defer st.Close()
	wal := func() int64 { return must(os.Stat(filepath.Join(dir, "pactwatch.db-wal")))(t).Size() }
	before := wal()
	if err := st.Probe(t.Context()); err != nil {
		t.Errorf("Probe() = %v, want nil", err)
	}
	if wal() <= before {
		t.Errorf("the log has %d bytes as before: nothing was written", before)
	}
	if left := must(filepath.Glob(filepath.Join(dir, ".pactwatch-room-*")))(t); len(left) > 0 {
		t.Errorf("the probe left %v", left)
	}
	if size := must(st.Size())(t); size < wal() {
		t.Errorf("Size() = %d, want the log's %d bytes included", size, wal())
	}
}

func TestAProbeSeesAStoreThatTakesNothing(t *testing.T) {
	st := must(Open(t.Context(), filepath.Join(t.TempDir(), "pactwatch.db")))(t)
	defer st.Close()
	st.db.SetMaxOpenConns(1) // so that the pragma holds for all
	if _, err := st.db.Exec(`PRAGMA query_only = ON`); err != nil {
		t.Fatal(err)
	}
	if err := st.Probe(t.Context()); err == nil {
		t.Error("Probe() = nil of a store that is read-only")
	}
}

func TestQueuesAreWhatWaits(t *testing.T) {
	onEach(t, func(t *testing.T, st *Store) {
		if got := must(st.Queues(t.Context()))(t); got != nil {
			t.Errorf("Queues() of an empty store = %v, want none", got)
		}
		ok(t, st.SavePoll(t.Context(), "wire", news.Cursor{}, []news.Arrival{
			entry("a", news.Unread), entry("b", news.Unread), entry("c", news.Matched, exclusive), entry("d", news.Done)}))
		want := []Queue{{Stage: "group", Depth: 1, Oldest: noon}, {Stage: "read", Depth: 2, Oldest: noon}}
		if diff := cmp.Diff(want, must(st.Queues(t.Context()))(t)); diff != "" {
			t.Errorf("Queues() (-want +got):\n%s", diff)
		}
		notice := news.Delivery{Key: "k", Destination: deals, Kind: news.KindNotice, State: news.Pending, Due: noon, Created: noon.Add(time.Minute)}
		ok(t, st.SaveDigest(t.Context(), nil, []news.Delivery{notice}))
		want = append(want, Queue{Stage: "deliver", Platform: "slack", State: news.Pending, Depth: 1, Oldest: noon.Add(time.Minute)})
		if diff := cmp.Diff(want, must(st.Queues(t.Context()))(t)); diff != "" {
			t.Errorf("Queues() with a delivery (-want +got):\n%s", diff)
		}
	})
}
