package store

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"towpath"
)

// replica is what a process shares with others on the same PostgreSQL: notifications of new work,
// and a common clock.
type replica struct {
	id     string // distinguishes our own notifications
	config *pgx.ConnConfig
	stop   context.CancelFunc
	done   sync.WaitGroup

	clock        sync.Mutex
	databaseTime time.Time // when the clock was last set
	localTime    time.Time // of the same moment, on our monotonic clock
}

func (s *Store) openPostgres(ctx context.Context, metadataURL string) error {
	config, err := pgx.ParseConfig(metadataURL)
	if err != nil {
		return fmt.Errorf("read the metadata's address: %w", err) // pgx leaves the password out
	}
	if config.RuntimeParams["application_name"] == "" {
		config.RuntimeParams["application_name"] = "towpath"
	}
	db := stdlib.OpenDB(*config, stdlib.OptionAfterConnect(func(ctx context.Context, conn *pgx.Conn) error {
		// A process that hangs in a transaction must not block the others.
		_, err := conn.Exec(ctx, "SET idle_in_transaction_session_timeout = '60s'")
		return err
	}))
	db.SetMaxOpenConns(16)
	db.SetMaxIdleConns(16)
	db.SetConnMaxIdleTime(5 * time.Minute)
	s.writer, s.reader = db, db
	s.replica = &replica{id: NewID(), config: config, stop: func() {}}
	s.Now = s.replica.now
	return s.replica.check(ctx)
}

// check connects once, outside the pool, to report configuration errors early, and sets the clock.
func (r *replica) check(ctx context.Context) error {
	conn, err := pgx.ConnectConfig(ctx, r.config)
	if err != nil {
		return fmt.Errorf("connect to the metadata: %w", err)
	}
	defer func() { _ = conn.Close(ctx) }() // nothing changed
	var encoding string
	if err := conn.QueryRow(ctx, "SHOW server_encoding").Scan(&encoding); err != nil {
		return fmt.Errorf("read the metadata's encoding: %w", err)
	}
	if encoding != "UTF8" {
		return towpath.Invalid("metadata-url",
			"The database has the encoding %s. Make one with ENCODING 'UTF8'.", encoding)
	}
	return r.setClock(ctx, conn)
}

// now returns the database's time, so that one clock measures the leases of all replicas.
func (r *replica) now() time.Time {
	r.clock.Lock()
	defer r.clock.Unlock()
	return r.databaseTime.Add(time.Since(r.localTime))
}

// setClock reads the database's time. It uses the fastest of three responses, which is the most
// accurate.
func (r *replica) setClock(ctx context.Context, conn *pgx.Conn) error {
	var databaseTime, localTime time.Time
	quickest := time.Duration(-1)
	for range 3 {
		var micros int64
		asked := time.Now()
		if err := conn.QueryRow(ctx, "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint").Scan(
			&micros); err != nil {
			return fmt.Errorf("ask the metadata for the time: %w", err)
		}
		if took := time.Since(asked); quickest < 0 || took < quickest {
			quickest = took
			databaseTime = time.UnixMicro(micros)
			localTime = asked.Add(took / 2)
		}
	}
	r.clock.Lock()
	defer r.clock.Unlock()
	r.databaseTime, r.localTime = databaseTime, localTime
	return nil
}

const (
	wokenChannel = "towpath_woken"
	listenRetry  = time.Second
	listenCheck  = 15 * time.Second // how often the connection is checked and the clock set
)

// listen calls handle with the notices of other replicas until ctx ends. It reconnects when the
// connection is lost, and then assumes that it missed some. It reports no errors, since workers
// also poll and report the same ones.
func (r *replica) listen(ctx context.Context, handle func(notice)) {
	for {
		_ = r.listenOnce(ctx, handle)
		select {
		case <-ctx.Done():
			return
		case <-time.After(listenRetry):
		}
	}
}

func (r *replica) listenOnce(ctx context.Context, handle func(notice)) error {
	conn, err := pgx.ConnectConfig(ctx, r.config)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }() // it may be broken already
	if _, err := conn.Exec(ctx, "LISTEN "+wokenChannel); err != nil {
		return err
	}
	handle(notice{woken: true, more: true}) // for notices missed while disconnected
	for {
		if err := r.receiveUntil(ctx, conn, time.Now().Add(listenCheck), handle); err != nil {
			return err
		}
		ask, cancel := context.WithTimeout(ctx, listenCheck)
		err := r.setClock(ask, conn)
		cancel()
		if err != nil {
			return err
		}
	}
}

func (r *replica) receiveUntil(
	ctx context.Context, conn *pgx.Conn, end time.Time, handle func(notice),
) error {
	wait, cancel := context.WithDeadline(ctx, end)
	defer cancel()
	for {
		n, err := conn.WaitForNotification(wait)
		switch {
		case err != nil && wait.Err() != nil:
			return ctx.Err() // nil when only the wait ended
		case err != nil:
			return err
		}
		if notice := readNotice(n.Payload); notice.replica != r.id {
			handle(notice)
		}
	}
}

func (r *replica) start(handle func(notice)) {
	ctx, cancel := context.WithCancel(context.Background()) // as long as the store is open
	r.stop = cancel
	r.done.Go(func() { r.listen(ctx, handle) })
}

func (r *replica) close() {
	r.stop()
	r.done.Wait()
}
