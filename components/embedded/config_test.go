package main

import "testing"

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
		if got := fits(each.written, each.program); got != each.fits {
			t.Errorf("%s with %s: %v", each.written, each.program, got)
		}
	}
}
