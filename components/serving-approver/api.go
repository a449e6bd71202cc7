package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"
)

const account = "/var/run/secrets/kubernetes.io/serviceaccount/"

// api speaks to the API server as the pod's service account.
type api struct {
	base   string
	client *http.Client
}

func newAPI() (*api, error) {
	host, port := os.Getenv("KUBERNETES_SERVICE_HOST"), os.Getenv("KUBERNETES_SERVICE_PORT")
	if host == "" || port == "" {
		return nil, fmt.Errorf("KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set: this runs in a pod")
	}
	ca, err := os.ReadFile(account + "ca.crt")
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(ca) {
		return nil, fmt.Errorf("%sca.crt holds no certificate", account)
	}
	transport := &http.Transport{
		TLSClientConfig:       &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
		ResponseHeaderTimeout: 30 * time.Second,
		IdleConnTimeout:       90 * time.Second,
	}
	return &api{base: "https://" + net.JoinHostPort(host, port), client: &http.Client{Transport: transport}}, nil
}

// do sends one request; the caller closes the body it gets.
func (a *api) do(ctx context.Context, method, path string, query url.Values, body any) (io.ReadCloser, error) {
	var content io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return nil, err
		}
		content = bytes.NewReader(text)
	}
	address := a.base + path
	if len(query) > 0 {
		address += "?" + query.Encode()
	}
	outgoing, err := http.NewRequestWithContext(ctx, method, address, content)
	if err != nil {
		return nil, err
	}
	// Read each time: the kubelet replaces it before it ends.
	token, err := os.ReadFile(account + "token")
	if err != nil {
		return nil, err
	}
	outgoing.Header.Set("Authorization", "Bearer "+strings.TrimSpace(string(token)))
	outgoing.Header.Set("Accept", "application/json")
	outgoing.Header.Set("Content-Type", "application/json")
	outgoing.Header.Set("User-Agent", "serving-approver")
	answer, err := a.client.Do(outgoing)
	if err != nil {
		return nil, err
	}
	if answer.StatusCode >= 300 {
		defer answer.Body.Close()
		said, _ := io.ReadAll(io.LimitReader(answer.Body, 1000))
		return nil, fmt.Errorf("%s %s: %s: %s", method, path, answer.Status, said)
	}
	return answer.Body, nil
}

// call sends one request within a bound and reads its answer into result.
func (a *api) call(ctx context.Context, method, path string, query url.Values, body, result any) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	answer, err := a.do(ctx, method, path, query, body)
	if err != nil {
		return err
	}
	defer answer.Close()
	return json.NewDecoder(answer).Decode(result)
}
