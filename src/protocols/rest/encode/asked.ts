/** What a reservation asks for, whoever has it: where, through what, when and for how long. */
import type { Static } from 'typebox';
import { DomainError } from '../../../platform/errors/index.ts';
import { decodeArea } from '../schemas/area.ts';
import type { ReservationIn } from '../schemas/reservation.ts';
import { parseOptionalInstant } from '../times.ts';
import { decodeStandard } from './location.ts';

/** What is asked for besides the time at which it begins. One that is flexible has an area. */
export function decodeWhat(
  body: Omit<Static<typeof ReservationIn>, 'ideal_start' | 'ideal_end' | 'earliest_start' | 'latest_end'>, end: string | number | undefined, endPointer: string,
) {
  const shared = decodeAsked(body, end, endPointer);
  const place = { evseId: body.evse, stationId: body.charging_station, locationId: body.location_id, connectorId: body.connector };
  const { area, minPowerW } = decodeSomewhere(body);
  if (area === undefined) {
    refuseWithout('/location', { '/min_power': body.min_power });
    return { ...shared, ...place };
  }
  refuseWith(body.area === undefined ? '/location' : '/area', {
    '/evse': body.evse, '/charging_station': body.charging_station, '/location_id': body.location_id, '/connector': body.connector,
  });
  return { ...shared, area, minPowerW };
}

/** What is asked for wherever it is. */
export function decodeAsked(
  body: Pick<Static<typeof ReservationIn>, 'connector_type' | 'driver' | 'vehicle' | 'metadata' | 'payment_method' | 'duration_minutes' | 'energy_wh' | 'spend'>,
  end: string | number | undefined, endPointer: string,
) {
  return {
    ...decodeWish(body, end, endPointer), connectorStandards: body.connector_type?.map((word, i) => decodeStandard(word, `/connector_type/${i}`)),
    driverId: body.driver, vehicleId: body.vehicle, metadata: body.metadata, paymentMethod: body.payment_method,
  };
}

/** Where in an area, and how strong the connector must be. */
export function decodeSomewhere({ location, area, min_power: minPowerW }: Pick<Static<typeof ReservationIn>, 'location' | 'area' | 'min_power'>) {
  if (location !== undefined) refuseWith('/location', { '/area': area });
  const circle = location && ({ type: 'circle', latitude: location.latitude, longitude: location.longitude, radiusM: location.radius } as const);
  return { area: circle ?? (area && decodeArea(area)), minPowerW };
}

export function decodeWindow(body: Pick<Static<typeof ReservationIn>, 'earliest_start' | 'latest_end'>) {
  return { earliestStart: parseOptionalInstant(body.earliest_start, '/earliest_start'), latestEnd: parseOptionalInstant(body.latest_end, '/latest_end') };
}

export function refuseWith(reason: string, fields: Record<string, unknown>): void {
  refuse(fields, `does not go with ${reason.slice(1)}`);
}

export function refuseWithout(reason: string, fields: Record<string, unknown>): void {
  refuse(fields, `goes with ${reason.slice(1)} or area only`);
}

function refuse(fields: Record<string, unknown>, message: string): void {
  const errors = Object.entries(fields).filter(([, value]) => value !== undefined).map(([pointer]) => ({ pointer, message }));
  if (errors.length > 0) throw new DomainError('invalid_request', 'The reservation contradicts itself.', { errors });
}

/** How long: by an end, a duration, an energy or an amount; one of them, at most. */
export function decodeWish(body: Pick<Static<typeof ReservationIn>, 'duration_minutes' | 'energy_wh' | 'spend'>, end: string | number | undefined, endPointer: string) {
  const said = [end, body.duration_minutes, body.energy_wh, body.spend].filter((value) => value !== undefined).length;
  if (said > 1) {
    const message = 'must be the only one of the end, duration_minutes, energy_wh and spend';
    throw new DomainError('invalid_request', 'Say how long in one way.', { errors: [{ pointer: endPointer, message }] });
  }
  const { duration_minutes: durationMinutes, energy_wh: energyWh, spend } = body;
  const pricePerKwhMinor = spend && Number(spend.price_per_kwh);
  if (pricePerKwhMinor === 0) throw new DomainError(
    'invalid_request', 'A price of 0 buys any energy.', { errors: [{ pointer: '/spend/price_per_kwh', message: 'must be more than 0' }] },
  );
  return { end: parseOptionalInstant(end, endPointer), durationMinutes, energyWh, amount: spend && { amountMinor: spend.amount, pricePerKwhMinor: pricePerKwhMinor! } };
}
