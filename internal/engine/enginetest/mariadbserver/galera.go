package mariadbserver

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"towpath/internal/dbserver"
)

// secondDatabases is where the numbers of the second node's databases begin.
const secondDatabases = 1_000_000

// StartCluster starts two nodes of a Galera cluster and returns the first. Call it on a goroutine
// that outlives them.
func StartCluster() (*Server, error) {
	return startCluster([]string{"--innodb-flush-log-at-trx-commit=0"})
}

// Second is the other node of the cluster. Its databases are the cluster's too, and have names of
// their own.
func (s *Server) Second() *Server { return s.second }

// Leave has the other node leave the cluster for good.
func (s *Server) Leave() error {
	second := s.second
	s.second = nil
	return second.Stop()
}

func startCluster(settings []string) (*Server, error) {
	first, err := newServer()
	if err != nil {
		return nil, err
	}
	address, err := first.join("", settings)
	if err != nil {
		return nil, errors.Join(err, first.process.Stop())
	}
	if first.second, err = newServer(); err != nil {
		return nil, errors.Join(err, first.process.Stop())
	}
	first.second.count.Store(secondDatabases)
	if _, err = first.second.join(address, settings); err != nil {
		return nil, errors.Join(err, first.Stop())
	}
	return first, nil
}

// join starts the server as a node of the cluster at an address, "" for a new one, and returns its
// own. The tables of a node that joins are the cluster's.
func (s *Server) join(cluster string, settings []string) (address string, err error) {
	var ports [3]int // of the group, of what changed while a node was away, of a copy of everything
	for i := range ports {
		if ports[i], err = dbserver.FreePort(); err != nil {
			return "", err
		}
	}
	args, err := s.arguments(settings)
	if err != nil {
		return "", err
	}
	provider, err := provider()
	if err != nil {
		return "", err
	}
	s.galera = true
	address = "127.0.0.1:" + strconv.Itoa(ports[0])
	args = append(args, "--wsrep-on=ON", "--wsrep-provider="+provider, "--wsrep-cluster-name=towpath",
		"--wsrep-cluster-address=gcomm://"+cluster,
		"--wsrep-provider-options="+
			fmt.Sprintf("base_port=%d;gmcast.listen_addr=tcp://%s;ist.recv_addr=127.0.0.1:%d;gcache.size=16M",
				ports[0], address, ports[1]),
		"--wsrep-node-address="+address, "--wsrep-node-incoming-address="+s.Target().Address,
		"--wsrep-sst-method=rsync",
		"--wsrep-sst-receive-address=127.0.0.1:"+strconv.Itoa(ports[2]), "--binlog-format=ROW",
		"--innodb-autoinc-lock-mode=2")
	if cluster == "" {
		return address, s.startMariaDB(append(args, "--wsrep-new-cluster"))
	}
	if err := s.process.Run("/bin/mkdir", s.data()); err != nil { // it belongs to the server's user
		return "", err
	}
	return address, s.runMariaDB(args)
}

// provider is Galera's library.
func provider() (string, error) {
	for _, path := range []string{
		"/usr/lib/galera/libgalera_smm.so",
		"/usr/lib64/galera-4/libgalera_smm.so",
	} {
		if _, err := os.Stat(path); err == nil {
			return path, nil
		}
	}
	return "", errors.New("no library of Galera: install galera-4 and rsync (Debian: apt-get install " +
		"galera-4 rsync)")
}

// synced fails until the node has all that the cluster has.
func synced(ctx context.Context, db *sql.DB) error {
	var name, state string
	if err := db.QueryRowContext(ctx, "SHOW GLOBAL STATUS LIKE 'wsrep_local_state_comment'").Scan(&name,
		&state); err != nil {
		return err
	}
	if !strings.EqualFold(state, "Synced") {
		return fmt.Errorf("the node is %s", state)
	}
	return nil
}
