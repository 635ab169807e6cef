import { toRfc3339, type EpochMs } from '../../platform/clock/index.ts';
import { json, sql, type Queryable } from '../../platform/database/index.ts';

export interface Named {
  name: string;
  instance?: string;
  evse?: { id: number; connectorId?: number };
}

/** One variable as the station reports it, in the words of OCPP 2.x. */
export interface ReportedVariable {
  component: Named;
  variable: Named;
  variableAttribute: { type?: string; value?: string; mutability?: string; persistent?: boolean; constant?: boolean }[];
  variableCharacteristics?: Record<string, unknown>;
}

export interface StationVariable extends ReportedVariable {
  id: string;
  stationId: string;
  reportedAt: EpochMs;
}

type KeptVariable = ReportedVariable & { id: string; key: string };

/** One that is known keeps its id; new ones go in while there is room. */
export async function saveVariables(db: Queryable, stationId: string, variables: readonly KeptVariable[], most: number, now: EpochMs): Promise<void> {
  if (variables.length === 0) return;
  await db.query(sql`
    INSERT INTO station_variables (id, station_id, key, component_name, component, variable, attributes, characteristics, reported_at)
    SELECT v.id, ${stationId}, v.key, v.component->>'name', v.component, v.variable, v.attributes, v.characteristics, ${toRfc3339(now)}::timestamptz
    FROM jsonb_to_recordset(${json(variables.map(({ variableAttribute, variableCharacteristics, ...rest }) => (
      { ...rest, attributes: variableAttribute, characteristics: variableCharacteristics ?? null })))}::jsonb)
      AS v (id text, key text, component jsonb, variable jsonb, attributes jsonb, characteristics jsonb)
    WHERE (SELECT count(*) FROM station_variables WHERE station_id = ${stationId}) < ${most}
      OR EXISTS (SELECT 1 FROM station_variables k WHERE k.station_id = ${stationId} AND k.key = v.key)
    ON CONFLICT (station_id, key) DO UPDATE SET component = excluded.component, variable = excluded.variable, attributes = excluded.attributes,
      characteristics = excluded.characteristics, reported_at = excluded.reported_at`);
}

export async function deleteVariablesBefore(db: Queryable, stationId: string, before: EpochMs): Promise<void> {
  await db.query(sql`DELETE FROM station_variables WHERE station_id = ${stationId} AND reported_at < ${toRfc3339(before)}`);
}

/** Newest first. */
export async function listVariables(
  db: Queryable, stationId: string, page: { after?: string; before?: string; limit: number }, component: string | undefined,
): Promise<StationVariable[]> {
  const columns = sql`id, station_id AS "stationId", component, variable, attributes AS "variableAttribute", characteristics AS "variableCharacteristics",
    reported_at AS "reportedAt"`;
  const chosen = component === undefined ? sql`station_id = ${stationId}` : sql`station_id = ${stationId} AND lower(component_name) = lower(${component})`;
  if (page.before !== undefined) {
    return (await db.query<StationVariable>(sql`SELECT ${columns} FROM station_variables WHERE ${chosen} AND id > ${page.before} ORDER BY id ASC LIMIT ${page.limit}`)).reverse();
  }
  return db.query(sql`
    SELECT ${columns} FROM station_variables WHERE ${chosen} ${page.after === undefined ? sql`` : sql`AND id < ${page.after}`} ORDER BY id DESC LIMIT ${page.limit}`);
}
