import { X509Certificate } from 'node:crypto';
import { TLSSocket } from 'node:tls';
import type { Socket } from 'node:net';

/**
 * The names in a client certificate that the proxy has verified and hands on: its common name, and its alternative names of DNS.
 *
 * @param header as in RFC 9440 (`:base64 of the DER:`), or PEM, URL-encoded as nginx writes it (`$ssl_client_escaped_cert`)
 */
export function namesInCertificate(header: string | string[] | undefined): string[] {
  if (typeof header !== 'string' || header === '') return [];
  try {
    return namesOf(new X509Certificate(header.startsWith(':') ? Buffer.from(header.slice(1, -1), 'base64') : decodeURIComponent(header)));
  } catch {
    return [];
  }
}

/** The names in the client certificate of a station that has come over TLS to us ourselves; none where it has none that we trust. */
export function namesOfPeer(socket: Socket): string[] {
  const certificate = socket instanceof TLSSocket && socket.authorized ? socket.getPeerX509Certificate() : undefined;
  return certificate ? namesOf(certificate) : [];
}

function namesOf({ subject, subjectAltName }: X509Certificate): string[] {
  const common = [...(subject ?? '').matchAll(/^CN=(.*)$/gm)].map(([, name]) => name!);
  const alternative = (subjectAltName ?? '').split(', ').flatMap((name) => (name.startsWith('DNS:') ? [name.slice(4)] : []));
  return [...common, ...alternative];
}
