/** Slots that stations keep: each trap of real charger software has a test that names it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Json } from '../support/api.ts';
import { BOOT_16, BOOT_2 } from '../support/charger-bed.ts';
import { addCharger, addDriver, addTariff, expectCall, result, statusOf, time, type ChargingBed, type ChargingDriver } from '../support/charging-bed.ts';
import { HOUR, iso, MINUTE, must, openWorld, outcome, type World } from '../support/world.ts';

const QUARTER = 15 * MINUTE;

describe('slots at stations', () => {
  let w: World;
  let driver: ChargingDriver;
  let other: ChargingDriver;
  beforeAll(async () => {
    w = await openWorld();
    await addTariff(w);
    driver = await addDriver(w, { creditMinor: 5_000 });
    other = await addDriver(w, { creditMinor: 5_000 });
    must(await w.operator.api.patch('/v1/policy', {
      min_lead_minutes: 0, slot_grid_minutes: 15, min_duration_minutes: 15, no_show_minutes: 15, max_active_per_driver: 20, no_show_ban: null,
    }));
  });
  afterAll(() => w.close());

  /** A slot of an hour that begins with the next but one quarter, and the network's time two minutes before it. */
  async function book({ station }: ChargingBed, { who = driver, evse = 0 }: { who?: ChargingDriver | null; evse?: number } = {}): Promise<Json> {
    const start = Math.ceil((await w.now()) / QUARTER + 1) * QUARTER;
    const reservation = must(await w.provider.api.post('/v1/reservations', {
      evse: station.evses[evse], ideal_start: iso(start), ideal_end: iso(start + HOUR), confirm: true, ...(who ? { driver: who.id } : {}),
    }));
    await w.advanceTo(start - 2 * MINUTE);
    return reservation;
  }
  const read = async (id: string): Promise<Json> => must(await w.provider.api.get(`/v1/reservations/${id}`));
  const enforcement = async (id: string): Promise<string> => (await read(id)).enforcement;
  const told = async (id: string): Promise<string[]> => (await w.eventsOf(id)).map(({ type }) => type);
  /** what the station answered is taken in, and what follows from it is done */
  async function settle(check: () => Promise<void>): Promise<void> {
    await expect.poll(async () => {
      await w.sweep();
      return check().then(() => 'so', String);
    }, { timeout: 5_000, interval: 20 }).toBe('so');
  }
  const becomes = (id: string, state: string): Promise<void> => settle(async () => expect(await enforcement(id)).toBe(state));
  const shows = async ({ charger }: ChargingBed, status: string, n = 1, version = 'ocpp1.6'): Promise<void> => {
    result(await charger.call('StatusNotification', statusOf(version, n, status, await time(w))));
  };
  async function arm(bed: ChargingBed): Promise<{ reservation: Json; asked: Json }> {
    const reservation = await book(bed);
    await w.advance(MINUTE);
    const asked = await expectCall(bed.charger, 'ReserveNow', { status: 'Accepted' });
    await shows(bed, 'Reserved');
    await becomes(reservation.id, 'armed');
    return { reservation, asked };
  }

  it('ARM-1, ARM-2: a minute before its slot the station is told to keep it, for the token of the app and all cards of its driver', async () => {
    const bed = await addCharger(w);
    const reservation = await book(bed);
    expect(await enforcement(reservation.id)).toBe('none');
    await w.advance(MINUTE);
    expect(await enforcement(reservation.id)).toBe('arming');
    const asked = await expectCall(bed.charger, 'ReserveNow', { status: 'Accepted' });
    const { kept_until: keptUntil } = await read(reservation.id);
    const card = result(await bed.charger.call('Authorize', { idTag: driver.uid })).idTagInfo;
    expect(asked).toMatchObject({ connectorId: 1, parentIdTag: card.parentIdTag, reservationId: expect.any(Number) });
    expect(Date.parse(asked.expiryDate as string)).toBe(Date.parse(keptUntil));
    expect((asked.idTag as string).length).toBeLessThanOrEqual(20);
    await shows(bed, 'Reserved');
    await becomes(reservation.id, 'armed');
    expect(await told(reservation.id)).toEqual(['reservation.confirmed', 'reservation.updated', 'reservation.armed']);
    expect(must(await w.operator.api.get(`/v1/reservations/${reservation.id}`)).enforcement).toBe('armed');
  });

  it('ARM-6: when it is used the station is told to let go, unless it says itself that it has', async () => {
    const bed = await addCharger(w);
    const { reservation, asked } = await arm(bed);
    await w.advance(2 * MINUTE);
    const started = result(await bed.charger.call('StartTransaction', {
      connectorId: 1, idTag: driver.uid, meterStart: 0, timestamp: await time(w), reservationId: asked.reservationId }));
    expect(started.idTagInfo.status).toBe('Accepted');
    await w.sweep();
    const [row] = await states(reservation.id);
    expect(row).toBe('consumed');
    expect((await commands(bed)).map(({ type }) => type)).not.toContain('cancel_reservation');

    const second = await addCharger(w);
    const { asked: askedThere } = await arm(second);
    await w.advance(2 * MINUTE);
    result(await second.charger.call('StartTransaction', { connectorId: 1, idTag: driver.uid, meterStart: 0, timestamp: await time(w) }));
    await w.sweep();
    expect(await expectCall(second.charger, 'CancelReservation', { status: 'Rejected' })).toEqual({ reservationId: askedThere.reservationId });
  });

  const states = async (id: string): Promise<string[]> => (await w.db.database.query<{ state: string }>(
    (await import('../../src/platform/database/index.ts')).sql`SELECT state FROM slot_armings WHERE reservation_id = ${id} ORDER BY created_at`)).map(({ state }) => state);
  const commands = async ({ station }: ChargingBed): Promise<Json[]> => must(await w.operator.api.get(`/v1/charging_stations/${station.id}/commands`)).data;

  it('trap 1, a remote start with another tag on a reserved connector (ARM-7, SES-10): nothing is sent to the station, and one that begins is stopped', async () => {
    const bed = await addCharger(w);
    await arm(bed);
    await w.advance(2 * MINUTE);
    expect(outcome(await w.provider.api.post('/v1/sessions', { type: 'app', connector: bed.connectors[0], driver: other.id }))).toBe('slot_unavailable');
    expect((await commands(bed)).map(({ type }) => type)).not.toContain('start_transaction');
    const started = result(await bed.charger.call('StartTransaction', { connectorId: 1, idTag: other.uid, meterStart: 0, timestamp: await time(w) }));
    expect(started.idTagInfo.status).toBe('Invalid');
    expect(await expectCall(bed.charger, 'RemoteStopTransaction', { status: 'Accepted' })).toEqual({ transactionId: started.transactionId });
  });

  it('trap 2, Accepted without Reserved (ARM-3): the slot is not armed, and we keep it', async () => {
    const bed = await addCharger(w);
    const reservation = await book(bed);
    await w.advance(MINUTE);
    const asked = await expectCall(bed.charger, 'ReserveNow', { status: 'Accepted' });
    expect(Date.parse(asked.expiryDate as string)).toBeGreaterThan(await w.now());
    await becomes(reservation.id, 'arming');
    await w.advance(11_000);
    await becomes(reservation.id, 'soft');
    expect(await told(reservation.id)).toContain('reservation.soft');
    await shows(bed, 'Reserved');
    await becomes(reservation.id, 'armed');
  });

  it('trap 3, expiry that is reported late or never (ARM-6): our clock ends it, and Rejected means that it is gone', async () => {
    const bed = await addCharger(w);
    const { reservation, asked } = await arm(bed);
    await w.advance(20 * MINUTE);
    expect((await read(reservation.id)).status).toBe('expired');
    expect(await expectCall(bed.charger, 'CancelReservation', { status: 'Rejected' })).toEqual({ reservationId: asked.reservationId });
    await w.advance(10 * MINUTE);
    expect((await commands(bed)).filter(({ type }) => type === 'cancel_reservation')).toHaveLength(1);
    expect(await states(reservation.id)).toEqual(['released']);
  });

  it('trap 4, Occupied for a connector that is free (ARM-5): it is asked again a few times, and the slot is kept by us', async () => {
    const bed = await addCharger(w);
    const reservation = await book(bed);
    await w.advance(MINUTE);
    for (let n = 1; n <= 5; n++) {
      await expectCall(bed.charger, 'ReserveNow', { status: 'Occupied' });
      await becomes(reservation.id, 'soft');
      await w.advance(31_000);
    }
    expect((await commands(bed)).filter(({ type }) => type === 'reserve_now')).toHaveLength(5);
    expect(result(await bed.charger.call('StartTransaction', { connectorId: 1, idTag: other.uid, meterStart: 0, timestamp: await time(w) })).idTagInfo.status).toBe('Invalid');
  });

  it('ARM-5: a car that stays is told, and the station is told again when it has gone', async () => {
    const bed = await addCharger(w, 'ocpp1.6', 1);
    const reservation = await book(bed);
    await shows(bed, 'Charging');
    await w.advance(MINUTE);
    expect(await enforcement(reservation.id)).toBe('arming'); // until the slot begins, whoever is there is right to be
    await w.advance(MINUTE);
    expect(await enforcement(reservation.id)).toBe('soft');
    await shows(bed, 'Available');
    await w.sweep();
    await expectCall(bed.charger, 'ReserveNow', { status: 'Accepted' });
    await shows(bed, 'Reserved');
    await becomes(reservation.id, 'armed');
  });

  it('ARM-5: the driver of a session that runs into a slot is told that they overstay, once', async () => {
    const bed = await addCharger(w, 'ocpp1.6', 1);
    must(await w.operator.api.patch('/v1/policy', { walk_in_into_slot: 'allow', on_fault: 'refund' }));
    const reservation = await book(bed);
    result(await bed.charger.call('StartTransaction', { connectorId: 1, idTag: other.uid, meterStart: 0, timestamp: await time(w) }));
    await shows(bed, 'Charging');
    const session = must(await w.provider.api.get(`/v1/sessions?driver=${other.id}&limit=1`)).data[0];
    await w.advance(5 * MINUTE);
    expect(await enforcement(reservation.id)).toBe('soft');
    expect((await told(session.id)).filter((type) => type === 'session.overstay')).toHaveLength(1);
    must(await w.operator.api.patch('/v1/policy', { walk_in_into_slot: 'refuse', on_fault: 'move_else_refund' }));
  });

  it('SES-29: at a station with one EVSE cards of others are refused when they are shown, while the slot stands; who charges there may stop', async () => {
    const bed = await addCharger(w, 'ocpp1.6', 1);
    const says = async (idTag: string): Promise<string> => result(await bed.charger.call('Authorize', { idTag })).idTagInfo.status;
    await book(bed);
    expect([await says(driver.uid), await says(other.uid)]).toEqual(['Accepted', 'Accepted']);
    await w.advance(3 * MINUTE);
    expect([await says(driver.uid), await says(other.uid)]).toEqual(['Accepted', 'Invalid']);
    const started = result(await bed.charger.call('StartTransaction', { connectorId: 1, idTag: driver.uid, meterStart: 0, timestamp: await time(w) }));
    expect(started.idTagInfo.status).toBe('Accepted');
    expect([await says(driver.uid), await says(other.uid)]).toEqual(['Accepted', 'Invalid']);
    const two = await addCharger(w);
    await book(two);
    await w.advance(3 * MINUTE);
    expect(result(await two.charger.call('Authorize', { idTag: other.uid })).idTagInfo.status).toBe('Accepted'); // at which of them nobody knows yet
  });

  it('SES-30: the operator starts a reservation by the password that its driver was sent; a wrong one counts, the right one is used up', async () => {
    const bed = await addCharger(w);
    const { reservation } = await arm(bed);
    await w.advance(2 * MINUTE);
    must(await w.provider.api.put(`/v1/drivers/${driver.id}/contact`, { email: 'driver@example.org' }));
    must(await w.provider.api.post(`/v1/reservations/${reservation.id}/otp`, {}));
    const [{ text }] = must(await w.provider.api.get(`/v1/sandbox/notices?driver=${driver.id}&limit=1`)).data;
    const otp = /\d{6}/.exec(text as string)![0];
    const start = (given: string, api = w.operator.api) => api.post('/v1/sessions', { type: 'app', reservation: reservation.id, otp: given });
    const wrong = String((Number(otp) + 1) % 1_000_000).padStart(6, '0');
    for (const left of [4, 3]) {
      const refused = await start(wrong);
      expect([outcome(refused), refused.body.otp_tries_left]).toEqual(['otp_wrong', left]);
    }
    expect(outcome(await start(otp, w.otherOperator.api))).toBe('not_found');
    const session = must(await start(otp));
    expect(session).toMatchObject({ status: 'created', reservation: reservation.id, driver: driver.id });
    const asked = await expectCall(bed.charger, 'RemoteStartTransaction', { status: 'Accepted' });
    expect(asked.idTag).toMatch(/^PTA/);
    expect(outcome(await start(otp))).toBe('otp_expired');
    expect(outcome(await w.operator.api.post('/v1/sessions', { type: 'app', connector: bed.connectors[1], otp }))).toBe('invalid_request');
  });

  it('SES-31: a start of somebody else is not taken for a session that waits for its payment', async () => {
    const bed = await addCharger(w);
    const paying = must(await w.provider.api.post('/v1/sessions', { type: 'payment_link', connector: bed.connectors[0], payment: { method: 'payment_link', amount: 2_000 } }));
    expect(paying.status).toBe('created');
    const started = result(await bed.charger.call('StartTransaction', { connectorId: 1, idTag: 'NOBODY', meterStart: 0, timestamp: await time(w) }));
    expect(started.idTagInfo.status).not.toBe('Accepted');
    expect(must(await w.provider.api.get(`/v1/sessions/${paying.id}`)).status).toBe('created');
  });

  it('ARM-4: after every boot it is told again, under the same number', async () => {
    const bed = await addCharger(w);
    const { reservation, asked } = await arm(bed);
    result(await bed.charger.call('BootNotification', BOOT_16));
    await w.sweep();
    const again = await expectCall(bed.charger, 'ReserveNow', { status: 'Accepted' });
    expect(again).toEqual(asked);
    await becomes(reservation.id, 'arming');
    await shows(bed, 'Reserved');
    await becomes(reservation.id, 'armed');
    expect((await told(reservation.id)).filter((type) => type === 'reservation.armed')).toHaveLength(1);
  });

  it('ARM-4: a station that is away when the slot begins is told when it is back, and nothing that has become stale is sent', async () => {
    const bed = await addCharger(w);
    const reservation = await book(bed);
    bed.charger.close();
    await settle(async () => expect((await bed.station.connection()).online).toBe(false));
    await w.advance(5 * MINUTE);
    expect(await enforcement(reservation.id)).toBe('soft');
    const back = await bed.station.plug();
    result(await back.call('Heartbeat', {}));
    await w.sweep();
    expect(await expectCall(back, 'ReserveNow', { status: 'Accepted' })).toMatchObject({ connectorId: 1 });

    const away = await addCharger(w);
    const late = await book(away, { evse: 1 });
    away.charger.close();
    await settle(async () => expect((await away.station.connection()).online).toBe(false));
    await w.advance(25 * MINUTE);
    expect((await read(late.id)).status).toBe('expired');
    const again = await away.station.plug();
    result(await again.call('Heartbeat', {}));
    await w.sweep();
    expect((await commands(away)).map(({ type }) => type)).toEqual([]);
  });

  it('ARM-3: a station that can not reserve, or will not, leaves the slot to us', async () => {
    const bed = await addCharger(w);
    for (const [evse, answer, event] of [[0, { status: 'Rejected' }, 'reservation.soft'], [1, { status: 'Faulted' }, 'reservation.soft']] as const) {
      const reservation = await book(bed, { evse });
      await w.advance(MINUTE);
      await expectCall(bed.charger, 'ReserveNow', answer);
      await becomes(reservation.id, 'soft');
      expect(await told(reservation.id)).toContain(event);
    }
  });

  it('ARM-6: cancelled, it is taken back; moved, it is told to the other EVSE', async () => {
    const bed = await addCharger(w);
    const { reservation, asked } = await arm(bed);
    must(await w.operator.api.post('/v1/outages', { evse: bed.station.evses[0], reason: 'cable' }));
    await w.sweep();
    const seen = [await anyCall(bed), await anyCall(bed)].sort((a, b) => a.action.localeCompare(b.action));
    expect(seen).toMatchObject([{ action: 'CancelReservation', payload: { reservationId: asked.reservationId } }, { action: 'ReserveNow', payload: { connectorId: 2 } }]);
    expect(seen[1]!.payload.reservationId).not.toBe(asked.reservationId);
    await shows(bed, 'Reserved', 2);
    await becomes(reservation.id, 'armed');
    must(await w.provider.api.post(`/v1/reservations/${reservation.id}/cancel`, {}));
    await w.sweep();
    expect(await expectCall(bed.charger, 'CancelReservation', { status: 'Accepted' })).toEqual({ reservationId: seen[1]!.payload.reservationId });
  });

  async function anyCall({ charger }: ChargingBed): Promise<{ action: string; payload: Json }> {
    const [, id, action, payload] = await charger.next();
    charger.answer(id, { status: 'Accepted' });
    return { action: action as string, payload: payload as Json };
  }

  it.each(['ocpp2.0.1', 'ocpp2.1'] as const)('ARM-4: what %s says of a reservation before its time is heard, and it is told again later', async (version) => {
    const bed = await addCharger(w, version);
    const reservation = await book(bed);
    await w.advance(MINUTE);
    const asked = await expectCall(bed.charger, 'ReserveNow', { status: 'Accepted' });
    expect(asked).toMatchObject({ evseId: 1, id: expect.any(Number), idToken: { type: 'Central' }, groupIdToken: { type: 'Central' } });
    await shows(bed, 'Reserved', 1, version);
    await becomes(reservation.id, 'armed');
    const word = version === 'ocpp2.1' ? 'NoTransaction' : 'Removed';
    expect(result(await bed.charger.call('ReservationStatusUpdate', { reservationId: asked.id, reservationUpdateStatus: word }))).toEqual({});
    await shows(bed, 'Available', 1, version);
    await becomes(reservation.id, 'soft');
    await w.advance(61_000);
    expect((await expectCall(bed.charger, 'ReserveNow', { status: 'Accepted' })).id).toBe(asked.id);
    expect(result(await bed.charger.call('ReservationStatusUpdate', { reservationId: 2 ** 40, reservationUpdateStatus: 'Expired' }))).toEqual({});
    expect(BOOT_2).toBeDefined();
  });
});
