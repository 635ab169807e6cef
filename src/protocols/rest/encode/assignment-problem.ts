/** An assignment problem as it is written down. What a request may be is what a flexible reservation may be. */
import type { Static } from 'typebox';
import {
  DEFAULT_POLICY, evsesInAreas, FLEXIBLE_LIMITS, problemOfStated, requireConsistentPolicy, requireOneVoice, requireOrder, requireSoundWindow, spanOf, STATED_LIMITS, stepsOf,
  wantedEnergyWh, type AssignmentProblem, type BookingPolicy, type StatedLocation, type StatedProblem,
} from '../../../domain/reservations/index.ts';
import { checkArea, type Area } from '../../../domain/geography/index.ts';
import { ALWAYS_OPEN } from '../../../domain/stations/index.ts';
import { DAY_MS, MINUTE_MS, type EpochMs } from '../../../platform/clock/index.ts';
import { DomainError, type FieldError } from '../../../platform/errors/index.ts';
import { AssignmentProblemIn } from '../schemas/assignment.ts';
import { parseInstant } from '../times.ts';
import { checkerOf } from '../validation.ts';
import { decodeSomewhere, decodeWindow, decodeWish } from './asked.ts';
import { gatherFaults, type Faults } from './faults.ts';
import { decodeOpeningTimes, decodeStandard, isTimeZone } from './location.ts';
import { decodePolicy } from './reservation.ts';

type ProblemIn = Static<typeof AssignmentProblemIn>;
type LocationIn = ProblemIn['locations'][number];
type RequestIn = ProblemIn['requests'][number];

/** Made once, and only where it is used. */
let form: ReturnType<typeof checkerOf> | undefined;
const checkForm = (written: unknown): FieldError[] => (form ??= checkerOf(AssignmentProblemIn))(written);

const SUMMARY = 'That is no assignment problem.';

/** A problem as somebody wrote it. Throws `invalid_request` that names everything that is wrong, each by its JSON pointer. */
export function parseAssignmentProblem(written: unknown): AssignmentProblem {
  const faults = gatherFaults();
  faults.add(checkForm(written));
  faults.throwIfAny(SUMMARY);
  const stated = decodeProblem(written as ProblemIn, faults);
  faults.throwIfAny(SUMMARY);
  checkLimits(stated, faults);
  faults.throwIfAny(SUMMARY);
  const problem = problemOfStated(stated);
  checkAreas(problem, written as ProblemIn, faults);
  faults.throwIfAny(SUMMARY);
  return problem;
}

function decodeProblem(sent: ProblemIn, faults: Faults): StatedProblem {
  const now = faults.try('', 0, () => parseInstant(sent.now, '/now'));
  const policy = decodeRules(sent.policy, DEFAULT_POLICY, '/policy', faults);
  const locations = sent.locations.map((location, i) => decodeLocation(location, policy, `/locations/${i}`, faults));
  refuseRepeats(locations, (i) => `/locations/${i}/id`, faults);
  const evses = sent.locations.flatMap((location, l) => location.evses.map(({ id }, e) => ({ id, pointer: `/locations/${l}/evses/${e}/id` })));
  refuseRepeats(evses, (i) => evses[i]!.pointer, faults);
  refuseRepeats(sent.requests, (i) => `/requests/${i}/id`, faults);
  return { now, locations, requests: sent.requests.flatMap((request, i) => decodeRequest(request, now, `/requests/${i}`, faults) ?? []) };
}

function refuseRepeats(list: readonly { id: string }[], pointerOf: (i: number) => string, faults: Faults): void {
  const seen = new Set<string>();
  for (const [i, { id }] of list.entries()) {
    if (seen.has(id)) faults.add([{ pointer: pointerOf(i), message: `is the id of another one: "${id}"` }]);
    seen.add(id);
  }
}

