package main

import (
	"context"
	"errors"
	"strings"
	"testing"
)

type fake struct {
	name  string
	fails error
	log   *[]string
}

func (f fake) Name() string { return f.name }

func (f fake) Run(ctx context.Context) error {
	if f.fails != nil {
		return f.fails
	}
	<-ctx.Done()
	*f.log = append(*f.log, f.name)
	return nil
}

func (f fake) Ready(ctx context.Context) error {
	if f.fails != nil {
		<-ctx.Done()
	}
	return ctx.Err()
}

func TestComponentsEndInTheOppositeOrder(t *testing.T) {
	var log []string
	r := newRunning()
	for _, name := range []string{"datastore", "api", "scheduler"} {
		if err := r.start(context.Background(), fake{name: name, log: &log}); err != nil {
			t.Fatal(err)
		}
	}
	r.stop()
	if got := strings.Join(log, " "); got != "scheduler api datastore" {
		t.Fatalf("ended as %q", got)
	}
	if len(r.timings) != 3 || r.timings[1].Name != "api" {
		t.Fatalf("timings: %v", r.timings)
	}
}

func TestAComponentThatEndsEarlyIsNamed(t *testing.T) {
	var log []string
	r := newRunning()
	err := r.start(context.Background(), fake{name: "api", fails: errors.New("address in use"), log: &log})
	if err == nil || err.Error() != "api ended: address in use" {
		t.Fatalf("got %v", err)
	}
	if got := context.Cause(r.failure); got.Error() != "api ended: address in use" {
		t.Fatalf("told %v", got)
	}
}

// never is a part that runs and does not get ready.
type never struct{ fake }

func (never) Ready(ctx context.Context) error {
	<-ctx.Done()
	return ctx.Err()
}

func TestAComponentThatEndsWhileALaterOneStartsIsNamed(t *testing.T) {
	var log []string
	end := make(chan error)
	r := newRunning()
	if err := r.start(context.Background(), untilTold{"datastore", end}); err != nil {
		t.Fatal(err)
	}
	go func() { end <- errors.New("disk full") }()
	err := r.startTogether(context.Background(), never{fake{name: "manager", log: &log}}, never{fake{name: "scheduler", log: &log}})
	if err == nil || err.Error() != "datastore ended: disk full" {
		t.Fatalf("got %v", err)
	}
	r.stop()
}

// untilTold is ready at once, and ends with what it is told.
type untilTold struct {
	name string
	end  chan error
}

func (u untilTold) Name() string                { return u.name }
func (u untilTold) Run(context.Context) error   { return <-u.end }
func (u untilTold) Ready(context.Context) error { return nil }
