/**
 * The story of the seeds on the running program, told as it happens: find a plug for lunch, book and pay it, drive there, start with a password, charge, lose the network,
 * come back, and get the bill, what was paid too much, and the invoice. It uses what everybody has: REST, and the socket of charging stations.
 */
import { clientOf, type StoryClient } from './client.ts';
import { openPlace, pass, passUntil, settled, timeOf, type StoryPlace } from './place.ts';
import { kwh, local, lunchTomorrow, money, type Say } from './words.ts';

const MINUTE_MS = 60_000;
const LEAD_MS = 2 * MINUTE_MS;
/** What she wants; what it is expected to cost is held in advance, with something besides. */
const WANTED_WH = 20_000;

interface Scene extends StoryPlace {
  url: string;
  say: Say;
  driver: string;
}

/** Plays it on the server at `url`, in the sandbox of that key, which must be an operator's and a provider's. Moves that sandbox's test clock. */
export async function playStory(url: string, apiKey: string, say: Say): Promise<void> {
  const scene = await prepare(url, apiKey, say);
  try {
    await book(scene);
  } finally {
    scene.station.stop();
    scene.clock.stop();
  }
}

async function prepare(url: string, apiKey: string, say: Say): Promise<Scene> {
  const api = clientOf(url, apiKey);
  say('This happens in a sandbox: the station is a simulator, and no money moves.');
  const driver = await addDriver(api);
  return { ...await openPlace(api, url, say), url, say, driver };
}

async function addDriver(api: StoryClient): Promise<string> {
  const { id } = await api.post<{ id: string }>('/v1/drivers', { name: 'Asha' });
  await api.put(`/v1/drivers/${id}/contact`, { phone: '+919845000001', languages: ['en'] });
  await api.post(`/v1/drivers/${id}/wallets/inr/credits`, { amount: 100_000 });
  return id;
}

async function book(scene: Scene): Promise<void> {
  const { api, say, location, connector, driver } = scene;
  const slot = lunchTomorrow(await timeOf(api));
  say(`\nAsha looks for a CCS2 plug near a restaurant, ${local(slot.start)} to ${local(slot.end)} tomorrow.`);
  const window = `start=${slot.start}&end=${slot.end}`;
  const found = await api.get<FoundAnswer>(`/v1/search?latitude=12.65&longitude=77.2&radius=20000&connector_type=CCS2&facility=RESTAURANT&${window}`);
  say(`  ${found.total} places have one free; the first is ${found.data[0]!.name}, ${Math.round(found.data[0]!.distance_m / 100) / 10} km away.`);
  const reservation = await api.post<ReservationAnswer>('/v1/reservations', {
     location_id: location, connector_type: ['CCS2'], ideal_start: slot.start, energy_wh: WANTED_WH, driver,
  });
  say(`She books ${local(reservation.reserved_start)} to ${local(reservation.reserved_end)}: ${reservation.id} is ${reservation.status}, the slot is held while she pays.`);
  const payment = await api.post<PaymentAnswer>(`/v1/reservations/${reservation.id}/payments`, { method: 'wallet' });
  const { status } = await api.get<ReservationAnswer>(`/v1/reservations/${reservation.id}`);
  say(`${money(payment.authorized_amount)} for ${kwh(WANTED_WH)} are held in her wallet: the reservation is ${status}.`);
  say(`\nTomorrow, ${local(slot.start)}:`);
  await passUntil(scene, Date.parse(slot.start) - LEAD_MS);
  await pass(scene, LEAD_MS / MINUTE_MS); // on which her plug is kept for her
  await charge(scene, reservation.id, connector);
}

interface FoundAnswer {
  total: number;
  data: { name: string; distance_m: number }[];
}

interface ReservationAnswer {
  id: string;
  status: string;
  reserved_start: string;
  reserved_end: string;
  enforcement?: string;
}

interface PaymentAnswer {
  status: string;
  authorized_amount: number;
  captured_amount: number;
}

interface SessionAnswer {
  id: string;
  status: string;
  energy_wh: number;
  cost: { bill: string; total: number } | null;
}

interface BillAnswer {
  lines: { kind: string; quantity: string; unit: string; unit_price: string; amount: number; tax: number }[];
}

interface LiveAnswer {
  connection: string;
  energy_wh: number;
  power_w: number | null;
  soc_percent: number | null;
  cost: number | null;
  remaining: number | null;
}

interface NoticeAnswer {
  kind: string;
  text: string;
}

type Listed<T> = { data: T[] };

