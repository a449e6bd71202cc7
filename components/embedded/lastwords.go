package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"sync/atomic"

	"github.com/sirupsen/logrus"
	"go.etcd.io/etcd/server/v3/embed"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"k8s.io/klog/v2"
)

// lastWords hears what a library ends the whole process with: kine does so by logrus, from its compaction, the elected programs by klog, and etcd by zap.
// What they log then is one line among others; kinit and its doctor look for a last line like those of our own.
type lastWords struct{ said atomic.Pointer[string] }

func (l *lastWords) Levels() []logrus.Level { return []logrus.Level{logrus.FatalLevel} }

func (l *lastWords) Fire(entry *logrus.Entry) error {
	said := entry.Message // Entries are used again.
	l.said.Store(&said)
	return nil
}

// libraryEnds makes the ends of libraries end with a line to `out`.
func libraryEnds(out io.Writer, exit func(int)) {
	heard := &lastWords{}
	logrus.AddHook(heard)
	logrus.StandardLogger().ExitFunc = func(code int) {
		why := errNoReason
		if said := heard.said.Load(); said != nil {
			why = errors.New(*said)
		}
		fmt.Fprintln(out, "Error:", endedBy("datastore", why))
		exit(code)
	}
	klog.OsExit = func(code int) {
		fmt.Fprintf(out, "Error: %s or %s ended: the line before says why\n", controllerManagerName, schedulerName)
		exit(code)
	}
}

// lastCore writes what a logger of etcd's writes. What etcd would panic with, from whatever goroutine, or end the process, ends it here: the trace of a panic
// says where in etcd, and not why (the error is a field of that line).
type lastCore struct {
	zapcore.Core
	end func(why string)
}

func (c *lastCore) With(fields []zapcore.Field) zapcore.Core {
	return &lastCore{c.Core.With(fields), c.end}
}

func (c *lastCore) Check(entry zapcore.Entry, checked *zapcore.CheckedEntry) *zapcore.CheckedEntry {
	if c.Enabled(entry.Level) {
		return checked.AddCore(entry, c)
	}
	return checked
}

func (c *lastCore) Write(entry zapcore.Entry, fields []zapcore.Field) error {
	err := c.Core.Write(entry, fields)
	if entry.Level < zapcore.PanicLevel {
		return err
	}
	why := entry.Message
	for _, field := range fields {
		if said, is := field.Interface.(error); is && field.Type == zapcore.ErrorType {
			why += ": " + said.Error()
		}
	}
	c.end(why)
	return err
}

// endsByIt has etcd's ends of the process end with a line to `out`.
func endsByIt(c *embed.Config, out io.Writer, exit func(int)) error {
	end := func(why string) {
		fmt.Fprintln(out, "Error:", endedBy(etcdName, errors.New(why)))
		exit(exitFailed)
	}
	logger := c.GetLogger().WithOptions(zap.WrapCore(func(core zapcore.Core) zapcore.Core { return &lastCore{core, end} }))
	// Each look at the configuration makes the logger anew.
	c.ZapLoggerBuilder = embed.NewZapLoggerBuilder(logger)
	return c.ZapLoggerBuilder(c)
}

func sayLastWords() { libraryEnds(os.Stderr, os.Exit) }
