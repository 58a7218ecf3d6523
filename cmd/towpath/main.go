// Command towpath is the server, and the commands to operate it.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
)

// commands are the program's commands.
type commands struct {
	Serve       serveCommand       `cmd:"" help:"Run the server."`
	Check       checkCommand       `cmd:"" help:"Review files of SQL without a server."`
	Demo        demoCommand        `cmd:"" help:"Try everything: a server beside a simulated Bitbucket, with a sample workspace."`
	Adopt       adoptCommand       `cmd:"" help:"Record what another migration tool has applied to the databases of a repository link."`
	Baseline    baselineCommand    `cmd:"" help:"Write the schema of a database as the first migration of a repository."`
	Audit       auditCommand       `cmd:"" help:"Verify an exported audit log."`
	Verify      verifyCommand      `cmd:"" help:"Verify the receipt of a rollout. It needs no server. Exit code 3 when it is not genuine."`
	Ledger      ledgerCommand      `cmd:"" help:"Look at the ledgers in databases."`
	Member      memberCommand      `cmd:"" help:"Let a member in again who has lost the password."`
	Metadata    metadataCommand    `cmd:"" help:"Back up, restore, check or move the server's own data."`
	ReceiptKeys receiptKeysCommand `cmd:"" help:"Print the public keys by which a server signs receipts."`
	Status      statusCommand      `cmd:"" help:"Print how every repository link of a server stands."`
	Login       loginCommand       `cmd:"" help:"Keep a server's address and an API token for the commands that ask a server."`
	Logout      logoutCommand      `cmd:"" help:"Forget them."`
	Plan        planCommand        `cmd:"" help:"Print what the databases of a repository link still lack, and why."`
	Rollouts    rolloutsCommand    `cmd:"" help:"Print the newest rollouts, or one with each of its changes."`
	History     historyCommand     `cmd:"" help:"Print what was changed in a database."`
	Sync        syncCommand        `cmd:"" help:"Have the server read a repository link and its databases again."`
	Retry       retryCommand       `cmd:"" help:"Try a failed file again."`
	Release     releaseCommand     `cmd:"" help:"Let a held file run."`
	Skip        skipCommand        `cmd:"" help:"Close a file in a database without running it."`
	Wait        waitCommand        `cmd:"" help:"Wait until the databases of an environment have what a commit brings."`
	Doctor      doctorCommand      `cmd:"" help:"Check the surroundings of a server with its settings: addresses, key, metadata, disk, clock. It changes nothing."`
	Completion  completionCommand  `cmd:"" help:"Print what makes a shell complete commands and flags."`
	Version     versionCommand     `cmd:"" help:"Print the version, the commit and its date."`
	ParseSQL    parseSQLCommand    `cmd:"" name:"parse-sql" hidden:""`
}

// Exit codes: 1 for what went wrong while running and for a check that has found an error, 2 for
// what is wrong with the command line or the configuration, 3 for a ledger, an audit log or a
// receipt that is not genuine, 4 for what has not happened in time.
const (
	exitFailed     = 1
	exitFound      = 1
	exitUsage      = 2
	exitNotGenuine = 3
	exitWaited     = 4
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// newParser returns the parser of command lines. It calls exit instead of ending the process.
func newParser(ctx context.Context, out, errs io.Writer, exit func(int)) (*kong.Kong, error) {
	return kong.New(&commands{},
		kong.Name("towpath"), kong.Description("GitOps for database schema changes."), kong.UsageOnError(),
		kong.Writers(out, errs), kong.Exit(exit),
		kong.Configuration(loadYAML), kong.DefaultEnvars("TOWPATH"),
		kong.BindTo(ctx, (*context.Context)(nil)), kong.BindTo(out, (*io.Writer)(nil)),
	)
}

func run(ctx context.Context, args []string, out, errs io.Writer) (code int) {
	var exited bool
	parser, err := newParser(ctx, out, errs, func(n int) { exited, code = true, n })
	if err != nil {
		fmt.Fprintln(errs, "towpath:", err)
		return exitFailed
	}
	if completes(parser); exited {
		return code
	}
	command, err := parser.Parse(args)
	if exited { // --help
		return code
	}
	if err != nil {
		fmt.Fprintln(errs, "towpath:", err)
		return exitUsage
	}
	err = command.Run()
	var usage *usageError
	var distrusted *notGenuine
	switch {
	case err == nil:
		return 0
	case errors.Is(err, errFound), errors.Is(err, errReceiptOpen):
		return exitFound
	case errors.Is(err, errAuditBroken), errors.Is(err, errReceiptRefused):
		return exitNotGenuine
	case errors.As(err, &distrusted):
		fmt.Fprintln(errs, "towpath:", err)
		return exitNotGenuine
	case errors.Is(err, errWaited):
		fmt.Fprintln(errs, "towpath:", err)
		return exitWaited
	case errors.As(err, &usage):
		fmt.Fprintln(errs, "towpath:", err)
		return exitUsage
	}
	fmt.Fprintln(errs, "towpath:", err)
	return exitFailed
}
