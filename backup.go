package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/pactwatch/pactwatch/internal/store"
)

func backupCommand() *cobra.Command {
	var path string
	var force bool
	cmd := &cobra.Command{
		Use:   "backup FILE",
		Short: "Copy the database, also while the bot runs, and prove the copy",
		Long: `Copy the database of the configuration to FILE as it is at one moment, whether the bot is running or not. The
copy is proved (its integrity, its schema, the rows of every table) and on the disk before it gets its name, so
that FILE is a good backup or is not there. To restore, stop the bot and put FILE in the database's place:
docs/operating.md.`,
		Example: "  pactwatch backup --config config.yaml backup-2026-11-25.db",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := lookConfig(path)
			if err != nil {
				return err
			}
			copied, err := backup(cmd.Context(), c.Database, args[0], force)
			if err != nil {
				return fmt.Errorf("backup: %w", err)
			}
			rows := 0
			for _, n := range copied.Rows {
				rows += n
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%s: %s of %s, schema %d; the copy is proved\n", args[0],
				count(rows, "row", "rows"), count(len(copied.Rows), "table", "tables"), copied.Schema)
			return nil
		},
	}
	configFlag(cmd, &path)
	cmd.Flags().BoolVar(&force, "force", false, "replace FILE if it is there")
	return cmd
}

// backup copies a database to a file that only its owner can read. Until the copy is proved and on the
// disk it has another name, in the same folder.
func backup(ctx context.Context, database, target string, force bool) (store.Copy, error) {
	if err := mayReplace(database, target, force); err != nil {
		return store.Copy{}, err
	}
	f, err := os.CreateTemp(filepath.Dir(target), "."+filepath.Base(target)+"-*") // mode 0600
	if err != nil {
		return store.Copy{}, err
	}
	defer func() {
		f.Close()
		for _, suffix := range []string{"", "-journal", "-wal", "-shm"} { // SQLite's, if it was stopped halfway
			os.Remove(f.Name() + suffix)
		}
	}()
	copied, err := store.Backup(ctx, database, f.Name())
	if err != nil {
		return store.Copy{}, err
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return store.Copy{}, err
	}
	if err := mayReplace(database, target, force); err != nil { // it may have come meanwhile
		return store.Copy{}, err
	}
	if err := os.Rename(f.Name(), target); err != nil {
		return store.Copy{}, err
	}
	return copied, syncFolder(filepath.Dir(target))
}

// mayReplace refuses to put a backup over what is there, unless force allows it, and in any case over a
// database that is in use: its log would be read into the copy.
func mayReplace(database, target string, force bool) error {
	there, err := os.Stat(target)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if own, err := os.Stat(database); err == nil && os.SameFile(own, there) {
		return fmt.Errorf("%s is the database itself; name another file", target)
	}
	if !there.Mode().IsRegular() {
		return fmt.Errorf("%s is not a file; name one", target)
	}
	if _, err := os.Stat(target + "-wal"); err == nil {
		return fmt.Errorf("%s is a database in use, %s-wal is there; name another file", target, target)
	}
	if !force {
		return fmt.Errorf("%s is there already; name another file, or add --force", target)
	}
	return nil
}

// syncFolder puts the names in a folder on the disk.
func syncFolder(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := f.Sync(); err != nil && !errors.Is(err, errors.ErrUnsupported) && !errors.Is(err, fs.ErrInvalid) && !errors.Is(err, fs.ErrPermission) {
		return fmt.Errorf("put %s on the disk: %w", dir, err) // Windows syncs no folder
	}
	return nil
}
