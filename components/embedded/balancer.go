package main

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"k8s.io/klog/v2"
	"sigs.k8s.io/yaml"
)

// balancerName is what it is called where it is a pod.
const balancerName = "api-balancer"

// A silent server is left alone within checkFalls checks: checkEvery + checkTimeout, then again after a failure checkSoon + checkTimeout, 3.5 s at
// most. Clients by themselves take up to 45 s (k8s.io/apimachinery: HTTP2_READ_IDLE_TIMEOUT_SECONDS and HTTP2_PING_TIMEOUT_SECONDS).
const (
	checkEvery   = time.Second
	checkSoon    = 500 * time.Millisecond
	checkTimeout = time.Second
	checkFalls   = 2
	dialTimeout  = time.Second
	// clockOff is how far its clock may be from this node's: tokens of pods are refused from a minute on (go-jose: DefaultLeeway), certificates
	// that the cluster signs from five.
	clockOff = 90 * time.Second
	// lookEvery is how often the file is looked at.
	lookEvery = time.Second
	// leaveAfter is how long connections to a server stay that is no member any more: it still answers what it was asked.
	leaveAfter = 30 * time.Second
)

// balancerConfig is the file that kinit writes.
type balancerConfig struct {
	// Listen is host:port on the loopback.
	Listen string `json:"listen"`
	// Members are the API servers of the cluster.
	Members []balancerMember `json:"members"`
}

type balancerMember struct {
	Name string `json:"name"`
	// Address is host:port.
	Address string `json:"address"`
}

// balancer gives what runs on its node connections to API servers that answer. It does not look into them: TLS is between client and server.
// It lives from newBalancer, which listens, so that nothing on the node asks in vain, through Run to the process's end.
type balancer struct {
	path     string
	state    string
	first    balancerConfig
	listener net.Listener

	mu      sync.Mutex
	loaded  string
	servers []*apiMember
}

// apiMember is one API server. Its fields are under the balancer's mutex.
type apiMember struct {
	balancerMember
	// up until checks fail: nobody is held up by a check that has not been made yet.
	up bool
	// off: its clock is another one than this node's. It says that it is ready, and refuses who shows what was made after its time, or has ended by it.
	off bool
	// good is what clients are led to: up, and of a clock that most members have.
	good        bool
	since       time.Time
	connections map[net.Conn]struct{}
	stop        context.CancelFunc
}

// newBalancer reads the file and listens; the state is written beside it.
func newBalancer(path string) (*balancer, error) {
	b := &balancer{path: path, state: filepath.Join(filepath.Dir(path), "state.json")}
	c, digest, err := readBalancerConfig(path)
	if err == nil {
		b.listener, err = net.Listen("tcp", c.Listen)
	}
	if err != nil {
		return nil, endedBy(balancerName, err)
	}
	b.first, b.loaded = c, digest
	return b, nil
}

func readBalancerConfig(path string) (balancerConfig, string, error) {
	var c balancerConfig
	text, err := os.ReadFile(path)
	if err != nil {
		return c, "", err
	}
	if err := yaml.UnmarshalStrict(text, &c); err != nil {
		return c, "", fmt.Errorf("%s: %w", path, err)
	}
	if c.Listen == "" || len(c.Members) == 0 {
		return c, "", fmt.Errorf("%s: listen and members are needed", path)
	}
	digest := sha256.Sum256(text)
	return c, hex.EncodeToString(digest[:]), nil
}

func (b *balancer) Name() string { return balancerName }

// Ready is so from the beginning: it listens.
func (b *balancer) Ready(context.Context) error { return nil }

// Run serves until its context ends.
func (b *balancer) Run(ctx context.Context) error {
	b.take(ctx, b.first, b.loaded)
	go b.watch(ctx)
	go func() {
		<-ctx.Done()
		b.listener.Close()
	}()
	for {
		client, err := b.listener.Accept()
		if ctx.Err() != nil {
			return nil
		}
		if errors.Is(err, net.ErrClosed) {
			return err
		}
		if err != nil {
			// Out of files, or the client went away: neither is a reason to end the kubelet beside it.
			klog.ErrorS(err, "The balancer could not take a connection")
			time.Sleep(100 * time.Millisecond)
			continue
		}
		go b.serve(ctx, client)
	}
}

