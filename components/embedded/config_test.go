package main

import (
	"slices"
	"testing"
)

func TestAFileIsForTheProgramOrForTheOneBeforeAnUpgrade(t *testing.T) {
	for _, each := range []struct {
		written, program string
		fits             bool
	}{
		{"1.36.3", "v1.36.3", true},
		{"1.36.2", "v1.36.3", true},
		{"1.35.4", "v1.36.3", true},
		{"1.34.9", "v1.36.3", false},
		{"1.36.4", "v1.36.3", false},
		{"1.37.0", "v1.36.3", false},
		{"0.36.3", "v1.36.3", false},
		{"", "v1.36.3", false},
		{"1.36.3", "v0.0.0-master+$Format:%H$", false},
	} {
		if _, got := fitted(config{KubernetesVersion: each.written}, each.program); got != each.fits {
			t.Errorf("%s with %s: %v", each.written, each.program, got)
		}
	}
}

func TestAProgramThatIsAheadOfItsFileBehavesAsTheFileSays(t *testing.T) {
	c := config{KubernetesVersion: "1.35.4", APIServer: []string{"--a"}, Scheduler: []string{"--b"}}
	got, _ := fitted(c, "v1.36.3")
	as := "--emulated-version=kube=1.35"
	if !slices.Equal(got.APIServer, []string{"--a", as}) || !slices.Equal(got.ControllerManager, []string{as}) || !slices.Equal(got.Scheduler, []string{"--b", as}) {
		t.Errorf("got %v", got)
	}
	for _, written := range []string{"1.36.3", "1.36.0"} {
		c.KubernetesVersion = written
		if got, _ := fitted(c, "v1.36.3"); len(got.APIServer) != 1 {
			t.Errorf("%s: got %v", written, got.APIServer)
		}
	}
}

func TestAFileOfTheNextMinorVersionFitsWhereItBehavesAsTheProgram(t *testing.T) {
	for flag, fits := range map[string]bool{"--emulated-version=kube=1.35": true, "--emulated-version=kube=1.34": false, "--a": false} {
		c := config{KubernetesVersion: "1.36.3", APIServer: []string{flag}}
		if got, ok := fitted(c, "v1.35.4"); ok != fits || !slices.Equal(got.APIServer, c.APIServer) {
			t.Errorf("%s: %v %v", flag, ok, got.APIServer)
		}
	}
}
