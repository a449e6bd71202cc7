package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/spf13/pflag"
	utilerrors "k8s.io/apimachinery/pkg/util/errors"
	serveroptions "k8s.io/apiserver/pkg/server/options"
	utilfeature "k8s.io/apiserver/pkg/util/feature"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	cliflag "k8s.io/component-base/cli/flag"
	"k8s.io/component-base/compatibility"
	"k8s.io/component-base/logs"
	logsapi "k8s.io/component-base/logs/api/v1"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	apiserveroptions "k8s.io/kubernetes/cmd/kube-apiserver/app/options"
	controllermanager "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	controllermanageroptions "k8s.io/kubernetes/cmd/kube-controller-manager/app/options"
	scheduler "k8s.io/kubernetes/cmd/kube-scheduler/app"
	scheduleroptions "k8s.io/kubernetes/cmd/kube-scheduler/app/options"
)

// The three programs are started by their own options and Run functions, as their commands do it, because the commands take
// SIGTERM for themselves: here the order of the end is ours.

// Names of the parts are those of the programs.
const (
	apiServerName         = "kube-apiserver"
	controllerManagerName = "kube-controller-manager"
	schedulerName         = "kube-scheduler"
)

// takeFlags gives a part its flags, and brings what they say about the whole process into effect. In its error the part stands.
func takeFlags(name string, sets cliflag.NamedFlagSets, args []string, registry compatibility.ComponentGlobalsRegistry, logging *logs.Options) error {
	err := parse(name, sets, args)
	if err == nil {
		err = registry.Set()
	}
	if err == nil {
		err = applyLogging(logging)
	}
	if err != nil {
		return endedBy(name, err)
	}
	return nil
}

func parse(name string, sets cliflag.NamedFlagSets, args []string) error {
	flags := pflag.NewFlagSet(name, pflag.ContinueOnError)
	flags.SetNormalizeFunc(cliflag.WordSepNormalizeFunc)
	flags.Usage = func() {}
	for _, set := range sets.FlagSets {
		flags.AddFlagSet(set)
	}
	if err := flags.Parse(args); err != nil {
		return err
	}
	if rest := flags.Args(); len(rest) > 0 {
		return fmt.Errorf("%q is not a flag", rest[0])
	}
	return nil
}

var loggingApplied sync.Once

// applyLogging takes the options of the first part, the API server: a process has one log, and changing how it is written is not
// safe once something writes to it. Those of the others are checked.
func applyLogging(options *logs.Options) error {
	first := false
	var err error
	loggingApplied.Do(func() {
		first = true
		err = logsapi.ValidateAndApply(options, utilfeature.DefaultFeatureGate)
	})
	if first {
		return err
	}
	return logsapi.Validate(options, utilfeature.DefaultFeatureGate, nil).ToAggregate()
}

type apiServer struct {
	options    *apiserveroptions.ServerRunOptions
	kubeconfig string
}

// newAPIServer takes a kubeconfig besides, of a client that may ask how it is.
func newAPIServer(args []string, kubeconfig string) (component, error) {
	s := apiserveroptions.NewServerRunOptions()
	// At its end it waits 2 s for watches instead of up to a minute: they are of everything that runs, and none ends by itself.
	s.GenericServerRunOptions.ShutdownSendRetryAfter = true
	err := takeFlags(apiServerName, s.Flags(), args, s.GenericServerRunOptions.ComponentGlobalsRegistry, s.Logs)
	return apiServer{s, kubeconfig}, err
}

func (a apiServer) Name() string { return apiServerName }

func (a apiServer) Run(ctx context.Context) error {
	completed, err := a.complete(ctx)
	if err != nil {
		return err
	}
	return apiserver.Run(ctx, completed)
}

// complete fills in what the flags leave open, and looks at all of them together.
func (a apiServer) complete(ctx context.Context) (apiserveroptions.CompletedOptions, error) {
	completed, err := a.options.Complete(ctx)
	if err != nil {
		return completed, err
	}
	return completed, utilerrors.NewAggregate(completed.Validate())
}

func (a apiServer) Ready(ctx context.Context) error {
	client, host, err := apiClient(a.kubeconfig)
	if err != nil {
		return err
	}
	return answers(ctx, client, host+"/readyz")
}

// lives asks the API server once whether it still answers. A datastore outside that does not is no reason to start this process anew, nor are
// other members of etcd that are away.
func lives(ctx context.Context, kubeconfig string, store datastoreConfig) error {
	client, host, err := apiClient(kubeconfig)
	if err != nil {
		return err
	}
	defer client.CloseIdleConnections()
	return ask(ctx, client, host+livesAt(store))
}

func livesAt(store datastoreConfig) string {
	if store.SQLite != "" || len(store.Etcd) > 0 && !slices.ContainsFunc(store.Etcd, namesOthers) {
		return "/livez"
	}
	return "/livez?exclude=etcd"
}