// watch takes up the file when it changes. One that cannot be read changes nothing, and is said once.
func (b *balancer) watch(ctx context.Context) {
	said := ""
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		c, digest, err := readBalancerConfig(b.path)
		if err != nil {
			if err.Error() != said {
				klog.ErrorS(err, "The balancer keeps the members it has")
			}
			said = err.Error()
			continue
		}
		said = ""
		b.mu.Lock()
		changed := digest != b.loaded
		b.mu.Unlock()
		if changed {
			b.take(ctx, c, digest)
		}
	}
}

// take makes these the members. Connections to those that stay are not touched. The address to listen on is that of the start.
func (b *balancer) take(ctx context.Context, c balancerConfig, digest string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	before := b.servers
	b.servers = nil
	for _, wanted := range c.Members {
		at := slices.IndexFunc(before, func(m *apiMember) bool { return m.balancerMember == wanted })
		if at >= 0 {
			b.servers = append(b.servers, before[at])
			before = slices.Delete(slices.Clone(before), at, at+1)
			continue
		}
		b.servers = append(b.servers, &apiMember{balancerMember: wanted, up: true, good: true, since: time.Now(), connections: map[net.Conn]struct{}{}})
	}
	for _, gone := range before {
		if gone.stop != nil {
			gone.stop()
		}
		time.AfterFunc(leaveAfter, func() {
			b.mu.Lock()
			defer b.mu.Unlock()
			b.closeAll([]*apiMember{gone})
		})
	}
	// One alone is not checked: there is none to go to instead, and its clients find out for themselves.
	for _, m := range b.servers {
		several := len(b.servers) > 1
		if several && m.stop == nil {
			checks, stop := context.WithCancel(ctx)
			m.stop = stop
			go b.check(checks, m)
		}
		if !several && m.stop != nil {
			m.stop()
			m.stop, m.up, m.off = nil, true, false
		}
	}
	b.loaded = digest
	// Their number counts: who is good may have changed with it.
	b.closeAll(b.judge())
	b.tell()
}

// check asks a member how it is, again and again.
func (b *balancer) check(ctx context.Context, m *apiMember) {
	// The check only asks how it is; whom a client talks to it sees by the certificate itself. One connection is kept for all checks.
	transport := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}, DialContext: (&net.Dialer{Timeout: dialTimeout}).DialContext, MaxIdleConns: 1}
	client := &http.Client{Transport: transport, Timeout: checkTimeout}
	defer transport.CloseIdleConnections()
	failures := 0
	for {
		off, err := isReady(ctx, client, "https://"+m.Address+"/readyz")
		if ctx.Err() != nil {
			return
		}
		pause := checkEvery
		if err == nil {
			failures = 0
			b.found(m, true, off.Abs() > clockOff, nil)
		} else {
			transport.CloseIdleConnections()
			failures++
			pause = checkSoon
			if failures >= checkFalls {
				pause = checkEvery
				b.found(m, false, false, err)
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(pause):
		}
	}
}

// isReady gives how far the server's clock is ahead of this node's, too: it says the time with every answer, to the second.
func isReady(ctx context.Context, client *http.Client, url string) (time.Duration, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return 0, err
	}
	response, err := client.Do(request)
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	if _, err := io.Copy(io.Discard, io.LimitReader(response.Body, 1<<16)); err != nil {
		return 0, err
	}
	switch response.StatusCode {
	// The last two: it answers, and lets nobody ask without credentials.
	case http.StatusOK, http.StatusUnauthorized, http.StatusForbidden:
		says, err := http.ParseTime(response.Header.Get("Date"))
		if err != nil {
			// What says no time is not taken for wrong.
			return 0, nil
		}
		return time.Until(says), nil
	}
	return 0, fmt.Errorf("%s: %s", url, response.Status)
}

// found notes what a check says. The connections of a member that is not good any more are closed, so that its clients go to another at once.
func (b *balancer) found(m *apiMember, up, off bool, why error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if m.up == up && m.off == off {
		return
	}
	switch {
	case !up:
		klog.ErrorS(why, "An API server does not answer: its connections are closed", "member", m.Name)
	case !m.up:
		klog.InfoS("An API server answers again", "member", m.Name, "clockOff", off)
	case off:
		klog.InfoS("The clock of an API server is not this node's", "member", m.Name)
	default:
		klog.InfoS("The clock of an API server is this node's again", "member", m.Name)
	}
	m.up, m.off, m.since = up, off, time.Now()
	b.closeAll(b.judge())
	b.tell()
}

