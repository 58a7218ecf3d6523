// Package gitsim has what every simulated Git host needs, for tests and the demo. The hosts below
// it add what is their own: wire formats, pages, rules for tokens and rights.
//
//   - [Repositories] and [Repo]: real bare repositories, with their commits, trees, diffs and pushes;
//   - [GitHandler]: Git over smart HTTP, served by `git upload-pack` and `git receive-pack`;
//   - [Deliveries]: webhook deliveries with repeats, signatures and a journal;
//   - [Faults], [FaultSwitch] and [Lag]: simulated failures;
//   - [Sessions] and [Codes]: sign-in and consent pages, authorization codes;
//   - [RateLimit] and [RequestLog]: counted and recorded calls.
//
// It needs git 2.38 or newer on the PATH. It imports nothing of the rest of the project, so that a
// wrong assumption about a Git host cannot hide in shared code. Do not keep secrets in it.
package gitsim
