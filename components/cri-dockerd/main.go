// cri-dockerd with addresses of streams that a kubelet of today takes: it is started as upstream's own command is
// (cmd/server.go of the module), with the same flags, but for the scheme of its streaming server.
//
// Upstream gives the kubelet '//127.0.0.1:PORT/cri/exec/TOKEN'. Kubelets that speak WebSocket to the API server
// (ExtendWebSocketsToKubelet, Kubernetes 1.36) take an address without a scheme for one of HTTPS, and `kubectl exec` fails.
package main

import (
	"fmt"
	"net"
	"net/url"
	"os"

	"github.com/Mirantis/cri-dockerd/backend"
	"github.com/Mirantis/cri-dockerd/cmd/cri/options"
	"github.com/Mirantis/cri-dockerd/cmd/version"
	"github.com/Mirantis/cri-dockerd/config"
	"github.com/Mirantis/cri-dockerd/core"
	"github.com/Mirantis/cri-dockerd/streaming"
	"github.com/spf13/pflag"
	"k8s.io/apiserver/pkg/server"
)

func main() {
	flags := options.NewDockerCRIFlags()
	set := pflag.NewFlagSet("cri-dockerd", pflag.ExitOnError)
	flags.AddFlags(set)
	tellVersion := set.Bool("version", false, "Prints the version of cri-dockerd")
	// Ends the program where it fails.
	_ = set.Parse(os.Args[1:])
	if *tellVersion {
		fmt.Println(version.PlatformName, version.FullVersion())
		return
	}
	if err := run(flags); err != nil {
		fmt.Fprintln(os.Stderr, "cri-dockerd:", err)
		os.Exit(1)
	}
}

// run serves the CRI until a signal ends it.
func run(flags *options.DockerCRIFlags) error {
	stop := server.SetupSignalHandler()
	service, err := core.NewDockerService(
		&config.ClientConfig{
			DockerEndpoint:            flags.DockerEndpoint,
			RuntimeRequestTimeout:     flags.RuntimeRequestTimeout.Duration,
			ImagePullProgressDeadline: flags.ImagePullProgressDeadline.Duration,
		},
		flags.PodSandboxImage,
		streams(flags),
		&config.NetworkPluginSettings{
			HairpinMode:        config.HairpinModeVar.Mode(),
			PluginName:         flags.NetworkPluginName,
			PluginConfDir:      flags.CNIConfDir,
			PluginBinDirString: flags.CNIBinDir,
			PluginCacheDir:     flags.CNICacheDir,
			MTU:                int(flags.NetworkPluginMTU),
			NonMasqueradeCIDR:  flags.NonMasqueradeCIDR,
		},
		flags.RuntimeCgroups,
		flags.CgroupDriver,
		flags.CriDockerdRootDirectory,
	)
	if err != nil {
		return err
	}
	config.IPv6DualStackEnabled = flags.IPv6DualStackEnabled
	if err := backend.NewCriDockerServer(flags.RemoteRuntimeEndpoint, service).Start(); err != nil {
		return err
	}
	<-stop
	return nil
}

// streams is the server of exec, attach and port-forward, on a free port of one address.
func streams(flags *options.DockerCRIFlags) *streaming.Config {
	return &streaming.Config{
		BaseURL:                         &url.URL{Scheme: "http", Path: "/cri/"},
		Addr:                            net.JoinHostPort(flags.StreamingBindAddr, "0"),
		StreamIdleTimeout:               flags.StreamingConnectionIdleTimeout.Duration,
		StreamCreationTimeout:           streaming.DefaultConfig.StreamCreationTimeout,
		SupportedRemoteCommandProtocols: streaming.DefaultConfig.SupportedRemoteCommandProtocols,
		SupportedPortForwardProtocols:   streaming.DefaultConfig.SupportedPortForwardProtocols,
	}
}
