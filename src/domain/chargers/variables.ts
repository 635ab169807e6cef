/** What a station of OCPP 2.x says that it has: components, their variables, and their values (CHS-9). */
import { newId } from '../../platform/ids/index.ts';
import type { Context } from '../organisations/index.ts';
import type { Link } from './connection.ts';
import { getOwnStation } from './own-station.ts';
import { SECRET_KEY } from './secrets.ts';
import { findReportCommand } from './store-commands.ts';
import * as store from './store-variables.ts';
import type { Named, ReportedVariable, StationVariable } from './store-variables.ts';

/** More are not kept of one station. */
const MOST_VARIABLES = 5_000;

/** Keeps a part of a report; the last part of a full inventory takes away what the station does not have any more. */
export async function noteVariables(ctx: Context, { stationId }: Link, requestId: number, data: readonly ReportedVariable[], isLast: boolean): Promise<void> {
  const kept = [...new Map(data.map((one) => [keyOf(one), one])).entries()].map(([key, one]) => ({ id: newId('stationVariable'), key, ...withoutPasswords(one) }));
  await store.saveVariables(ctx.tx, stationId, kept, MOST_VARIABLES, ctx.now);
  if (!isLast) return;
  const command = await findReportCommand(ctx.tx, stationId, requestId);
  if (command?.parameters.report?.base === 'full') await store.deleteVariablesBefore(ctx.tx, stationId, command.sentAt!);
}

/** Variables of a station of the caller's own, of one component where that is asked for. */
export async function listVariables(
  ctx: Context, stationId: string, page: { after?: string; before?: string; limit: number }, component?: string,
): Promise<StationVariable[]> {
  await getOwnStation(ctx, stationId, 'station.read');
  return store.listVariables(ctx.tx, stationId, page, component);
}

const nameOf = ({ name, instance, evse }: Named): unknown[] => [name.toLowerCase(), instance?.toLowerCase() ?? '', evse?.id ?? 0, evse?.connectorId ?? 0];
const keyOf = ({ component, variable }: ReportedVariable): string => JSON.stringify([...nameOf(component), ...nameOf(variable)]);

function withoutPasswords(one: ReportedVariable): ReportedVariable {
  if (!SECRET_KEY.test(one.variable.name)) return one;
  return { ...one, variableAttribute: one.variableAttribute.map((attribute) => (attribute.value === undefined ? attribute : { ...attribute, value: '' })) };
}
