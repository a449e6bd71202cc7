// Command kinit-server is a control plane in one process: datastore, API server, controller manager and scheduler. Under the name
// kinit-agent it is kubelet and kube-proxy in one process. One binary, because what both are made of is in memory once then.
package main

import (
	"os"
	"path/filepath"

	// As the programs of the parts have them (cmd/kube-apiserver, kube-controller-manager, kube-scheduler, kubelet, kube-proxy).
	_ "k8s.io/component-base/logs/json/register"
	_ "k8s.io/component-base/metrics/prometheus/clientgo"
	_ "k8s.io/component-base/metrics/prometheus/version"
)

func main() {
	if filepath.Base(os.Args[0]) == agentName {
		os.Exit(agent(os.Args[1:]))
	}
	if len(os.Args) > 1 && os.Args[1] == "datastore" {
		os.Exit(care(os.Args[2:]))
	}
	os.Exit(serve(os.Args[1:]))
}
