// Command pause holds a pod's namespaces open: it does nothing until it is
// told to end, and buries the orphans that land on it when a pod shares its
// process ids.
package main

import (
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

// version is the one of the official image it stands for.
var version = "3.10.2"

func main() {
	// As upstream's does: kubeadm's health check runs it with -v and waits for its end.
	for _, argument := range os.Args[1:] {
		if argument == "-v" {
			fmt.Printf("pause.c %s\n", version)
			return
		}
	}
	signals := make(chan os.Signal, 16)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGCHLD)
	for received := range signals {
		if received != syscall.SIGCHLD {
			return
		}
		for {
			// Several children may have ended for one signal.
			if pid, err := syscall.Wait4(-1, nil, syscall.WNOHANG, nil); pid <= 0 && err != syscall.EINTR {
				break
			}
		}
	}
}
