import { findOrganisationBySlug, inContext, type Context } from '../domain/organisations/index.ts';
import { simulatePolicy } from '../domain/reservations/index.ts';
import { encodeSimulation, parseSimulation } from '../protocols/rest/index.ts';
import { ensureNetwork } from '../app/networks.ts';
import { EXIT, type Command } from './command.ts';

export interface SimulatePolicyArgs {
  /** slug of the operator */
  operator: string;
  mode: 'live' | 'sandbox';
  /** `field=value`, with the names and values of the API */
  set: string[];
  location?: string;
  start?: string;
  end?: string;
}

/** Prints what `POST /v1/policies/simulate` answers. */
export const simulate: Command = async (runtime, args, io) => {
  const { operator: slug, mode, set, location, start, end } = args as SimulatePolicyArgs;
  const input = parseSimulation({ policy: Object.fromEntries(set.map(fieldOf)), ...given({ location_id: location, start, end }) });
  const network = await ensureNetwork(runtime.database, mode);
  const caller = { networkId: network.id, actor: { kind: 'system' } } as const;
  const operator = await inContext(runtime, caller, (ctx: Context) => findOrganisationBySlug(ctx.tx, network.id, slug));
  if (!operator) {
    io.note(`No organisation is called "${slug}" there; "plugtime keys organisations" lists them.`);
    return EXIT.failed;
  }
  const simulation = await simulatePolicy(runtime, caller, { ...input, operatorId: operator.id });
  io.out(JSON.stringify(encodeSimulation(simulation), null, 2));
  return EXIT.ok;
};

/** A value is JSON where it can be read as that (`30`, `null`, `{"currency":…}`), else a word. */
function fieldOf(text: string): [name: string, value: unknown] {
  const [name = '', value = ''] = text.split(/=(.*)/s);
  try {
    return [name, JSON.parse(value)];
  } catch {
    return [name, value];
  }
}

function given(fields: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(Object.entries(fields).filter((field): field is [string, string] => field[1] !== undefined));
}