// namesOthers is of a flag of etcd with more members than this one.
func namesOthers(flag string) bool {
	return strings.HasPrefix(flag, "--initial-cluster=") && strings.Contains(flag, ",")
}

func apiClient(kubeconfig string) (*http.Client, string, error) {
	configuration, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		return nil, "", err
	}
	client, err := rest.HTTPClientFor(configuration)
	return client, configuration.Host, err
}

type controllerManager struct {
	options *controllermanageroptions.KubeControllerManagerOptions
}

func newControllerManager(args []string) (component, error) {
	s, err := controllermanageroptions.NewKubeControllerManagerOptions()
	if err != nil {
		return nil, endedBy(controllerManagerName, err)
	}
	sets := s.Flags(controllermanager.KnownControllers(), controllermanager.ControllersDisabledByDefault(), controllermanager.ControllerAliases())
	s.ParsedFlags = &sets
	err = takeFlags(controllerManagerName, sets, args, s.ComponentGlobalsRegistry, s.Logs)
	return controllerManager{s}, err
}

func (c controllerManager) Name() string { return controllerManagerName }

func (c controllerManager) Run(ctx context.Context) error {
	known, disabled, aliases := controllermanager.KnownControllers(), controllermanager.ControllersDisabledByDefault(), controllermanager.ControllerAliases()
	configuration, err := c.options.Config(ctx, known, disabled, aliases)
	if err != nil {
		return err
	}
	completed := configuration.Complete()
	run := func(ctx context.Context) error { return controllermanager.Run(ctx, completed) }
	if !completed.ComponentConfig.Generic.LeaderElection.LeaderElect {
		return run(ctx)
	}
	// It does not give its lead back (feature gate ControllerManagerReleaseLeaderElectionLockOnExit): that runs out.
	return outlives(ctx, run, func(context.CancelFunc) {})
}

func (c controllerManager) Ready(ctx context.Context) error {
	return answersAt(ctx, c.options.SecureServing, "/healthz")
}

type podScheduler struct{ options *scheduleroptions.Options }

func newPodScheduler(args []string) (component, error) {
	options := scheduleroptions.NewOptions()
	err := takeFlags(schedulerName, *options.Flags, args, options.ComponentGlobalsRegistry, options.Logs)
	return podScheduler{options}, err
}

func (s podScheduler) Name() string { return schedulerName }

func (s podScheduler) Run(ctx context.Context) error {
	configuration, sched, err := scheduler.Setup(ctx, s.options)
	if err != nil {
		return err
	}
	run := func(ctx context.Context) error { return scheduler.Run(ctx, configuration, sched) }
	if configuration.LeaderElection == nil {
		return run(ctx)
	}
	lock := newLease(ctx, configuration.LeaderElection.Lock)
	configuration.LeaderElection.Lock = lock
	return outlives(ctx, run, lock.giveBack)
}

func (s podScheduler) Ready(ctx context.Context) error {
	return answersAt(ctx, s.options.SecureServing, "/readyz")
}

// answersAt waits until a part answers where its flags let it listen (--bind-address, --secure-port). With port 0 it listens nowhere,
// and nobody can ask.
func answersAt(ctx context.Context, serving *serveroptions.SecureServingOptions, path string) error {
	if serving.BindPort == 0 {
		return nil
	}
	return answers(ctx, ownClient(), "https://"+ownAddress(serving.BindAddress, serving.BindPort)+path)
}

// ownAddress is where this process reaches what it listens on itself; of all addresses the loopback's.
func ownAddress(listens net.IP, port int) string {
	host := listens.String()
	if listens.IsUnspecified() {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, strconv.Itoa(port))
}

// ownClient asks this very process, whose certificate there nobody signed.
func ownClient() *http.Client {
	return &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, DisableKeepAlives: true}}
}

// askEvery is how often a component is asked while it starts.
const askEvery = 50 * time.Millisecond

// askTimeout bounds one of these questions: what hangs while a part starts is asked again.
const askTimeout = 5 * time.Second

// answers waits until a URL answers 200. The last answer is in the error.
func answers(ctx context.Context, client *http.Client, url string) error {
	last := errors.New("no answer yet")
	for {
		if last = askWithin(ctx, askTimeout, client, url); last == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return errors.Join(ctx.Err(), last)
		case <-time.After(askEvery):
		}
	}
}

func askWithin(ctx context.Context, timeout time.Duration, client *http.Client, url string) error {
	bounded, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	return ask(bounded, client, url)
}

func ask(ctx context.Context, client *http.Client, url string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	body, _ := io.ReadAll(io.LimitReader(response.Body, 2000))
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s %s", url, response.Status, body)
	}
	return nil
}
