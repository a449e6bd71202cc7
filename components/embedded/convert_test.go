package main

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	bolt "go.etcd.io/bbolt"
)

// table is kine's (pkg/drivers/sqlite).
const table = `CREATE TABLE kine (id INTEGER PRIMARY KEY AUTOINCREMENT, name INTEGER, created INTEGER, deleted INTEGER,
	create_revision INTEGER, prev_revision INTEGER, lease INTEGER, value BLOB, old_value BLOB)`

func database(t *testing.T, fill func(put func(name string, deleted, lease int, value []byte))) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "state.db")
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(table); err != nil {
		t.Fatal(err)
	}
	tx, err := db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	fill(func(name string, deleted, lease int, value []byte) {
		if _, err := tx.Exec("INSERT INTO kine (name, deleted, lease, value) VALUES (?, ?, ?, ?)", name, deleted, lease, value); err != nil {
			t.Fatal(err)
		}
	})
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestConvertTakesWhatThereIsNow(t *testing.T) {
	t.Chdir(t.TempDir())
	path := database(t, func(put func(string, int, int, []byte)) {
		put("compact_rev_key", 0, 0, nil)
		put("/registry/a", 0, 0, []byte("old"))
		put("/registry/gone", 0, 0, []byte("gone"))
		put("/registry/a", 0, 0, []byte{0, 255, 'n', 'e', 'w'})
		put("/registry/gone", 1, 0, []byte("gone"))
		put("/registry/event", 0, 3600, []byte("for an hour"))
		put("gap-1000", 1, 0, nil)
		for i := range 1000 {
			put(fmt.Sprintf("/registry/many/%04d", i), 0, 0, []byte(strings.Repeat("x", 3000)))
		}
	})
	output := filepath.Join(t.TempDir(), "snapshot.db")
	got, err := convert(path, output)
	if err != nil {
		t.Fatal(err)
	}
	if c := got.(contents); c.Keys != 1002 || c.Revision != 1007 {
		t.Errorf("contents: %+v", c)
	}
	info, err := os.Stat(output)
	if err != nil || info.Mode().Perm() != 0o600 || info.Size()%512 != 32 {
		t.Fatalf("snapshot: %v %v", info, err)
	}
	// As etcdutl does: without the sum behind it, it is the file of a member.
	if err := os.Truncate(output, info.Size()-32); err != nil {
		t.Fatal(err)
	}
	snapshot, err := bolt.Open(output, 0o600, &bolt.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer snapshot.Close()
	_ = snapshot.View(func(tx *bolt.Tx) error {
		if leases := tx.Bucket([]byte("lease")).Stats().KeyN; leases != 1 {
			t.Errorf("%d leases", leases)
		}
		return nil
	})
	left, err := filepath.Glob(filepath.Join(filepath.Dir(output), ".*"))
	if err != nil || len(left) != 0 {
		t.Errorf("left: %v %v", left, err)
	}
}

func TestConvertSaysWhatIsNoDatastore(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	if err := os.WriteFile(path, []byte("nothing of the kind"), 0o600); err != nil {
		t.Fatal(err)
	}
	output := filepath.Join(t.TempDir(), "snapshot.db")
	if _, err := convert(path, output); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("said: %v", err)
	}
	if _, err := os.Lstat(output); err == nil {
		t.Error("a snapshot is there")
	}
}
