/**
 * The assignment of flexible reservations at real stations: `node bench/assignment.ts --data <folder>`. A day's requests, drawn from
 * real stays, for the 40 EVSEs of a real town. Beside it the limit, solved by HiGHS in the same run: the LP relaxation, which
 * no plan can exceed, and with `--exact` the best plan that a MIP solver finds in so many seconds, beginning with ours. Every plan is checked.
 */
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import type { Highs } from 'highs';
import { EFFORTS, type Effort } from '../src/domain/reservations/assignment/problem.ts';
import { binsOf } from './assignment/calibration.ts';
import { readData, type RealData } from './assignment/data.ts';
import { drawDay, drawMany, drawTown, largestTown, type Drawn } from './assignment/draw.ts';
import { bestBound, leastDisplacement, loadSolver, solveExactly } from './assignment/exact.ts';
import { costOf, mean, solve, type Cost, type Solved } from './assignment/measure.ts';
import { rollDay, type Prediction } from './assignment/rolling.ts';
import { printTable } from './http/print.ts';
import { randomFrom } from '../test/support/random.ts';

const LOADS = [0.6, 0.9, 1.2];
const EVSES = 40;
const MANY = { evses: 2_000, requests: 10_000 };
const LIMIT_SECONDS: Record<Effort, number> = { greedy: 0.3, quick: 0.3, thorough: 5 };
const ROLLING_EFFORTS = ['quick', 'thorough'] as const;

const { values: given } = parseArgs({
  options: {
    data: { type: 'string' }, seeds: { type: 'string', default: '5' }, exact: { type: 'string' }, only: { type: 'string', default: 'batch,rolling,many' },
  },
});
if (given.data === undefined) {
  console.error('usage: node bench/assignment.ts --data <folder with stations/ and sessions/> [--seeds 5] [--exact <seconds>] [--only batch,rolling,many]');
  process.exit(2);
}
const seeds = Array.from({ length: Number(given.seeds) }, (_, i) => i + 1);
const parts = new Set(given.only.split(','));

interface Bounded extends Drawn {
  bound: number;
  cost: Cost;
}

function drawAll(data: RealData, highs: Highs, load: number): Bounded[] {
  return seeds.map((seed) => {
    const drawn = drawDay(data, drawTown(data, EVSES, randomFrom(seed)), load, seed);
    const { done: bound, ...cost } = costOf(() => bestBound(highs, drawn.problem));
    return { ...drawn, bound, cost };
  });
}

const percent = (part: number, whole: number): number => (100 * part) / whole;
const text = (value: number, digits: number = 1): string => value.toFixed(digits);
const highest = (values: readonly number[], digits: number = 1): string => `${text(mean(values), digits)} (${text(Math.max(...values), digits)})`;

/** What a plan of each day comes to: its count of the bound and its displacement, each the mean and the worst. */
function qualityOf(plans: readonly { accepted: number; meanMinutes: number }[], days: readonly Bounded[]): string[] {
  const shares = plans.map(({ accepted }, i) => percent(accepted, days[i]!.bound));
  return [`${text(mean(shares))} (${text(Math.min(...shares))})`, highest(plans.map(({ meanMinutes }) => meanMinutes))];
}

