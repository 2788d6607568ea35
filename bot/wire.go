package bot

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/url"
)

// NotSent reports whether a request that failed with err certainly never left: no connection was
// made, or its certificate was not trusted. Of any other failure on the way nobody knows whether
// the other side has acted on the request.
func NotSent(err error) bool {
	if op, ok := errors.AsType[*net.OpError](err); ok && op.Op == "dial" {
		return true
	}
	var (
		_, cert = errors.AsType[*tls.CertificateVerificationError](err)
		_, name = errors.AsType[x509.HostnameError](err)
		_, auth = errors.AsType[x509.UnknownAuthorityError](err)
		_, http = errors.AsType[tls.RecordHeaderError](err) // the other side does not speak TLS
	)
	return cert || name || auth || http
}

// Cause returns err without the address of the request: with both platforms, some addresses are
// secrets.
func Cause(err error) error {
	for {
		u, ok := errors.AsType[*url.Error](err)
		if !ok {
			return err
		}
		err = u.Err
	}
}
