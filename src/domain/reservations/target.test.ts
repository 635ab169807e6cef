import { describe, expect, it } from 'vitest';
import type { Connector, Evse, Location } from '../stations/index.ts';
import { findCandidates } from './target.ts';

const connector = (ref: string, standard: Connector['standard'], powerType: Connector['powerType'], maxPowerW: number): Connector =>
  ({ id: `con_${ref}`, ref, standard, powerType, maxPowerW }) as Connector;
const evse = (id: string, connectors: Connector[], change: Partial<Evse> = {}): Evse =>
  ({ id, stationId: 'chst_1', status: 'AVAILABLE', capabilities: [], connectors, ...change }) as Evse;
const locationOf = (...evses: Evse[]): Location => ({ stations: [{ id: 'chst_1', evses }] }) as unknown as Location;

const CCS = connector('ccs', 'IEC_62196_T2_COMBO', 'DC', 60_000);
const FAST = connector('fast', 'IEC_62196_T2_COMBO', 'DC', 150_000);
const TYPE2 = connector('t2', 'IEC_62196_T2', 'AC_3_PHASE', 22_000);
const CAR = {
  id: 'veh_1', driverId: 'drv_1', version: 1, createdAt: 0, updatedAt: 0,
  connectorStandards: ['IEC_62196_T2_COMBO', 'IEC_62196_T2'] as Connector['standard'][],
};

describe('candidates', () => {
  const found = (...args: Parameters<typeof findCandidates>) => findCandidates(...args).map(
    ({ evse: { id }, connector: { ref }, powerW }) => [id, ref, powerW],
  );
  const refusal = (...args: Parameters<typeof findCandidates>) => {
    try {
      return findCandidates(...args).length;
    } catch (error) {
      return (error as { code: string }).code;
    }
  };

  it('CAL-4 come in the order of their ids, each with the connector that charges this vehicle fastest', () => {
    const location = locationOf(evse('evse_b', [TYPE2, CCS, FAST]), evse('evse_a', [TYPE2]));
    expect(found(location, {})).toEqual([['evse_a', 't2', 22_000], ['evse_b', 'fast', 150_000]]);
    expect(found(location, {}, { ...CAR, maxDcPowerW: 10_000, maxAcPowerW: 11_000 })).toEqual([['evse_a', 't2', 11_000], ['evse_b', 't2', 11_000]]);
    expect(found(location, { connectorStandards: ['IEC_62196_T2_COMBO'] }, CAR)).toEqual([['evse_b', 'fast', 150_000]]);
    expect(found(location, { connectorId: 'con_ccs' })).toEqual([['evse_b', 'ccs', 60_000]]);
  });

  it('STA-5 leave out what can not be booked: gone, planned, without a plug, or with other capabilities than RESERVABLE', () => {
    const rfid: Partial<Evse> = { capabilities: ['RFID_READER'] };
    expect(refusal(
      locationOf(evse('a', [CCS], { status: 'REMOVED' }), evse('b', [CCS], { status: 'PLANNED' }), evse('c', []), evse('d', [CCS], rfid)), {},
    )).toBe('evse_not_bookable');
    expect(
      refusal(locationOf(evse('a', [CCS], { capabilities: ['RFID_READER', 'RESERVABLE'] }), evse('b', [CCS], { status: 'OUTOFORDER' })), {}),
    ).toBe(2);
  });

  it('say when no connector fits what was asked for, or the vehicle', () => {
    expect(refusal(locationOf(evse('a', [CCS])), { connectorStandards: ['CHADEMO'] })).toBe('connector_incompatible');
    expect(refusal(locationOf(evse('a', [CCS])), {}, { ...CAR, connectorStandards: ['CHADEMO'] })).toBe('connector_incompatible');
    expect(refusal(locationOf(evse('a', [CCS])), {}, { ...CAR, connectorStandards: [] })).toBe(1);
  });
});
