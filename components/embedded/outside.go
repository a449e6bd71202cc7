package main

import (
	"context"
	"crypto/sha256"
	"crypto/x509"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/jackc/pgx/v5/pgconn"
	_ "github.com/jackc/pgx/v5/stdlib" // The drivers that kine uses.
	"github.com/k3s-io/kine/pkg/tls"
)

// outsideConfig is a database outside of the cluster, which others look after.
type outsideConfig struct {
	// URL without a password: postgres://USER@HOST:PORT/DATABASE?OPTIONS, or mysql://...; options are those of the drivers.
	URL string `json:"url"`
	// PasswordFile has it as its first line.
	PasswordFile string `json:"passwordFile,omitempty"`
	// CAFile that it is checked against; without one those of the host. CertFile and KeyFile are shown to it.
	CAFile   string `json:"caFile,omitempty"`
	CertFile string `json:"certFile,omitempty"`
	KeyFile  string `json:"keyFile,omitempty"`
	// ClusterCAFile is the CA of this cluster: whose objects are in the database.
	ClusterCAFile string `json:"clusterCAFile"`
}

// outside is such a database, with its password.
type outside struct {
	kind  sqlKind
	url   *url.URL
	tls   tls.Config
	owner string
}

// sqlKind is what differs.
type sqlKind struct {
	title  string
	driver string
	// dsn is what the driver takes, and kine behind SCHEME://.
	dsn func(*url.URL, tls.Config) (string, error)
	// claim writes the owner where there is none yet.
	claim string
	// missing and denied are its own words for a database that is not there, and a user whom it does not let in.
	missing, denied func(error) bool
}

const mysqlTLS = "kinit"

var sqlKinds = map[string]sqlKind{
	"postgres": {
		title:  "PostgreSQL",
		driver: "pgx",
		dsn:    postgresDSN,
		claim:  "INSERT INTO kinit (id, cluster) VALUES (1, $1) ON CONFLICT (id) DO NOTHING",
		missing: func(err error) bool {
			return postgresCode(err) == "3D000"
		},
		denied: func(err error) bool {
			return strings.HasPrefix(postgresCode(err), "28")
		},
	},
	"mysql": {
		title:  "MySQL",
		driver: "mysql",
		dsn:    mysqlDSN,
		claim:  "INSERT IGNORE INTO kinit (id, cluster) VALUES (1, ?)",
		missing: func(err error) bool {
			return mysqlNumber(err) == 1049
		},
		denied: func(err error) bool {
			return mysqlNumber(err) == 1045 || mysqlNumber(err) == 1044
		},
	},
}

func newOutside(c outsideConfig) (*outside, error) {
	u, err := url.Parse(c.URL)
	if err != nil {
		return nil, errors.New("the URL of the datastore cannot be read")
	}
	if u.Scheme == "postgresql" {
		u.Scheme = "postgres"
	}
	kind, known := sqlKinds[u.Scheme]
	if !known {
		return nil, fmt.Errorf("the datastore has no %q", u.Scheme)
	}
	if c.PasswordFile != "" {
		text, err := os.ReadFile(c.PasswordFile)
		if err != nil {
			return nil, err
		}
		line, _, _ := strings.Cut(string(text), "\n")
		u.User = url.UserPassword(u.User.Username(), strings.TrimSuffix(line, "\r"))
	}
	ca, err := os.ReadFile(c.ClusterCAFile)
	if err != nil {
		return nil, err
	}
	owner := sha256.Sum256([]byte(strings.TrimSpace(string(ca))))
	return &outside{
		kind:  kind,
		url:   u,
		tls:   tls.Config{CAFile: c.CAFile, CertFile: c.CertFile, KeyFile: c.KeyFile},
		owner: hex.EncodeToString(owner[:]),
	}, nil
}

// title is its kind and place, for people.
func (o *outside) title() string { return o.kind.title + " at " + o.url.Host }

