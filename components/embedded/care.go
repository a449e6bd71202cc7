package main

import (
	"database/sql"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	_ "modernc.org/sqlite" // The driver that kine uses.
)

// care is what kinit asks of the database beside the server: each verb prints one JSON value, or one line "Error: ..." and ends with 1.
// kinit-server datastore backup  --database FILE --output FILE   a consistent copy, while the server runs
// kinit-server datastore check   --database FILE                 of a copy that nobody writes to
// kinit-server datastore prepare --database FILE --ahead N       of a copy: revisions go on N behind its last
// kinit-server datastore status  --database FILE
// kinit-server datastore compact --database FILE                 gives free pages back, while the server runs
// kinit-server datastore convert --database FILE --output FILE   an etcd snapshot of it, while the server does not run
func care(args []string) int {
	if len(args) == 0 {
		fmt.Fprintln(os.Stderr, "Error: what to do with the datastore is missing: backup, check, prepare, status, compact or convert")
		return exitUsage
	}
	flags := flag.NewFlagSet("kinit-server datastore "+args[0], flag.ContinueOnError)
	database := flags.String("database", "", "file of the database")
	output := flags.String("output", "", "file to write; it must not be there")
	ahead := flags.Int64("ahead", 0, "by how many revisions to go ahead")
	if err := flags.Parse(args[1:]); err != nil {
		return exitUsage
	}
	// Whatever is written holds secrets.
	syscall.Umask(0o077)
	verbs := map[string]func() (any, error){
		"backup":  func() (any, error) { return backup(*database, *output) },
		"check":   func() (any, error) { return check(*database) },
		"prepare": func() (any, error) { return prepare(*database, *ahead) },
		"status":  func() (any, error) { return state(*database) },
		"compact": func() (any, error) { return compact(*database) },
		"convert": func() (any, error) { return convert(*database, *output) },
	}
	verb, known := verbs[args[0]]
	if !known {
		fmt.Fprintf(os.Stderr, "Error: the datastore has no %q\n", args[0])
		return exitUsage
	}
	answer, err := verb()
	if err != nil {
		fmt.Fprintln(os.Stderr, "Error:", err)
		return exitFailed
	}
	if err := json.NewEncoder(os.Stdout).Encode(answer); err != nil {
		fmt.Fprintln(os.Stderr, "Error:", err)
		return exitFailed
	}
	return 0
}

// contents is what a copy holds.
type contents struct {
	Revision int64 `json:"revision"`
	Rows     int64 `json:"rows"`
	Keys     int64 `json:"keys"`
	Bytes    int64 `json:"bytes"`
}

// backup writes a copy as of one moment (VACUUM INTO reads in one transaction, and writers go on beside it), synced and checked.
func backup(database, output string) (any, error) {
	if _, err := os.Lstat(output); err == nil {
		return nil, fmt.Errorf("%s is there already", output)
	}
	db, err := open(database, "rw")
	if err != nil {
		return nil, err
	}
	defer db.Close()
	if _, err := db.Exec("VACUUM INTO ?", output); err != nil {
		os.Remove(output)
		return nil, fmt.Errorf("%s cannot be copied to %s: %w", database, output, err)
	}
	if err := syncFile(output); err != nil {
		return nil, err
	}
	return check(output)
}

// check reads every page of a copy that nobody writes to.
func check(database string) (any, error) {
	db, err := open(database, "ro")
	if err != nil {
		return nil, err
	}
	defer db.Close()
	if err := sound(db, database, "PRAGMA integrity_check(1)"); err != nil {
		return nil, err
	}
	return contentsOf(db, database)
}

// sound asks for SQLite's own verdict of a file, by a query that answers "ok" or what is wrong.
func sound(db *sql.DB, database, query string) error {
	var verdict string
	if err := db.QueryRow(query).Scan(&verdict); err != nil {
		return fmt.Errorf("%s is no database that can be read: %w", database, err)
	}
	if verdict != "ok" {
		return fmt.Errorf("%s is damaged: %s", database, strings.Join(strings.Fields(verdict), " "))
	}
	return nil
}

func contentsOf(db *sql.DB, database string) (contents, error) {
	var c contents
	err := db.QueryRow("SELECT COALESCE(MAX(id), 0), COUNT(*), COUNT(DISTINCT name) FROM kine").Scan(&c.Revision, &c.Rows, &c.Keys)
	if err != nil {
		return c, fmt.Errorf("%s is no datastore of a cluster: %w", database, err)
	}
	info, err := os.Stat(database)
	if err != nil {
		return c, err
	}
	c.Bytes = info.Size()
	return c, nil
}

