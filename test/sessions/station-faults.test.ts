/** EVSEs that their stations say do not work. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Json } from '../support/api.ts';
import { addCharger, addDriver, addTariff, result, statusOf, time, type ChargingBed } from '../support/charging-bed.ts';
import { testDatabases } from '../support/databases.ts';
import { HOUR, iso, MINUTE, must, openWorld, type World } from '../support/world.ts';

describe.each(testDatabases())('faults that stations tell of ($kind)', ({ open }) => {
  let w: World;
  let bed: ChargingBed;
  beforeAll(async () => {
    w = await openWorld(open);
    await addTariff(w);
    must(await w.operator.api.patch('/v1/policy', { min_lead_minutes: 0, slot_grid_minutes: 15, max_active_per_driver: 20 }));
    bed = await addCharger(w);
  });
  afterAll(() => w.close());

  const says = async (status: string, n = 1): Promise<void> => {
    result(await bed.charger.call('StatusNotification', statusOf('ocpp1.6', n, status, await time(w))));
  };
  const outages = async (): Promise<Json[]> => {
    const now = await w.now();
    return must(await w.operator.api.get(`/v1/evses/${bed.station.evses[0]}/calendar?start=${iso(now - 24 * HOUR)}&end=${iso(now + 24 * HOUR)}`)).outages;
  };

  it('CHS-13 a fault that lasts begins an outage, moves what is booked there, and ends when the station says so', async () => {
    const driver = await addDriver(w);
    const start = Math.ceil((await w.now()) / HOUR + 1) * HOUR;
    const { id } = must(await w.provider.api.post('/v1/reservations', {
      evse: bed.station.evses[0], ideal_start: iso(start), ideal_end: iso(start + HOUR), confirm: true, driver: driver.id,
    }));
    await says('Faulted');
    await w.advance(4 * MINUTE);
    await says('Faulted'); // said again, it is the same fault
    expect(await outages()).toEqual([]);
    await w.advance(MINUTE);
    expect(await outages()).toMatchObject([{ reason: 'station_fault', end: null }]);
    await w.sweep();
    expect(must(await w.provider.api.get(`/v1/reservations/${id}`))).toMatchObject({ evse: bed.station.evses[1], moved_because: 'outage' });
    await says('Available');
    expect(await outages()).toMatchObject([{ reason: 'station_fault', end: expect.any(String) }]);
    expect(await bed.station.statusOf(bed.station.evses[0]!)).toBe('AVAILABLE');
  });

  it('CHS-13 a short fault is none; an outage that its operator ends does not begin again with the same fault', async () => {
    const before = (await outages()).length;
    await says('Faulted');
    await w.advance(4 * MINUTE);
    await says('Available');
    await w.advance(10 * MINUTE);
    expect(await outages()).toHaveLength(before);
    await says('Faulted');
    await w.advance(5 * MINUTE);
    const { id } = (await outages()).at(-1)!;
    must(await w.operator.api.post(`/v1/outages/${id}/end`));
    await w.advance(10 * MINUTE);
    expect(await outages()).toHaveLength(before + 1);
    await says('Available');
    await says('Faulted');
    await w.advance(5 * MINUTE);
    expect(await outages()).toHaveLength(before + 2);
    await says('Available');
  });
});
