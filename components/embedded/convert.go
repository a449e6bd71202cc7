package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"
	"go.etcd.io/etcd/server/v3/embed"
	"go.etcd.io/etcd/server/v3/etcdserver/api/v3client"
)

// Bounds of one request, below etcd's own (128 operations, 1.5 MiB; server/embed: DefaultMaxTxnOps, DefaultMaxRequestBytes).
const (
	convertOps   = 100
	convertBytes = 1 << 20
)

// convertTimeout bounds all of it: a gigabyte takes minutes.
const convertTimeout = 25 * time.Minute

// convert writes what a database holds now as a snapshot that etcdutl restores: an etcd that nobody else reaches takes every key, all of
// them are read back and compared, and its file is the snapshot. Revisions begin anew there: who restores it goes on behind those of
// the database, whose last one is among what this returns. Nobody writes to the database meanwhile.
func convert(database, output string) (any, error) {
	output, err := filepath.Abs(output)
	if err != nil {
		return nil, err
	}
	if _, err := os.Lstat(output); err == nil {
		return nil, fmt.Errorf("%s is there already", output)
	}
	db, err := open(database, "rw")
	if err != nil {
		return nil, err
	}
	defer db.Close()
	found, err := contentsOf(db, database)
	if err != nil {
		return nil, err
	}
	folder, err := os.MkdirTemp(filepath.Dir(output), ".convert-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	ctx, cancel := context.WithTimeout(context.Background(), convertTimeout)
	defer cancel()
	if found.Keys, err = copyToEtcd(ctx, db, folder); err != nil {
		return nil, fmt.Errorf("%s cannot be converted: %w", database, err)
	}
	if found.Bytes, err = writeSnapshot(filepath.Join(folder, "member", "snap", "db"), output); err != nil {
		os.Remove(output)
		return nil, err
	}
	return found, nil
}

// copyToEtcd puts every key into an etcd of its own in a folder, and reads them back. Returns how many there are.
func copyToEtcd(ctx context.Context, db *sql.DB, folder string) (int64, error) {
	c := embed.NewConfig()
	c.Dir = folder
	c.LogLevel = "error"
	// It is synced when it is whole; until then it is made again.
	c.UnsafeNoFsync = true
	c.QuotaBackendBytes = 8 << 30
	// Sockets in the folder, which is root's alone: nobody else reaches it. etcd wants host:port, and takes that for a path below this one.
	if err := os.Chdir(folder); err != nil {
		return 0, err
	}
	own := func(name string) []url.URL { return []url.URL{{Scheme: "unix", Host: name + ":0"}} }
	c.ListenClientUrls, c.AdvertiseClientUrls = own("client"), own("client")
	c.ListenPeerUrls, c.AdvertisePeerUrls = own("peer"), own("peer")
	c.InitialCluster = c.InitialClusterFromName(c.Name)
	member, err := embed.StartEtcd(c)
	if err != nil {
		return 0, err
	}
	defer member.Close()
	select {
	case <-member.Server.ReadyNotify():
	case err := <-member.Err():
		return 0, err
	case <-ctx.Done():
		return 0, ctx.Err()
	}
	client := v3client.New(member.Server)
	defer client.Close()
	if err := eachKey(ctx, db, newPutter(ctx, client)); err != nil {
		return 0, err
	}
	return compareKeys(ctx, db, client)
}

// keyTaker gets every key that there is now, in order, and is told the end.
type keyTaker interface {
	take(key string, value []byte, ttl int64) error
	end() error
}

// eachKey reads the last row of each key that was not deleted. What does not begin with a slash is kine's own.
func eachKey(ctx context.Context, db *sql.DB, taker keyTaker) error {
	rows, err := db.QueryContext(ctx, "SELECT k.name, k.value, k.lease FROM kine AS k JOIN (SELECT MAX(id) AS id FROM kine GROUP BY name) AS last ON last.id = k.id WHERE k.deleted = 0 AND k.name LIKE '/%' ORDER BY k.name")
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var key string
		var value []byte
		var ttl sql.NullInt64
		if err := rows.Scan(&key, &value, &ttl); err != nil {
			return err
		}
		if err := taker.take(key, value, ttl.Int64); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	return taker.end()
}

// putter puts keys in requests of many.
type putter struct {
	ctx    context.Context
	client *clientv3.Client
	// leases by seconds: keys that live as long as each other share one, as those of an API server do.
	leases map[int64]clientv3.LeaseID
	ops    []clientv3.Op
	size   int
}

func newPutter(ctx context.Context, client *clientv3.Client) *putter {
	return &putter{ctx: ctx, client: client, leases: map[int64]clientv3.LeaseID{}}
}

func (p *putter) take(key string, value []byte, ttl int64) error {
	var options []clientv3.OpOption
	if ttl > 0 {
		lease, known := p.leases[ttl]
		if !known {
			granted, err := p.client.Grant(p.ctx, ttl)
			if err != nil {
				return err
			}
			lease = granted.ID
			p.leases[ttl] = lease
		}
		options = append(options, clientv3.WithLease(lease))
	}
	if len(p.ops) == convertOps || p.size+len(value) > convertBytes {
		if err := p.end(); err != nil {
			return err
		}
	}
	p.ops = append(p.ops, clientv3.OpPut(key, string(value), options...))
	p.size += len(key) + len(value)
	return nil
}

func (p *putter) end() error {
	if len(p.ops) == 0 {
		return nil
	}
	_, err := p.client.Txn(p.ctx).Then(p.ops...).Commit()
	p.ops, p.size = nil, 0
	return err
}

// comparer finds the first key that is not the same there.
type comparer struct {
	ctx    context.Context
	client *clientv3.Client
	page   []*pair
	next   string
	count  int64
}

type pair struct {
	key   string
	value []byte
}

const comparePage = 200

func compareKeys(ctx context.Context, db *sql.DB, client *clientv3.Client) (int64, error) {
	c := &comparer{ctx: ctx, client: client, next: "/"}
	err := eachKey(ctx, db, c)
	return c.count, err
}

func (c *comparer) take(key string, value []byte, _ int64) error {
	if len(c.page) == 0 {
		if err := c.fill(); err != nil {
			return err
		}
	}
	if len(c.page) == 0 || c.page[0].key != key || !bytes.Equal(c.page[0].value, value) {
		return fmt.Errorf("%s did not arrive as it is", key)
	}
	c.page = c.page[1:]
	c.count++
	return nil
}

func (c *comparer) end() error {
	if len(c.page) == 0 {
		if err := c.fill(); err != nil {
			return err
		}
	}
	if len(c.page) > 0 {
		return fmt.Errorf("%s is there and was not before", c.page[0].key)
	}
	return nil
}

func (c *comparer) fill() error {
	got, err := c.client.Get(c.ctx, c.next, clientv3.WithFromKey(), clientv3.WithLimit(comparePage))
	if err != nil {
		return err
	}
	for _, kv := range got.Kvs {
		c.page = append(c.page, &pair{string(kv.Key), kv.Value})
		c.next = string(kv.Key) + "\x00"
	}
	return nil
}

// writeSnapshot writes a member's file with the SHA-256 behind it that `etcdctl snapshot save` has, and syncs it. Returns its size.
func writeSnapshot(file, output string) (int64, error) {
	from, err := os.Open(file)
	if err != nil {
		return 0, err
	}
	defer from.Close()
	to, err := os.OpenFile(output, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return 0, err
	}
	digest := sha256.New()
	size, err := io.Copy(io.MultiWriter(to, digest), from)
	if err == nil {
		_, err = to.Write(digest.Sum(nil))
	}
	if closed := to.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return 0, fmt.Errorf("%s cannot be written: %w", output, err)
	}
	return size + sha256.Size, syncFile(output)
}
