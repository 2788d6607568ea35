package notify

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pactwatch/pactwatch/internal/news"
	"github.com/pactwatch/pactwatch/internal/pulse"
)

// A deaf poster answers when it is let go, whatever its context says.
type deaf struct{ letGo chan struct{} }

func (p deaf) Post(context.Context, news.Delivery) (string, error) {
	<-p.letGo
	return "m1", nil
}

func TestADrainThatHangsIsStuckAndOneThatIsLongIsNot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		d.n.Now, d.n.Pulse, d.n.Pace = time.Now, &pulse.Monitor{}, time.Minute
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- d.n.Run(ctx) }()

		d.arrive(ledger, report("Stackside", "exclusivity", "Halden orders turbines from Ostrava", "An exclusive order of turbines, Halden said."),
			report("Kestrel", "exclusivity", "Vesper leases a hall in Brundal", "Vesper leases an exclusive hall at the old yard."),
			report("Courier", "exclusivity", "Tarn closes its lab in Kirby", "Tarn closes the exclusive lab where forty worked."))
		d.n.Wake()
		time.Sleep(150 * time.Second) // in the middle of a round of four minutes
		synctest.Wait()
		if posts, got := len(d.posted()), d.n.Pulse.Stuck(); posts < 2 || got != nil {
			t.Errorf("Stuck() = %q after %d posts of a long round, want none", got, posts)
		}
		time.Sleep(10 * time.Minute)
		synctest.Wait()

		hangs := deaf{make(chan struct{})}
		d.n.posters["slack"] = hangs
		d.arrive(report("Ledger", "exclusivity", "Pellucid buys Gridhaven", "Pellucid buys Gridhaven after an exclusive talk."))
		d.n.Wake()
		time.Sleep(drainLimit + 2*time.Second)
		synctest.Wait()
		if got, want := d.n.Pulse.Stuck(), "deliver: deals on slack: no progress for 2m2s"; !slices.Contains(got, want) {
			t.Errorf("Stuck() = %q while a post hangs, want %q", got, want)
		}
		close(hangs.letGo)
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		if got := d.n.Pulse.Stuck(); got != nil {
			t.Errorf("Stuck() = %q after it was let go, want none", got)
		}
		stop()
		if err := <-ended; err != nil {
			t.Errorf("Run() = %v, want nil", err)
		}
		if got := d.n.Pulse.Stages(); got != nil {
			t.Errorf("Stages() = %v after the end, want none", got)
		}
	})
}

// A shaky store fails while it is told to.
type shaky struct {
	Store
	fails *atomic.Bool
}

var errFull = errors.New("database or disk is full")

func (s shaky) Claim(ctx context.Context, to news.Destination, now time.Time) (news.Delivery, bool, error) {
	if s.fails.Load() {
		return news.Delivery{}, false, errFull
	}
	return s.Store.Claim(ctx, to, now)
}

func TestWhatTheStoreFailedIsDoneWhenItIsBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		var fails atomic.Bool
		fails.Store(true)
		var told atomic.Int64
		d.n.st = shaky{d.n.st, &fails}
		d.n.Now, d.n.StoreFailed = time.Now, func(error) bool { told.Add(1); return true }
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- d.n.Run(ctx) }()
		d.arrive(ledger)
		d.n.Wake()
		time.Sleep(time.Minute)
		synctest.Wait()
		if n := len(d.posted()); n != 0 || told.Load() == 0 {
			t.Errorf("%d posts whose intent could not be stored, %d failures told; want 0, and some", n, told.Load())
		}
		fails.Store(false)
		d.n.Resume()
		synctest.Wait()
		if n := len(d.posted()); n != 1 {
			t.Errorf("%d posts when the store is back, want 1 at once", n)
		}
		stop()
		<-ended
	})
}
