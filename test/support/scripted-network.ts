/** A network of others that answers whatever it is asked, at once: for tests of what stands in front of every network. */
import { randomUUID } from 'node:crypto';
import { noteFound, noteTold, setExternalNetwork, type Facts, type NetworkPort, type NetworkPorts, type Question, type Told } from '../../src/domain/external/index.ts';
import { inContext, type Context, type Runtime } from '../../src/domain/organisations/index.ts';

const KIND = 'scripted';
const PROVIDER = 'provider.scripted';
/** The same whenever it is asked. */
const SLOT = { start: Date.UTC(2040, 0, 1, 12), end: Date.UTC(2040, 0, 1, 13) };

export interface ScriptedNetwork {
  ports: NetworkPorts;
  /** the program that the answers come to */
  attach(runtime: Runtime): void;
  /** gives the id of a network of that kind */
  add(ctx: Context): Promise<string>;
}

const CANCELLATION = { by: 'driver' as const, reason: null, refundMinor: 100, feeMinor: 0, currency: 'EUR' };
const PAID: Facts = { orderRef: 'order', payment: { isPaid: true, status: 'PAID', amountMinor: 100, currency: 'EUR', url: 'https://pay.example', methods: ['LINK'],
  reference: 'r', timing: 'PRE-ORDER' } };

function answerTo(question: Question): Pick<Told, 'status' | 'facts'> {
  switch (question.operation) {
    case 'quote': return { status: 'quoted', facts: { price: { currency: 'EUR', totalMinor: 100, lines: [{ name: 'Energy', amountMinor: 100 }] }, finderFee: { percent: '2' } } };
    case 'hold': return { status: 'pending', facts: PAID };
    case 'confirm': return { status: 'confirmed', facts: {} };
    case 'start': return { status: 'active', facts: { startedAt: 1, isInterrupted: false } };
    case 'stop': return { status: 'completed', facts: { energyWh: 1_000, settlement: [{ kind: 'refund', amountMinor: 1, currency: 'EUR', isDone: true }] } };
    case 'track': return { facts: { trackingUrl: 'https://track.example' } };
    case 'cancel_quote': return { facts: { cancelQuote: CANCELLATION } };
    case 'cancel': return { status: 'cancelled', facts: { cancellation: CANCELLATION } };
    case 'rate': return { facts: {} };
    case 'support': return { facts: { support: { name: 'Help', phone: null, email: null, url: null } } };
    case 'status': return { facts: {} };
  }
}

export function scriptedNetwork(): ScriptedNetwork {
  let runtime: Runtime | undefined;
  const later = (ctx: Context, work: (ctx: Context) => Promise<void>): void => {
    const { network: { id: networkId } } = ctx;
    ctx.tx.afterCommit(() => void inContext(runtime!, { networkId, actor: { kind: 'system' } }, work));
  };
  const port: NetworkPort = {
    search: async (ctx, _network, conversationId) => later(ctx, (own) => noteFound(own, { conversationId, providerId: PROVIDER, route: {}, places: [{
      key: 'place', operator: { ref: 'o', name: 'Elsewhere' }, name: 'Elsewhere 1', address: '', city: '', country: 'DEU', coordinates: { latitude: 52.5, longitude: 13.37 },
      facilities: [], isGreen: null, connectors: [{
        itemId: 'item', evseKey: 'evse', name: 'One', standard: 'IEC_62196_T2_COMBO', powerType: 'DC', maxPowerW: 60_000, status: 'AVAILABLE',
        price: { currency: 'EUR', perKwh: '0.5', perHour: '0', perSession: '0' }, slots: [SLOT],
      }],
    }] })),
    ask: async (ctx, _network, { conversationId, providerId }, question) => {
      const ref = randomUUID();
      later(ctx, (own) => noteTold(own, { conversationId, providerId }, { answers: { ref, operations: [] }, ...answerTo(question) }));
      return ref;
    },
  };
  return {
    ports: new Map([[KIND, port]]), attach: (to) => void (runtime = to),
    add: async (ctx) => (await setExternalNetwork(ctx, { ref: 'scripted', kind: KIND, name: 'Scripted', settings: {} })).id,
  };
}
