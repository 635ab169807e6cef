/**
 * The stories of seeds 001 and 000 between two Plugtime processes over signed HTTP: a driver of the app's finds, books, pays, uses and rates a plug of the provider's.
 * The app is used by REST, as a driver's app would; what it says is held against what the provider's REST says, and every difference is told.
 */
import { clientOf, type StoryClient } from './client.ts';
import { openPlace, pass, passUntil, settled, timeOf, type StoryPlace } from './place.ts';
import { addNetwork, type Platforms } from './platforms.ts';
import { kwh, local, lunchTomorrow, money, type Say } from './words.ts';

const MINUTE_MS = 60_000;
const LEAD_MS = 2 * MINUTE_MS;
const WANTED_WH = 20_000;

interface Scene extends StoryPlace {
  platforms: Platforms;
  say: Say;
  /** what was held against the other side and was not the same */
  differences: string[];
  /** of the app */
  app: StoryClient;
  network: string;
  generation: string;
  driver: string;
  /** the app's account at the provider */
  account?: StoryClient;
}

/** Plays it in a generation of the wire; gives what both sides do not agree about. Moves both test clocks. */
export async function playBetween(platforms: Platforms, generation: string, say: Say): Promise<string[]> {
  const { app: { api: app }, provider } = platforms;
  const network = await addNetwork(platforms, generation);
  const place = await openPlace(provider.api, provider.url, say);
  const scene: Scene = { ...place, platforms, say, differences: [], app, network, generation, driver: await addDriver(app) };
  try {
    const { id, start } = await book(scene);
    const transaction = await charge(scene, id, start);
    await settle(scene, id, transaction);
    return scene.differences;
  } finally {
    place.station.stop();
    place.clock.stop();
  }
}

async function addDriver(app: StoryClient): Promise<string> {
  const { id } = await app.post<{ id: string }>('/v1/drivers', { name: 'Srilekha Rao' });
  await app.put(`/v1/drivers/${id}/contact`, { phone: '+919887766554', email: 'srilekha@example.com', languages: ['en'] });
  return id;
}

interface Told {
  id: string;
  status: string;
  /** once the provider has told */
  order: string | null;
  reserved_start: string;
  reserved_end: string;
  price: { total: number; lines: { name: string; amount: number }[] };
  payment: { paid: boolean; amount: number; url: string };
  cancellation_terms: { description: string | null }[];
  session: { connection: string; energy_wh: number; power_w: number | null; soc_percent: number | null; cost: number | null; tracking_url: string | null } | null;
  /** null: nobody tells */
  settlement: { kind: string; amount: number; done: boolean | null }[];
  finder_fee: { percent: string } | null;
  ratings: { category: string; value: number }[];
}

interface Found {
  data: { network: string | null; name: string; operator_name: string; distance_m: number; evses: { connectors: { id: string; price: { per_kwh: string } | null }[] }[] }[];
}

async function book(scene: Scene): Promise<{ id: string; start: string }> {
  const { app, say, network, driver } = scene;
  const slot = lunchTomorrow(await timeOf(app));
  const found = await app.get<Found>(`/v1/search?latitude=12.6514&longitude=77.2067&radius=3000&connector_type=CCS2&external_network=${network}`);
  const place = found.data.find((one) => one.network === network); // the nearest
  if (!place) throw new Error('nothing was found in the other network');
  const [connector] = place.evses[0]!.connectors;
  say(`Srilekha looks for a CCS2 plug near her lunch. The open network has ${place.name} of ${place.operator_name}, ${place.distance_m} m away, `
    + `at ₹${connector!.price?.per_kwh ?? '?'} a kWh.`);
  const wish = { connector: connector!.id, ideal_start: slot.start, ideal_end: slot.end, energy_wh: WANTED_WH, driver };
  const quoted = await app.post<Told>('/v1/external_reservations', wish);
  say(`${kwh(WANTED_WH)}, ${local(quoted.reserved_start)} to ${local(quoted.reserved_end)} tomorrow, would cost ${money(quoted.price.total)}:`);
  for (const line of quoted.price.lines) say(`    ${line.name}: ${money(line.amount)}`);
  if (quoted.finder_fee) say(`  The app is to have ${quoted.finder_fee.percent} % of the order for bringing her.`);
  const held = await ask(scene, quoted.id, 'hold');
  say(`She takes it: ${held.id} is ${held.status}, the slot is held while she pays. ${held.cancellation_terms[0]?.description ?? ''}`);
  scene.account = await accountAt(scene);
  await fetch(held.payment.url, { method: 'POST', body: new URLSearchParams({ choice: 'pay' }), redirect: 'manual' });
  await untilSo(scene, () => read(scene, held.id), ({ payment }) => payment.paid);
  say(`She pays ${money(held.payment.amount)} on the provider's page (its payment simulator); the provider tells the app so without being asked.`);
  const confirmed = await ask(scene, held.id, 'confirm', { otp: await passwordOf(scene, 'order_otp') });
  say(`With the password from her phone it is ${confirmed.status}: order ${confirmed.order}.`);
  const there = await scene.api.get<{ status: string; reserved_start: string; reserved_end: string }>(`/v1/reservations/${confirmed.order}`);
  hold(scene, 'the reservation', confirmed.status, there.status);
  hold(scene, 'the slot', `${confirmed.reserved_start} to ${confirmed.reserved_end}`, `${there.reserved_start} to ${there.reserved_end}`);
  return { id: held.id, start: confirmed.reserved_start };
}