function decodeRules(sent: ProblemIn['policy'], base: BookingPolicy, pointer: string, faults: Faults): BookingPolicy {
  const policy = { ...base, ...decodePolicy(sent ?? {}) };
  faults.try(pointer, undefined, () => requireConsistentPolicy(policy));
  return policy;
}

function decodeLocation(sent: LocationIn, base: BookingPolicy, pointer: string, faults: Faults): StatedLocation {
  const { id, coordinates, time_zone: timeZone, opening_times: openingTimes } = sent;
  if (!isTimeZone(timeZone)) faults.add([{ pointer: '/time_zone', message: 'must be an IANA time zone' }], pointer);
  return {
    id, coordinates, timeZone, policy: sent.policy === undefined ? base : decodeRules(sent.policy, base, `${pointer}/policy`, faults),
    openingTimes: openingTimes === undefined ? ALWAYS_OPEN : faults.try(pointer, ALWAYS_OPEN, () => decodeOpeningTimes(openingTimes)),
    evses: sent.evses.map((evse, i) => decodeEvse(evse, `${pointer}/evses/${i}`, faults)),
  };
}

function decodeEvse({ id, connectors, bookings = [], outages = [] }: LocationIn['evses'][number], pointer: string, faults: Faults): StatedLocation['evses'][number] {
  refuseRepeats(connectors, (i) => `${pointer}/connectors/${i}/id`, faults);
  const busy = (list: typeof bookings, name: string) => list.flatMap(({ start, end }, i) => faults.try(pointer, [], () => {
    const within = `/${name}/${i}`;
    const time = { start: parseInstant(start, `${within}/start`), end: parseInstant(end, `${within}/end`) };
    if (time.end > time.start) return [time];
    throw refusal(`${within}/end`, 'must come after the start');
  }));
  return {
    id, bookings: busy(bookings, 'bookings'), outages: busy(outages, 'outages'),
    connectors: connectors.flatMap((connector, i) => faults.try(pointer, [], () => [{
      id: connector.id, standard: decodeStandard(connector.standard, `/connectors/${i}/standard`), powerType: connector.power_type, maxPowerW: connector.max_electric_power,
    }])),
  };
}

function decodeRequest(sent: RequestIn, now: EpochMs, pointer: string, faults: Faults): StatedProblem['requests'][number] | undefined {
  const area = faults.try(pointer, undefined, () => requireArea(sent));
  const vehicle = sent.vehicle && {
    connectorStandards: faults.try(pointer, [], () => standardsOf(sent.vehicle?.connector_type, '/vehicle/connector_type')), maxAcPowerW: sent.vehicle.max_ac_power_w,
    maxDcPowerW: sent.vehicle.max_dc_power_w,
  };
  const connectorStandards = faults.try(pointer, [], () => standardsOf(sent.connector_type, '/connector_type'));
  faults.try(pointer, undefined, () => requireOneVoice({ connectorStandards }, vehicle));
  const times = faults.try(pointer, undefined, () => decodeTimes(sent, now));
  const createdAt = sent.created === undefined ? now : faults.try(pointer, now, () => parseInstant(sent.created!, '/created'));
  if (area === undefined || times === undefined) return undefined;
  return {
    id: sent.id, area, connectorStandards, ...(sent.min_power === undefined ? {} : { minPowerW: sent.min_power }), ...(vehicle === undefined ? {} : { vehicle }), ...times,
    priority: sent.priority ?? 0, createdAt, ...(sent.not_at_location_ids === undefined ? {} : { notAtLocationIds: sent.not_at_location_ids }),
  };
}

function requireArea(sent: RequestIn): Area {
  const { area } = decodeSomewhere(sent);
  if (area === undefined) throw refusal('/area', 'is required, or a location');
  const errors: FieldError[] = [];
  // The domain's names of what a caller calls `radius` and `width`.
  checkArea(area, sent.area === undefined ? '/location' : '/area', (at, message) => void errors.push({ pointer: at.replace(/\/(radius|width)M$/, '/$1'), message }));
  if (errors.length > 0) throw new DomainError('invalid_request', errors[0]!.message, { errors });
  return area;
}

