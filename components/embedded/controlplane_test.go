package main

import (
	"net"
	"strings"
	"testing"
)

// In the order of the server: one registry and one log are the whole process's.
func TestEachPartTakesItsOwnFlags(t *testing.T) {
	api, err := newAPIServer([]string{"--v=1"}, "")
	if err != nil {
		t.Fatal(err)
	}
	if !api.(apiServer).options.GenericServerRunOptions.ShutdownSendRetryAfter {
		t.Error("it would wait for watches at its end")
	}
	manager, err := newControllerManager([]string{"--bind-address=127.0.0.2", "--secure-port=20257"})
	if err != nil {
		t.Fatal(err)
	}
	serving := manager.(controllerManager).options.SecureServing
	if got := ownAddress(serving.BindAddress, serving.BindPort); got != "127.0.0.2:20257" {
		t.Fatalf("asked at %s", got)
	}
	// A log flag that the API server has not, or not so.
	if _, err := newPodScheduler([]string{"--v=4"}); err != nil {
		t.Fatal(err)
	}
	for flag, says := range map[string]string{
		"--no-such-flag=1":          "kube-scheduler ended: unknown flag: --no-such-flag",
		"--log-flush-frequency=-1s": "kube-scheduler ended: flushFrequency: ",
	} {
		if _, err := newPodScheduler([]string{flag}); err == nil || !strings.HasPrefix(err.Error(), says) {
			t.Fatalf("%s: %v", flag, err)
		}
	}
}

func TestAPartThatListensEverywhereIsAskedAtTheLoopback(t *testing.T) {
	for listens, want := range map[string]string{
		"0.0.0.0":     "127.0.0.1:10257",
		"::":          "127.0.0.1:10257",
		"192.0.2.1":   "192.0.2.1:10257",
		"2001:db8::1": "[2001:db8::1]:10257",
	} {
		if got := ownAddress(net.ParseIP(listens), 10257); got != want {
			t.Fatalf("%s: %s", listens, got)
		}
	}
}

func TestADatastoreElsewhereIsNoReasonToStartAnew(t *testing.T) {
	for want, store := range map[string]datastoreConfig{
		"/livez":              {SQLite: "state.db"},
		"/livez?exclude=etcd": {Outside: &outsideConfig{}},
	} {
		if got := livesAt(store); got != want {
			t.Fatalf("%+v: %s", store, got)
		}
	}
	if got := livesAt(datastoreConfig{Etcd: []string{"--name=a"}}); got != "/livez" {
		t.Fatalf("a member in the process: %s", got)
	}
	if got := livesAt(datastoreConfig{Etcd: []string{"--initial-cluster=a=https://10.0.0.1:2380,b=https://10.0.0.2:2380"}}); got != "/livez?exclude=etcd" {
		t.Errorf("a member of several: %s", got)
	}
	if got := livesAt(datastoreConfig{}); got != "/livez?exclude=etcd" {
		t.Fatalf("the API server's own flags: %s", got)
	}
}
