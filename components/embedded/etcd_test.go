package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func member(t *testing.T, more ...string) []string {
	t.Helper()
	// Port 0: the kernel chooses.
	return append([]string{
		"--name=one",
		"--data-dir=" + t.TempDir(),
		"--listen-client-urls=http://127.0.0.1:0",
		"--advertise-client-urls=http://127.0.0.1:0",
		"--listen-peer-urls=http://127.0.0.1:0",
		"--initial-advertise-peer-urls=http://127.0.0.1:2380",
		"--initial-cluster=one=http://127.0.0.1:2380",
		"--feature-gates=InitialCorruptCheck=true",
		"--snapshot-count=10000",
	}, more...)
}

func TestAMemberOfEtcdGetsReadyAndEndsAtTheEndOfItsContext(t *testing.T) {
	c, err := newEtcdMember(member(t))
	if err != nil {
		t.Fatal(err)
	}
	r := newRunning()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := r.start(ctx, c); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	r.stop()
	if took := time.Since(began); took > stopTimeout/2 {
		t.Fatalf("its end took %s", took)
	}
	if r.failure.Err() != nil {
		t.Fatal(context.Cause(r.failure))
	}
}

func TestAMemberWhoseDataAreGoneBeginsNoNewCluster(t *testing.T) {
	record := recordFile
	t.Cleanup(func() { recordFile = record })
	recordFile = filepath.Join(t.TempDir(), "record.yaml")
	if err := os.WriteFile(recordFile, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	made := func(more ...string) *etcdMember {
		c, err := newEtcdMember(member(t, more...))
		if err != nil {
			t.Fatal(err)
		}
		return c.(*etcdMember)
	}
	gone := made()
	if err := gone.Run(context.Background()); err == nil || !strings.HasPrefix(err.Error(), gone.config.Dir+" has none of the data that the cluster has had") {
		t.Errorf("said %v", err)
	}
	if err := made("--initial-cluster-state=existing").mayBegin(); err != nil {
		t.Errorf("one that asks others: %v", err)
	}
	logs := t.TempDir()
	if err := os.WriteFile(filepath.Join(logs, "0.wal"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := made("--wal-dir=" + logs).mayBegin(); err != nil {
		t.Errorf("one with its log elsewhere: %v", err)
	}
	if err := os.Remove(recordFile); err != nil {
		t.Fatal(err)
	}
	if err := gone.mayBegin(); err != nil {
		t.Errorf("before there was a cluster: %v", err)
	}
}

func TestFlagsOfEtcdThatAreWrongAreToldWithItsName(t *testing.T) {
	for flag, want := range map[string]string{
		"--no-such-flag=1":                "etcd ended: flag provided but not defined: -no-such-flag",
		"--initial-cluster-state=neither": "etcd ended: unexpected clusterState",
		"more":                            "etcd ended: \"more\" is not a flag",
	} {
		_, err := newEtcdMember(member(t, flag))
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: got %v", flag, err)
		}
	}
}

func TestFlagsOfEtcdReachItsConfiguration(t *testing.T) {
	c, err := etcdConfig(member(t, "--initial-cluster-state=existing", "--watch-progress-notify-interval=5s", "--listen-metrics-urls=http://127.0.0.1:2381"))
	if err != nil {
		t.Fatal(err)
	}
	if c.ClusterState != "existing" || c.WatchProgressNotifyInterval != 5*time.Second || c.ListenMetricsUrls[0].Host != "127.0.0.1:2381" || c.ListenPeerUrls[0].Host != "127.0.0.1:0" {
		t.Fatalf("got %+v", c)
	}
	if c.WarningUnaryRequestDuration != 300*time.Millisecond {
		t.Errorf("requests are logged from %s on", c.WarningUnaryRequestDuration)
	}
}
