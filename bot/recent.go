package bot

import "sync"

// Recent remembers the last IDs it was shown, so that what a platform delivers twice is handled
// once. The zero Recent is ready; it is safe for concurrent use.
type Recent struct {
	mu   sync.Mutex
	seen map[string]bool
	ring [1000]string
	next int
}

// Seen reports whether id was shown before, among the last thousand, and remembers it. The empty ID
// is never seen.
func (r *Recent) Seen(id string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.seen[id] {
		return true
	}
	if id == "" {
		return false
	}
	if r.seen == nil {
		r.seen = make(map[string]bool)
	}
	delete(r.seen, r.ring[r.next])
	r.ring[r.next], r.seen[id] = id, true
	r.next = (r.next + 1) % len(r.ring)
	return false
}