const refusal = (pointer: string, message: string): DomainError => new DomainError('invalid_request', message, { errors: [{ pointer, message }] });

function standardsOf(words: readonly string[] | undefined, pointer: string) {
  return (words ?? []).map((word, i) => decodeStandard(word, `${pointer}/${i}`));
}

/** When and how long, as of a flexible reservation; the window may have begun, since what is planned again has waited. */
function decodeTimes(sent: RequestIn, now: EpochMs) {
  const idealStart = parseInstant(sent.ideal_start, '/ideal_start');
  const { earliestStart = idealStart, latestEnd: saidEnd } = decodeWindow(sent);
  const wish = decodeWish(sent, sent.ideal_end, '/ideal_end');
  if (wish.end !== undefined) requireOrder({ start: idealStart, end: wish.end });
  const energyWh = wantedEnergyWh(wish);
  const durationMs = wish.end === undefined ? (wish.durationMinutes ?? DEFAULT_POLICY.minDurationMinutes) * MINUTE_MS : wish.end - idealStart;
  if (energyWh === 0) throw refusal('/spend/amount', 'buys less than a Wh');
  if (energyWh !== undefined && saidEnd === undefined) throw refusal('/latest_end', 'is required with an energy, since how long that takes is the power\'s to say');
  const latestEnd = saidEnd ?? idealStart + durationMs;
  requireSoundWindow({ idealStart, earliestStart, latestEnd }, energyWh === undefined ? durationMs : 1, Number.NEGATIVE_INFINITY);
  if (latestEnd <= now) throw refusal('/latest_end', 'must come after now');
  return { idealStart, earliestStart, latestEnd, need: energyWh === undefined ? { durationMs } : { energyWh } };
}

function checkLimits(stated: StatedProblem, faults: Faults): void {
  const must = (holds: boolean, pointer: string, message: string): void => {
    if (!holds) faults.add([{ pointer, message }]);
  };
  const evses = stated.locations.flatMap((location) => location.evses);
  const busyTimes = evses.reduce((sum, { bookings, outages }) => sum + bookings.length + outages.length, 0);
  const positions = stated.requests.reduce((sum, { area }) => sum + positionsOf(area), 0);
  const { start, end } = spanOf(stated);
  must(evses.length <= STATED_LIMITS.evses, '/locations', `must hold at most ${STATED_LIMITS.evses} EVSEs`);
  must(busyTimes <= STATED_LIMITS.busyTimes, '/locations', `must hold at most ${STATED_LIMITS.busyTimes} bookings and outages`);
  must(positions <= STATED_LIMITS.positions, '/requests', `must have areas of at most ${STATED_LIMITS.positions} positions together`);
  must(end - start <= STATED_LIMITS.spanMs, '/requests', `must have windows within ${STATED_LIMITS.spanMs / DAY_MS} days`);
  must(stepsOf(stated) <= STATED_LIMITS.steps, '/locations', `must have at most ${STATED_LIMITS.steps} grid steps within all windows; take a coarser grid, or less at a time`);
}

function positionsOf(area: Area): number {
  if (area.type === 'circle') return 0;
  return area.type === 'corridor' ? area.line.coordinates.length : area.polygon.coordinates.reduce((sum, ring) => sum + ring.length, 0);
}

function checkAreas(problem: AssignmentProblem, { requests }: ProblemIn, faults: Faults): void {
  for (const [i, count] of evsesInAreas(problem).entries()) {
    const pointer = `/requests/${i}${requests[i]!.area === undefined ? '/location' : '/area'}`;
    if (count === 'slow') faults.add([{ pointer, message: 'is too complicated for the number of EVSEs in it; simplify it or make it smaller' }]);
    else if (count > FLEXIBLE_LIMITS.evses) faults.add([{ pointer, message: `holds more than ${FLEXIBLE_LIMITS.evses} EVSEs; make it smaller` }]);
  }
}
