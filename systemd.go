package main

import (
	"fmt"
	"net"
	"os"
	"strconv"
	"time"
)

// A supervisor is the service manager that started the program, as sd_notify(3) describes it. The zero
// supervisor is nobody, and takes everything.
type supervisor struct {
	socket   string        // "/run/systemd/notify", or "@name" for an abstract one; "" for none
	watchdog time.Duration // it restarts a program that is silent for so long; 0 if it does not
}

// systemd returns the supervisor that the environment names.
func systemd() supervisor {
	s := supervisor{socket: os.Getenv("NOTIFY_SOCKET")}
	usec, err := strconv.ParseUint(os.Getenv("WATCHDOG_USEC"), 10, 40) // 2^40 µs are 12 days
	pid := os.Getenv("WATCHDOG_PID")
	if err == nil && (pid == "" || pid == strconv.Itoa(os.Getpid())) {
		s.watchdog = time.Duration(usec) * time.Microsecond
	}
	return s
}

// tell sends a state, such as "READY=1".
func (s supervisor) tell(state string) error {
	if s.socket == "" {
		return nil
	}
	conn, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: s.socket, Net: "unixgram"})
	if err != nil {
		return fmt.Errorf("tell systemd %s: %w", state, err)
	}
	defer conn.Close()
	if _, err := conn.Write([]byte(state)); err != nil {
		return fmt.Errorf("tell systemd %s: %w", state, err)
	}
	return nil
}
