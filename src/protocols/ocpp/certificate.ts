import { X509Certificate } from 'node:crypto';

/**
 * The names in a client certificate that the proxy has verified and hands on: its common name, and its alternative names of DNS.
 *
 * @param header as in RFC 9440 (`:base64 of the DER:`), or PEM, URL-encoded as nginx writes it (`$ssl_client_escaped_cert`)
 */
export function namesInCertificate(header: string | string[] | undefined): string[] {
  if (typeof header !== 'string' || header === '') return [];
  try {
    const { subject, subjectAltName } = new X509Certificate(header.startsWith(':') ? Buffer.from(header.slice(1, -1), 'base64') : decodeURIComponent(header));
    const common = [...(subject ?? '').matchAll(/^CN=(.*)$/gm)].map(([, name]) => name!);
    const alternative = (subjectAltName ?? '').split(', ').flatMap((name) => (name.startsWith('DNS:') ? [name.slice(4)] : []));
    return [...common, ...alternative];
  } catch {
    return [];
  }
}
