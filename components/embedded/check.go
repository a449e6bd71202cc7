package main

import (
	"errors"
	"fmt"
	"os"
	"slices"

	"k8s.io/klog/v2"
)

// datastorePart is the datastore to those who ask for a check, whichever it is.
const datastorePart = "datastore"

// checkPart takes what one part of the server is given, as the server does, says what is wrong with it, and ends: nothing is started. The
// parts are asked one by one, each in a process of its own, because one that does not take its feature gates spoils those of all others.
func checkPart(name string, c config) int {
	return told(takePart(name, c))
}

func takePart(name string, c config) error {
	var err error
	switch name {
	case datastorePart:
		if len(c.Datastore.Etcd) > 0 {
			// It would say what it always says when it starts, and that is no matter of its flags.
			c.Datastore.Etcd = append(slices.Clone(c.Datastore.Etcd), "--log-level=error")
		}
		_, err = datastoreOf(c.Datastore)
	case apiServerName:
		_, err = newAPIServer(c.APIServer, c.Kubeconfig)
	case controllerManagerName:
		_, err = newControllerManager(c.ControllerManager)
	case schedulerName:
		_, err = newPodScheduler(c.Scheduler)
	default:
		err = fmt.Errorf("the server has no part %q", name)
	}
	return err
}

// checkProxy is the same for what an agent's kube-proxy is given.
func checkProxy(path string) int {
	_, err := newProxy(path)
	return told(err)
}

// told is the exit code of a check; what is wrong is told without the part's name, which who asked knows.
func told(err error) int {
	klog.Flush()
	if err == nil {
		return 0
	}
	if inner := errors.Unwrap(err); inner != nil {
		err = inner
	}
	fmt.Fprintln(os.Stderr, "Error:", err)
	return exitFailed
}
