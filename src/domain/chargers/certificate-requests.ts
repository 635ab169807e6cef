/** Requests of stations for a certificate: kept for their operator, who hands in what was signed, or refuses (CHS-10). There is no authority here. */
import { DomainError, notFound } from '../../platform/errors/index.ts';
import { newId } from '../../platform/ids/index.ts';
import { audit, type Context } from '../organisations/index.ts';
import type { StationCommand } from './command.ts';
import type { Link } from './connection.ts';
import { getOwnStation } from './own-station.ts';
import * as store from './store-certificate-requests.ts';
import type { CertificateRequest } from './store-certificate-requests.ts';

const PEM = /^\s*-----BEGIN (NEW )?CERTIFICATE REQUEST-----\s[A-Za-z0-9+/=\s]+-----END (NEW )?CERTIFICATE REQUEST-----\s*$/;
/** Of one station; the oldest go. */
const MOST_KEPT = 20;

/** A station asks for a certificate; false where that is no request. */
export async function noteCertificateRequest(ctx: Context, { stationId }: Link, asked: Pick<CertificateRequest, 'csr' | 'use' | 'requestId'>): Promise<boolean> {
  if (!PEM.test(asked.csr)) return false;
  const request: CertificateRequest = { id: newId('certificateRequest'), stationId, ...asked, status: 'waiting', receivedAt: ctx.now, finishedAt: null };
  await store.insertRequest(ctx.tx, request, MOST_KEPT);
  return true;
}

/** Those of a station of the caller's own, newest first. */
export async function listCertificateRequests(ctx: Context, stationId: string, page: { after?: string; before?: string; limit: number }): Promise<CertificateRequest[]> {
  await getOwnStation(ctx, stationId, 'station.read');
  return store.listRequests(ctx.tx, stationId, page);
}

/** There will be no certificate; the station will ask again when it needs one. Throws `not_found`, `invalid_state` when it is decided already. */
export async function refuseCertificateRequest(ctx: Context, id: string): Promise<CertificateRequest> {
  const request = await store.lockRequest(ctx.tx, id);
  if (!request) throw notFound('certificate request', id);
  await getOwnStation(ctx, request.stationId, 'station.provision');
  if (request.status !== 'waiting') throw new DomainError('invalid_state', `That request is ${request.status}.`, { current_status: request.status });
  await audit(ctx, 'station.refuse_certificate', 'charging_station', request.stationId, { certificate_request: id });
  return decide(ctx, request, 'refused');
}

/** The number by which the station knows the request that a command answers; throws `invalid_request` when it is none of this station's. */
export async function numberOfRequest(ctx: Context, stationId: string, id: string): Promise<number | null> {
  const request = await store.lockRequest(ctx.tx, id);
  if (request?.stationId === stationId && request.status === 'waiting') return request.requestId;
  throw new DomainError('invalid_request', 'Such a command can not be given.', {
    errors: [{ pointer: '/signed_certificate/request', message: 'is no request of this station that waits' }],
  });
}

/** The station has taken the certificate. */
export async function noteCertificateAnswer(ctx: Context, { type, status, parameters }: StationCommand): Promise<void> {
  const id = type === 'certificate_signed' && status === 'accepted' ? parameters.signedCertificate!.request : undefined;
  const request = id === undefined ? undefined : await store.lockRequest(ctx.tx, id);
  if (request?.status === 'waiting') await decide(ctx, request, 'signed');
}

async function decide(ctx: Context, request: CertificateRequest, status: 'signed' | 'refused'): Promise<CertificateRequest> {
  const decided: CertificateRequest = { ...request, status, finishedAt: ctx.now };
  await store.updateRequest(ctx.tx, decided);
  return decided;
}
