// Command kinit-server is a control plane in one process: datastore, API server, controller manager and scheduler, and on hosts
// that take pods kubelet and kube-proxy too. It is every other Kubernetes program of a host as well: the name it is started
// under (argv[0]) says which. One binary, because the programs share most of their packages, and what they share is in memory once.
package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"k8s.io/component-base/cli"
	_ "k8s.io/component-base/logs/json/register"
	_ "k8s.io/component-base/metrics/prometheus/clientgo"
	_ "k8s.io/component-base/metrics/prometheus/version"
	kubectl "k8s.io/kubectl/pkg/cmd"
	kubectlutil "k8s.io/kubectl/pkg/cmd/util"
	proxy "k8s.io/kubernetes/cmd/kube-proxy/app"
	kubelet "k8s.io/kubernetes/cmd/kubelet/app"
)

// programs maps a program's name to what runs it. Each does not return, or returns when the program ended well.
var programs = map[string]func(){
	"kinit-server": func() {
		if len(os.Args) > 1 && os.Args[1] == "datastore" {
			os.Exit(care(os.Args[2:]))
		}
		os.Exit(serve(os.Args[1:]))
	},
	"kube-proxy": runCobra(proxy.NewProxyCommand),
	"kubelet":    runCobra(func() *cobra.Command { return kubelet.NewKubeletCommand(context.Background()) }),
	"kubectl": func() {
		if err := cli.RunNoErrOutput(kubectl.NewDefaultKubectlCommand()); err != nil {
			kubectlutil.CheckErr(err)
		}
	},
}

func main() {
	name := filepath.Base(os.Args[0])
	if run, ok := programs[name]; ok {
		run()
		return
	}
	names := make([]string, 0, len(programs))
	for known := range programs {
		names = append(names, known)
	}
	slices.Sort(names)
	fmt.Fprintf(os.Stderr, "%s: start me under one of these names (a link is enough): %s\n", name, strings.Join(names, ", "))
	os.Exit(2)
}

func runCobra(command func() *cobra.Command) func() {
	return func() { os.Exit(cli.Run(command())) }
}
