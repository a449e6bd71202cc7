package main

import (
	"context"
	"sync"
	"time"

	"go.etcd.io/etcd/api/v3/etcdserverpb"
	"go.etcd.io/etcd/api/v3/v3rpc/rpctypes"
	"go.etcd.io/etcd/server/v3/etcdserver"
	"google.golang.org/grpc"
)

// handedOn ends the writes that a lost leader took with it. A member hands a write to the leader; where that is killed before others have it, nobody hands
// it on again, and etcd lets it wait until its time is up: 5 s and two election timeouts (server/config: ReqTimeout), though another leader may be there
// after one. A read asks anew (server/etcdserver: requestCurrentIndex). Whether the write was kept is known as little as after that time.
type handedOn struct {
	mutex sync.Mutex
	// led is done when what began under one leader, and has no answer, gets none.
	led  context.Context
	lost context.CancelFunc
}

func newHandedOn() *handedOn {
	h := &handedOn{}
	h.next()
	return h
}

// handedOnMethods are what changes keys and leases at once; a compaction may take its time.
var handedOnMethods = map[string]bool{
	"/etcdserverpb.KV/Put":            true,
	"/etcdserverpb.KV/Txn":            true,
	"/etcdserverpb.KV/DeleteRange":    true,
	"/etcdserverpb.Lease/LeaseGrant":  true,
	"/etcdserverpb.Lease/LeaseRevoke": true,
}

// intercept is called by gRPC around each request.
func (h *handedOn) intercept(ctx context.Context, request any, info *grpc.UnaryServerInfo, handle grpc.UnaryHandler) (any, error) {
	if !handedOnMethods[info.FullMethod] {
		return handle(ctx, request)
	}
	led := h.current()
	bounded, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(led, cancel)()
	answer, err := handle(bounded, request)
	if err != nil && led.Err() != nil && ctx.Err() == nil {
		return nil, rpctypes.ErrGRPCTimeoutDueToLeaderFail
	}
	return answer, err
}

func (h *handedOn) current() context.Context {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	return h.led
}

// next begins with another leader. The function that is returned ends what waits for the one before; there is none at first.
func (h *handedOn) next() context.CancelFunc {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	lost := h.lost
	h.led, h.lost = context.WithCancel(context.Background())
	return lost
}

// answerTime is what a write that was applied has to come back to its request.
const answerTime = 100 * time.Millisecond

// follow sees each change of the leader, until the end of its context.
func (h *handedOn) follow(ctx context.Context, server *etcdserver.EtcdServer) {
	changed := server.LeaderChangedNotify()
	for {
		select {
		case <-changed:
			changed = server.LeaderChangedNotify()
			go overtake(ctx, server, h.next())
		case <-ctx.Done():
			return
		}
	}
}

// overtake calls lost when a request without effect, that the new leader got behind all others, is through: what was there before it and is not lost is
// through too.
func overtake(ctx context.Context, server *etcdserver.EtcdServer, lost context.CancelFunc) {
	defer lost()
	if _, err := server.Alarm(ctx, &etcdserverpb.AlarmRequest{Action: etcdserverpb.AlarmRequest_GET}); err != nil {
		return
	}
	select {
	case <-time.After(answerTime):
	case <-ctx.Done():
	}
}
