package main

import (
	"context"
	"flag"
	"fmt"
	"os"

	"k8s.io/klog/v2"
)

// agentName is the name under which the program is a node's agent.
const agentName = "kinit-agent"

// agent is kubelet, kube-proxy and the balancer to the API servers in one process: `kinit-agent --proxy-config FILE --balancer FILE -- FLAGS OF
// THE KUBELET`. It listens for the balancer's clients before the others are begun with: they are among them.
//
// It has no end of its own. The kubelet takes SIGTERM for itself, and its end without an error is the process's; kube-proxy
// has none to wait for (as a program it ends at once). Before the kubelet listens for signals, the first one ends the process.
func agent(args []string) int {
	flags := flag.NewFlagSet(agentName, flag.ContinueOnError)
	proxyConfig := flags.String("proxy-config", "/var/lib/kube-proxy/config.conf", "file with kube-proxy's configuration; what stands behind -- is for the kubelet")
	balancerFile := flags.String("balancer", "", "file with the members of the balancer; without it there is none")
	checked := flags.Bool("check", false, "take kube-proxy's configuration, say what is wrong with it, and end")
	if err := flags.Parse(args); err != nil {
		return exitUsage
	}
	if *checked {
		return checkProxy(*proxyConfig)
	}
	// First, because both take up feature gates, and the kubelet how the process's log is written.
	proxy, err := newProxy(*proxyConfig)
	parts := []nodePart{newKubelet(flags.Args()), proxy}
	if err == nil && *balancerFile != "" {
		var balances *balancer
		balances, err = newBalancer(*balancerFile)
		parts = append(parts, balances)
	}
	if err == nil {
		err = firstEnd(context.Background(), parts...)
	}
	klog.Flush()
	if err != nil {
		// The last line, as other programs of Kubernetes have it: kinit and its doctor look for it.
		fmt.Fprintln(os.Stderr, "Error:", err)
		return exitFailed
	}
	return 0
}

// nodePart is a part of the agent. Run ends when the part ends: with nil because the process was told to.
type nodePart interface {
	Name() string
	Run(ctx context.Context) error
}

// firstEnd runs the parts until one of them ends. Its error names that part; the others are left to the process's end.
func firstEnd(ctx context.Context, parts ...nodePart) error {
	ended := make(chan error, len(parts))
	for _, part := range parts {
		go func() {
			err := part.Run(ctx)
			if err != nil {
				err = endedBy(part.Name(), err)
			}
			ended <- err
		}()
	}
	return <-ended
}
