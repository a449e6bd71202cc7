package main

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	clientset "k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
	nodeutil "k8s.io/component-helpers/node/util"
	"k8s.io/klog/v2"
	proxyconfig "k8s.io/kube-proxy/config/v1alpha1"
	proxyapp "k8s.io/kubernetes/cmd/kube-proxy/app"
	kubeletapp "k8s.io/kubernetes/cmd/kubelet/app"
	"sigs.k8s.io/yaml"
)

// Names of the parts are those of the programs.
const (
	kubeletName = "kubelet"
	proxyName   = "kube-proxy"
)

// kubelet is Kubernetes' own command, for it reads its flags and its configuration in one piece with its start.
type kubelet struct{ command *cobra.Command }

func newKubelet(args []string) kubelet {
	command := kubeletapp.NewKubeletCommand(context.Background())
	command.SetArgs(args)
	command.SilenceErrors = true
	return kubelet{command}
}

func (k kubelet) Name() string { return kubeletName }

func (k kubelet) Run(ctx context.Context) error { return k.command.ExecuteContext(ctx) }

// proxy is started by its options, because its command sets up the log, which is the kubelet's here.
type proxy struct {
	options    *proxyapp.Options
	kubeconfig string
	node       string
}

func newProxy(path string) (proxy, error) {
	p, err := readProxy(path)
	if err != nil {
		err = endedBy(proxyName, err)
	}
	return p, err
}

func readProxy(path string) (proxy, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return proxy{}, err
	}
	var known proxyconfig.KubeProxyConfiguration
	if err := yaml.Unmarshal(text, &known); err != nil {
		return proxy{}, fmt.Errorf("%s: %w", path, err)
	}
	node, err := nodeutil.GetHostname(known.HostnameOverride)
	if err != nil {
		return proxy{}, err
	}
	options := proxyapp.NewOptions()
	flags := pflag.NewFlagSet(proxyName, pflag.ContinueOnError)
	options.AddFlags(flags)
	options.ConfigFile = path
	if err := options.Complete(flags); err != nil {
		return proxy{}, fmt.Errorf("%s: %w", path, err)
	}
	if err := options.Validate(); err != nil {
		return proxy{}, fmt.Errorf("%s: %w", path, err)
	}
	return proxy{options, known.ClientConnection.Kubeconfig, node}, nil
}

func (p proxy) Name() string { return proxyName }

// Run waits for the node: a host that joins has no kubeconfig until its kubelet has got a certificate with it.
func (p proxy) Run(ctx context.Context) error {
	if err := p.awaitNode(ctx); err != nil {
		return err
	}
	if err := p.options.Run(ctx); err != nil {
		return err
	}
	return errNoReason
}

// How often the API is asked for a node that is not registered yet, and how often the log has why it is waited for.
const (
	askNodeEvery = 500 * time.Millisecond
	tellEvery    = 30 * time.Second
)

func (p proxy) awaitNode(ctx context.Context) error {
	ask := time.NewTicker(askNodeEvery)
	defer ask.Stop()
	// Later than the kubelet has set up the log.
	tell := time.Now().Add(tellEvery)
	for {
		err := p.seesNode(ctx)
		if err == nil {
			return nil
		}
		if time.Now().After(tell) {
			klog.ErrorS(err, "kube-proxy waits for its node", "node", p.node)
			tell = time.Now().Add(tellEvery)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ask.C:
		}
	}
}

func (p proxy) seesNode(ctx context.Context) error {
	configuration, err := clientcmd.BuildConfigFromFlags("", p.kubeconfig)
	if err != nil {
		return err
	}
	client, err := clientset.NewForConfig(configuration)
	if err != nil {
		return err
	}
	bounded, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	_, err = client.CoreV1().Nodes().Get(bounded, p.node, metav1.GetOptions{})
	return err
}