async function charge(scene: Scene, reservation: string, connector: string): Promise<void> {
  const { api, say, station } = scene;
  await tell(scene, reservation);
  await api.post(`/v1/reservations/${reservation}/otp`, {});
  const text = await lastNotice(scene, 'session_otp');
  say(`Asha is there and asks for the password. Her phone says: "${text}"`);
  station.plugIn(1, { capacityWh: 40_500, socPercent: 22, maxDcW: 60_000 });
  await settled(scene);
  const session = await api.post<SessionAnswer>('/v1/sessions', { type: 'app', reservation, connector, otp: /\d{6}/.exec(text)![0] });
  say(`She starts: session ${session.id} is ${session.status}; the station is asked to.`);
  await pass(scene, 1);
  for (let minutes = 0; minutes < 15; minutes += 5) {
    await pass(scene, 5);
    await showLive(scene, session.id);
  }
  say('\nThe line to the station fails.');
  station.goOffline();
  await pass(scene, 2);
  await showLive(scene, session.id);
  await showNotices(scene, ['session_interrupted']);
  await pass(scene, 2);
  say('\nAsha unplugs and drives on. The station keeps what happened, and is back.');
  station.unplug(1);
  await pass(scene, 1);
  station.goOnline();
  await pass(scene, 2);
  await settle(scene, reservation, session.id);
}

async function settle(scene: Scene, reservation: string, session: string): Promise<void> {
  const { api, say, driver, station } = scene;
  const ended = await untilSo(scene, () => api.get<SessionAnswer>(`/v1/sessions/${session}`), ({ status }) => status === 'ended');
  const [meter] = station.transactions();
  say(`The session has ${ended.status}: ${kwh(ended.energy_wh)}, and the meter says ${kwh(Math.round(meter!.energyWh))}. It comes to ${money(ended.cost!.total)}.`);
  const bill = await api.get<BillAnswer>(`/v1/bills/${ended.cost!.bill}`);
  for (const line of bill.lines) say(`    ${line.kind}: ${line.quantity} ${line.unit} at ${line.unit_price} = ${money(line.amount)} and ${money(line.tax)} tax`);
  const { data: [paid] } = await untilSo(scene, () => api.get<Listed<PaymentAnswer>>(`/v1/payments?for=${reservation}`), ({ data }) => data[0]!.status !== 'authorized');
  const { authorized_amount: held, captured_amount: taken } = paid!;
  say(`Of the ${money(held)} that were held, ${money(taken)} are taken; ${money(held - taken)} go back.`);
  const { data: [wallet] } = await api.get<Listed<{ balance: number }>>(`/v1/drivers/${driver}/wallets`);
  say(`Her wallet has ${money(wallet!.balance)}.`);
  type InvoiceAnswer = { id: string; number: string; total: number };
  const { data: [invoice] } = await untilSo(scene, () => api.get<Listed<InvoiceAnswer>>(`/v1/invoices?driver=${driver}`), ({ data }) => data.length > 0);
  say(`Invoice ${invoice!.number} is ${money(invoice!.total)}: ${scene.url}/v1/invoices/${invoice!.id}/invoice.pdf`);
  await showNotices(scene, ['session_finished']);
  const { status } = await api.get<ReservationAnswer>(`/v1/reservations/${reservation}`);
  say(`The reservation is ${status}.`);
}

const MOST_MS = 10_000;

async function untilSo<T>(scene: Scene, look: () => Promise<T>, isSo: (found: T) => boolean): Promise<T> {
  for (let waited = 0; waited < MOST_MS; waited += 100) {
    const found = await look();
    if (isSo(found)) return found;
    await new Promise((resolve) => setTimeout(resolve, 100));
    await settled(scene);
  }
  throw new Error('the story goes on otherwise than it should');
}

async function tell({ api, say }: Scene, reservation: string): Promise<void> {
  const { enforcement } = await api.get<ReservationAnswer>(`/v1/reservations/${reservation}`);
  if (enforcement !== undefined) say(`The plug is kept for her: ${enforcement}.`);
}

async function showLive({ api, say }: Scene, session: string): Promise<void> {
  const live = await api.get<LiveAnswer>(`/v1/sessions/${session}/live`);
  const power = live.power_w === null ? '' : ` at ${Math.round(live.power_w / 1000)} kW`;
  const left = live.remaining === null ? '' : `, ${money(live.remaining)} left`;
  say(`  ${live.connection}: ${kwh(live.energy_wh)}${power}${live.soc_percent === null ? '' : `, ${live.soc_percent} %`}, ${money(live.cost ?? 0)} so far${left}`);
}

async function noticesOf({ api, driver }: Scene): Promise<NoticeAnswer[]> {
  return (await api.get<Listed<NoticeAnswer>>(`/v1/sandbox/notices?driver=${driver}&limit=100`)).data;
}

async function lastNotice(scene: Scene, kind: string): Promise<string> {
  const found = await untilSo(scene, async () => (await noticesOf(scene)).find((notice) => notice.kind === kind), (notice) => notice !== undefined);
  return found!.text;
}

/** What her phone has said; told a moment after it happens. */
async function showNotices(scene: Scene, kinds: readonly string[]): Promise<void> {
  for (const kind of kinds) scene.say(`  Her phone says: "${await lastNotice(scene, kind)}"`);
}
