package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// rows fill some hundred pages.
func rows(put func(string, int, int, []byte)) {
	for range 500 {
		put("/registry/a", 0, 0, bytes.Repeat([]byte("x"), 3000))
	}
}

func TestADatabaseThatIsWellOrNotThereYetIsReadable(t *testing.T) {
	for _, path := range []string{database(t, rows), filepath.Join(t.TempDir(), "state.db")} {
		if err := readable(path); err != nil {
			t.Errorf("%v", err)
		}
	}
}

func TestDamageIsSaidAtOnce(t *testing.T) {
	for name, torn := range map[string]struct {
		at   int64
		says string
	}{
		"its beginning": {0, "file is not a database"},
		"its middle":    {100 * 4096, "is damaged: "},
	} {
		t.Run(name, func(t *testing.T) {
			path := database(t, rows)
			file, err := os.OpenFile(path, os.O_WRONLY, 0)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := file.WriteAt(bytes.Repeat([]byte{0xa5}, 4*4096), torn.at); err != nil {
				t.Fatal(err)
			}
			if err := file.Close(); err != nil {
				t.Fatal(err)
			}
			err = readable(path)
			if err == nil || !strings.HasPrefix(err.Error(), path+" ") || !strings.Contains(err.Error(), torn.says) {
				t.Errorf("said %v", err)
			}
		})
	}
}
