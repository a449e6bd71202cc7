package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"sync/atomic"

	"github.com/sirupsen/logrus"
	"k8s.io/klog/v2"
)

// lastWords hears what a library ends the whole process with: kine does so by logrus, from its compaction, and the elected programs by klog. What they
// log then is one line among others; kinit and its doctor look for a last line like those of our own.
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

func sayLastWords() { libraryEnds(os.Stderr, os.Exit) }