// prepare makes a copy go on ahead of every revision that a client may have seen of the cluster it was taken from, with all before
// marked as compacted: clients that ask for later ones than the copy has begin anew, instead of waiting for what never comes
// (etcdutl snapshot restore: --bump-revision, --mark-compacted). The row is one that kine itself writes into a gap.
func prepare(database string, ahead int64) (any, error) {
	db, err := open(database, "rw")
	if err != nil {
		return nil, err
	}
	defer db.Close()
	if ahead > 0 {
		if _, err := db.Exec("INSERT INTO kine (id, name, created, deleted, create_revision, prev_revision, lease) SELECT MAX(id) + ?1, 'gap-' || (MAX(id) + ?1), 0, 1, 0, 0, 0 FROM kine", ahead); err != nil {
			return nil, fmt.Errorf("%s: %w", database, err)
		}
		if _, err := db.Exec("UPDATE kine SET prev_revision = (SELECT MAX(id) FROM kine) WHERE name = 'compact_rev_key'"); err != nil {
			return nil, fmt.Errorf("%s: %w", database, err)
		}
	}
	if _, err := db.Exec("PRAGMA wal_checkpoint(TRUNCATE)"); err != nil {
		return nil, fmt.Errorf("%s: %w", database, err)
	}
	if err := syncFile(database); err != nil {
		return nil, err
	}
	return contentsOf(db, database)
}

// stateOf is what is in the way of a datastore that stays small and fast.
type stateOf struct {
	contents
	// WriteAheadLog in bytes, Free of the file that no row uses.
	WriteAheadLog int64    `json:"writeAheadLog"`
	Free          int64    `json:"free"`
	Compacted     int64    `json:"compacted"`
	Most          []rowsOf `json:"most"`
}

type rowsOf struct {
	Key  string `json:"key"`
	Rows int64  `json:"rows"`
}

func state(database string) (any, error) {
	db, err := open(database, "rw")
	if err != nil {
		return nil, err
	}
	defer db.Close()
	s := stateOf{Most: []rowsOf{}}
	if s.contents, err = contentsOf(db, database); err != nil {
		return nil, err
	}
	if info, err := os.Stat(database + "-wal"); err == nil {
		s.WriteAheadLog = info.Size()
	} else if !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	for query, into := range map[string]*int64{
		"SELECT freelist_count * page_size FROM pragma_freelist_count(), pragma_page_size()": &s.Free,
		"SELECT COALESCE(MAX(prev_revision), 0) FROM kine WHERE name = 'compact_rev_key'":    &s.Compacted,
	} {
		if err := db.QueryRow(query).Scan(into); err != nil {
			return nil, fmt.Errorf("%s: %w", database, err)
		}
	}
	found, err := db.Query("SELECT name, COUNT(*) AS rows FROM kine GROUP BY name ORDER BY rows DESC, name LIMIT 5")
	if err != nil {
		return nil, fmt.Errorf("%s: %w", database, err)
	}
	defer found.Close()
	for found.Next() {
		var r rowsOf
		if err := found.Scan(&r.Key, &r.Rows); err != nil {
			return nil, err
		}
		s.Most = append(s.Most, r)
	}
	return s, found.Err()
}

// compact writes the file anew without its free pages, and empties the write-ahead log. The server's writes wait meanwhile
// (datastore.go: busy_timeout). Old revisions are taken away by the server itself, every five minutes.
func compact(database string) (any, error) {
	db, err := open(database, "rw")
	if err != nil {
		return nil, err
	}
	defer db.Close()
	// The log is emptied as soon as nobody reads from it; what is left of it then is the server's own next checkpoint's.
	for _, statement := range []string{"VACUUM", "PRAGMA busy_timeout(2000)", "PRAGMA wal_checkpoint(TRUNCATE)"} {
		if _, err := db.Exec(statement); err != nil {
			return nil, fmt.Errorf("%s cannot be compacted: %w", database, err)
		}
	}
	return contentsOf(db, database)
}

// open gives a database that is there already. One connection: settings are a connection's own.
func open(database, mode string) (*sql.DB, error) {
	path, err := filepath.Abs(database)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(path); err != nil {
		return nil, err
	}
	options := url.Values{"mode": {mode}, "_pragma": {"busy_timeout(30000)"}}
	if mode == "ro" {
		options.Set("immutable", "1")
	}
	db, err := sql.Open("sqlite", (&url.URL{Scheme: "file", Path: path, RawQuery: options.Encode()}).String())
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	return db, nil
}

func syncFile(path string) error {
	for _, name := range []string{path, filepath.Dir(path)} {
		file, err := os.Open(name)
		if err != nil {
			return err
		}
		err = file.Sync()
		if err = errors.Join(err, file.Close()); err != nil {
			return fmt.Errorf("%s cannot be written to the disk: %w", name, err)
		}
	}
	return nil
}
