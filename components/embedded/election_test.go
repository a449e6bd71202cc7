package main

import (
	"context"
	"errors"
	"testing"
	"time"

	"k8s.io/client-go/tools/leaderelection/resourcelock"
)

func TestAnElectedPartGoesOnWhenItWasToldToEnd(t *testing.T) {
	ctx, tell := context.WithCancel(context.Background())
	ended := false
	tell()
	err := outlives(ctx, func(own context.Context) error {
		<-own.Done()
		ended = true
		return nil
	}, func(context.CancelFunc) {})
	if err != nil || ended {
		t.Fatalf("err %v, ended %v", err, ended)
	}
}

func TestAnElectedPartThatFailsSaysWhy(t *testing.T) {
	failed := errors.New("address in use")
	err := outlives(context.Background(), func(context.Context) error { return failed }, func(context.CancelFunc) {})
	if !errors.Is(err, failed) {
		t.Fatalf("got %v", err)
	}
}

// events is a lock that only hears of them.
type events struct {
	resourcelock.Interface
	told chan string
}

func (e events) RecordEvent(what string) { e.told <- what }

func TestALeaderGivesTheLeadBackAndGoesNoFurther(t *testing.T) {
	ctx, tell := context.WithCancel(context.Background())
	lock := events{told: make(chan string, 2)}
	l := newLease(ctx, lock)
	behind := make(chan struct{})
	run := func(own context.Context) error {
		l.RecordEvent("became leader")
		<-own.Done()
		l.RecordEvent("stopped leading")
		close(behind)
		return nil
	}
	go func() {
		for !l.held.Load() {
			time.Sleep(time.Millisecond)
		}
		tell()
	}()
	if err := outlives(ctx, run, l.giveBack); err != nil {
		t.Fatal(err)
	}
	if got := []string{<-lock.told, <-lock.told}; got[1] != "stopped leading" {
		t.Fatalf("told %v", got)
	}
	select {
	case <-behind:
		t.Fatal("it went on")
	case <-time.After(20 * time.Millisecond):
	}
}

func TestOneThatDoesNotLeadIsLeftWaiting(t *testing.T) {
	ctx, tell := context.WithCancel(context.Background())
	tell()
	newLease(ctx, nil).giveBack(func() { t.Fatal("it was ended") })
}
