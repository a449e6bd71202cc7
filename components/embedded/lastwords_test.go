package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/sirupsen/logrus"
	"go.etcd.io/etcd/server/v3/embed"
	"k8s.io/klog/v2"
)

func TestALibraryThatEndsTheProcessHasALastLineToo(t *testing.T) {
	former := klog.OsExit
	t.Cleanup(func() {
		klog.OsExit = former
		logrus.StandardLogger().ExitFunc = nil
		logrus.StandardLogger().ReplaceHooks(logrus.LevelHooks{})
		logrus.SetOutput(os.Stderr)
	})
	logrus.SetOutput(io.Discard)
	var out bytes.Buffer
	code := 0
	libraryEnds(&out, func(with int) { code = with })
	logrus.Fatalf("Transaction commit failed: %s", "database or disk is full")
	if out.String() != "Error: datastore ended: Transaction commit failed: database or disk is full\n" || code != 1 {
		t.Errorf("%d %q", code, out.String())
	}
	out.Reset()
	klog.FlushAndExit(0, 1)
	if !strings.HasPrefix(out.String(), "Error: kube-controller-manager or kube-scheduler ended: ") || code != 1 {
		t.Errorf("%d %q", code, out.String())
	}
}

func TestWhatEtcdEndsTheProcessWithIsItsLastLineWithTheReason(t *testing.T) {
	data := t.TempDir()
	for _, folder := range []string{"member/snap", "member/wal"} {
		if err := os.MkdirAll(filepath.Join(data, folder), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(data, "member/snap/db"), make([]byte, 64<<10), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := etcdConfig(member(t, "--data-dir="+data))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	ended := make(chan int, 1)
	if err := endsByIt(c, &out, func(with int) { ended <- with; runtime.Goexit() }); err != nil {
		t.Fatal(err)
	}
	// It opens its data in a goroutine, whose end nothing here can take for the process's.
	go func() { _, _ = embed.StartEtcd(c) }()
	select {
	case code := <-ended:
		if out.String() != "Error: etcd ended: failed to open database: invalid database\n" || code != exitFailed {
			t.Errorf("%d %q", code, out.String())
		}
	case <-time.After(time.Minute):
		t.Error("it did not end")
	}
}
