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
	if got := <-r.failed; got.Error() != "api ended: address in use" {
		t.Fatalf("told %v", got)
	}
}
