package main

import (
	"errors"
	"fmt"
	"io"
)

// A usageError says that the program was called in a way it does not know.
type usageError struct {
	err     error
	command string // whose help shows how to do it right
}

func (e *usageError) Error() string { return fmt.Sprintf("%v; see %s --help", e.err, e.command) }

// errBroken says that some of the input could not be used. What and where was told as it was met.
var errBroken = errors.New("some of the input could not be used, see above")

// report tells a person what went wrong and returns the exit code: 0 done, 1 it failed, 2 the call or
// the configuration is wrong.
func report(errs io.Writer, err error) int {
	if err == nil {
		return 0
	}
	var call *usageError
	var config *ConfigError
	if errors.As(err, &config) {
		fmt.Fprintln(errs, config)
		return 2
	}
	fmt.Fprintf(errs, "pactwatch: %v\n", err)
	if errors.As(err, &call) {
		return 2
	}
	return 1
}
