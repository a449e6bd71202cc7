package main

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

const (
	nodePrefix = "system:node:"
	nodesGroup = "system:nodes"
)

// request is what a CertificateSigningRequest says of who asks and for what.
type request struct {
	Username string
	Groups   []string
	Usages   []string
	// PEM is spec.request.
	PEM []byte
}

// node is what the cluster knows of one node.
type node struct {
	Name string
	// Addresses are status.addresses, whatever their type.
	Addresses []string
}

// refusal says why a request must not be approved, or "" where it may be.
//
// A kubelet reports its own addresses, so that alone proves nothing: what it
// asks for must be among them and nobody else's, neither another node's nor the
// API server's.
func refusal(asked request, nodes []node, reserved []string) string {
	name, isNode := strings.CutPrefix(asked.Username, nodePrefix)
	if !isNode || name == "" || !slices.Contains(asked.Groups, nodesGroup) {
		return fmt.Sprintf("%s is not a node", asked.Username)
	}
	if reason := unfitUsages(asked.Usages); reason != "" {
		return reason
	}
	parsed, err := parse(asked.PEM)
	if err != nil {
		return err.Error()
	}
	if parsed.Subject.CommonName != asked.Username {
		return fmt.Sprintf("its subject is %q", parsed.Subject.CommonName)
	}
	if !slices.Equal(parsed.Subject.Organization, []string{nodesGroup}) {
		return fmt.Sprintf("its organization is %q", parsed.Subject.Organization)
	}
	if len(parsed.EmailAddresses) > 0 || len(parsed.URIs) > 0 {
		return "it asks for an email address or a URI"
	}
	if len(parsed.DNSNames)+len(parsed.IPAddresses) == 0 {
		return "it asks for no name and no address"
	}
	at := slices.IndexFunc(nodes, func(each node) bool { return each.Name == name })
	if at == -1 {
		return fmt.Sprintf("there is no node %s", name)
	}
	own := newSet(append([]string{name}, nodes[at].Addresses...))
	foreign := newSet(reserved)
	for _, other := range nodes {
		if other.Name != name {
			foreign.add(append([]string{other.Name}, other.Addresses...)...)
		}
	}
	wanted := slices.Clone(parsed.DNSNames)
	for _, address := range parsed.IPAddresses {
		wanted = append(wanted, address.String())
	}
	for _, each := range wanted {
		if !own.has(each) {
			return fmt.Sprintf("%s is not a name or address of node %s", each, name)
		}
		// A node has its own name, whatever else bears it.
		if key(each) != key(name) && foreign.has(each) {
			return fmt.Sprintf("%s is not of node %s alone", each, name)
		}
	}
	return ""
}

// unfitUsages holds usages against what the signer demands
// (kubernetes: pkg/apis/certificates ValidateKubeletServingCSR).
func unfitUsages(usages []string) string {
	sorted := slices.Sorted(slices.Values(usages))
	if slices.Equal(sorted, []string{"digital signature", "server auth"}) ||
		slices.Equal(sorted, []string{"digital signature", "key encipherment", "server auth"}) {
		return ""
	}
	return fmt.Sprintf("its usages are %s", strings.Join(sorted, ", "))
}

func parse(text []byte) (*x509.CertificateRequest, error) {
	block, rest := pem.Decode(text)
	if block == nil || block.Type != "CERTIFICATE REQUEST" || len(bytes.TrimSpace(rest)) > 0 {
		return nil, fmt.Errorf("it is not one certificate request in PEM form")
	}
	parsed, err := x509.ParseCertificateRequest(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("it cannot be read: %w", err)
	}
	if err := parsed.CheckSignature(); err != nil {
		return nil, fmt.Errorf("its signature is wrong: %w", err)
	}
	return parsed, nil
}

// set compares names without case and addresses by what they are.
type set map[string]bool

func newSet(values []string) set {
	made := set{}
	made.add(values...)
	return made
}

func (s set) add(values ...string) {
	for _, value := range values {
		s[key(value)] = true
	}
}

func (s set) has(value string) bool { return s[key(value)] }

func key(value string) string {
	if address, err := netip.ParseAddr(value); err == nil {
		return address.Unmap().WithZone("").String()
	}
	return strings.ToLower(strings.TrimSuffix(value, "."))
}
