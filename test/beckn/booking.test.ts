/** Checks of booking, money and charging that hold for both generations alike, on both databases; with a station that really is there. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { trialBalance } from '../../src/domain/payments/index.ts';
import type { Json } from '../support/api.ts';
import { openBedB, type BedB } from '../support/beckn-b-bed.ts';
import { beginCharging, CONTEXT_OF, voiceOf, type Generation, type Slot } from '../support/beckn-voices.ts';
import { expectCall, sample, statusOf, time } from '../support/charging-bed.ts';
import type { Charger } from '../support/charger.ts';
import { testDatabases } from '../support/databases.ts';
import { HOUR, MINUTE, must } from '../support/world.ts';

const GENERATIONS: Generation[] = ['A', 'B'];
const AT_ONCE = 4;

describe.each(testDatabases())('orders of Beckn, $kind', ({ open }) => {
  let bed: BedB;
  let charger: Charger;
  let locationId: string;
  beforeAll(async () => {
    bed = await openBedB({ open });
    charger = await bed.plug();
    ({ location_id: locationId } = must(await bed.w.anybody.get(`/v1/evses/${bed.station.evses[0]}`)));
  });
  afterAll(async () => {
    const { unbalanced, wrong } = await trialBalance(bed.w.db.database, bed.w.network.id);
    expect({ unbalanced, wrong }).toEqual({ unbalanced: [], wrong: [] });
    await bed.close();
  });

  const policy = async (change: object): Promise<void> => void must(await bed.cpo.api.patch(`/v1/locations/${locationId}/policy`, change));
  const reservations = async (query = ''): Promise<Json[]> => must(await bed.cpo.api.get(`/v1/reservations?limit=100${query}`)).data;
  const booked = async ({ start }: Slot): Promise<Json[]> => (await reservations('&status=confirmed')).filter((one) => Date.parse(one.reserved_start) === Date.parse(start));
  const kept = async (paymentOf: string): Promise<number> => {
    await bed.w.sweep();
    const [payment] = must(await (await bed.bapApi()).get(`/v1/payments?for=${paymentOf}`)).data;
    return payment.captured_amount - payment.refunded_amount;
  };
  const moveInto = async ({ start }: Slot): Promise<void> => bed.w.advanceTo(Date.parse(start) + MINUTE);

  it('BKN-51, BKB-8, check 23: of many inits of one slot at once, one holds it; of many confirms, one books it', { timeout: 120_000 }, async () => {
    const slot = await bed.newSlot();
    const voices = GENERATIONS.flatMap((generation) => Array.from({ length: AT_ONCE }, () => voiceOf(bed, generation, slot, bed.connectors[1])));
    const seen = await Promise.all(voices.map((voice) => voice.init()));
    // One that finds the slot taken is told so, or, in B, is offered the nearest that is free, as at select.
    const holders = voices.filter((_voice, i) => seen[i]!.error === undefined && seen[i]!.start === Date.parse(slot.start));
    expect(holders).toHaveLength(1);
    for (const { error, start } of seen) if (error) expect(error.code).toBe(40_002);
      else if (start === Date.parse(slot.start)) expect(error).toBeUndefined();
    expect((await reservations('&status=pending')).filter((one) => Date.parse(one.reserved_start) === Date.parse(slot.start))).toHaveLength(1);
    await holders[0]!.pay(seen[voices.indexOf(holders[0]!)]!);
    await Promise.all(voices.filter((voice, i) => seen[i]!.error !== undefined || voice === holders[0]).flatMap((voice) => [voice.confirm(), voice.confirm()]));
    expect(await booked(slot)).toHaveLength(1);
  });

  describe.each(GENERATIONS)('of generation %s', (generation) => {
    const newVoice = async (): Promise<ReturnType<typeof voiceOf>> => voiceOf(bed, generation, await bed.newSlot());

    it('check 26: what was promised at init is what confirm books, whatever prices do meanwhile', async () => {
      const voice = await newVoice();
      const init = await voice.init();
      expect(init.total).toBe(110);
      const [tariff] = must(await bed.cpo.api.get('/v1/tariffs')).data;
      const elements = (price: string): object => ({ elements: [{ price_components: [{ type: 'ENERGY', price }, { type: 'FLAT', price: '10' }] }] });
      must(await bed.cpo.api.patch(`/v1/tariffs/${tariff.id}`, elements('36')));
      await voice.pay(init);
      expect((await voice.confirm()).total).toBe(110);
      const { total } = await voiceOf(bed, generation, await bed.newSlot()).select();
      expect(total).toBe(209); // 5 × 36 + 10, and a tenth
      must(await bed.cpo.api.patch(`/v1/tariffs/${tariff.id}`, elements('18')));
    });

    it('check 29: nothing is booked later than the place takes bookings; the nearest that it takes is offered', async () => {
      await policy({ min_lead_minutes: 60 });
      const from = Math.ceil((await bed.w.now() + 15 * MINUTE) / (15 * MINUTE)) * 15 * MINUTE;
      const voice = voiceOf(bed, generation, { start: new Date(from).toISOString(), end: new Date(from + HOUR).toISOString() });
      const { start } = await voice.select();
      expect(start! - (await bed.w.now())).toBeGreaterThanOrEqual(60 * MINUTE);
      const init = await voice.init();
      if (init.error) expect(init.error.code).toBeGreaterThanOrEqual(40_000);
      else expect(init.start! - (await bed.w.now())).toBeGreaterThanOrEqual(59 * MINUTE);
      expect(await booked(voice.slot)).toEqual([]);
      await policy({ min_lead_minutes: 0 });
    });

    it('checks 30 and 32: what is cancelled before the cut-off is given back by its terms, later it is kept; twice is refused', async () => {
      const early = await newVoice();
      const { orderId } = await early.book();
      expect((await early.cancel()).error).toBeUndefined();
      await expect.poll(() => kept(orderId!), { timeout: 15_000 }).toBe(1_500); // 15 of 100
      expect((await early.cancel()).error!.code).toBe(50_001);
      const late = await newVoice();
      const { orderId: lateId } = await late.book();
      await bed.w.advanceTo(Date.parse(late.slot.start) - 3 * HOUR);
      expect((await late.cancel()).error).toBeUndefined();
      await expect.poll(() => kept(lateId!), { timeout: 15_000 }).toBe(10_000); // all but what was set aside
    });

    it('check 37: a driver who does not come keeps the slot for the grace, and not longer; the app is told', async () => {
      await policy({ no_show_minutes: 15, no_show_fee: 0 });
      const voice = await newVoice();
      const { orderId } = await voice.book();
      await bed.w.advanceTo(Date.parse(voice.slot.start) + 14 * MINUTE);
      expect((await voice.status()).state).toBe('PENDING');
      expect(await booked(voice.slot)).toHaveLength(1);
      await bed.w.advance(2 * MINUTE);
      expect(voice.see(await voice.talk.got('on_cancel'))).toMatchObject({ state: 'CANCELLED', orderId });
      expect(must(await bed.cpo.api.get(`/v1/reservations/${orderId}`)).status).toBe('expired');
    });

    it('check 44: a slot that is booked is published no more', async () => {
      const windows = async (): Promise<number[]> => {
        const answer: Json = await bed.converse().ask(generation === 'A' ? 'search' : 'discover', generation === 'A' ? { message: { intent: {} } } : { text_search: 'charger' },
          CONTEXT_OF[generation]);
        const starts: string[] = generation === 'A'
          ? answer.message.catalog.providers.find(({ id }: Json) => id === bed.cpo.organisation.id).fulfillments
            .find(({ id }: Json) => id === bed.station.evses[0]).stops.map((stop: Json) => stop.time.range.start)
          : answer.catalogs[0]['beckn:items'].find((item: Json) => item['beckn:id'] === bed.connectors[0])['beckn:availabilityWindow'].map((one: Json) => one['schema:startTime']);
        return starts.map((start) => Date.parse(start));
      };
      const before = await windows();
      const taken = before.at(-1)!;
      await voiceOf(bed, generation, { start: new Date(taken).toISOString(), end: new Date(taken + HOUR).toISOString() }).book();
      expect((await windows()).filter((start) => start < taken + HOUR && start + 15 * MINUTE > taken)).toEqual([]);
    });

    it('check 49: one instant is one slot, whatever its offset, and colons are the place\'s time', async () => {
      const { start, end } = await bed.newSlot();
      const inIndia = (iso: string): string => `${new Date(Date.parse(iso) + 5.5 * HOUR).toISOString().slice(0, 19)}+05:30`;
      const voice = voiceOf(bed, generation, { start: inIndia(start), end: inIndia(end) });
      expect((await voice.book()).start).toBe(Date.parse(start));
      const other = await voiceOf(bed, generation, { start, end }).select();
      expect(other.start).not.toBe(Date.parse(start));
    });

    it('BKN-57, BKB-14, checks 31 and 33 to 35: starts with the password, is not cancelled then, is interrupted, goes on, is stopped and billed: each is told', async () => {
      const voice = await newVoice();
      const { orderId } = await voice.book();
      await moveInto(voice.slot);
      const transactionId = await beginCharging(bed, generation, voice, charger);
      await expect.poll(async () => (await voice.status()).state, { timeout: 15_000 }).toBe('ACTIVE');
      const refused = await voice.cancel();
      expect([refused.error!.code, (await voice.status()).state]).toEqual([50_001, 'ACTIVE']);
      charger.close();
      await charger.closed;
      await bed.w.advance(10 * MINUTE);
      const told = async (state: string): Promise<boolean> => (
        bed.callbacks.got.some(({ body }) => body.context.transaction_id === voice.talk.transactionId && body.context.action !== 'on_cancel'
          && body.context.message_id !== voice.talk.transactionId && !body.error && voice.see(body).state === state));
      await expect.poll(() => bed.w.sweep().then(() => told('CONNECTION-INTERRUPTED')), { timeout: 15_000 }).toBe(true);
      charger = await bed.plug();
      await charger.call('MeterValues', sample(transactionId, 1, await time(bed.w), { 'Energy.Active.Import.Register': 2_000, 'Power.Active.Import': 30_000 }));
      await expect.poll(() => bed.w.sweep().then(() => voice.status()), { timeout: 15_000 }).toMatchObject({ state: 'ACTIVE' });
      await voice.stop();
      await expectCall(charger, 'RemoteStopTransaction', { status: 'Accepted' });
      await charger.call('StopTransaction', { transactionId, meterStop: 3_000, timestamp: await time(bed.w), reason: 'Remote' });
      await charger.call('StatusNotification', statusOf('ocpp1.6', 1, 'Available', await time(bed.w)));
      await expect.poll(() => bed.w.sweep().then(() => told('COMPLETED')), { timeout: 15_000 }).toBe(true);
      await expect.poll(async () => (await voice.status()).total, { timeout: 15_000 }).toBe(64); // 3 × 18 + 10
      await expect.poll(() => kept(orderId!), { timeout: 15_000 }).toBe(6_400);
    });
  });
});
