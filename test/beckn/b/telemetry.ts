/** A URL of an app that takes what is told of charging by PATCH. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Json } from '../../support/api.ts';

/** Where an app is told how charging goes on. */
export interface Telemetry {
  url: string;
  got: Json[];
  close(): void;
}

export async function openTelemetry(): Promise<Telemetry> {
  const got: Json[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      got.push({ method: request.method, body: JSON.parse(Buffer.concat(chunks).toString('utf8')) });
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/session`, got, close: () => void server.close() };
}
