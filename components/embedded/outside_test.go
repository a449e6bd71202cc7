package main

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/go-sql-driver/mysql"
	"github.com/jackc/pgx/v5/pgconn"
)

func fileOf(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func newTestOutside(t *testing.T, url string) *outside {
	t.Helper()
	o, err := newOutside(outsideConfig{
		URL:           url,
		PasswordFile:  fileOf(t, "password", "s:e/c@r et\nnot this\n"),
		ClusterCAFile: fileOf(t, "ca.crt", "CA\n"),
	})
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func TestPostgreSQLIsAskedForACertificateThatFits(t *testing.T) {
	for url, want := range map[string]string{
		"postgres://kinit@db:5432/kubernetes":                 "postgres://kinit:s%3Ae%2Fc%40r%20et@db:5432/kubernetes?connect_timeout=10&sslmode=verify-full",
		"postgresql://kinit@db/kubernetes?sslmode=disable":    "postgres://kinit:s%3Ae%2Fc%40r%20et@db/kubernetes?connect_timeout=10&sslmode=disable",
		"postgres://kinit@[fd00::1]/kubernetes?sslmode=allow": "postgres://kinit:s%3Ae%2Fc%40r%20et@[fd00::1]/kubernetes?connect_timeout=10&sslmode=allow",
	} {
		got, err := newTestOutside(t, url).endpoint()
		if err != nil || got != want {
			t.Errorf("%s: got %s, %v", url, got, err)
		}
	}
}

func TestMySQLGetsItsOwnFormAndTLS(t *testing.T) {
	got, err := newTestOutside(t, "mysql://kinit@db/kubernetes").endpoint()
	if err != nil {
		t.Fatal(err)
	}
	c, err := mysql.ParseDSN(strings.TrimPrefix(got, "mysql://"))
	if err != nil {
		t.Fatal(err)
	}
	if c.User != "kinit" || c.Passwd != "s:e/c@r et" || c.Addr != "db:3306" || c.DBName != "kubernetes" || c.TLSConfig != "true" {
		t.Fatalf("got %+v", c)
	}
}

func TestWhatIsWrongWithADatabaseOutsideIsNamedWithoutItsPassword(t *testing.T) {
	postgres, my := newTestOutside(t, "postgres://kinit@db:5432/kubernetes"), newTestOutside(t, "mysql://kinit@db:3306/kubernetes")
	for _, each := range []struct {
		of   *outside
		err  error
		want string
	}{
		{postgres, &pgconn.PgError{Code: "28P01", Message: "password authentication failed"}, "PostgreSQL at db:5432: it does not let user kinit in (is the password right?): "},
		{postgres, &pgconn.PgError{Code: "3D000"}, "PostgreSQL at db:5432: there is no database kubernetes: "},
		{postgres, &pgconn.PgError{Code: "42501"}, "PostgreSQL at db:5432: it refuses: "},
		{postgres, fmt.Errorf("dial: %w", &net.DNSError{Err: "no such host", Name: "db"}), "PostgreSQL at db:5432: its name is not resolved: "},
		{postgres, fmt.Errorf("tls:\n  %w", x509.UnknownAuthorityError{}), "PostgreSQL at db:5432: its certificate is not of a CA that is trusted: tls: x509"},
		{postgres, errors.New("server refused TLS connection"), "PostgreSQL at db:5432: it speaks no TLS: "},
		{postgres, context.DeadlineExceeded, "PostgreSQL at db:5432: it does not answer in time: "},
		{my, &mysql.MySQLError{Number: 1045}, "MySQL at db:3306: it does not let user kinit in"},
		{my, &mysql.MySQLError{Number: 1049}, "MySQL at db:3306: there is no database kubernetes: "},
		{my, mysql.ErrNoTLS, "MySQL at db:3306: it speaks no TLS: "},
		{my, &net.OpError{Op: "dial", Err: errors.New("connection refused")}, "MySQL at db:3306: it does not answer: "},
	} {
		got := each.of.explain(each.err).Error()
		if !strings.HasPrefix(got, each.want) || strings.Contains(got, "\n") {
			t.Errorf("got %q, want %q", got, each.want)
		}
	}
}

func TestAKindThatIsNotKnownIsRefused(t *testing.T) {
	if _, err := newOutside(outsideConfig{URL: "oracle://db/x"}); err == nil || err.Error() != `the datastore has no "oracle"` {
		t.Fatalf("got %v", err)
	}
}
