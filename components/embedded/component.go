package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"k8s.io/klog/v2"
)

// component is one part of the process. It lives from Run to the end of Run's context.
type component interface {
	// Name is the name of the program that it is elsewhere.
	Name() string
	// Run blocks until its context ends or it fails; nil only after the context's end.
	Run(ctx context.Context) error
	// Ready returns nil once it does its work, or its context's error.
	Ready(ctx context.Context) error
}

// readyTimeout bounds a start: a datastore on a slow disk replays its log first.
const readyTimeout = 5 * time.Minute

// stopTimeout bounds the end of one component; what does not end by then is left to the process's end.
const stopTimeout = 20 * time.Second

// running is the stack of components that were started, in their order. They end in the opposite order: nothing outlives what it needs.
type running struct {
	// failure is done when the first component ends by itself; its cause says which one, and why.
	failure context.Context
	fail    context.CancelCauseFunc
	// started is called when a part is ready.
	started func()
	parts   []part
	// Timings are how long each start took, in order.
	timings []timing
}

type part struct {
	name   string
	cancel context.CancelFunc
	ended  chan struct{}
}

type timing struct {
	Name  string
	Start time.Duration
}

func newRunning() *running {
	failure, fail := context.WithCancelCause(context.Background())
	return &running{failure: failure, fail: fail, started: func() {}}
}

// start runs a component and waits until it is ready. It fails where it, or one that runs already, ends before, and where it takes
// too long.
func (r *running) start(ctx context.Context, c component) error {
	began := time.Now()
	runContext, cancel := context.WithCancel(context.WithoutCancel(ctx))
	ended := make(chan struct{})
	r.parts = append(r.parts, part{c.Name(), cancel, ended})
	go func() {
		defer close(ended)
		err := c.Run(runContext)
		if runContext.Err() != nil {
			return
		}
		if err == nil {
			err = errNoReason
		}
		r.fail(endedBy(c.Name(), err))
	}()
	readyContext, stop := context.WithTimeout(ctx, readyTimeout)
	defer stop()
	ready := make(chan error, 1)
	go func() { ready <- c.Ready(readyContext) }()
	select {
	case <-r.failure.Done():
		return context.Cause(r.failure)
	case err := <-ready:
		if err != nil {
			return fmt.Errorf("%s is not ready after %s: %w", c.Name(), time.Since(began).Round(time.Second), err)
		}
	}
	took := time.Since(began)
	r.timings = append(r.timings, timing{c.Name(), took})
	r.started()
	klog.InfoS("Started", "component", c.Name(), "took", took.Round(time.Millisecond))
	return nil
}

var errNoReason = errors.New("it ended without an error")

// endedBy is the end of a component in the words that kinit and its doctor look for.
func endedBy(name string, err error) error { return fmt.Errorf("%s ended: %w", name, err) }

// startTogether is start for components that do not need each other.
func (r *running) startTogether(ctx context.Context, components ...component) error {
	var all sync.WaitGroup
	errs := make([]error, len(components))
	apart := make([]*running, len(components))
	for i, c := range components {
		apart[i] = &running{failure: r.failure, fail: r.fail, started: r.started}
		all.Go(func() { errs[i] = apart[i].start(ctx, c) })
	}
	all.Wait()
	for _, other := range apart {
		r.parts = append(r.parts, other.parts...)
		r.timings = append(r.timings, other.timings...)
	}
	// All of them say it then.
	if r.failure.Err() != nil {
		return context.Cause(r.failure)
	}
	return errors.Join(errs...)
}

// stop ends everything, the youngest first.
func (r *running) stop() {
	for i := len(r.parts) - 1; i >= 0; i-- {
		p := r.parts[i]
		p.cancel()
		select {
		case <-p.ended:
			klog.InfoS("Stopped", "component", p.name)
		case <-time.After(stopTimeout):
			klog.InfoS("Did not stop in time", "component", p.name, "seconds", stopTimeout.Seconds())
		}
	}
}
