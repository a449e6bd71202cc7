package main

import (
	"bytes"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/sirupsen/logrus"
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
