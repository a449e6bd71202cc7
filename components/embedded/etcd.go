package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"go.etcd.io/etcd/pkg/v3/flags"
	"go.etcd.io/etcd/server/v3/embed"
	"go.etcd.io/etcd/server/v3/etcdserver"
	"go.etcd.io/etcd/server/v3/storage/wal"
	"google.golang.org/grpc"
	"k8s.io/klog/v2"
)

const etcdName = "etcd"

// etcdMember is a member of etcd in this process, by the flags of etcd's own program.
type etcdMember struct {
	config *embed.Config
	ready  chan struct{}
	handed *handedOn
}

func newEtcdMember(args []string) (component, error) {
	c, err := etcdConfig(args)
	if err == nil {
		err = endsByIt(c, os.Stderr, os.Exit)
	}
	if err != nil {
		return nil, endedBy(etcdName, err)
	}
	handed := newHandedOn()
	c.GRPCAdditionalServerOptions = append(c.GRPCAdditionalServerOptions, grpc.ChainUnaryInterceptor(handed.intercept))
	return &etcdMember{config: c, ready: make(chan struct{}), handed: handed}, nil
}

// etcdConfig is what etcd makes of its flags (server/etcdmain: newConfig, configFromCmdLine), which ends the process where one is wrong.
func etcdConfig(args []string) (*embed.Config, error) {
	c := embed.NewConfig()
	set := flag.NewFlagSet(etcdName, flag.ContinueOnError)
	set.SetOutput(io.Discard)
	c.AddFlags(set)
	set.StringVar(&c.ClusterState, "initial-cluster-state", c.ClusterState, "")
	if err := set.Parse(args); err != nil {
		return nil, err
	}
	if rest := set.Args(); len(rest) > 0 {
		return nil, fmt.Errorf("%q is not a flag", rest[0])
	}
	c.ListenPeerUrls = flags.UniqueURLsFromFlag(set, "listen-peer-urls")
	c.AdvertisePeerUrls = flags.UniqueURLsFromFlag(set, "initial-advertise-peer-urls")
	c.ListenClientUrls = flags.UniqueURLsFromFlag(set, "listen-client-urls")
	c.ListenClientHttpUrls = flags.UniqueURLsFromFlag(set, "listen-client-http-urls")
	c.AdvertiseClientUrls = flags.UniqueURLsFromFlag(set, "advertise-client-urls")
	c.ListenMetricsUrls = flags.UniqueURLsFromFlag(set, "listen-metrics-urls")
	c.DiscoveryCfg.Endpoints = flags.UniqueStringsFromFlag(set, "discovery-endpoints")
	c.CORS = flags.UniqueURLsMapFromFlag(set, "cors")
	c.HostWhitelist = flags.UniqueStringsMapFromFlag(set, "host-whitelist")
	c.ClientTLSInfo.AllowedHostnames = flags.StringsFromFlag(set, "client-cert-allowed-hostname")
	c.PeerTLSInfo.AllowedCNs = flags.StringsFromFlag(set, "peer-cert-allowed-cn")
	c.PeerTLSInfo.AllowedHostnames = flags.StringsFromFlag(set, "peer-cert-allowed-hostname")
	c.CipherSuites = flags.StringsFromFlag(set, "cipher-suites")
	c.MaxConcurrentStreams = flags.Uint32FromFlag(set, "max-concurrent-streams")
	c.LogOutputs = flags.UniqueStringsFromFlag(set, "log-outputs")
	set.Visit(func(f *flag.Flag) { c.FlagsExplicitlySet[f.Name] = true })
	// Without it every request is one that took too long, and is logged.
	if c.WarningUnaryRequestDuration == 0 {
		c.WarningUnaryRequestDuration = embed.DefaultWarningUnaryRequestDuration
	}
	return c, c.Validate()
}

func (e *etcdMember) Name() string { return etcdName }

// mayBegin says whether the member may start: without its log it begins a cluster of its own (embed: isMemberInitialized), where it is not told that there
// is one ("existing": it asks that one).
func (e *etcdMember) mayBegin() error {
	logs := e.config.WalDir
	if logs == "" {
		logs = filepath.Join(e.config.Dir, "member", "wal")
	}
	if e.config.ClusterState != embed.ClusterStateFlagNew || wal.Exist(logs) {
		return nil
	}
	return begins(e.config.Dir, "kinit datastore restore puts a backup back")
}

func (e *etcdMember) Run(ctx context.Context) error {
	if err := e.mayBegin(); err != nil {
		return err
	}
	member, err := embed.StartEtcd(e.config)
	if err != nil {
		return err
	}
	defer member.Close()
	go e.handed.follow(ctx, member.Server)
	ready := member.Server.ReadyNotify()
	for {
		select {
		case <-ready:
			ready = nil
			go func() {
				if becomeVoter(ctx, member.Server) == nil {
					close(e.ready)
				}
			}()
		case err := <-member.Err():
			return err
		case <-member.Server.StopNotify():
			return errors.New("its member has stopped")
		case <-ctx.Done():
			return nil
		}
	}
}

// promoteEvery is how long a learner waits before it asks again to be a full member.
const promoteEvery = 500 * time.Millisecond

// becomeVoter makes a member that was added to others a full one, once it has caught up: a learner answers no API server. The leader decides,
// to which a member hands the question on (server/etcdserver: PromoteMember).
func becomeVoter(ctx context.Context, server *etcdserver.EtcdServer) error {
	began := time.Now()
	for server.IsLearner() {
		_, err := server.PromoteMember(ctx, uint64(server.MemberID()))
		if err == nil {
			klog.InfoS("The member of etcd is a full one", "after", time.Since(began).Round(time.Millisecond))
			return nil
		}
		klog.V(2).InfoS("The member of etcd is a learner yet", "because", err.Error())
		select {
		case <-time.After(promoteEvery):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

func (e *etcdMember) Ready(ctx context.Context) error {
	select {
	case <-e.ready:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
