// Command kinit-server is a control plane in one process: datastore, API server, controller manager and scheduler. Under the name
// kinit-agent it is kubelet and kube-proxy in one process, and under names of their own it is the tools of a host (tools.go). One binary,
// because what all are made of is in memory once then, and on the way to a host once.
package main

import (
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
	// As the programs of the parts have them (cmd/kube-apiserver, kube-controller-manager, kube-scheduler, kubelet, kube-proxy).
	_ "k8s.io/component-base/logs/json/register"
	_ "k8s.io/component-base/metrics/prometheus/clientgo"
	_ "k8s.io/component-base/metrics/prometheus/version"
)

func main() {
	// Packages of etcd's tools set it for everything in this binary.
	cobra.EnablePrefixMatching = false
	name := filepath.Base(os.Args[0])
	if run, isTool := tools[name]; isTool {
		run()
		return
	}
	if name == agentName {
		os.Exit(agent(os.Args[1:]))
	}
	if len(os.Args) > 1 && os.Args[1] == "datastore" {
		os.Exit(care(os.Args[2:]))
	}
	os.Exit(serve(os.Args[1:]))
}