function printBatch(load: number, days: readonly Bounded[]): void {
  const displacement = (plans: readonly { meanMinutes: number }[]): number => mean(plans.map(({ meanMinutes }) => meanMinutes));
  const solved = EFFORTS.map((effort) => days.map(({ problem }): Solved => solve(problem, effort)));
  const exact = given.exact === undefined ? [] : days.map(({ problem }, i) => solveExactly(highs, problem, solved.at(-1)![i]!.results, Number(given.exact)));
  const rows = EFFORTS.map((effort, e) => {
    const plans = solved[e]!;
    const limit = LIMIT_SECONDS[effort];
    const least = mean(days.map(({ problem }, i) => leastDisplacement(highs, problem, plans[i]!.accepted)));
    const ofExact = exact.length === 0 ? '-' : text(displacement(plans) / displacement(exact), 2);
    return [
      effort, ...qualityOf(plans, days), text(least), ofExact, highest(plans.map(({ cpuSeconds }) => cpuSeconds), 2),
      highest(plans.map(({ wallSeconds }) => wallSeconds), 2), `${plans.every(({ cpuSeconds }) => cpuSeconds <= limit) ? 'within' : 'NOT within'} ${limit} s`,
    ];
  });
  const proven = `${exact.filter(({ isProven }) => isProven).length} of ${exact.length} proven`;
  const exactRow = exact.length === 0 ? [] : [[`MIP, ${given.exact} s of CPU from the last`, ...qualityOf(exact, days), '', '1', '', '', proven]];
  const requests = mean(days.map(({ problem }) => problem.requests.length));
  const possible = mean(days.map(({ problem, bound }) => percent(bound, problem.requests.length)));
  console.log(`\nload ${load}: ${text(requests, 0)} requests, of which ${text(possible)} % could have a slot; bound in ${highest(days.map(({ cost }) => cost.wallSeconds))} s`);
  printTable(['effort', '% of floor(LP)', 'displacement min', 'least for as many', 'of MIP', 'CPU s', 'wall s', 'limit of CPU'], [...rows, ...exactRow]);
}

function printRolling(load: number, days: readonly Bounded[]): Prediction[] {
  const rolled = ROLLING_EFFORTS.map((effort) => ({ effort, ...costOf(() => days.map((day) => rollDay(day, effort))) }));
  console.log(`\nload ${load}, decided one by one half an hour before their windows`);
  printTable(['effort', '% of floor(LP)', 'displacement min', 'slowest step s', 'CPU s a day'], rolled.map(({ effort, done, cpuSeconds }) => [
    effort, ...qualityOf(done, days), text(Math.max(...done.map(({ slowestStepMs }) => slowestStepMs)) / 1_000, 2), text(cpuSeconds / days.length),
  ]));
  return rolled.find(({ effort }) => effort === 'thorough')!.done.flatMap(({ predictions }) => predictions);
}

function printCalibration(predictions: readonly Prediction[]): void {
  console.log('\nlikelihoods that were told while requests waited, and how many of them got a slot');
  printTable(['told', 'how often', 'mean %', 'got %'], binsOf(predictions).map(({ from, to, count, predicted, actual }) => [
    `${from * 100} to ${to * 100} %`, String(count), text(predicted * 100), text(actual * 100),
  ]));
}

function printMany(data: RealData): void {
  const { problem, load } = drawMany(data, largestTown(data, MANY.evses), MANY.requests, 1);
  console.log(`\n${MANY.requests.toLocaleString('en')} requests, ${MANY.evses.toLocaleString('en')} EVSEs, a load of ${text(load, 2)}`);
  printTable(['effort', 'accepted %', 'displacement min', 'CPU s', 'wall s'], EFFORTS.map((effort) => {
    const { accepted, meanMinutes, cpuSeconds, wallSeconds } = solve(problem, effort);
    return [effort, text(percent(accepted, MANY.requests), 2), text(meanMinutes), text(cpuSeconds), text(wallSeconds)];
  }));
}

const data = readData(given.data);
const highs = await loadSolver();
const { stations, stays: { AC, DC } } = data;
console.log(`${stations.length} stations, ${AC.length} AC stays, ${DC.length} DC stays; mean over ${seeds.length} towns (worst); load of the machine ${text(loadavg()[0]!)}`);
const predictions: Prediction[] = [];
for (const load of LOADS) {
  const days = drawAll(data, highs, load);
  if (parts.has('batch')) printBatch(load, days);
  if (parts.has('rolling')) predictions.push(...printRolling(load, days));
}
if (parts.has('rolling')) printCalibration(predictions);
if (parts.has('many')) printMany(data);
