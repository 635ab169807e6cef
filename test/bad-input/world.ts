/** The network that the cases are made on: an organisation of ours, a neighbour in the same network, and one in a live network. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sweepAll } from '../../src/domain/deadlines/index.ts';
import { issueInvoice } from '../../src/domain/invoices/index.ts';
import { createOrganisation, inContext, issueKey, type Actor, type Scope } from '../../src/domain/organisations/index.ts';
import { ensureNetwork } from '../../src/app/networks.ts';
import type { Config } from '../../src/platform/config/index.ts';
import type { Database } from '../../src/platform/database/index.ts';
import { startTestApp, type TestApp } from '../support/app.ts';
import type { Json } from '../support/api.ts';
import type { TestDatabase } from '../support/databases.ts';
import { scriptedNetwork } from '../support/scripted-network.ts';
import { billOf } from '../support/invoice-bed.ts';
import type { ValidateFunction } from 'ajv/dist/2020.js';
import { createChecker, type Checker } from './checks.ts';
import { closeConnections, send, type Got, type Sent } from './http.ts';
import { compiler, readDocument, type Schema } from './openapi.ts';
import { createMaker, type Maker, type Objects } from './objects.ts';

export interface World {
  app: TestApp;
  database: Database;
  document: Json;
  checker: Checker;
  /** validators of the document's schemas; of words as in a query, too */
  compile: { exact: Compile; fromText: Compile };
  /** secrets of keys */
  keys: { ours: string; neighbour: string; live: string; driver: string; narrow: string; revoked: string; operatorOnly: string };
  ours: Objects;
  neighbour: Objects;
  live: Objects;
  /** makes more objects of our organisation */
  make: Maker;
  /** where webhooks can be sent */
  receiverUrl: string;
  send(sent: Sent): Promise<Got>;
  close(): Promise<void>;
}

type Compile = (schema: Schema) => ValidateFunction;

const SYSTEM: Actor = { kind: 'system' };

async function startReceiver(): Promise<{ url: string; close(): void }> {
  const server = createServer((_request, response) => void response.writeHead(204).end());
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, close: () => void server.close().closeAllConnections() };
}

/** The whole program with the demo network, and the three organisations. Deadlines are not swept while the cases run. */
export async function openWorld(testDatabase: TestDatabase, settings: Partial<Record<keyof Config, string>> = {}): Promise<World> {
  const elsewhereNetwork = scriptedNetwork();
  const app = await startTestApp(testDatabase, settings, { isDrivenByHand: true, networkPorts: elsewhereNetwork.ports });
  elsewhereNetwork.attach(app.runtime);
  const receiver = await startReceiver();
  const { runtime, url } = app;
  const document = await readDocument(url);
  const checker = createChecker(document);
  const live = await ensureNetwork(runtime.database, 'live');
  const found = async (networkId: string, slug: string, roles: ('operator' | 'provider')[]): Promise<{ id: string; key: string }> =>
    inContext(runtime, { networkId, actor: SYSTEM }, async (ctx) => {
      const { id } = await createOrganisation(ctx, { slug, name: slug, roles, countryCode: 'DE', maxActiveHolds: 100_000 });
      const { secret } = await issueKey(ctx, id, { name: 'test', kind: 'secret' });
      return { id, key: secret };
    });
  const both = ['operator', 'provider'] as ('operator' | 'provider')[];
  const [ours, neighbour, elsewhere, operator] = [
    await found(app.network.id, 'ours', both), await found(app.network.id, 'neighbour', both), await found(live.id, 'elsewhere', both),
    await found(app.network.id, 'operator-only', ['operator']),
  ];
  const sweep = () => sweepAll(runtime);
  const sell = (networkId: string, sellerId: string) => (driverId: string): Promise<string> =>
    inContext(runtime, { networkId, actor: SYSTEM }, async (ctx) => (await issueInvoice(ctx, billOf(sellerId, { buyer: { driverId } }))).id);
  const makers = {
    ours: createMaker(url, checker, ours.key, receiver.url, sell(app.network.id, ours.id), sweep),
    neighbour: createMaker(url, checker, neighbour.key, receiver.url, sell(app.network.id, neighbour.id), sweep),
    live: createMaker(url, checker, elsewhere.key, receiver.url, sell(live.id, elsewhere.id), sweep),
  };
  for (const networkId of [app.network.id, live.id]) await inContext(runtime, { networkId, actor: SYSTEM }, (ctx) => elsewhereNetwork.add(ctx));
  for (const maker of Object.values(makers)) await maker.setPolicy();
  const objects = { ours: await makers.ours.everything(true), neighbour: await makers.neighbour.everything(true), live: await makers.live.everything(false) };
  const issue = (name: string, scopes: Scope[]) => makers.ours.call('POST', '/v1/api_keys', { name, kind: 'restricted', scopes });
  const revoked = await issue('revoked', ['reservations:read']);
  await makers.ours.call('POST', `/v1/api_keys/${revoked.id}/revoke`);
  return {
    app, document, checker, compile: { exact: compiler(document), fromText: compiler(document, true) }, database: runtime.database, make: makers.ours,
    receiverUrl: receiver.url, ...objects,
    keys: {
      ours: ours.key, neighbour: neighbour.key, live: elsewhere.key, operatorOnly: operator.key, revoked: revoked.secret,
      driver: (await makers.ours.call('POST', `/v1/drivers/${objects.ours.drv}/keys`, { name: 'app' })).secret,
      narrow: (await issue('narrow', ['locations:read'])).secret,
    },
    send: (sent) => send(url, sent),
    close: async () => {
      closeConnections();
      await app.stop();
      receiver.close();
      await testDatabase.close();
    },
  };
}
