package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"

	utilerrors "k8s.io/apimachinery/pkg/util/errors"
	"k8s.io/klog/v2"
	controllermanager "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	schedulerconfig "k8s.io/kubernetes/pkg/scheduler/apis/config/latest"
)

// checker is a part that knows of its flags what their reading does not show: values that it does not take, or not beside each other.
type checker interface {
	check(ctx context.Context) error
}

// datastorePart is the datastore to those who ask for a check, whichever it is.
const datastorePart = "datastore"

// checkPart takes what one part of the server is given, as the server does, says what is wrong with it, and ends: nothing is started. The
// parts are asked one by one, each in a process of its own, because one that does not take its feature gates spoils those of all others.
func checkPart(name string, c config) int {
	return told(takePart(name, c))
}

func takePart(name string, c config) error {
	var part component
	var err error
	switch name {
	case datastorePart:
		if len(c.Datastore.Etcd) > 0 {
			// It would say what it always says when it starts, and that is no matter of its flags.
			c.Datastore.Etcd = append(slices.Clone(c.Datastore.Etcd), "--log-level=error")
		}
		part, err = datastoreOf(c.Datastore)
	case apiServerName:
		part, err = newAPIServer(c.APIServer, c.Kubeconfig)
	case controllerManagerName:
		part, err = newControllerManager(c.ControllerManager)
	case schedulerName:
		part, err = newPodScheduler(c.Scheduler)
	default:
		err = fmt.Errorf("the server has no part %q", name)
	}
	if known, ok := part.(checker); ok && err == nil {
		return known.check(context.Background())
	}
	return err
}

func (a apiServer) check(ctx context.Context) error {
	_, err := a.complete(ctx)
	return err
}

func (c controllerManager) check(context.Context) error {
	return c.options.Validate(controllermanager.KnownControllers(), controllermanager.ControllersDisabledByDefault(), controllermanager.ControllerAliases())
}

// check looks as its Setup does, which would also read files and make clients.
func (s podScheduler) check(context.Context) error {
	defaults, err := schedulerconfig.Default()
	if err != nil {
		return err
	}
	s.options.ComponentConfig = defaults
	return utilerrors.NewAggregate(s.options.Validate())
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