async function charge(scene: Scene, id: string, start: string): Promise<number> {
  const { say, station } = scene;
  say(`\nTomorrow, ${local(start)}:`);
  await both(scene, () => passUntil(scene, Date.parse(start) - LEAD_MS), { to: new Date(Date.parse(start) - LEAD_MS).toISOString() });
  await time(scene, LEAD_MS / MINUTE_MS);
  station.plugIn(1, { capacityWh: 40_500, socPercent: 22, maxDcW: 60_000 });
  await settled(scene);
  if (scene.generation === 'A') { // in 1.1 the password is sent when it is asked for
    const refusal = await scene.app.post(`/v1/external_reservations/${id}/start`, {}).then(() => 'nothing', (error: Error) => error.message);
    say(`Srilekha plugs in and starts; the provider says: ${refusal.split(': ').at(-1)}`);
  }
  await ask(scene, id, 'start', { otp: await passwordOf(scene, 'session_otp') });
  const started = await untilSo(scene, () => read(scene, id), ({ status }) => status === 'active');
  say(`She starts with the password from her phone: the order is ${started.status}.`);
  for (let minutes = 0; minutes < 10; minutes += 5) {
    await time(scene, 5);
    await showLive(scene, id);
  }
  say('\nThe line to the station fails.');
  station.goOffline();
  await time(scene, 2);
  const cut = await untilSo(scene, () => read(scene, id), ({ session }) => session?.connection === 'interrupted');
  say(`  Her app says: ${cut.session!.connection}; only what her car gets is billed.`);
  station.unplug(1);
  await time(scene, 1);
  say('She unplugs and drives on; the station keeps what happened, and is back.');
  station.goOnline();
  await time(scene, 2);
  return Math.round(station.transactions()[0]!.energyWh);
}

async function settle(scene: Scene, id: string, meterWh: number): Promise<void> {
  const { api, app, say } = scene;
  const ended = await untilSo(scene, () => read(scene, id), ({ status, settlement }) => status === 'completed' && settlement.every(({ done }) => done !== false));
  say(`\nThe order is ${ended.status}: ${kwh(ended.session!.energy_wh)} for ${money(ended.price.total)}.`);
  for (const line of ended.price.lines) say(`    ${line.name}: ${money(line.amount)}`);
  const [refund] = ended.settlement;
  say(`Of the ${money(ended.payment.amount)} that she paid, ${money(refund?.amount ?? 0)} are given back.`);
  hold(scene, 'the energy, and the meter', ended.session!.energy_wh, meterWh);
  const there = await api.get<{ status: string }>(`/v1/reservations/${ended.order}`);
  hold(scene, 'the reservation', ended.status, there.status);
  const { data: [bill] } = await api.get<Listed<{ total: number }>>(`/v1/bills?for=${ended.order}`);
  hold(scene, 'the bill', ended.price.total, bill?.total);
  const isGivenBack = ({ data: [one] }: Listed<Paid>): boolean => one !== undefined && givenBack(one) === (refund?.amount ?? 0);
  const { data: [paid] } = await lookFor(scene, () => scene.account!.get<Listed<Paid>>(`/v1/payments?for=${ended.order}`), isGivenBack);
  hold(scene, 'what was paid', ended.payment.amount, paid?.amount);
  hold(scene, 'what was given back', refund?.amount ?? 0, paid && givenBack(paid));
  const { data: [invoice] } = await untilSo(scene, () => api.get<Listed<{ number: string; total: number }>>(`/v1/invoices?about=${ended.order}`), ({ data }) => data.length > 0);
  hold(scene, 'the invoice', ended.price.total, invoice!.total);
  const rated = await app.post<Told>(`/v1/external_reservations/${id}/ratings`, { value: 5, category: 'Order' });
  say(`She rates it ${rated.ratings[0]?.value ?? '?'} of 5; the provider's invoice is ${invoice!.number}.`);
  const balance = await scene.platforms.provider.run('ledger', 'trial-balance', '--mode', 'sandbox').then(() => 'balances', () => 'does not balance');
  hold(scene, "the provider's ledger", 'balances', balance);
}

