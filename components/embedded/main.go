// Command kinit-server is a control plane in one process: datastore, API server, controller manager and scheduler.
package main

import (
	"os"

	// As the programs of the parts have them (cmd/kube-apiserver, kube-controller-manager, kube-scheduler).
	_ "k8s.io/component-base/logs/json/register"
	_ "k8s.io/component-base/metrics/prometheus/clientgo"
	_ "k8s.io/component-base/metrics/prometheus/version"
)

func main() {
	if len(os.Args) > 1 && os.Args[1] == "datastore" {
		os.Exit(care(os.Args[2:]))
	}
	os.Exit(serve(os.Args[1:]))
}
