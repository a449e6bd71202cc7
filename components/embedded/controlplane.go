package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/spf13/pflag"
	utilerrors "k8s.io/apimachinery/pkg/util/errors"
	utilfeature "k8s.io/apiserver/pkg/util/feature"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	cliflag "k8s.io/component-base/cli/flag"
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

// parse gives a program its flags.
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

type apiServer struct {
	args       []string
	kubeconfig string
}

func (a apiServer) Name() string { return "kube-apiserver" }

func (a apiServer) Run(ctx context.Context) error {
	s := apiserveroptions.NewServerRunOptions()
	if err := parse(a.Name(), s.Flags(), a.args); err != nil {
		return err
	}
	if err := s.GenericServerRunOptions.ComponentGlobalsRegistry.Set(); err != nil {
		return err
	}
	if err := logsapi.ValidateAndApply(s.Logs, utilfeature.DefaultFeatureGate); err != nil {
		return err
	}
	completed, err := s.Complete(ctx)
	if err != nil {
		return err
	}
	if errs := completed.Validate(); len(errs) != 0 {
		return utilerrors.NewAggregate(errs)
	}
	return apiserver.Run(ctx, completed)
}

func (a apiServer) Ready(ctx context.Context) error {
	client, host, err := a.client()
	if err != nil {
		return err
	}
	return answers(ctx, client, host+"/readyz")
}

// Lives asks once whether it still answers.
func (a apiServer) Lives(ctx context.Context) error {
	client, host, err := a.client()
	if err != nil {
		return err
	}
	defer client.CloseIdleConnections()
	return ask(ctx, client, host+"/livez")
}

func (a apiServer) client() (*http.Client, string, error) {
	configuration, err := clientcmd.BuildConfigFromFlags("", a.kubeconfig)
	if err != nil {
		return nil, "", err
	}
	client, err := rest.HTTPClientFor(configuration)
	return client, configuration.Host, err
}

type controllerManager struct{ args []string }

func (c controllerManager) Name() string { return "kube-controller-manager" }

func (c controllerManager) Run(ctx context.Context) error {
	s, err := controllermanageroptions.NewKubeControllerManagerOptions()
	if err != nil {
		return err
	}
	known, disabled, aliases := controllermanager.KnownControllers(), controllermanager.ControllersDisabledByDefault(), controllermanager.ControllerAliases()
	sets := s.Flags(known, disabled, aliases)
	s.ParsedFlags = &sets
	if err := parse(c.Name(), sets, c.args); err != nil {
		return err
	}
	if err := s.ComponentGlobalsRegistry.Set(); err != nil {
		return err
	}
	if err := logsapi.ValidateAndApply(s.Logs, utilfeature.DefaultFeatureGate); err != nil {
		return err
	}
	configuration, err := s.Config(ctx, known, disabled, aliases)
	if err != nil {
		return err
	}
	return controllermanager.Run(ctx, configuration.Complete())
}

func (c controllerManager) Ready(ctx context.Context) error {
	return answers(ctx, ownClient(), "https://127.0.0.1:10257/healthz")
}

type podScheduler struct{ args []string }

func (s podScheduler) Name() string { return "kube-scheduler" }

func (s podScheduler) Run(ctx context.Context) error {
	options := scheduleroptions.NewOptions()
	if err := parse(s.Name(), *options.Flags, s.args); err != nil {
		return err
	}
	if err := options.ComponentGlobalsRegistry.Set(); err != nil {
		return err
	}
	if err := logsapi.ValidateAndApply(options.Logs, utilfeature.DefaultFeatureGate); err != nil {
		return err
	}
	configuration, sched, err := scheduler.Setup(ctx, options)
	if err != nil {
		return err
	}
	return scheduler.Run(ctx, configuration, sched)
}

func (s podScheduler) Ready(ctx context.Context) error {
	return answers(ctx, ownClient(), "https://127.0.0.1:10259/readyz")
}

// ownClient asks this very process, whose certificate there nobody signed.
func ownClient() *http.Client {
	return &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, DisableKeepAlives: true}}
}

// askEvery is how often a component is asked while it starts.
const askEvery = 50 * time.Millisecond

// answers waits until a URL answers 200. The last answer is in the error.
func answers(ctx context.Context, client *http.Client, url string) error {
	last := errors.New("no answer yet")
	for {
		if last = ask(ctx, client, url); last == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return errors.Join(ctx.Err(), last)
		case <-time.After(askEvery):
		}
	}
}

func ask(ctx context.Context, client *http.Client, url string) error {
	bounded, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(bounded, http.MethodGet, url, nil)
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