type Listed<T> = { data: T[] };
type Paid = { amount: number; captured_amount: number; held_amount: number };

const givenBack = ({ amount, captured_amount: captured, held_amount: held }: Paid): number => amount - captured - held;

/** Asks the provider by the app; what takes longer than an answer waits for is waited for here. */
async function ask(scene: Scene, id: string, what: string, body: object = {}): Promise<Told> {
  await scene.app.post<Told>(`/v1/external_reservations/${id}/${what}`, body);
  return untilSo(scene, () => scene.app.get<Told & { waiting_for: string | null }>(`/v1/external_reservations/${id}`), (one) => one.waiting_for === null);
}

const read = ({ app }: Scene, id: string): Promise<Told> => app.get<Told>(`/v1/external_reservations/${id}`);

async function showLive(scene: Scene, id: string): Promise<void> {
  await ask(scene, id, 'track');
  const { session } = scene.generation === 'A' ? await ask(scene, id, 'refresh') : await read(scene, id); // 1.1 tracks by a link alone
  if (!session) return;
  const power = session.power_w === null ? '' : ` at ${Math.round(session.power_w / 1000)} kW`;
  scene.say(`  ${session.connection}: ${kwh(session.energy_wh)}${power}${session.soc_percent === null ? '' : `, ${session.soc_percent} %`}, ${money(session.cost ?? 0)} so far`);
}

/** What both sides must say alike. */
function hold(scene: Scene, what: string, here: string | number, there: string | number | undefined): void {
  const isSame = here === there;
  scene.say(`  ${isSame ? 'both sides agree on' : 'NOT THE SAME:'} ${what}: ${here}${isSame ? '' : ` in the app, ${there ?? 'nothing'} at the provider`}`);
  if (!isSame) scene.differences.push(what);
}

/** A key of the organisation that acts for the app at the provider, by which the outbox of that sandbox is read: the provider's messages reach no phone. */
async function accountAt({ platforms: { app, provider } }: Scene): Promise<StoryClient> {
  const line = await provider.run('keys', 'create', `beckn:${app.subscriberId}`);
  return clientOf(provider.url, line.split('\t')[1]!);
}

async function passwordOf(scene: Scene, kind: string): Promise<string> {
  const look = async () => (await scene.account!.get<Listed<{ kind: string; text: string }>>('/v1/sandbox/notices?limit=100')).data.find((notice) => notice.kind === kind);
  const notice = await untilSo(scene, look, (one) => one !== undefined);
  scene.say(`  Her phone says: "${notice!.text}"`);
  return /\b\d{6}\b/.exec(notice!.text)![0];
}

async function time(scene: Scene, minutes: number): Promise<void> {
  await both(scene, () => pass(scene, minutes), { by_seconds: minutes * 60 });
}

async function both({ app }: Scene, passing: () => Promise<void>, advance: object): Promise<void> {
  await passing();
  await app.post('/v1/test_clock/advance', advance);
}

const MOST_MS = 30_000;

async function untilSo<T>(scene: Scene, look: () => Promise<T>, isSo: (found: T) => boolean): Promise<T> {
  const found = await lookFor(scene, look, isSo);
  if (!isSo(found)) throw new Error(`the story goes on otherwise than it should: ${JSON.stringify(found)}`);
  return found;
}

/** What is found once it is so, or in the end. */
async function lookFor<T>(scene: Scene, look: () => Promise<T>, isSo: (found: T) => boolean): Promise<T> {
  for (let waited = 0; ; waited += 100) {
    const found = await look();
    if (isSo(found) || waited > MOST_MS) return found;
    await new Promise((resolve) => setTimeout(resolve, 100));
    await settled(scene);
  }
}
