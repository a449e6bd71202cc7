package main

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"k8s.io/client-go/tools/leaderelection/resourcelock"
)

// Upstream's elected programs end the process when their election ends, also when they were told to end (cmd/kube-scheduler: OnStoppedLeading calls
// os.Exit; cmd/kube-controller-manager: klog.FlushAndExit), whether or not they led. Here the API server and the datastore are to end behind
// them, in their own way: requests that are under way get their answers, and a member of etcd hands its lead on. So an elected part is not told
// to end; it ends with the process.

// outlives runs an elected part, which returns at the end of ctx and goes on until the process's end. `before` is called at the end of ctx.
func outlives(ctx context.Context, run func(ctx context.Context) error, before func(end context.CancelFunc)) error {
	own, end := context.WithCancel(context.WithoutCancel(ctx))
	ended := make(chan error, 1)
	go func() { ended <- run(own) }()
	select {
	case err := <-ended:
		end()
		return err
	case <-ctx.Done():
		before(end)
		return nil
	}
}

// giveBackTimeout bounds the last two requests of a leader.
const giveBackTimeout = 5 * time.Second

// lease is an election's lock whose holder, where it gives the lead back at its end (ReleaseOnCancel), is kept from what it would do behind that.
type lease struct {
	resourcelock.Interface
	// asked is done when the part was told to end.
	asked context.Context
	held  atomic.Bool
	once  sync.Once
	given chan struct{}
}

func newLease(asked context.Context, lock resourcelock.Interface) *lease {
	return &lease{Interface: lock, asked: asked, given: make(chan struct{})}
}

// RecordEvent is called when the lead was got, and when it was lost or given back.
func (l *lease) RecordEvent(what string) {
	l.Interface.RecordEvent(what)
	if l.asked.Err() == nil {
		l.held.Store(true)
		return
	}
	l.once.Do(func() { close(l.given) })
	select {}
}

// giveBack ends the part where it leads, and waits until another one may lead. One that does not lead waits for the lead until the process ends.
func (l *lease) giveBack(end context.CancelFunc) {
	if !l.held.Load() {
		return
	}
	end()
	select {
	case <-l.given:
	case <-time.After(giveBackTimeout):
	}
}
