package main

import (
	"net"
	"os"
	"time"

	"github.com/coreos/go-systemd/v22/daemon"
	"k8s.io/klog/v2"
)

// supervisor is systemd, as it started this process (sd_notify(3)). Without it there is nobody to tell.
type supervisor struct {
	socket string
	// watchdog is how long it waits for a sign of life; 0: for ever.
	watchdog time.Duration
}

// takeSupervisor takes what systemd gave out of the environment: the API server tells whoever stands there that it is ready once it
// listens, and takes the address away then (k8s.io/apiserver: PreparedGenericAPIServer.RunWithContext). Here it is one part of several.
func takeSupervisor() supervisor {
	socket := os.Getenv("NOTIFY_SOCKET")
	os.Unsetenv("NOTIFY_SOCKET")
	watchdog, err := daemon.SdWatchdogEnabled(true)
	if err != nil {
		klog.ErrorS(err, "The watchdog is not fed")
	}
	return supervisor{socket, watchdog}
}

func (s supervisor) tell(state string) {
	if s.socket == "" {
		return
	}
	connection, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: s.socket, Net: "unixgram"})
	if err == nil {
		defer connection.Close()
		_, err = connection.Write([]byte(state))
	}
	if err != nil {
		klog.ErrorS(err, "systemd could not be told", "state", state)
	}
}