// judge says anew who is good, and gives those that were and are no more. Where the clocks of most members are off, it is this node's that is
// wrong. Under the mutex.
func (b *balancer) judge() []*apiMember {
	others := 0
	for _, m := range b.servers {
		if m.up && m.off {
			others++
		}
	}
	wrongHere := others > len(b.servers)/2
	var fallen []*apiMember
	for _, m := range b.servers {
		good := m.up && m.off == wrongHere
		if m.good && !good {
			fallen = append(fallen, m)
		}
		m.good = good
	}
	return fallen
}

// closeAll closes the connections of these. Under the mutex.
func (b *balancer) closeAll(members []*apiMember) {
	for _, m := range members {
		for connection := range m.connections {
			connection.Close()
		}
	}
}

// order is in which members are tried: the good ones, the least busy of two taken at random first; then those that answer; then, for checks may be
// wrong, the others.
func (b *balancer) order() []*apiMember {
	b.mu.Lock()
	defer b.mu.Unlock()
	all := slices.Clone(b.servers)
	rand.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	slices.SortStableFunc(all, func(x, y *apiMember) int { return x.rank() - y.rank() })
	if len(all) > 1 && all[0].good && all[1].good && len(all[1].connections) < len(all[0].connections) {
		all[0], all[1] = all[1], all[0]
	}
	return all
}

func (m *apiMember) rank() int {
	switch {
	case m.good:
		return 0
	case m.up:
		return 1
	}
	return 2
}

func (b *balancer) serve(ctx context.Context, client net.Conn) {
	defer client.Close()
	dialer := net.Dialer{Timeout: dialTimeout, KeepAlive: 15 * time.Second}
	for _, m := range b.order() {
		server, err := dialer.DialContext(ctx, "tcp", m.Address)
		if err != nil {
			continue
		}
		b.join(m, client, server)
		return
	}
}

// join copies both ways until both are through, or the member is given up.
func (b *balancer) join(m *apiMember, client, server net.Conn) {
	defer server.Close()
	b.mu.Lock()
	m.connections[server] = struct{}{}
	b.mu.Unlock()
	defer func() {
		b.mu.Lock()
		delete(m.connections, server)
		b.mu.Unlock()
	}()
	var both sync.WaitGroup
	both.Go(func() { half(server, client) })
	both.Go(func() { half(client, server) })
	both.Wait()
}

// half copies one way. At an end in good order the other side is told so and may go on; at any other both are closed.
func half(to, from net.Conn) {
	_, err := io.Copy(to, from)
	if tcp, ok := to.(*net.TCPConn); ok && err == nil {
		tcp.CloseWrite()
		return
	}
	to.Close()
	from.Close()
}

// balancerState is what the balancer says of itself.
type balancerState struct {
	PID int `json:"pid"`
	// Loaded is the SHA-256 of the file it works by.
	Loaded  string        `json:"loaded"`
	Members []memberState `json:"members"`
}

type memberState struct {
	Name string `json:"name"`
	Up   bool   `json:"up"`
	// ClockOff: its clock is not this node's.
	ClockOff bool      `json:"clockOff,omitempty"`
	Since    time.Time `json:"since"`
}

// tell writes the state, whole or not at all. A place that cannot be written is no reason not to work. Under the mutex.
func (b *balancer) tell() {
	state := balancerState{PID: os.Getpid(), Loaded: b.loaded}
	for _, m := range b.servers {
		state.Members = append(state.Members, memberState{m.Name, m.up, m.off, m.since.UTC().Truncate(time.Second)})
	}
	text, err := json.Marshal(state)
	if err == nil {
		err = os.WriteFile(b.state+".new", append(text, '\n'), 0o600)
	}
	if err == nil {
		err = os.Rename(b.state+".new", b.state)
	}
	if err != nil {
		klog.ErrorS(err, "The balancer's state was not written")
	}
}
