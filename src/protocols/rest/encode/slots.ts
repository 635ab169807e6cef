import type { SlotPrice } from '../../../domain/pricing/index.ts';
import type { Alternatives, FreeSlot } from '../../../domain/reservations/index.ts';
import type { Encoding } from './encoding.ts';

export function encodeSlot(slot: FreeSlot, { time }: Encoding) {
  return {
    object: 'slot', location_id: slot.locationId, charging_station: slot.stationId, evse: slot.evseId, connector: slot.connectorId, start: time(slot.start), end: time(slot.end),
    power_w: slot.powerW, reservation_fee: slot.reservationFeeMinor, currency: slot.currency.toLowerCase(),
  };
}

export function encodeSlotPrice(price: SlotPrice | null) {
  return price && { total: price.totalMinor, currency: price.currency.toLowerCase(), energy_wh: price.energyWh };
}

export function encodeAlternatives(alternatives: unknown, encoding: Encoding) {
  const { nearestTimes, siblingEvses, neighbouringLocations } = alternatives as Alternatives;
  const encode = (slots: FreeSlot[]) => slots.map((slot) => encodeSlot(slot, encoding));
  return { nearest_times: encode(nearestTimes), sibling_evses: encode(siblingEvses), neighbouring_locations: encode(neighbouringLocations) };
}
