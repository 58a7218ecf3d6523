// Benchpage writes docs/benchmarks.md from the lines that benchmarks print, which begin with
// `bench:`. Lines of one name are several runs: the page has the median.
//
//	scripts/bench.sh, or: … | go run ./scripts/benchpage >docs/benchmarks.md
//
// With -machine it prints such lines about the machine instead.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
)

func main() {
	machine := flag.Bool("machine", false, "print lines about the machine")
	flag.Parse()
	if err := run(*machine, os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(machine bool, in io.Reader, out io.Writer) error {
	if machine {
		return describe(out)
	}
	lines, err := read(in)
	if err != nil {
		return err
	}
	_, err = io.WriteString(out, page(lines))
	return err
}
