package main

import (
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/coreos/go-systemd/v22/daemon"
)

func TestSystemdIsToldByTheServerAloneAndToTheEnd(t *testing.T) {
	socket := filepath.Join(t.TempDir(), "notify")
	listener, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: socket, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	t.Setenv("NOTIFY_SOCKET", socket)
	t.Setenv("WATCHDOG_USEC", "90000000")
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
