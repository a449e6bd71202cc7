package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/coreos/go-systemd/v22/daemon"
	"k8s.io/client-go/rest"
	"k8s.io/klog/v2"
)

// Exit codes: 1 a component failed, 2 it was called wrongly.
const (
	exitFailed = 1
	exitUsage  = 2
)

func serve(args []string) int {
	flags := flag.NewFlagSet("kinit-server", flag.ContinueOnError)
	path := flags.String("config", "/etc/kubernetes/server.yaml", "file that says what runs, and with which flags")
	timed := flags.Bool("timing", false, "start everything, print how long each start took, and end")
	checked := flags.String("check", "", "take what the file gives this part (datastore, kube-apiserver, kube-controller-manager or kube-scheduler), say what is wrong with it, and end")
	if err := flags.Parse(args); err != nil {
		return exitUsage
	}
	c, err := readConfig(*path)
	if err != nil {
		fmt.Fprintln(os.Stderr, "Error:", err)
		return exitUsage
	}
	if *checked != "" {
		return checkPart(*checked, c)
	}
	rest.SetDefaultWarningHandler(rest.NoWarnings{})
	sayLastWords()
	systemd := takeSupervisor()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	return run(ctx, c, systemd, *timed)
}

// run starts the components in the order of what they need, and ends when one does, or at a signal.
func run(ctx context.Context, c config, systemd supervisor, timed bool) int {
	r := newRunning()
	// systemd's bound (TimeoutStartSec) is of one part, as ours is.
	r.started = func() { systemd.tell(extendStart) }
	err := startAll(ctx, r, c)
	if err == nil && !timed {
		systemd.tell(daemon.SdNotifyReady)
		err = wait(ctx, r, systemd, func(ctx context.Context) error { return lives(ctx, c.Kubeconfig, c.Datastore) })
	}
	systemd.tell(daemon.SdNotifyStopping)
	r.stop()
	if timed {
		printTimings(os.Stdout, r.timings)
	}
	// At a signal nothing failed, also where it came during a start.
	if err != nil && ctx.Err() == nil {
		klog.Flush()
		// The last line, as other programs of Kubernetes have it: kinit and its doctor look for it.
		fmt.Fprintln(os.Stderr, "Error:", err)
		return exitFailed
	}
	if err != nil {
		klog.InfoS("Told to end before all was started", "where", err.Error())
	}
	klog.Flush()
	return 0
}

// extendStart gives a start some more of systemd's time (sd_notify(3)): readyTimeout, and what stands around it.
var extendStart = fmt.Sprintf("EXTEND_TIMEOUT_USEC=%d", (readyTimeout + 30*time.Second).Microseconds())

func startAll(ctx context.Context, r *running, c config) error {
	store, err := datastoreOf(c.Datastore)
	if err != nil {
		return err
	}
	if store != nil {
		if err := r.start(ctx, store); err != nil {
			return err
		}
	}
	api, err := newAPIServer(c.APIServer, c.Kubeconfig)
	if err != nil {
		return err
	}
	if err := r.start(ctx, api); err != nil {
		return err
	}
	manager, err := newControllerManager(c.ControllerManager)
	if err != nil {
		return err
	}
	pods, err := newPodScheduler(c.Scheduler)
	if err != nil {
		return err
	}
	return r.startTogether(ctx, manager, pods)
}

// datastoreOf is what the process has of it; nil: it is elsewhere.
func datastoreOf(c datastoreConfig) (component, error) {
	switch {
	case len(c.Etcd) > 0:
		return newEtcdMember(c.Etcd)
	case c.SQLite != "" || c.Outside != nil:
		return newDatastore(c)
	}
	return nil, nil
}

// wait returns when a component ends, or nil at a signal. Meanwhile the watchdog of systemd hears that the API answers. One answer has
// as long as there is between two questions: on a processor that others take up a slow one is no hang, and a start in the middle
// of that only adds to the load.
func wait(ctx context.Context, r *running, systemd supervisor, asked func(context.Context) error) error {
	every := systemd.watchdog
	if every == 0 {
		every = time.Hour
	}
	tick := time.NewTicker(every / 3)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-r.failure.Done():
			return context.Cause(r.failure)
		case <-tick.C:
			// Beside: what ends meanwhile is said at once.
			go func() {
				bounded, cancel := context.WithTimeout(ctx, every/3)
				defer cancel()
				if err := asked(bounded); err == nil {
					systemd.tell(daemon.SdNotifyWatchdog)
				} else if ctx.Err() == nil {
					klog.ErrorS(err, "The API does not answer")
				}
			}()
		}
	}
}

func printTimings(out io.Writer, timings []timing) {
	for _, t := range timings {
		fmt.Fprintf(out, "%-24s %6d ms\n", t.Name, t.Start.Milliseconds())
	}
}
