package main

import (
	"context"
	"fmt"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.etcd.io/etcd/api/v3/etcdserverpb"
	"go.etcd.io/etcd/server/v3/embed"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
)

// freeAddress is one of 127.0.0.1 that nothing listens on.
func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

// threeMembers are begun with elections after a tenth of a second, and followed.
func threeMembers(t *testing.T, ctx context.Context) []*embed.Etcd {
	t.Helper()
	peers := make([]string, 3)
	for i := range peers {
		peers[i] = "http://" + freeAddress(t)
	}
	cluster := fmt.Sprintf("m0=%s,m1=%s,m2=%s", peers[0], peers[1], peers[2])
	members := make([]*embed.Etcd, 3)
	for i, peer := range peers {
		clients := "http://" + freeAddress(t)
		c, err := newEtcdMember([]string{
			fmt.Sprintf("--name=m%d", i), "--data-dir=" + t.TempDir(), "--initial-cluster=" + cluster, "--heartbeat-interval=10", "--election-timeout=100",
			"--listen-client-urls=" + clients, "--advertise-client-urls=" + clients, "--listen-peer-urls=" + peer, "--initial-advertise-peer-urls=" + peer,
			"--log-level=fatal",
		})
		if err != nil {
			t.Fatal(err)
		}
		member := c.(*etcdMember)
		if members[i], err = embed.StartEtcd(member.config); err != nil {
			t.Fatal(err)
		}
		// Not Close: it looks for somebody to hand its lead to, and waits for its own connections.
		t.Cleanup(members[i].Server.HardStop)
		go member.handed.follow(ctx, members[i].Server)
	}
	for _, member := range members {
		select {
		case <-member.Server.ReadyNotify():
		case <-ctx.Done():
			t.Fatal("the members do not get ready")
		}
	}
	return members
}

func TestAWriteThatALostLeaderTookWithItEndsWhenThereIsAnother(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	var leader, follower *embed.Etcd
	for _, member := range threeMembers(t, ctx) {
		if member.Server.Leader() == member.Server.MemberID() {
			leader = member
		} else {
			follower = member
		}
	}
	connection, err := grpc.NewClient(follower.Clients[0].Addr().String(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	writes := etcdserverpb.NewKVClient(connection)

	lost := make(chan struct{})
	var gone atomic.Bool
	go func() {
		time.Sleep(50 * time.Millisecond)
		gone.Store(true)
		leader.Server.HardStop()
		close(lost)
	}()
	// Enough at once for some to be under way at any time.
	results := make(chan error)
	for writer := range 8 {
		go func() {
			for number := 0; ; number++ {
				after := gone.Load()
				began := time.Now()
				_, err := writes.Put(ctx, &etcdserverpb.PutRequest{Key: fmt.Appendf(nil, "%d-%d", writer, number), Value: []byte("x")})
				if took := time.Since(began); took > follower.Server.Cfg.ReqTimeout()/2 {
					results <- fmt.Errorf("a write took %s, and etcd's own bound is %s: %w", took, follower.Server.Cfg.ReqTimeout(), err)
					return
				}
				if err != nil && !strings.Contains(err.Error(), "previous leader failure") {
					results <- err
					return
				}
				if after && err == nil && follower.Server.Leader() != leader.Server.MemberID() && follower.Server.Leader() != 0 {
					results <- nil
					return
				}
			}
		}()
	}
	for range 8 {
		if err := <-results; err != nil {
			t.Error(err)
		}
	}
	<-lost
}
