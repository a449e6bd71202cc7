// Command serving-approver approves what kubelets ask for to serve with: a
// certificate for a node's own name and its own addresses, and no other. The
// controller manager signs what is approved. What is not to be approved stays
// as it is, and is looked at again: a node's addresses may be known a moment
// later than its request.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net/url"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"
)

const (
	requestsPath = "/apis/certificates.k8s.io/v1/certificatesigningrequests"
	nodesPath    = "/api/v1/nodes"
	signer       = "kubernetes.io/kubelet-serving"
	// How long one watch lasts where all is decided, and where something is not.
	quiet, undecided = 5 * time.Minute, 10 * time.Second
	afterFailure     = 5 * time.Second
)

// object is a CertificateSigningRequest with every field it came with: it goes
// back with one condition more.
type object map[string]any

func main() {
	log.SetFlags(log.LstdFlags | log.LUTC)
	reserved := flag.String("reserved", "", "names and addresses that no kubelet gets, with commas: the API server's")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	server, err := newAPI()
	if err != nil {
		log.Fatal(err)
	}
	approver := approver{api: server, reserved: split(*reserved), told: map[string]string{}}
	for ctx.Err() == nil {
		if err := approver.round(ctx); err != nil && ctx.Err() == nil {
			log.Print(err)
			pause(ctx, afterFailure)
		}
	}
}

type approver struct {
	api      *api
	reserved []string
	// told is what was last said of a request, so that it is said once.
	told map[string]string
}

// round decides on all requests there are, then on those that come, until the
// watch ends.
func (a *approver) round(ctx context.Context) error {
	query := url.Values{"fieldSelector": {"spec.signerName=" + signer}}
	var list struct {
		Metadata struct{ ResourceVersion string }
		Items    []object
	}
	if err := a.api.call(ctx, "GET", requestsPath, query, nil, &list); err != nil {
		return err
	}
	wait := quiet
	for _, item := range list.Items {
		decided, err := a.decide(ctx, item)
		if err != nil {
			return err
		}
		if !decided {
			wait = undecided
		}
	}
	a.forget(list.Items)
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	query.Set("watch", "true")
	query.Set("resourceVersion", list.Metadata.ResourceVersion)
	stream, err := a.api.do(ctx, "GET", requestsPath, query, nil)
	if err != nil {
		return ended(ctx, err)
	}
	defer stream.Close()
	events := json.NewDecoder(stream)
	for {
		var event struct {
			Type   string
			Object object
		}
		if err := events.Decode(&event); err != nil {
			return ended(ctx, err)
		}
		if event.Type == "ERROR" {
			return nil
		}
		if event.Type != "ADDED" {
			continue
		}
		decided, err := a.decide(ctx, event.Object)
		if err != nil || !decided {
			// The next round looks at it again, soon.
			return err
		}
	}
}

// decide approves a request that may be, and says whether nothing is left to do
// for it.
func (a *approver) decide(ctx context.Context, item object) (bool, error) {
	if isDecided(item) {
		return true, nil
	}
	name, asked := requestOf(item)
	nodes, err := a.nodes(ctx)
	if err != nil {
		return false, err
	}
	if reason := refusal(asked, nodes, a.reserved); reason != "" {
		a.tell(name, fmt.Sprintf("%s of %s is not approved: %s", name, asked.Username, reason))
		return false, nil
	}
	status, _ := item["status"].(map[string]any)
	if status == nil {
		status = map[string]any{}
	}
	conditions, _ := status["conditions"].([]any)
	status["conditions"] = append(conditions, map[string]any{
		"type":           "Approved",
		"status":         "True",
		"reason":         "OwnNamesAndAddresses",
		"message":        "All names and addresses asked for are those of the node that asks.",
		"lastUpdateTime": time.Now().UTC().Format(time.RFC3339),
	})
	item["status"] = status
	if err := a.api.call(ctx, "PUT", requestsPath+"/"+name+"/approval", nil, item, &object{}); err != nil {
		return false, err
	}
	log.Printf("%s of %s is approved", name, asked.Username)
	return true, nil
}

func (a *approver) nodes(ctx context.Context) ([]node, error) {
	var list struct {
		Items []struct {
			Metadata struct{ Name string }
			Status   struct{ Addresses []struct{ Address string } }
		}
	}
	if err := a.api.call(ctx, "GET", nodesPath, nil, nil, &list); err != nil {
		return nil, err
	}
	nodes := make([]node, 0, len(list.Items))
	for _, item := range list.Items {
		known := node{Name: item.Metadata.Name}
		for _, each := range item.Status.Addresses {
			known.Addresses = append(known.Addresses, each.Address)
		}
		nodes = append(nodes, known)
	}
	return nodes, nil
}

func (a *approver) tell(name, what string) {
	if a.told[name] != what {
		log.Print(what)
	}
	a.told[name] = what
}

// forget drops what was said of requests that are gone.
func (a *approver) forget(items []object) {
	for name := range a.told {
		if !slices.ContainsFunc(items, func(item object) bool { return nameOf(item) == name }) {
			delete(a.told, name)
		}
	}
}

// isDecided says whether a request was approved, denied, has failed, or is signed.
func isDecided(item object) bool {
	status, _ := item["status"].(map[string]any)
	conditions, _ := status["conditions"].([]any)
	certificate, _ := status["certificate"].(string)
	return len(conditions) > 0 || certificate != ""
}

func requestOf(item object) (string, request) {
	var spec struct {
		Username string
		Groups   []string
		Usages   []string
		Request  []byte
	}
	text, _ := json.Marshal(item["spec"])
	// What cannot be read stays empty, and is refused.
	_ = json.Unmarshal(text, &spec)
	return nameOf(item), request{Username: spec.Username, Groups: spec.Groups, Usages: spec.Usages, PEM: spec.Request}
}

func nameOf(item object) string {
	metadata, _ := item["metadata"].(map[string]any)
	name, _ := metadata["name"].(string)
	return name
}

// ended takes the end of a watch, whoever ended it, for what it is.
func ended(ctx context.Context, err error) error {
	if ctx.Err() != nil || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return nil
	}
	return err
}

func pause(ctx context.Context, length time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(length):
	}
}

func split(list string) []string {
	return slices.DeleteFunc(strings.Split(list, ","), func(item string) bool { return item == "" })
}
