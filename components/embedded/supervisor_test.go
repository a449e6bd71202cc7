package main

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coreos/go-systemd/v22/daemon"
)

// systemdHere is where the process tells systemd, which waits for a sign of life for so many microseconds.
func systemdHere(t *testing.T, watchdog string) *net.UnixConn {
	t.Helper()
	socket := filepath.Join(t.TempDir(), "notify")
	listener, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: socket, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	t.Setenv("NOTIFY_SOCKET", socket)
	t.Setenv("WATCHDOG_USEC", watchdog)
	return listener
}

func TestSystemdIsToldByTheServerAloneAndToTheEnd(t *testing.T) {
	listener := systemdHere(t, "90000000")
	systemd := takeSupervisor()
	if systemd.watchdog != 90*time.Second || os.Getenv("NOTIFY_SOCKET") != "" {
		t.Fatalf("%v, and %q is left", systemd, os.Getenv("NOTIFY_SOCKET"))
	}
	// A part does it its own way: nobody hears.
	if told, _ := daemon.SdNotify(true, daemon.SdNotifyReady); told {
		t.Fatal("a part told it")
	}
	for _, state := range []string{daemon.SdNotifyReady, daemon.SdNotifyWatchdog} {
		systemd.tell(state)
		heard := make([]byte, 100)
		if err := listener.SetReadDeadline(time.Now().Add(5 * time.Second)); err != nil {
			t.Fatal(err)
		}
		n, err := listener.Read(heard)
		if err != nil || string(heard[:n]) != state {
			t.Fatalf("%q %v instead of %q", heard[:n], err, state)
		}
	}
}

func TestTheWatchdogHearsOfAnAPIThatAnswersAlone(t *testing.T) {
	listener := systemdHere(t, "30000")
	systemd := takeSupervisor()
	r := newRunning()
	var answers atomic.Bool
	asked := make(chan struct{}, 1000)
	ended := make(chan error, 1)
	go func() {
		ended <- wait(t.Context(), r, systemd, func(context.Context) error {
			asked <- struct{}{}
			if answers.Load() {
				return nil
			}
			return errors.New("no answer")
		})
	}()
	for range 5 {
		<-asked
	}
	heard := make([]byte, 100)
	if err := listener.SetReadDeadline(time.Now().Add(50 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	if n, err := listener.Read(heard); err == nil {
		t.Fatalf("it was told %q of an API that does not answer", heard[:n])
	}
	answers.Store(true)
	if err := listener.SetReadDeadline(time.Now().Add(5 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if n, err := listener.Read(heard); err != nil || string(heard[:n]) != daemon.SdNotifyWatchdog {
		t.Fatalf("%q %v", heard[:n], err)
	}
	r.fail(endedBy("datastore", errNoReason))
	if err := <-ended; err == nil || err.Error() != "datastore ended: it ended without an error" {
		t.Errorf("%v", err)
	}
}