// postgresDSN asks for a certificate that fits, unless the URL says otherwise: kine does so only where it is given a CA.
func postgresDSN(u *url.URL, files tls.Config) (string, error) {
	full := *u
	options := full.Query()
	for option, value := range map[string]string{"sslmode": "verify-full", "sslrootcert": files.CAFile, "sslcert": files.CertFile, "sslkey": files.KeyFile, "connect_timeout": "10"} {
		if value != "" && !options.Has(option) {
			options.Set(option, value)
		}
	}
	full.RawQuery = options.Encode()
	return full.String(), nil
}

// mysqlDSN does the same: kine shows TLS only where it is given files.
func mysqlDSN(u *url.URL, files tls.Config) (string, error) {
	options := u.Query()
	if !options.Has("timeout") {
		options.Set("timeout", "10s")
	}
	if !options.Has("tls") {
		options.Set("tls", "true")
	}
	host := u.Host
	if u.Port() == "" {
		host = net.JoinHostPort(u.Hostname(), "3306")
	}
	c, err := mysql.ParseDSN("tcp(" + host + ")/?" + options.Encode())
	if err != nil {
		return "", err
	}
	c.User = u.User.Username()
	c.Passwd, _ = u.User.Password()
	c.DBName = strings.TrimPrefix(u.Path, "/")
	if own, err := files.ClientConfig(); err != nil {
		return "", err
	} else if own != nil {
		if err := mysql.RegisterTLSConfig(mysqlTLS, own); err != nil {
			return "", err
		}
		c.TLSConfig = mysqlTLS
	}
	return c.FormatDSN(), nil
}

// endpoint is it in kine's words. Secret.
func (o *outside) endpoint() (string, error) {
	dsn, err := o.kind.dsn(o.url, o.tls)
	if err != nil {
		return "", o.explain(err)
	}
	if strings.HasPrefix(dsn, o.url.Scheme+"://") {
		return dsn, nil
	}
	return o.url.Scheme + "://" + dsn, nil
}

// open gives connections of our own: how it is shall be heard where kine's are all waiting.
func (o *outside) open() (*sql.DB, error) {
	dsn, err := o.kind.dsn(o.url, o.tls)
	if err != nil {
		return nil, o.explain(err)
	}
	db, err := sql.Open(o.kind.driver, dsn)
	if err != nil {
		return nil, o.explain(err)
	}
	db.SetMaxOpenConns(1)
	return db, nil
}

// answers asks it once, in at most so long.
func (o *outside) answers(ctx context.Context, db *sql.DB, atMost time.Duration) error {
	bounded, cancel := context.WithTimeout(ctx, atMost)
	defer cancel()
	var one int
	return o.explain(db.QueryRowContext(bounded, "SELECT 1").Scan(&one))
}

// stores asks whether the table of the cluster is answered for, and writes; it has as long as ctx has.
func (o *outside) stores(ctx context.Context, db *sql.DB) error {
	var one int
	if err := db.QueryRowContext(ctx, "SELECT COUNT(*) FROM (SELECT 1 AS one FROM kine LIMIT 1) AS found").Scan(&one); err != nil {
		return o.explain(err)
	}
	_, err := db.ExecContext(ctx, "UPDATE kinit SET cluster = cluster WHERE id = 1")
	return o.explain(err)
}

