package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// apiStub is an API server that says its name; frozen, it takes connections and answers nothing, as a stopped process does.
type apiStub struct {
	*httptest.Server
	frozen  atomic.Bool
	unready atomic.Bool
	// ahead is how far its clock is ahead, in seconds.
	ahead atomic.Int64
	end   chan struct{}
}

func newAPIStub(t *testing.T, name string) *apiStub {
	t.Helper()
	a := &apiStub{end: make(chan struct{})}
	a.Server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if a.frozen.Load() {
			<-a.end
			return
		}
		w.Header().Set("Date", time.Now().Add(time.Duration(a.ahead.Load())*time.Second).UTC().Format(http.TimeFormat))
		if r.URL.Path == "/readyz" && a.unready.Load() {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		if r.URL.Path == "/watch" {
			fmt.Fprintln(w, name)
			w.(http.Flusher).Flush()
			<-r.Context().Done()
			return
		}
		fmt.Fprint(w, name)
	}))
	t.Cleanup(func() { close(a.end); a.CloseClientConnections(); a.Close() })
	return a
}

func (a *apiStub) address() string { return a.Listener.Addr().String() }

// start runs a balancer in front of these addresses, and gives its address and the file of its members.
func start(t *testing.T, addresses ...string) (string, string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "balancer.yaml")
	writeMembers(t, file, addresses...)
	b, err := newBalancer(file)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- b.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return b.listener.Addr().String(), file
}

func writeMembers(t *testing.T, file string, addresses ...string) {
	t.Helper()
	lines := []string{"listen: 127.0.0.1:0", "members:"}
	for i, address := range addresses {
		lines = append(lines, fmt.Sprintf("- name: node%d\n  address: %s", i+1, address))
	}
	if err := os.WriteFile(file, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
}

// client makes a connection for each request, or keeps one, as clients of Kubernetes do.
func client(keeps bool) *http.Client {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.TLSClientConfig = ownClient().Transport.(*http.Transport).TLSClientConfig
	transport.DisableKeepAlives = !keeps
	return &http.Client{Transport: transport, Timeout: 10 * time.Second}
}

func get(c *http.Client, address, path string) (string, error) {
	response, err := c.Get("https://" + address + path)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	return string(text), err
}

// watchOn opens a watch, and gives the name of the member that it is at and what it says from then on.
func watchOn(t *testing.T, address string) (string, *bufio.Reader) {
	t.Helper()
	response, err := client(true).Get("https://" + address + "/watch")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { response.Body.Close() })
	lines := bufio.NewReader(response.Body)
	name, err := lines.ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSuffix(name, "\n"), lines
}

