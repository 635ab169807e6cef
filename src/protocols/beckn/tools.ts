/** One message at a time, for the command line: signed, verified, looked at. */
import { statSync } from 'node:fs';
import type { EpochMs } from '../../platform/clock/index.ts';
import { createOutbound } from '../../platform/outbound/index.ts';
import { openSchemas } from './conformance/index.ts';
import { Refused } from './refusal.ts';
import { createDirectory, dediRegistry, fileRegistry, lookupRegistry, verifySignature, type Registry } from './registry/index.ts';
import { privateKey, signBody } from './signing/index.ts';
import { hasAction, parseBody, parseContext, SPOKEN } from './wire/index.ts';

export interface SignRequest {
  subscriberId: string;
  keyId: string;
  /** private, base64 */
  key: string;
  now: EpochMs;
  lifetimeSeconds?: number;
  /** of the request that is answered, for the fourth line */
  requestSignature?: string;
}

/** The value of the `Authorization` header. Throws a TypeError for what is no key. */
export function signMessage(bytes: Uint8Array, { subscriberId, keyId, key, ...options }: SignRequest): string {
  return signBody(bytes, { subscriberId, keyId, key: privateKey('ed25519', key) }, options);
}

export interface VerifyRequest {
  header: string;
  /** a file, the URL of a version 1 registry, or `dedi+` and a URL */
  registry: string;
  now: EpochMs;
  skewSeconds: number;
  dediRegistryName: string;
  requestSignature?: string;
}

export interface Verdict {
  ok: boolean;
  /** `subscriber|key`, or why not */
  detail: string;
}

export async function verifyMessage(bytes: Uint8Array, { header, registry, now, skewSeconds, dediRegistryName, requestSignature }: VerifyRequest): Promise<Verdict> {
  const outbound = createOutbound({ allowPrivate: true, timeoutMs: 15_000, maxResponseBytes: 1_000_000 });
  try {
    const source: Registry = registry.startsWith('dedi+') ? dediRegistry(registry.slice('dedi+'.length), dediRegistryName, outbound)
      : /^https?:/.test(registry) ? lookupRegistry(registry, outbound, undefined) : fileRegistry(registry);
    const { signer, header: read } = await verifySignature(createDirectory([source]), bytes, header, {
      now, skewSeconds, requestSignature: () => Promise.resolve(requestSignature),
    });
    return { ok: true, detail: `${signer.subscriberId}|${read.keyId}` };
  } catch (error) {
    if (error instanceof Refused) return { ok: false, detail: `${error.reason}: ${error.message}` };
    throw error;
  } finally {
    await outbound.close();
  }
}

/** What a message is, and what stands against it: lines for people. `schemas` is a folder of published schemas. */
export async function checkMessage(bytes: Uint8Array, now: EpochMs, schemas?: string): Promise<{ ok: boolean; lines: string[] }> {
  try {
    const body = parseBody(bytes);
    const context = parseContext(body);
    const lines = [`generation\t${context.generation}`, `action\t${context.action}`, `transaction\t${context.transactionId}`, `message\t${context.messageId}`];
    const problems: string[] = [];
    if (!SPOKEN.includes(context.generation)) problems.push('this generation is not spoken here yet');
    if (!hasAction(context.generation, context.action)) problems.push(`the generation has no action ${context.action}`);
    if (context.expiresAt !== undefined && now > context.expiresAt) problems.push('its ttl is over');
    if (schemas !== undefined) {
      const wrong = (await openSchemas(schemas)).message(context.generation, context.action, body);
      lines.push(`schema\t${wrong === undefined ? 'none is published' : wrong.length === 0 ? 'passes' : 'fails'}`);
      problems.push(...wrong ?? []);
    }
    return { ok: problems.length === 0, lines: [...lines, ...problems.map((problem) => `problem\t${problem}`)] };
  } catch (error) {
    if (error instanceof Refused) return { ok: false, lines: [`problem\t${error.reason}: ${error.message}`] };
    throw error;
  }
}

/** Whether an argument that may be text or a file names a file. */
export const isFile = (text: string): boolean => statSync(text, { throwIfNoEntry: false })?.isFile() === true;