// take makes sure that the objects in it are, or will be, this cluster's alone: two clusters in one database would be one, with each
// undoing what the other does. Whose they are is written beside them, once.
func (o *outside) take(ctx context.Context, db *sql.DB) error {
	bounded, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	if _, err := db.ExecContext(bounded, "CREATE TABLE IF NOT EXISTS kinit (id INTEGER PRIMARY KEY, cluster VARCHAR(64) NOT NULL)"); err != nil {
		return o.explain(err)
	}
	var owner string
	err := db.QueryRowContext(bounded, "SELECT cluster FROM kinit WHERE id = 1").Scan(&owner)
	if errors.Is(err, sql.ErrNoRows) {
		if err := o.refuseStrangers(bounded, db); err != nil {
			return err
		}
		if err := begins(fmt.Sprintf("%s: the database %s", o.title(), o.database()), "A backup of the database puts them back"); err != nil {
			return err
		}
		if _, err := db.ExecContext(bounded, o.kind.claim, o.owner); err != nil {
			return o.explain(err)
		}
		// Another may have been first.
		err = db.QueryRowContext(bounded, "SELECT cluster FROM kinit WHERE id = 1").Scan(&owner)
	}
	if err != nil {
		return o.explain(err)
	}
	if owner != o.owner {
		return fmt.Errorf("%s: the database %s holds the objects of another cluster (its CA has SHA-256 %.12s, that of this one %.12s); give this one a database of its own, or empty that one where nobody needs it", o.title(), o.database(), owner, o.owner)
	}
	return nil
}

// refuseStrangers is for a database that nobody has marked: kine's table may be there all the same.
func (o *outside) refuseStrangers(ctx context.Context, db *sql.DB) error {
	var tables, objects int
	if err := db.QueryRowContext(ctx, "SELECT COUNT(*) FROM information_schema.tables WHERE table_name = 'kine'"+o.here()).Scan(&tables); err != nil {
		return o.explain(err)
	}
	if tables == 0 {
		return nil
	}
	if err := db.QueryRowContext(ctx, "SELECT COUNT(*) FROM (SELECT 1 AS one FROM kine WHERE name LIKE '/registry/%' LIMIT 1) AS found").Scan(&objects); err != nil {
		return o.explain(err)
	}
	if objects > 0 {
		return fmt.Errorf("%s: the database %s holds the objects of a cluster that kinit did not make; give this one a database of its own", o.title(), o.database())
	}
	return nil
}

func (o *outside) here() string {
	if o.kind.driver == "mysql" {
		return " AND table_schema = DATABASE()"
	}
	return " AND table_schema = ANY (current_schemas(false))"
}

func (o *outside) database() string { return strings.TrimPrefix(o.url.Path, "/") }

// explain says what is wrong with it in words that name what to look at. The drivers' own have no password in them.
func (o *outside) explain(err error) error {
	if err == nil {
		return nil
	}
	why := "it does not answer"
	var name *net.DNSError
	var unknown x509.UnknownAuthorityError
	var wrongHost x509.HostnameError
	var invalid x509.CertificateInvalidError
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		why = "it does not answer in time"
	case errors.As(err, &name):
		why = "its name is not resolved"
	case errors.As(err, &unknown):
		why = "its certificate is not of a CA that is trusted"
	case errors.As(err, &wrongHost), errors.As(err, &invalid):
		why = "its certificate does not fit"
	case strings.Contains(err.Error(), "refused TLS"), errors.Is(err, mysql.ErrNoTLS):
		why = "it speaks no TLS"
	case o.kind.missing(err):
		why = "there is no database " + o.database()
	case o.kind.denied(err):
		why = "it does not let user " + o.url.User.Username() + " in (is the password right?)"
	case postgresCode(err) != "" || mysqlNumber(err) != 0:
		why = "it refuses"
	}
	return fmt.Errorf("%s: %s: %w", o.title(), why, oneLine{err})
}

// oneLine is an error whose text has no line breaks: the last line of the process has to say it all.
type oneLine struct{ error }

func (e oneLine) Error() string { return strings.Join(strings.Fields(e.error.Error()), " ") }

func (e oneLine) Unwrap() error { return e.error }

func postgresCode(err error) string {
	var own *pgconn.PgError
	if errors.As(err, &own) {
		return own.Code
	}
	return ""
}

func mysqlNumber(err error) uint16 {
	var own *mysql.MySQLError
	if errors.As(err, &own) {
		return own.Number
	}
	return 0
}
