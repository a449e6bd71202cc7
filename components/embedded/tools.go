package main

import (
	"context"
	"os"

	"github.com/spf13/cobra"
	"go.etcd.io/etcd/etcdctl/v3/ctlv3"
	"go.etcd.io/etcd/etcdutl/v3/etcdutl"
	"k8s.io/component-base/cli"
	kubectl "k8s.io/kubectl/pkg/cmd"
	kubectlutil "k8s.io/kubectl/pkg/cmd/util"
	kubeadm "k8s.io/kubernetes/cmd/kubeadm/app"
	kubeadmutil "k8s.io/kubernetes/cmd/kubeadm/app/util/errors"
	kubeletapp "k8s.io/kubernetes/cmd/kubelet/app"
)

// tools are what people and kinit call on a host, by the names that they have elsewhere (links to this program): apart they are as large
// again, and are made of what this program has anyway. As components/kube has them for static pods. Each does not return, or returns when it
// ended well.
var tools = map[string]func(){
	"kubectl": func() {
		if err := cli.RunNoErrOutput(kubectl.NewDefaultKubectlCommand()); err != nil {
			kubectlutil.CheckErr(err)
		}
	},
	"kubeadm": func() { kubeadmutil.HandleError(kubeadm.Run()) },
	// Of a node that the stock kubeadm joins.
	"kubelet": func() { os.Exit(cli.Run(kubeletapp.NewKubeletCommand(context.Background()))) },
	// Its commands may be cut short, as its own main has it.
	"etcdctl": func() {
		cobra.EnablePrefixMatching = true
		ctlv3.MustStart()
	},
	"etcdutl": func() {
		cobra.EnablePrefixMatching = true
		os.Exit(cli.Run(newEtcdutl()))
	},
}

// newEtcdutl is etcd's etcdutl/ctl.go, which is a package main.
func newEtcdutl() *cobra.Command {
	root := &cobra.Command{Use: "etcdutl", Short: "An administrative command line tool for etcd3."}
	root.PersistentFlags().StringVarP(&etcdutl.OutputFormat, "write-out", "w", "simple", "set the output format (fields, json, protobuf, simple, table)")
	root.AddCommand(
		etcdutl.NewDefragCommand(),
		etcdutl.NewSnapshotCommand(),
		etcdutl.NewHashKVCommand(),
		etcdutl.NewVersionCommand(),
		etcdutl.NewCompletionCommand(),
		etcdutl.NewMigrateCommand(),
	)
	return root
}
