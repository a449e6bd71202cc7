package main

import (
	"fmt"
	"os"
	"slices"
	"strings"

	apiversion "k8s.io/apimachinery/pkg/util/version"
	"k8s.io/component-base/version"
	"sigs.k8s.io/yaml"
)

// config is the file the server is started with. Flags are those of the programs of the same names, so that what holds for
// these, their documentation too, holds here.
type config struct {
	// KubernetesVersion that the flags were written for, without v.
	KubernetesVersion string          `json:"kubernetesVersion"`
	Datastore         datastoreConfig `json:"datastore"`
	APIServer         []string        `json:"apiServer"`
	ControllerManager []string        `json:"controllerManager"`
	Scheduler         []string        `json:"scheduler"`
	// Kubeconfig of a client that may read /readyz.
	Kubeconfig string `json:"kubeconfig"`
}

// datastoreConfig is one of three, in this process, or absent: then the API server's own flags say where it is.
type datastoreConfig struct {
	// Etcd are the flags of a member of etcd.
	Etcd []string `json:"etcd,omitempty"`
	// SQLite is the file of the database; its folder is root's alone.
	SQLite string `json:"sqlite,omitempty"`
	// Follower is the program beside this one that copies SQLite's write-ahead log elsewhere as it grows ("litestream"), and alone brings it into the
	// database; empty: none.
	Follower string `json:"follower,omitempty"`
	// Outside is a database outside of the cluster; in this process is what speaks etcd's protocol for it.
	Outside *outsideConfig `json:"outside,omitempty"`
	// Socket that the API server reaches the last two by, in a folder that is root's alone.
	Socket string `json:"socket,omitempty"`
	// CertFile and KeyFile of the datastore's server end, CAFile that its clients are checked against.
	CertFile string `json:"certFile,omitempty"`
	KeyFile  string `json:"keyFile,omitempty"`
	CAFile   string `json:"caFile,omitempty"`
}

// emulatedVersion is the flag by which a program behaves as an earlier minor version.
const emulatedVersion = "--emulated-version="

// fitted is a file for a program, where it is one: of the program's own version, or of an earlier one of the same minor version or the one before. An
// upgrade brings a host its program first, then its file, and the host may be switched off in between: it comes back with a server then, whose
// turn it was. The server behaves as the version of its file, so that the way back stays open where the cluster is on its way to soak. On that way
// back the program goes first again: a file of the next minor version fits, where it says to behave as the program's own.
func fitted(c config, program string) (config, bool) {
	flags, err := apiversion.ParseSemantic(c.KubernetesVersion)
	if err != nil {
		return c, false
	}
	own, err := apiversion.ParseSemantic(program)
	if err != nil || own.Major() != flags.Major() {
		return c, false
	}
	if own.Minor()+1 == flags.Minor() {
		return c, slices.Contains(c.APIServer, emulates(own))
	}
	if own.LessThan(flags) || own.Minor()-flags.Minor() > 1 {
		return c, false
	}
	if own.Minor() != flags.Minor() {
		for _, part := range []*[]string{&c.APIServer, &c.ControllerManager, &c.Scheduler} {
			if !slices.ContainsFunc(*part, func(flag string) bool { return strings.HasPrefix(flag, emulatedVersion) }) {
				*part = append(slices.Clone(*part), emulates(flags))
			}
		}
	}
	return c, true
}

func emulates(v *apiversion.Version) string {
	return fmt.Sprintf("%skube=%d.%d", emulatedVersion, v.Major(), v.Minor())
}

func readConfig(path string) (config, error) {
	var c config
	text, err := os.ReadFile(path)
	if err != nil {
		return c, err
	}
	if err := yaml.UnmarshalStrict(text, &c); err != nil {
		return c, fmt.Errorf("%s: %w", path, err)
	}
	own := version.Get().GitVersion
	c, fits := fitted(c, own)
	if !fits {
		return c, fmt.Errorf("%s: it is for Kubernetes %q, and this program is %s", path, c.KubernetesVersion, own)
	}
	if len(c.APIServer) == 0 || c.Kubeconfig == "" {
		return c, fmt.Errorf("%s: apiServer and kubeconfig are needed", path)
	}
	return c, nil
}
