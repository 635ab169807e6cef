/** Takes the place of an operator's charging stations in a sandbox: by the API, as anybody could. */
import { randomBytes } from 'node:crypto';
import type { ConnectorOptions } from './model.ts';

export interface Place {
  /** `ws://…/ocpp/org_…` */
  url: string;
  identity: string;
  password: string;
  evses: ConnectorOptions[][];
}

interface Connector {
  power_type: string;
  max_electric_power?: number;
  max_voltage: number;
  max_amperage: number;
}

interface Location {
  charging_stations: { id: string; evses: { connectors: Connector[] }[] }[];
}

const SANDBOX_KEY = /_test_/;

/**
 * Gives stations of the key's organisation fresh passwords, with which the simulator connects in their place.
 *
 * @param server `http://…`
 * @param most how many at most
 * @throws for a key of a live network, whose chargers are real, and for what the server refuses
 */
export async function takePlaces(server: string, apiKey: string, most: number): Promise<Place[]> {
  if (!SANDBOX_KEY.test(apiKey)) throw new Error('that key is of a live network: its chargers would lose their passwords. Take a key of a sandbox.');
  const ask = async <T>(method: string, path: string, body?: object): Promise<T> => {
    const response = await fetch(`${server.replace(/\/+$/, '')}${path}`, {
      method, headers: { authorization: `Bearer ${apiKey}`, ...(body ? { 'content-type': 'application/json' } : {}) }, ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const answer = (await response.json()) as T & { detail?: string };
    if (!response.ok) throw new Error(`${method} ${path} was answered ${response.status}: ${answer.detail ?? ''}`);
    return answer;
  };
  const { id: operatorId } = await ask<{ id: string }>('GET', '/v1/organisation');
  const { data } = await ask<{ data: Location[] }>('GET', `/v1/locations?limit=100&operator_id=${operatorId}`);
  const places: Place[] = [];
  for (const station of data.flatMap(({ charging_stations: stations }) => stations).slice(0, most)) {
    const password = randomBytes(16).toString('hex');
    const given = await ask<{ path: string; identity: string }>('PUT', `/v1/charging_stations/${station.id}/credentials`, { security_profile: 1, password });
    const path = given.path.split('/').slice(0, -1).join('/');
    const url = `${server.replace(/^http/, 'ws').replace(/\/+$/, '')}${path}`;
    places.push({ url, identity: given.identity, password, evses: station.evses.map(({ connectors }) => connectors.map(connectorOf)) });
  }
  return places;
}

function connectorOf({ power_type: type, max_electric_power: powerW, max_voltage: voltageV, max_amperage: currentA }: Connector): ConnectorOptions {
  const phases = type === 'AC_3_PHASE' ? 3 : 1;
  return { supply: type === 'DC' ? 'DC' : 'AC', maxPowerW: powerW ?? voltageV * currentA * phases, voltageV, phases };
}
