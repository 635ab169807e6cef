/** The code that is printed at a connector: whoever scans it starts to charge there. */
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import { readLocationOf } from '../../../domain/stations/index.ts';
import { qrPng, qrSvg } from '../encode/qr-code.ts';
import { originOf, startAddress } from '../public-url.ts';
import { addRoute, type RestOptions } from '../route.ts';
import { Id, Strict } from '../schemas/common.ts';
import { Bytes } from '../schemas/invoice.ts';

const TYPES = { svg: 'image/svg+xml', png: 'image/png' } as const;
type Format = keyof typeof TYPES;

export function addStartCodeRoutes(app: FastifyInstance, options: RestOptions, { publicUrl }: { publicUrl: string | undefined }): void {
  addRoute(app, options, {
    method: 'GET', url: '/v1/connectors/:id/qr', operationId: 'getConnectorQr', tag: 'Locations', isPublic: true, params: Strict({ id: Id('connector') }),
    summary: "A connector's QR code, to be printed", description: 'Of the address at which anybody starts to charge there: `/charge/{id}`. It never changes.',
    query: Strict({ format: Type.Optional(Type.Enum(['svg', 'png'], { default: 'svg' })) }), reply: Bytes,
    bytes: {
      types: Object.values(TYPES), headers: { 'cache-control': 'public, max-age=3600', 'x-content-type-options': 'nosniff' },
      make: async (body) => {
        const { address, format } = body as { address: string; format: Format };
        return { type: TYPES[format], bytes: format === 'svg' ? Buffer.from(qrSvg(address)) : qrPng(address) };
      },
    },
    handle: async (ctx, { params: { id }, query: { format = 'svg' }, request }) => {
      await readLocationOf(ctx, 'connector', id);
      return { address: startAddress(originOf(publicUrl, request), id), format };
    },
  });
}
