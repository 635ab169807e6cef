import { noteCertificateRequest } from '../../../domain/chargers/index.ts';
import type { Handler } from '../message.ts';

/** A station wants a certificate: its operator will see. What is no request is refused at once. */
export const signCertificate: Handler = async (ctx, { link }, payload) => {
  const { csr, certificateType, requestId = null } = payload as unknown as { csr: string; certificateType?: string; requestId?: number };
  const use = certificateType?.startsWith('V2G') ? 'v2g' : 'charging_station';
  return { status: (await noteCertificateRequest(ctx, link, { csr, use, requestId })) ? 'Accepted' : 'Rejected' };
};
