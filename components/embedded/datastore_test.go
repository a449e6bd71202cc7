package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"go.etcd.io/etcd/api/v3/v3rpc/rpctypes"
	clientv3 "go.etcd.io/etcd/client/v3"
)

// rows fill some hundred pages.
func rows(put func(string, int, int, []byte)) {
	for range 500 {
		put("/registry/a", 0, 0, bytes.Repeat([]byte("x"), 3000))
	}
}

func TestADatabaseThatIsWellOrNotThereYetIsReadable(t *testing.T) {
	for _, path := range []string{database(t, rows), filepath.Join(t.TempDir(), "state.db")} {
		if err := readable(path); err != nil {
			t.Errorf("%v", err)
		}
	}
}

func TestDataThatAreGoneAreNoNewCluster(t *testing.T) {
	folder := t.TempDir()
	record := recordFile
	t.Cleanup(func() { recordFile = record })
	recordFile = filepath.Join(folder, "record.yaml")
	empty := filepath.Join(folder, "empty.db")
	for _, path := range []string{empty, recordFile} {
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := readable(database(t, rows)); err != nil {
		t.Errorf("%v", err)
	}
	for _, path := range []string{empty, filepath.Join(folder, "gone.db")} {
		if err := readable(path); err == nil || !strings.HasPrefix(err.Error(), path+" has none of the data that the cluster has had") {
			t.Errorf("said %v", err)
		}
	}
	if err := os.Remove(recordFile); err != nil {
		t.Fatal(err)
	}
	if err := readable(empty); err != nil {
		t.Errorf("before there was a cluster: %v", err)
	}
}

func TestDamageIsSaidAtOnce(t *testing.T) {
	for name, torn := range map[string]struct {
		at   int64
		says string
	}{
		"its beginning": {0, "file is not a database"},
		"its middle":    {100 * 4096, "is damaged: "},
	} {
		t.Run(name, func(t *testing.T) {
			path := database(t, rows)
			file, err := os.OpenFile(path, os.O_WRONLY, 0)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := file.WriteAt(bytes.Repeat([]byte{0xa5}, 4*4096), torn.at); err != nil {
				t.Fatal(err)
			}
			if err := file.Close(); err != nil {
				t.Fatal(err)
			}
			err = readable(path)
			if err == nil || !strings.HasPrefix(err.Error(), path+" ") || !strings.Contains(err.Error(), torn.says) {
				t.Errorf("said %v", err)
			}
		})
	}
}

func TestWhatTheAPIServerSaysGoesHoweverNew(t *testing.T) {
	dir := t.TempDir()
	socket := filepath.Join(dir, "kine.sock")
	c, err := newDatastore(datastoreConfig{SQLite: filepath.Join(dir, "state.db"), Socket: socket})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	r := newRunning()
	if err := r.start(ctx, c); err != nil {
		t.Fatal(err)
	}
	defer r.stop()
	client, err := clientv3.New(clientv3.Config{Endpoints: []string{"unix://" + socket}})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()

	first := put(t, ctx, client, 0)
	second := put(t, ctx, client, first)
	for _, revision := range []int64{first, second} {
		if _, err := client.Get(ctx, "/registry/a", clientv3.WithRev(revision)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := client.Compact(ctx, second); err != nil {
		t.Fatal(err)
	}
	if _, err := client.Get(ctx, "/registry/a", clientv3.WithRev(first)); !errors.Is(err, rpctypes.ErrCompacted) {
		t.Errorf("an old revision is answered with %v", err)
	}
	if got, err := client.Get(ctx, "/registry/a"); err != nil || len(got.Kvs) != 1 || got.Kvs[0].ModRevision != second {
		t.Errorf("the key is %v, %v", got, err)
	}
}

// put writes a key of which the last revision is given, as an API server does, and gives the new one.
func put(t *testing.T, ctx context.Context, client *clientv3.Client, last int64) int64 {
	t.Helper()
	said, err := client.Txn(ctx).
		If(clientv3.Compare(clientv3.ModRevision("/registry/a"), "=", last)).
		Then(clientv3.OpPut("/registry/a", "x")).
		Else(clientv3.OpGet("/registry/a")).
		Commit()
	if err != nil || !said.Succeeded {
		t.Fatalf("put after %d: %v, %v", last, said, err)
	}
	return said.Header.Revision
}

func TestADatastoreThatStallsIsToldAndSoIsItsReturn(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	hangs := errors.New("its disk takes nothing")
	asked := 0
	ask := func(ctx context.Context) error {
		asked++
		switch asked {
		case 2, 3:
			<-ctx.Done()
			return hangs
		case 6:
			cancel()
		}
		return nil
	}
	var told []error
	var away []time.Duration
	tellStalls(ctx, 5*time.Millisecond, ask, func(err error, since time.Duration) {
		told, away = append(told, err), append(away, since)
	})
	if !slices.Equal(told, []error{hangs, hangs, nil}) || !slices.IsSorted(away) {
		t.Errorf("%v %v", told, away)
	}
}

func TestADiskIsAskedByAWrite(t *testing.T) {
	folder := t.TempDir()
	for range 2 {
		if err := written(t.Context(), filepath.Join(folder, "alive")); err != nil {
			t.Error(err)
		}
	}
	if err := written(t.Context(), filepath.Join(folder, "gone", "alive")); err == nil {
		t.Error("a folder that is not there takes what is written")
	}
}
