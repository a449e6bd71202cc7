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
	go d.watch(ctx, title)
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
		return d.driver() + "://" + d.config.SQLite + sqliteOptions + vacuum(d.config.SQLite), d.config.SQLite, nil
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

// mostChecked is how large a file may be to be read, or written anew, as a whole before a start: the API waits for it.
const mostChecked = 64 << 20

// recordFile is written to a control-plane host once its API has served (src/model/record.ts): with it there have been data.
var recordFile = "/etc/kubernetes/pki/kinit-record.yaml"

// begins says whether a datastore may begin empty. A cluster that has had data would be an empty one without a word: its nodes end their pods, and
// the next to look finds nothing that tells of another state.
func begins(where, back string) error {
	_, err := os.Stat(recordFile)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return fmt.Errorf("%s has none of the data that the cluster has had: is it the right place, with its disk mounted? %s", where, back)
}

// driver is kine's: the one that it has for Litestream leaves the log alone, and keeps it at its end.
func (d *datastore) driver() string {
	if d.config.Follower != "" {
		return d.config.Follower
	}
	return "sqlite"
}

// vacuum is the option that keeps kine from writing a large file anew at each start: the API waits for it, and the disk has to hold it twice.
// `kinit datastore compact` does so when told.
func vacuum(database string) string {
	if info, err := os.Stat(database); err == nil && info.Size() > mostChecked {
		return "&_kine_disable_startup_vacuum=1"
	}
	return ""
}

// readable says where the file is damaged, or gone. kine itself tries for five minutes to open it, and says nothing of it at its end.
func readable(database string) error {
	info, err := os.Stat(database)
	// SQLite makes an empty file a database; what belongs to it and stands beside it, it takes away.
	if errors.Is(err, os.ErrNotExist) || err == nil && info.Size() == 0 {
		return begins(database, "kinit datastore restore puts a backup back")
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

// watchEvery is how often a datastore is asked how it is, and how long its answer may take.
const watchEvery = 5 * time.Second

// watch says when the datastore does not answer, and when it answers again: what waits for it says only that it waits, and kine speaks of a
// slow statement when that has ended.
func (d *datastore) watch(ctx context.Context, title string) {
	tell := func(err error, away time.Duration) {
		if err == nil {
			klog.InfoS("The datastore answers again", "datastore", title, "seconds", int(away.Seconds()))
		} else {
			klog.ErrorS(err, "The datastore does not answer", "datastore", title, "seconds", int(away.Seconds()))
		}
	}
	if d.outside == nil {
		// Each of these is a write to a disk that may be an SD card.
		tellStalls(ctx, 3*watchEvery, func(ctx context.Context) error { return written(ctx, d.config.SQLite+"-alive") }, tell)
		return
	}
	db, err := d.outside.open()
	if err != nil {
		return
	}
	defer db.Close()
	tellStalls(ctx, watchEvery, func(ctx context.Context) error { return d.outside.stores(ctx, db) }, tell)
}

// tellStalls asks every so often until the end of ctx, and tells of each failure, and of the first answer after one (nil), with how long there was none.
func tellStalls(ctx context.Context, every time.Duration, ask func(context.Context) error, tell func(err error, away time.Duration)) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	away := time.Time{}
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		asked := time.Now()
		bounded, cancel := context.WithTimeout(ctx, min(every, watchEvery))
		err := ask(bounded)
		cancel()
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			if away.IsZero() {
				away = asked
			}
			tell(err, time.Since(away))
		case !away.IsZero():
			tell(nil, time.Since(away))
			away = time.Time{}
		}
	}
}

// written puts a byte onto the disk that the file is on. A write that hangs in the kernel cannot be taken back: the next waits for its end.
func written(ctx context.Context, file string) error {
	select {
	case writing <- struct{}{}:
	case <-ctx.Done():
		return errors.New("its disk has not taken what was written before")
	}
	ended := make(chan error, 1)
	go func() {
		defer func() { <-writing }()
		ended <- writeThrough(file)
	}()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
		return errors.New("its disk takes nothing")
	}
}

var writing = make(chan struct{}, 1)

func writeThrough(file string) error {
	f, err := os.OpenFile(file, os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	if _, err := f.Write([]byte{'\n'}); err != nil {
		return err
	}
	return f.Sync()
}

func (d *datastore) Ready(ctx context.Context) error {
	select {
	case <-d.listens:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
