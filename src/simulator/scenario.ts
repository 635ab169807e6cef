/** Scenarios: what happens at a station, step by step, written down as data; and what is to be seen of it. */
import Type, { type Static } from 'typebox';
import { Errors } from 'typebox/value';
import type { VirtualStation } from './station.ts';

const Connector = Type.Optional(Type.Integer({ minimum: 1, maximum: 100 }));
const Seconds = Type.Number({ minimum: 0, maximum: 1_000_000 });
const Percent = Type.Number({ minimum: 0, maximum: 100 });
const strict = { additionalProperties: false };

const Car = Type.Partial(Type.Object({
  capacityWh: Type.Number({ exclusiveMinimum: 0 }), socPercent: Percent, targetSocPercent: Percent, maxDcW: Type.Number({ minimum: 0 }), maxAcW: Type.Number({ minimum: 0 }),
  acPhases: Type.Union([Type.Literal(1), Type.Literal(2), Type.Literal(3)]), taperFromPercent: Percent,
}), strict);

const FaultsSchema = Type.Partial(Type.Object({
  clockOffsetMs: Type.Number(), clockForgets: Type.Boolean(), duplicates: Type.Union([Type.Literal('same_id'), Type.Literal('new_id')]),
  offlineTransactionId: Type.Union([Type.Literal(0), Type.Literal(-1)]), meterForgets: Type.Boolean(), hidesOffline: Type.Boolean(),
  dropsUpdates: Type.Number({ minimum: 0, maximum: 1 }),
  slowDrain: Type.Object({ gapMs: Type.Number({ minimum: 0 }), growth: Type.Optional(Type.Number({ minimum: 1 })), liveOvertakes: Type.Optional(Type.Boolean()) }, strict),
  reservesSilently: Type.Boolean(), acceptsPastReservations: Type.Boolean(), expiresSilently: Type.Boolean(), neverExpires: Type.Boolean(), ignoresReservations: Type.Boolean(),
  remoteStartIgnoresReservations: Type.Boolean(), oneReservationPerTag: Type.Boolean(), forgetsReservations: Type.Boolean(), rejectsProfiles: Type.Boolean(),
  ignoresProfiles: Type.Boolean(), unsupportedActions: Type.Array(Type.String()), unknownSettings: Type.Array(Type.String()), readOnlySettings: Type.Array(Type.String()),
  isDeaf: Type.Boolean(),
}), strict);

const Expectation = {
  connector: Connector, within: Type.Optional(Seconds), online: Type.Optional(Type.Boolean()), status: Type.Optional(Type.String()), charging: Type.Optional(Type.Boolean()),
  waitingAtMost: Type.Optional(Type.Integer({ minimum: 0 })), powerAtLeastW: Type.Optional(Type.Number()), powerAtMostW: Type.Optional(Type.Number()),
  energyAtLeastWh: Type.Optional(Type.Number()), sessionsAtLeast: Type.Optional(Type.Integer({ minimum: 0 })), tap: Type.Optional(Type.String()),
};

const StepSchema = Type.Union([
  Type.Object({ do: Type.Literal('plug'), connector: Connector, car: Type.Optional(Car) }, strict),
  Type.Object({ do: Type.Literal('unplug'), connector: Connector }, strict),
  Type.Object({ do: Type.Literal('tap'), connector: Connector, tag: Type.Optional(Type.String({ minLength: 1, maxLength: 36 })) }, strict),
  Type.Object({ do: Type.Literal('wait'), seconds: Seconds }, strict),
  Type.Object({ do: Type.Literal('expect'), ...Expectation }, strict),
  Type.Object({ do: Type.Literal('offline') }, strict), Type.Object({ do: Type.Literal('online') }, strict),
  Type.Object({ do: Type.Literal('power_loss'), seconds: Seconds }, strict),
  Type.Object({ do: Type.Literal('fault'), connector: Connector, code: Type.Optional(Type.String()) }, strict),
  Type.Object({ do: Type.Literal('clear_fault'), connector: Connector }, strict),
  Type.Object({ do: Type.Literal('switch'), faults: FaultsSchema }, strict),
]);

export const ScenarioSchema = Type.Object({
  name: Type.String({ minLength: 1 }), description: Type.Optional(Type.String()), settings: Type.Optional(Type.Record(Type.String(), Type.String())),
  faults: Type.Optional(FaultsSchema), signsMeterValues: Type.Optional(Type.Boolean()), repeat: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000 })),
  steps: Type.Array(StepSchema, { minItems: 1, maxItems: 10_000 }),
}, strict);

export type Scenario = Static<typeof ScenarioSchema>;
export type Step = Static<typeof StepSchema>;
type Expected = Extract<Step, { do: 'expect' }>;

