package news

import "log/slog"

// A Secret is a token or a key. It prints as "[redacted]" wherever it is printed; only Reveal
// gives it away. The zero Secret is empty.
type Secret struct{ value string }

const redacted = "[redacted]"

// NewSecret returns a Secret that holds value.
func NewSecret(value string) Secret { return Secret{value} }

// Reveal returns the value, for the one call that needs it.
func (s Secret) Reveal() string { return s.value }

// IsZero reports whether there is no secret.
func (s Secret) IsZero() bool { return s.value == "" }

func (Secret) String() string               { return redacted }
func (Secret) GoString() string             { return redacted }
func (Secret) LogValue() slog.Value         { return slog.StringValue(redacted) }
func (Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }
