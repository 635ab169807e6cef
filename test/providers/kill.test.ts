/** Processes that are killed (SIGKILL) amid a call to a provider: another one finds the truth, and nothing is done twice. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { captureByHand } from '../../src/domain/payments/index.ts';
import { readConfig } from '../../src/platform/config/index.ts';
import { testDatabases } from '../support/databases.ts';
import { openPaymentBed, providersOf } from './payment-bed.ts';
import { startStripeServer } from './stripe-server.ts';

const PROCESS = fileURLToPath(new URL('./paying-process.ts', import.meta.url));

/** The embedded database belongs to one process; on PostgreSQL, the one that is killed and this one share it. */
const postgres = testDatabases().find(({ kind }) => kind === 'postgres');

describe.skipIf(!postgres)('a killed process', () => {
  it.each(['hang', 'slow'] as const)('leaves calls that others end (the answer would %s)', async (kind) => {
    const server = await startStripeServer();
    const env = { STRIPE_SECRET_KEY: server.secretKey, STRIPE_WEBHOOK_SECRET: server.webhookSecret, STRIPE_API_URL: server.url };
    const bed = await openPaymentBed(postgres!.open, providersOf(readConfig(env)));
    /** Lets a process take a call of that kind, and kills it when the call has reached the provider. */
    const killAmid = async (path: RegExp): Promise<void> => {
      server.faults.push({ kind, on: path });
      const before = server.calls.length;
      const child = spawn(process.execPath, [PROCESS], { stdio: ['ignore', 'ignore', 'inherit'], env: { PATH: process.env.PATH, DATABASE_URL: bed.db.url, ...env } });
      await expect.poll(() => server.calls.slice(before).some((call) => path.test(call)), { timeout: 40_000, interval: 5 }).toBe(true);
      child.kill('SIGKILL');
      await new Promise((resolve) => child.once('exit', resolve));
    };
    const { id } = await bed.begin({ method: 'payment_link', currency: 'EUR' });
    await killAmid(/POST .*sessions$/);
    expect(await bed.read(id)).toMatchObject({ status: 'pending', providerRef: null, isBusy: true });
    await bed.finish();
    server.pay((await bed.read(id)).providerRef!);
    await bed.notify('stripe', ...server.notices());
    await bed.finish();
    await bed.run((ctx) => captureByHand(ctx, id, { amountMinor: 52_000n }));
    await killAmid(/POST .*\/capture$/);
    expect(await bed.read(id)).toMatchObject({ status: 'authorized', isBusy: true });
    await bed.finish();
    expect(await bed.read(id)).toMatchObject({ status: 'succeeded', capturedMinor: 52_000n, isBusy: false });
    expect([server.state.sessions.size, server.state.intents.size]).toEqual([1, 1]);
    expect(await bed.taken('EUR')).toEqual({ takenMinor: 52_000n, isBalanced: true });
    await bed.close();
    await server.close();
  }, 120_000);
});
