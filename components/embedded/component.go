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
	failed chan error
	parts  []part
	clock  func() time.Time
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
	return &running{failed: make(chan error, 1), clock: time.Now}
}

// start runs a component and waits until it is ready. It fails where the component ends before, or takes too long.
func (r *running) start(ctx context.Context, c component) error {
	began := r.clock()
	runContext, cancel := context.WithCancel(context.WithoutCancel(ctx))
	ended := make(chan struct{})
	early := make(chan error, 1)
	r.parts = append(r.parts, part{c.Name(), cancel, ended})
	go func() {
		defer close(ended)
		err := c.Run(runContext)
		if runContext.Err() != nil {
			return
		}
		if err == nil {
			err = errors.New("it ended without an error")
		}
		err = fmt.Errorf("%s ended: %w", c.Name(), err)
		early <- err
		select {
		case r.failed <- err:
		default:
		}
	}()
	readyContext, stop := context.WithTimeout(ctx, readyTimeout)
	defer stop()
	ready := make(chan error, 1)
	go func() { ready <- c.Ready(readyContext) }()
	select {
	case err := <-early:
		return err
	case err := <-ready:
		if err != nil {
			return fmt.Errorf("%s is not ready after %s: %w", c.Name(), r.clock().Sub(began).Round(time.Second), err)
		}
	}
	took := r.clock().Sub(began)
	r.timings = append(r.timings, timing{c.Name(), took})
	klog.InfoS("Started", "component", c.Name(), "took", took.Round(time.Millisecond))
	return nil
}

// startTogether is start for components that do not need each other.
func (r *running) startTogether(ctx context.Context, components ...component) error {
	var all sync.WaitGroup
	errs := make([]error, len(components))
	apart := make([]*running, len(components))
	for i, c := range components {
		apart[i] = &running{failed: r.failed, clock: r.clock}
		all.Go(func() { errs[i] = apart[i].start(ctx, c) })
	}
	all.Wait()
	for _, other := range apart {
		r.parts = append(r.parts, other.parts...)
		r.timings = append(r.timings, other.timings...)
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
