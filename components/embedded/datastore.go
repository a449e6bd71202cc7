package main

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/k3s-io/kine/pkg/drivers/generic"
	"github.com/k3s-io/kine/pkg/endpoint"
	"github.com/k3s-io/kine/pkg/tls"
)

// sqliteOptions: a write-ahead log, so that reads do not wait for a write; writers wait for each other instead of failing with
// SQLITE_BUSY, and a transaction takes its lock when it begins. What is acknowledged is on the disk, as with etcd: kine's own
// default (NORMAL) loses the last writes when the power fails (https://www.sqlite.org/pragma.html#pragma_synchronous).
const sqliteOptions = "?_journal_mode=WAL&_synchronous=FULL&_busy_timeout=30000&_txlock=immediate"

// datastore is kine: etcd's protocol over a SQLite file.
type datastore struct {
	config  datastoreConfig
	listens chan struct{}
}

func newDatastore(c datastoreConfig) *datastore {
	return &datastore{config: c, listens: make(chan struct{})}
}

func (d *datastore) Name() string { return "datastore" }

func (d *datastore) Run(ctx context.Context) error {
	var all sync.WaitGroup
	_, err := endpoint.Listen(ctx, endpoint.Config{
		WaitGroup: &all,
		Listener:  "unix://" + d.config.Socket,
		Endpoint:  "sqlite://" + d.config.SQLite + sqliteOptions,
		ServerTLSConfig: tls.Config{
			CertFile: d.config.CertFile,
			KeyFile:  d.config.KeyFile,
			// Clients have to show a certificate of this CA.
			TrustedCAFile: d.config.CAFile,
		},
		// What kine's own command takes (pkg/app): a library's caller has to say all of it.
		ConnectionPoolConfig: generic.ConnectionPoolConfig{MaxIdle: 20, MaxIdleTime: 2 * time.Minute},
		NotifyInterval:       5 * time.Second,
		EmulatedETCDVersion:  "3.6.11",
		CompactTimeout:       5 * time.Second,
		CompactMinRetain:     1000,
		CompactBatchSize:     1000,
		PollBatchSize:        500,
	})
	if err != nil {
		return fmt.Errorf("%s: %w", d.config.SQLite, err)
	}
	close(d.listens)
	<-ctx.Done()
	all.Wait()
	return nil
}

func (d *datastore) Ready(ctx context.Context) error {
	select {
	case <-d.listens:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
