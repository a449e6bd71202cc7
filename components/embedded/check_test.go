package main

import (
	"strings"
	"testing"
)

func TestEachPartIsCheckedByWhatItIsGivenAlone(t *testing.T) {
	c := config{
		APIServer:         []string{"--no-flag-of-the-api-server=1"},
		ControllerManager: []string{"--bind-address=127.0.0.1"},
		Scheduler:         []string{"--no-flag-of-the-scheduler=1"},
		Datastore:         datastoreConfig{Etcd: []string{"--no-flag-of-etcd=1"}},
	}
	for name, says := range map[string]string{
		apiServerName:         "no-flag-of-the-api-server",
		controllerManagerName: "",
		schedulerName:         "no-flag-of-the-scheduler",
		datastorePart:         "no-flag-of-etcd",
		"kubelet":             `no part "kubelet"`,
	} {
		err := takePart(name, c)
		if (err == nil) != (says == "") || (err != nil && !strings.Contains(err.Error(), says)) {
			t.Errorf("%s: %v instead of %q", name, err, says)
		}
	}
}

func TestValuesThatAPartDoesNotTakeAreTold(t *testing.T) {
	c := config{
		ControllerManager: []string{"--controllers=none-such"},
		Scheduler:         []string{"--secure-port=-1"},
	}
	for name, says := range map[string]string{
		controllerManagerName: `"none-such" is not in the list of known controllers`,
		schedulerName:         "--secure-port -1 must be between",
	} {
		if err := takePart(name, c); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v instead of %q", name, err, says)
		}
	}
}
