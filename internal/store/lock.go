package store

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// errLocked says that another process holds the lock.
var errLocked = errors.New("locked")

// lockFile takes the lock beside the database and holds it until it is closed or the process ends,
// however it ends. The file stays and names its holder; only the lock counts.
func lockFile(database string) (io.Closer, error) {
	path := database + ".lock"
	f, err := openLocked(path)
	if errors.Is(err, errLocked) {
		holder, _ := os.ReadFile(path)
		return nil, fmt.Errorf("another pactwatch is running on it (%s); stop that one first, or name another file",
			strings.TrimSpace(string(holder)))
	}
	if err != nil {
		return nil, err
	}
	host, _ := os.Hostname()
	_, err = f.WriteAt(fmt.Appendf(nil, "pid %d on %s\n", os.Getpid(), host), 0)
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}
