import type { Location } from '../stations/index.ts';

/** What a search result says of a location besides what was matched; kept in memory beside the index. */
export interface LocationSummary {
  id: string;
  name: string;
  address: string;
  city: string;
  country: string;
  latitude: number;
  longitude: number;
  timeZone: string;
  operatorId: string;
  operatorName: string;
  facilities: Location['facilities'];
  isGreen: boolean | undefined;
}

export function summarise(location: Location, operatorName: string): LocationSummary {
  return {
    id: location.id, name: location.name, address: location.address, city: location.city, country: location.country, ...location.coordinates, timeZone: location.timeZone,
    operatorId: location.operatorId, operatorName: location.operator?.name ?? operatorName, facilities: location.facilities, isGreen: location.energyMix?.isGreenEnergy,
  };
}
