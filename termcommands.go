package main

import (
	"github.com/spf13/cobra"

	"github.com/pactwatch/pactwatch/internal/news"
	"github.com/pactwatch/pactwatch/notify/terms"
)

func termsCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "terms",
		Short: "Print the deal terms that each article states",
		Long: `Read articles as JSON Lines from standard input and print for each, in order, {"id","terms":[…]}: what it
says changed between whom, until when, with the sentence that says so and where it stands, in bytes of its
"field". docs/ledger.md tells what is read and what is not.`,
		Example: `  echo '{"id":"a1","title":"Microsoft ends exclusive cloud deal with OpenAI"}' | pactwatch terms`,
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			r, err := terms.New(nil)
			if err != nil {
				return err
			}
			type answer struct {
				ID    string      `json:"id"`
				Terms []news.Term `json:"terms"`
			}
			lines := newLineReader(cmd.Context(), cmd.InOrStdin(), cmd.OutOrStdout(), cmd.ErrOrStderr())
			return lines.answerAll(func(a news.Article) any { return answer{a.ID, emptyNotNil(r.Read(&a))} })
		},
	}
}