// within waits until it holds.
func within(t *testing.T, bound time.Duration, what string, holds func() bool) time.Duration {
	t.Helper()
	began := time.Now()
	for time.Since(began) < bound {
		if holds() {
			return time.Since(began)
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Fatalf("not within %s: %s", bound, what)
	return 0
}

func TestAllMembersAreUsed(t *testing.T) {
	one, two := newAPIStub(t, "one"), newAPIStub(t, "two")
	address, _ := start(t, one.address(), two.address())
	seen := map[string]bool{}
	for range 40 {
		name, err := get(client(false), address, "/")
		if err != nil {
			t.Fatal(err)
		}
		seen[name] = true
	}
	if !seen["one"] || !seen["two"] {
		t.Fatal(seen)
	}
}

func TestADeadMemberCostsNoAnswer(t *testing.T) {
	one, two := newAPIStub(t, "one"), newAPIStub(t, "two")
	address, _ := start(t, one.address(), two.address())
	one.CloseClientConnections()
	one.Listener.Close()
	// From the first moment, before any check has seen it.
	for range 20 {
		if name, err := get(client(false), address, "/"); name != "two" || err != nil {
			t.Fatal(name, err)
		}
	}
}

func TestAWatchOnAFrozenMemberEndsWithinFourSeconds(t *testing.T) {
	one, two := newAPIStub(t, "one"), newAPIStub(t, "two")
	address, _ := start(t, one.address(), two.address())
	time.Sleep(100 * time.Millisecond)
	name, more := watchOn(t, address)
	mine, other := one, "two"
	if name == "two" {
		mine, other = two, "one"
	}
	mine.frozen.Store(true)
	began := time.Now()
	if _, err := io.ReadAll(more); err == nil {
		t.Fatal("it ended in good order")
	}
	if took := time.Since(began); took > 4*time.Second {
		t.Fatal(took)
	}
	for range 10 {
		if name, err := get(client(false), address, "/"); name != other || err != nil {
			t.Fatal(name, err)
		}
	}
	mine.frozen.Store(false)
	within(t, 3*time.Second, "it is used again", func() bool {
		name, _ := get(client(false), address, "/")
		return name != other
	})
}

func TestWhereChecksFailEverywhereConnectionsAreStillTried(t *testing.T) {
	one, two := newAPIStub(t, "one"), newAPIStub(t, "two")
	address, file := start(t, one.address(), two.address())
	one.unready.Store(true)
	two.unready.Store(true)
	within(t, 5*time.Second, "both are down", func() bool { return ups(t, file) == 0 })
	if name, err := get(client(false), address, "/"); name == "" || err != nil {
		t.Fatal(name, err)
	}
}

func TestAServerWithAnotherClockIsLeftOutAndItsConnectionsAreClosed(t *testing.T) {
	one, two, three := newAPIStub(t, "one"), newAPIStub(t, "two"), newAPIStub(t, "three")
	address, _ := start(t, one.address(), two.address(), three.address())
	name, more := watchOn(t, address)
	wrong := map[string]*apiStub{"one": one, "two": two, "three": three}[name]
	wrong.ahead.Store(-7200)
	began := time.Now()
	if _, err := io.ReadAll(more); err == nil {
		t.Fatal("it ended in good order")
	}
	if took := time.Since(began); took > 3*time.Second {
		t.Fatal(took)
	}
	for range 30 {
		if at, err := get(client(false), address, "/"); at == name || err != nil {
			t.Fatal(at, err)
		}
	}
	wrong.ahead.Store(30)
	within(t, 3*time.Second, "it is used again", func() bool {
		at, _ := get(client(false), address, "/")
		return at == name
	})
}

func TestWhereTheClockOfTheNodeIsWrongItIsLedToTheServersWithAnother(t *testing.T) {
	mine, two, three := newAPIStub(t, "mine"), newAPIStub(t, "two"), newAPIStub(t, "three")
	two.ahead.Store(7200)
	three.ahead.Store(7203)
	address, _ := start(t, mine.address(), two.address(), three.address())
	others := func() bool {
		for range 20 {
			if name, err := get(client(false), address, "/"); name == "mine" || err != nil {
				return false
			}
		}
		return true
	}
	within(t, 5*time.Second, "only the others are used", others)
	// One of them is gone: no majority says that this node is wrong.
	three.unready.Store(true)
	within(t, 5*time.Second, "its own again", func() bool {
		name, _ := get(client(false), address, "/")
		return name == "mine"
	})
}

func TestTheLastServerIsUsedWhateverItsClockSays(t *testing.T) {
	one, two, three := newAPIStub(t, "one"), newAPIStub(t, "two"), newAPIStub(t, "three")
	address, file := start(t, one.address(), two.address(), three.address())
	one.unready.Store(true)
	two.unready.Store(true)
	three.ahead.Store(-7200)
	within(t, 5*time.Second, "two are down", func() bool { return ups(t, file) == 1 })
	within(t, 2*time.Second, "the third answers", func() bool {
		name, err := get(client(false), address, "/")
		return name == "three" && err == nil
	})
}

func TestOneMemberAloneIsNotChecked(t *testing.T) {
	one := newAPIStub(t, "one")
	one.unready.Store(true)
	address, file := start(t, one.address())
	time.Sleep(3 * time.Second)
	if name, err := get(client(false), address, "/"); name != "one" || err != nil || ups(t, file) != 1 {
		t.Fatal(name, err)
	}
}

func TestMembersOfTheFileAreTakenUpAndConnectionsOfThoseThatStayAreKept(t *testing.T) {
	one, two := newAPIStub(t, "one"), newAPIStub(t, "two")
	address, file := start(t, one.address())
	_, lines := watchOn(t, address)
	writeMembers(t, file, one.address(), two.address())
	within(t, 3*time.Second, "the second is used", func() bool {
		name, _ := get(client(false), address, "/")
		return name == "two"
	})
	// Half written by a person: nothing changes.
	if err := os.WriteFile(file, []byte("members: ["), 0o600); err != nil {
		t.Fatal(err)
	}
	time.Sleep(2 * time.Second)
	if name, err := get(client(false), address, "/"); name == "" || err != nil {
		t.Fatal(name, err)
	}
	open := make(chan error, 1)
	go func() { _, err := lines.ReadString('\n'); open <- err }()
	select {
	case err := <-open:
		t.Fatal("the watch ended", err)
	case <-time.After(time.Second):
	}
}

func TestAPortThatIsTakenAndAFileThatIsNoneAreNamed(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	for text, says := range map[string]string{
		"listen: " + taken.Addr().String() + "\nmembers:\n- name: a\n  address: 10.0.0.1:6443\n": "address already in use",
		"listen: 127.0.0.1:0\n":              "listen and members are needed",
		"listen: 127.0.0.1:0\nservers: []\n": "servers",
	} {
		file := filepath.Join(t.TempDir(), "balancer.yaml")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := newBalancer(file)
		if err == nil || !strings.HasPrefix(err.Error(), "api-balancer ended: ") || !strings.Contains(err.Error(), says) {
			t.Fatalf("%v does not say %q", err, says)
		}
	}
}

// ups is how many members the state beside the file says are up; -1 as long as there is none.
func ups(t *testing.T, file string) int {
	t.Helper()
	var state balancerState
	text, err := os.ReadFile(filepath.Join(filepath.Dir(file), "state.json"))
	if os.IsNotExist(err) {
		return -1
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &state); err != nil {
		t.Fatal(err)
	}
	up := 0
	for _, m := range state.Members {
		if m.Up {
			up++
		}
	}
	return up
}
