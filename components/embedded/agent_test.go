package main

import (
	"context"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// untilEnd is a part that ends with what it has.
type untilEnd struct {
	name string
	end  chan error
}

func (u untilEnd) Name() string              { return u.name }
func (u untilEnd) Run(context.Context) error { return <-u.end }

func TestTheFirstPartThatEndsIsNamed(t *testing.T) {
	for _, end := range []struct {
		with error
		says string
	}{
		{errors.New("no route"), "kube-proxy ended: no route"},
		{nil, "<nil>"},
	} {
		proxies := untilEnd{proxyName, make(chan error, 1)}
		proxies.end <- end.with
		if err := firstEnd(context.Background(), untilEnd{kubeletName, make(chan error)}, proxies); fmt.Sprint(err) != end.says {
			t.Fatalf("%v instead of %s", err, end.says)
		}
	}
}

func TestAFlagThatTheKubeletDoesNotHaveEndsTheAgentWithItsName(t *testing.T) {
	err := firstEnd(context.Background(), newKubelet([]string{"--no-such-flag"}), untilEnd{proxyName, make(chan error)})
	if err == nil || !strings.HasPrefix(err.Error(), "kubelet ended: ") || !strings.Contains(err.Error(), "unknown flag: --no-such-flag") {
		t.Fatal(err)
	}
}

func TestAConfigurationThatKubeProxyDoesNotTakeIsNamed(t *testing.T) {
	for text, says := range map[string]string{
		"mode: sideways\n":     "sideways",
		"mode: [\n":            "yaml",
		"oomScoreAdj: -2000\n": "oomScoreAdj",
	} {
		_, err := newProxy(proxyFile(t, "/nowhere", text))
		if err == nil || !strings.HasPrefix(err.Error(), "kube-proxy ended: ") || !strings.Contains(strings.ToLower(err.Error()), strings.ToLower(says)) {
			t.Fatalf("%q: %v", text, err)
		}
	}
	if _, err := newProxy(filepath.Join(t.TempDir(), "none")); err == nil || !strings.HasPrefix(err.Error(), "kube-proxy ended: open ") {
		t.Fatal(err)
	}
}

// A host that joins: there is no kubeconfig, then no node, and then there is one.
func TestKubeProxyWaitsForItsNode(t *testing.T) {
	var asked atomic.Int32
	api := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/api/v1/nodes/worker" {
			t.Errorf("asked for %s", r.URL.Path)
		}
		w.Header().Set("Content-Type", "application/json")
		if asked.Add(1) < 3 {
			w.WriteHeader(http.StatusNotFound)
			fmt.Fprint(w, `{"kind":"Status","apiVersion":"v1","status":"Failure","reason":"NotFound","code":404}`)
			return
		}
		fmt.Fprint(w, `{"kind":"Node","apiVersion":"v1","metadata":{"name":"worker"}}`)
	}))
	defer api.Close()
	kubeconfig := filepath.Join(t.TempDir(), "kubelet.conf")
	p, err := newProxy(proxyFile(t, kubeconfig, "hostnameOverride: worker\n"))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	if err := p.seesNode(ctx); !errors.Is(err, os.ErrNotExist) {
		t.Fatalf("without a kubeconfig: %v", err)
	}
	ca := filepath.Join(t.TempDir(), "ca.crt")
	write(t, ca, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: api.Certificate().Raw})))
	write(t, kubeconfig, fmt.Sprintf(`{"apiVersion":"v1","kind":"Config","current-context":"c",
		"clusters":[{"name":"c","cluster":{"server":%q,"certificate-authority":%q}}],
		"users":[{"name":"u","user":{}}],"contexts":[{"name":"c","context":{"cluster":"c","user":"u"}}]}`, api.URL, ca))
	if err := p.awaitNode(ctx); err != nil {
		t.Fatal(err)
	}
	if asked.Load() != 3 {
		t.Fatalf("asked %d times", asked.Load())
	}
}

// proxyFile writes a configuration of kube-proxy and returns its path.
func proxyFile(t *testing.T, kubeconfig, more string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "config.conf")
	write(t, path, fmt.Sprintf("apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nclientConnection: {kubeconfig: %s}\n%s", kubeconfig, more))
	return path
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
