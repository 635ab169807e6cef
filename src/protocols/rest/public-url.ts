/** The address of this server as those who read a link reach it. */
import type { FastifyRequest } from 'fastify';

/** Without a slash at its end: what the installation is called (`PLUGTIME_PUBLIC_URL`), else as the caller has reached it. */
export function originOf(publicUrl: string | undefined, { protocol, host }: Pick<FastifyRequest, 'protocol' | 'host'>): string {
  return publicUrl?.replace(/\/$/, '') ?? `${protocol}://${host}`;
}

/** Where somebody who stands at a connector starts to charge there. It stands in printed codes, so it never changes. */
export function startAddress(origin: string, connectorId: string): string {
  return `${origin}/charge/${connectorId}`;
}
