package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/k3s-io/kine/pkg/drivers/generic"
	"github.com/k3s-io/kine/pkg/endpoint"
	"github.com/k3s-io/kine/pkg/tls"
	"k8s.io/klog/v2"
)

// sqliteOptions: a write-ahead log, so that reads do not wait for a write; writers wait for each other instead of failing with
// SQLITE_BUSY, and a transaction takes its lock when it begins. What is acknowledged is on the disk, as with etcd: kine's own
// default (NORMAL) loses the last writes when the power fails (https://www.sqlite.org/pragma.html#pragma_synchronous).
const sqliteOptions = "?_journal_mode=WAL&_synchronous=FULL&_busy_timeout=30000&_txlock=immediate"

// datastore is kine: etcd's protocol over a SQLite file, or over a database outside of the cluster.
type datastore struct {
	config  datastoreConfig
	outside *outside
	listens chan struct{}
}

func newDatastore(c datastoreConfig) (component, error) {
	d := &datastore{config: c, listens: make(chan struct{})}
	if c.Outside != nil {
		var err error
		if d.outside, err = newOutside(*c.Outside); err != nil {
			return nil, endedBy(d.Name(), err)
		}
	}
	return d, nil
}

func (d *datastore) Name() string { return "datastore" }

func (d *datastore) Run(ctx context.Context) error {
	where, title, err := d.open(ctx)
	if err != nil {
		return err
	}
	var all sync.WaitGroup
	_, err = endpoint.Listen(ctx, endpoint.Config{
		WaitGroup: &all,
		Listener:  "unix://" + d.config.Socket,
		Endpoint:  where,
		ServerTLSConfig: tls.Config{
			CertFile: d.config.CertFile,
			KeyFile:  d.config.KeyFile,
			// Clients have to show a certificate of this CA.
			TrustedCAFile: d.config.CAFile,
		},
		BackendTLSConfig: d.backendTLS(),
		// What kine's own command takes (pkg/app): a library's caller has to say all of it.
		ConnectionPoolConfig: generic.ConnectionPoolConfig{MaxIdle: 20, MaxIdleTime: 2 * time.Minute, MaxOpen: d.connections()},
		NotifyInterval:       5 * time.Second,
		EmulatedETCDVersion:  "3.6.11",
		CompactTimeout:       5 * time.Second,
		// The API server says what goes: what is older than five minutes, as with etcd. kine's own command keeps the last thousand
		// revisions besides, and three idle hosts take most of an hour to make as many: a list continued after that is not told that it
		// is one of long ago (conformance: "should support continue listing from the last key").
		CompactMinRetain: 0,
		CompactBatchSize: 1000,
		PollBatchSize:    500,
	})
	if err != nil {
		return fmt.Errorf("%s: %w", title, err)
	}
	close(d.listens)
	if d.outside != nil {
		go d.watch(ctx)
	}
	<-ctx.Done()
	all.Wait()
	return nil
}

// open gives what kine shall use, and its name for people.
func (d *datastore) open(ctx context.Context) (where, title string, err error) {
	if d.outside == nil {
		if err := readable(d.config.SQLite); err != nil {
			return "", "", err
		}
		return "sqlite://" + d.config.SQLite + sqliteOptions, d.config.SQLite, nil
	}
	db, err := d.outside.open()
	if err != nil {
		return "", "", err
	}
	defer db.Close()
	if err := d.outside.answers(ctx, db, 20*time.Second); err != nil {
		return "", "", err
	}
	if err := d.outside.take(ctx, db); err != nil {
		return "", "", err
	}
	where, err = d.outside.endpoint()
	return where, d.outside.title(), err
}

// mostChecked is how large a file may be to be read as a whole before a start: the API waits for it.
const mostChecked = 64 << 20

// readable says where the file is damaged. kine itself tries for five minutes to open it, and says nothing of it at its end.
func readable(database string) error {
	info, err := os.Stat(database)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	db, err := open(database, "rw")
	if err != nil {
		return err
	}
	defer db.Close()
	query := "PRAGMA quick_check(1)"
	if info.Size() > mostChecked {
		query = "SELECT 'ok' FROM (SELECT COUNT(*) FROM sqlite_master)"
	}
	return sound(db, database, query)
}

// connections is how many there may be; 0: as many as there are requests. PostgreSQL takes 100 unless told otherwise, of all its clients.
func (d *datastore) connections() int {
	if d.outside == nil {
		return 0
	}
	return 50
}

func (d *datastore) backendTLS() tls.Config {
	if d.outside == nil {
		return tls.Config{}
	}
	return d.outside.tls
}

// watchEvery is how often a database outside is asked how it is.
const watchEvery = 5 * time.Second

// watch says when a database outside stops answering, and when it answers again: what waits for it says only that it waits.
func (d *datastore) watch(ctx context.Context) {
	db, err := d.outside.open()
	if err != nil {
		return
	}
	defer db.Close()
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	away := time.Time{}
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		err := d.outside.answers(ctx, db, watchEvery)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			if away.IsZero() {
				away = time.Now()
			}
			klog.ErrorS(err, "The datastore does not answer", "datastore", d.outside.title(), "seconds", int(time.Since(away).Seconds()))
		case !away.IsZero():
			klog.InfoS("The datastore answers again", "datastore", d.outside.title(), "seconds", int(time.Since(away).Seconds()))
			away = time.Time{}
		}
	}
}

func (d *datastore) Ready(ctx context.Context) error {
	select {
	case <-d.listens:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