/** @returns the scenario; throws what is wrong with it, and where */
export function readScenario(value: unknown): Scenario {
  const [first] = Errors(ScenarioSchema, value);
  if (!first) return value as Scenario;
  const steps = (value as { steps?: unknown }).steps;
  const wrong = Array.isArray(steps) ? steps.findIndex((step) => Errors(StepSchema, step).length > 0) : -1;
  const where = wrong >= 0 ? `step ${wrong + 1} (${JSON.stringify((steps as unknown[])[wrong])})` : `${first.instancePath || 'it'} ${first.message}`;
  throw new Error(`that is no scenario: ${where}`);
}

export interface Outcome {
  /** which step was not as expected, and how it was; undefined when all were */
  failure?: string;
}

/** Plays a scenario at a station that was started. @param tag used where a step names none */
export async function play(station: VirtualStation, scenario: Scenario, tag: string): Promise<Outcome> {
  let tapped = '';
  for (let round = 0; round < (scenario.repeat ?? 1); round++) {
    for (const [i, step] of scenario.steps.entries()) {
      const where = `step ${i + 1} (${step.do})`;
      try {
        if (step.do === 'expect') {
          const seen = await awaited(station, step, () => tapped);
          if (seen !== undefined) return { failure: `${where}: ${seen}` };
        } else tapped = await perform(station, step, tag) ?? tapped;
      } catch (error) {
        return { failure: `${where}: ${(error as Error).message}` };
      }
    }
  }
  return {};
}

/** @returns what came of a tap */
async function perform(station: VirtualStation, step: Exclude<Step, Expected>, tag: string): Promise<string | undefined> {
  switch (step.do) {
    case 'plug': return void station.plugIn(step.connector, step.car);
    case 'unplug': return void station.unplug(step.connector);
    case 'tap': return station.tap(step.tag ?? tag, step.connector);
    case 'wait': return void (await station.clock.sleep(step.seconds * 1_000));
    case 'offline': return void station.goOffline();
    case 'online': return void station.goOnline();
    case 'power_loss': return void station.powerLoss(step.seconds);
    case 'fault': return void station.fault(step.connector, step.code);
    case 'clear_fault': return void station.clearFault(step.connector);
    case 'switch': return void Object.assign(station.faults, step.faults);
  }
}

/** The network and the central system are as fast as they are, however fast time runs here. */
const LEAST_REAL_MS = 2_000;

/** Waits until it is as expected. @returns how it is instead when the time is over */
async function awaited(station: VirtualStation, step: Expected, tapped: () => string): Promise<string | undefined> {
  const { within = 0 } = step;
  const end = station.clock.now() + (within === 0 ? 0 : Math.max(within * 1_000, LEAST_REAL_MS * station.clock.speed));
  const pauseMs = Math.max(1_000, 20 * station.clock.speed);
  for (;;) {
    const wrong = differences(station, step, tapped());
    if (wrong === undefined) return undefined;
    if (station.clock.now() >= end) return wrong;
    await station.clock.sleep(Math.min(pauseMs, end - station.clock.now()));
  }
}

function differences(station: VirtualStation, step: Expected, tapped: string): string | undefined {
  const { isOnline, waiting, connectors } = station.state();
  const { status, transaction, powerW } = connectors[(step.connector ?? 1) - 1] ?? { status: 'no such connector', transaction: undefined, powerW: 0 };
  const sessions = station.transactions();
  const energyWh = sessions.at(-1)?.energyWh ?? 0;
  const checks: [boolean, string][] = [
    [step.online === undefined || step.online === isOnline, `it is ${isOnline ? 'online' : 'offline'}`],
    [step.status === undefined || step.status === status, `it is ${status}, not ${step.status}`],
    [step.charging === undefined || step.charging === (transaction !== undefined), `a session ${transaction === undefined ? 'does not run' : 'runs'}`],
    [step.waitingAtMost === undefined || waiting <= step.waitingAtMost, `${waiting} messages wait`],
    [step.powerAtLeastW === undefined || powerW >= step.powerAtLeastW, `it gives ${powerW} W`],
    [step.powerAtMostW === undefined || powerW <= step.powerAtMostW, `it gives ${powerW} W`],
    [step.energyAtLeastWh === undefined || energyWh >= step.energyAtLeastWh, `it has given ${Math.round(energyWh)} Wh`],
    [step.sessionsAtLeast === undefined || sessions.length >= step.sessionsAtLeast, `there were ${sessions.length} sessions`],
    [step.tap === undefined || step.tap === tapped, `the card was answered "${tapped}"`],
  ];
  return checks.find(([isFine]) => !isFine)?.[1];
}
