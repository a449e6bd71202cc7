package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"net"
	"net/url"
	"strings"
	"testing"
)

var nodes = []node{
	{Name: "worker-1", Addresses: []string{"10.0.0.11", "fd00::11", "worker-1", "worker-1.example"}},
	{Name: "worker-10", Addresses: []string{"10.0.0.20", "worker-10"}},
	{Name: "10.0.0.30", Addresses: []string{"10.0.0.30"}},
	{Name: "a.b.example", Addresses: []string{"10.0.0.40", "a.b.example"}},
	// It says of itself what others are.
	{Name: "liar", Addresses: []string{"10.0.0.66", "10.0.0.20", "10.0.0.1", "a.b.example", "api.example", "liar"}},
	{Name: "api.example", Addresses: []string{"10.0.0.50"}},
}

var reserved = []string{"api.example", "10.0.0.1", "kubernetes.default.svc"}

func TestRefusal(t *testing.T) {
	for name, test := range map[string]struct {
		node   string
		change func(*x509.CertificateRequest, *request)
		names  []string
		ips    []string
		reason string
	}{
		"a node's own name and addresses":    {node: "worker-1", names: []string{"worker-1"}, ips: []string{"10.0.0.11"}},
		"an address in another spelling":     {node: "worker-1", ips: []string{"fd00:0:0:0::11"}},
		"a name in another spelling":         {node: "worker-1", names: []string{"Worker-1"}},
		"a further name of its status":       {node: "worker-1", names: []string{"worker-1", "worker-1.example"}, ips: []string{"10.0.0.11"}},
		"a node that is known by address":    {node: "10.0.0.30", names: []string{"10.0.0.30"}, ips: []string{"10.0.0.30"}},
		"a node whose name has dots":         {node: "a.b.example", names: []string{"a.b.example"}, ips: []string{"10.0.0.40"}},
		"a control plane that is the API's":  {node: "api.example", names: []string{"api.example"}, ips: []string{"10.0.0.50"}},
		"another node's address":             {node: "worker-10", ips: []string{"10.0.0.11"}, reason: "10.0.0.11 is not a name or address of node worker-10"},
		"another node's name":                {node: "worker-1", names: []string{"worker-10"}, reason: "worker-10 is not a name or address of node worker-1"},
		"an address that another one claims": {node: "worker-10", ips: []string{"10.0.0.20"}, reason: "10.0.0.20 is not of node worker-10 alone"},
		"an address it took from another":    {node: "liar", ips: []string{"10.0.0.20"}, reason: "10.0.0.20 is not of node liar alone"},
		"a name it took from another":        {node: "liar", names: []string{"a.b.example"}, reason: "a.b.example is not of node liar alone"},
		"the API's address":                  {node: "liar", ips: []string{"10.0.0.1"}, reason: "10.0.0.1 is not of node liar alone"},
		"the API's name":                     {node: "liar", names: []string{"API.example"}, reason: "API.example is not of node liar alone"},
		"one of its own and one that is not": {node: "worker-1", names: []string{"worker-1"}, ips: []string{"10.0.0.11", "8.8.8.8"},
			reason: "8.8.8.8 is not a name or address of node worker-1"},
		"a wildcard":                 {node: "worker-1", names: []string{"*.example"}, reason: "*.example is not a name or address of node worker-1"},
		"nothing":                    {node: "worker-1", reason: "it asks for no name and no address"},
		"a node that does not exist": {node: "ghost", names: []string{"ghost"}, reason: "there is no node ghost"},
		"another node's subject": {node: "worker-1", ips: []string{"10.0.0.11"}, reason: `its subject is "system:node:worker-10"`,
			change: func(wanted *x509.CertificateRequest, _ *request) { wanted.Subject.CommonName = "system:node:worker-10" }},
		"a further organization": {node: "worker-1", ips: []string{"10.0.0.11"}, reason: `its organization is ["system:nodes" "system:masters"]`,
			change: func(wanted *x509.CertificateRequest, _ *request) {
				wanted.Subject.Organization = append(wanted.Subject.Organization, "system:masters")
			}},
		"a URI": {node: "worker-1", ips: []string{"10.0.0.11"}, reason: "it asks for an email address or a URI",
			change: func(wanted *x509.CertificateRequest, _ *request) {
				wanted.URIs = []*url.URL{{Scheme: "spiffe", Host: "x"}}
			}},
		"usages of a client": {node: "worker-1", ips: []string{"10.0.0.11"}, reason: "its usages are client auth, digital signature",
			change: func(_ *x509.CertificateRequest, asked *request) {
				asked.Usages = []string{"digital signature", "client auth"}
			}},
		"somebody who is no node": {node: "worker-1", ips: []string{"10.0.0.11"}, reason: "system:serviceaccount:default:x is not a node",
			change: func(_ *x509.CertificateRequest, asked *request) { asked.Username = "system:serviceaccount:default:x" }},
		"a node's name without the group": {node: "worker-1", ips: []string{"10.0.0.11"}, reason: "system:node:worker-1 is not a node",
			change: func(_ *x509.CertificateRequest, asked *request) { asked.Groups = []string{"system:authenticated"} }},
	} {
		t.Run(name, func(t *testing.T) {
			wanted := &x509.CertificateRequest{
				Subject:  pkix.Name{CommonName: nodePrefix + test.node, Organization: []string{nodesGroup}},
				DNSNames: test.names,
			}
			for _, ip := range test.ips {
				wanted.IPAddresses = append(wanted.IPAddresses, net.ParseIP(ip))
			}
			asked := request{
				Username: nodePrefix + test.node,
				Groups:   []string{nodesGroup, "system:authenticated"},
				Usages:   []string{"digital signature", "server auth"},
			}
			if test.change != nil {
				test.change(wanted, &asked)
			}
			asked.PEM = signed(t, wanted)
			if reason := refusal(asked, nodes, reserved); reason != test.reason {
				t.Errorf("got %q, want %q", reason, test.reason)
			}
		})
	}
}

func TestWhatIsNoRequest(t *testing.T) {
	good := signed(t, &x509.CertificateRequest{
		Subject:     pkix.Name{CommonName: "system:node:worker-1", Organization: []string{nodesGroup}},
		IPAddresses: []net.IP{net.ParseIP("10.0.0.11")},
	})
	block, _ := pem.Decode(good)
	block.Bytes[len(block.Bytes)-1] ^= 1
	for name, test := range map[string]struct {
		text   []byte
		reason string
	}{
		"nothing":           {nil, "not one certificate request"},
		"two":               {append(append([]byte{}, good...), good...), "not one certificate request"},
		"a wrong signature": {pem.EncodeToMemory(block), "signature"},
	} {
		asked := request{Username: "system:node:worker-1", Groups: []string{nodesGroup}, Usages: []string{"digital signature", "server auth"}, PEM: test.text}
		if reason := refusal(asked, nodes, nil); !strings.Contains(reason, test.reason) {
			t.Errorf("%s: got %q", name, reason)
		}
	}
}

func signed(t *testing.T, wanted *x509.CertificateRequest) []byte {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	bytes, err := x509.CreateCertificateRequest(rand.Reader, wanted, key)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: bytes})
}
