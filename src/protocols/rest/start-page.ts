/** The pages by which somebody who has scanned a code begins to charge, and sees what becomes of it. They are whole without a script. */
import type { WalkInEstimate, WalkInOffer } from '../../domain/sessions/index.ts';
import { decimalOfUnits, minorDigits, type Decimal } from '../../domain/pricing/index.ts';
import { commonNameOf } from '../../domain/stations/index.ts';
import { escapeHtml as e, htmlPage } from './page-shell.ts';

/** How numbers and times are written for one reader. */
export interface Reader {
  /** BCP 47 */
  locale: string;
}

/** What the form says, as it was filled in. */
export interface Wanted {
  want: 'full' | 'amount' | 'energy' | 'time';
  amount: string;
  energy: string;
  minutes: string;
}

export const NOTHING_WANTED: Wanted = { want: 'full', amount: '', energy: '', minutes: '' };

const STYLE = `fieldset{border:1px solid var(--line);border-radius:.5rem;padding:.25rem 1rem .75rem;margin:1rem 0}legend{font-weight:600;padding:0 .35rem}
.choice{display:grid;grid-template-columns:minmax(9.5rem,max-content) 1fr;align-items:center;gap:.25rem .5rem;margin:.25rem 0}
.choice label{display:flex;align-items:center;gap:.6rem;min-height:2.75rem}.choice:first-of-type{grid-template-columns:1fr}
input[type=radio]{width:1.25rem;height:1.25rem;accent-color:var(--bar)}input:not([type=radio]){font:inherit;min-height:2.75rem;padding:.4rem .6rem;border:1px solid var(--soft);
border-radius:.4rem;background:Canvas;color:CanvasText}.choice span{white-space:nowrap}.short{width:6rem}.wide{width:100%;max-width:24rem;display:block}.field{margin:.75rem 0}
.hint{color:var(--soft);font-size:.9rem}ul{padding-left:1.2rem;margin:.25rem 0}h2{font-size:1.1rem;margin:1.5rem 0 .25rem}.total{font-size:2rem;font-weight:700;line-height:1.2}`;

export interface Place {
  name: string;
  address: string;
  city: string;
  /** what is painted on it, and what it is */
  evse: string | null;
}

const header = ({ name, address, city, evse }: Place, connector?: string): string => (
  `<header><h1>${e(name)}</h1><p class="soft">${e([`${address}, ${city}`, evse, connector].filter((part) => typeof part === 'string' && part !== '').join(' · '))}</p></header>`);

function placeOf({ location: { name, address, city }, evse }: WalkInOffer): Place {
  return { name, address, city, evse: evse.physicalReference ?? null };
}

const plugOf = ({ connector }: WalkInOffer, { locale }: Reader): string => (
  `${commonNameOf(connector.standard)}, ${new Intl.NumberFormat(locale, { maximumFractionDigits: 1 }).format(connector.maxPowerW / 1000)} kW`);

export function moneyText(minor: bigint | number, currency: string, { locale }: Reader): string {
  const code = currency.toUpperCase();
  const digits = minorDigits(code);
  return new Intl.NumberFormat(locale, { style: 'currency', currency: code, minimumFractionDigits: digits, maximumFractionDigits: digits })
    .format(Number(decimalOfUnits(BigInt(minor), digits)));
}

/** A rate: it may have more digits than an amount. */
function rateText(rate: Decimal, currency: string, { locale }: Reader): string {
  return new Intl.NumberFormat(locale, { style: 'currency', currency, maximumFractionDigits: 4 }).format(Number(rate));
}

function timeText(at: number, timeZone: string, { locale }: Reader): string {
  return new Intl.DateTimeFormat(locale, { timeZone, hour: 'numeric', minute: '2-digit' }).format(at);
}

/** What stands in the way, and what to do about it. */
function obstacleText({ obstacle, obstacleAt: at, location }: WalkInOffer, reader: Reader): [string, string] | undefined {
  const time = at === null ? undefined : timeText(at, location.timeZone, reader);
  switch (obstacle) {
    case null: return undefined;
    case 'out_of_order': return ['Out of order', 'This charger can not charge now. Please use another one.'];
    case 'offline': return ['Not reachable', 'This charger is not connected now, so it can not be started from here. Please try again in a minute, or use another one.'];
    case 'occupied': return ['In use', 'Somebody is charging here. It can be started again when they have finished.'];
    case 'being_started': return ['Just being started', `Somebody else is starting to charge here.${time === undefined ? '' : ` If they do not, you can from ${time} on.`}`];
    case 'bookings_only': return ['For bookings only', 'Here charges who has booked. If you have, start in the app that you booked with.'];
    case 'reserved': return ['Reserved', 'This charger is kept for somebody who has booked it. If that is you, start in the app that you booked with.'];
    case 'reserved_soon': return ['Reserved soon', `This charger is booked${time === undefined ? '' : ` from ${time} on`}, so nobody else can begin now. Please use another one.`];
    case 'no_price': return ['No price', 'Nothing can be paid here yet. Please ask the operator.'];
  }
}

function priceList({ price, rules }: WalkInOffer, reader: Reader): string {
  if (!price) return '';
  const texts = rules?.rules.tariff.altText ?? [];
  const text = texts.find(({ language }) => reader.locale.startsWith(language)) ?? texts.find(({ language }) => language === 'en') ?? texts[0];
  const rate = (value: Decimal, per: string): string => (Number(value) === 0 ? '' : `<li>${e(rateText(value, price.currency, reader))} ${per}</li>`);
  const rates = rate(price.perKwh, 'per kWh') + rate(price.perHour, 'per hour of charging') + rate(price.perParkedHour, 'per hour of standing there without charging')
    + rate(price.perSession, 'once');
  const url = rules?.rules.tariff.altUrl;
  const more = url !== undefined && /^https?:/.test(url) ? `<p><a href="${e(url)}">More about the price</a></p>` : '';
  return `<h2>Price</h2>${text ? `<p lang="${e(text.language)}">${e(text.text)}</p>` : ''}<ul>${rates === '' ? '<li>Free</li>' : rates}</ul>
<p class="hint">Tax included, for charging that begins now.</p>${more}`;
}

export interface StartPage {
  offer: WalkInOffer;
  /** others at the same place that are free */
  others: { connectorId: string; name: string }[];
  wanted: Wanted;
  /** what is wrong with what was filled in */
  problem?: string;
  reader: Reader;
  /** carried on: what was given for the code on a station's screen */
  carried: Record<string, string>;
  /** nobody starts here who has not scanned that */
  mustScan: boolean;
}

const hidden = (fields: Record<string, string>): string => Object.entries(fields).map(([name, value]) => `<input type="hidden" name="${e(name)}" value="${e(value)}">`).join('');
const problemBox = (problem: string | undefined): string => (problem === undefined ? '' : `<p class="note" role="alert" id="problem">${e(problem)}</p>`);

/** What is here, what it costs, and how much somebody wants. */
export function startPage({ offer, others, wanted, problem, reader, carried, mustScan }: StartPage, nonce: string): string {
  const obstacle = obstacleText(offer, reader);
  const status = obstacle ? `<p class="status"><span role="status">${e(obstacle[0])}</span></p><p>${e(obstacle[1])}</p>` : `<p class="status"><span role="status">Ready</span></p>
${offer.endsBy === null ? '' : `<p class="note">It is booked from ${e(timeText(offer.endsBy, offer.location.timeZone, reader))} on: you can charge until then.</p>`}`;
  const body = `${header(placeOf(offer), plugOf(offer, reader))}${status}${problemBox(problem)}${priceList(offer, reader)}
${obstacle ? elsewhere(others) : mustScan ? SCAN : chooser(offer, wanted, { reader, carried, isWrong: problem !== undefined, nonce })}`;
  return htmlPage({ title: `Charge at ${offer.location.name}`, body, style: STYLE }, nonce);
}

const SCAN = '<p class="note">To charge here, scan the code on the screen of the charger. It changes, so that nobody can lead you elsewhere with a sticker.</p>';

function elsewhere(others: StartPage['others']): string {
  const list = others.map(({ connectorId, name }) => `<li><a href="./${e(connectorId)}">${e(name)}</a></li>`).join('');
  return `${list === '' ? '' : `<h2>Free here now</h2><ul>${list}</ul>`}<p class="row"><a class="button quiet" href="">Look again</a></p>`;
}

/** Whoever fills a number in means its choice. */
const CHOOSE = `for (const input of document.querySelectorAll('.short')) {
  input.addEventListener('input', () => (input.closest('.choice').querySelector('[type=radio]').checked = true));
}`;

interface ChooserOptions {
  reader: Reader;
  carried: Record<string, string>;
  isWrong: boolean;
  nonce: string;
}

function chooser({ price }: WalkInOffer, wanted: Wanted, { reader, carried, isWrong, nonce }: ChooserOptions): string {
  const currency = price?.currency ?? '';
  const parts = currency === '' ? [] : new Intl.NumberFormat(reader.locale, { style: 'currency', currency }).formatToParts(0);
  const symbol = parts.find(({ type }) => type === 'currency')?.value ?? currency;
  const radio = (value: Wanted['want'], label: string): string => (
    `<label><input type="radio" name="want" value="${value}"${wanted.want === value ? ' checked' : ''}> ${label}</label>`);
  const number = (name: 'amount' | 'energy' | 'minutes', { label, value, unit, mode }: { label: string; value: string; unit: string; mode: string }): string => (
    `<span><input class="short" name="${name}" id="${name}" inputmode="${mode}" maxlength="9" autocomplete="off" aria-label="${label}" value="${e(value)}"${
      isWrong ? ' aria-describedby="problem"' : ''}> ${e(unit)}</span>`);
  return `<form method="get">${hidden(carried)}<fieldset><legend>How much do you want?</legend>
<div class="choice">${radio('full', 'Until it is full, or I stop it')}</div>
<div class="choice">${radio('amount', 'For an amount')} ${number('amount', { label: `Amount in ${currency}`, value: wanted.amount, unit: symbol, mode: 'decimal' })}</div>
<div class="choice">${radio('energy', 'For energy')} ${number('energy', { label: 'Energy in kWh', value: wanted.energy, unit: 'kWh', mode: 'decimal' })}</div>
<div class="choice">${radio('time', 'For a time')} ${number('minutes', { label: 'Minutes', value: wanted.minutes, unit: 'min', mode: 'numeric' })}</div></fieldset>
<p class="row"><button name="step" value="pay">Show what it costs</button></p></form><script nonce="${nonce}">${CHOOSE}</script>`;
}

export interface PayPage {
  offer: WalkInOffer;
  estimate: WalkInEstimate;
  wanted: Wanted;
  isSimulated: boolean;
  problem?: string;
  contact: { email: string; phone: string };
  reader: Reader;
  carried: Record<string, string>;
}

/** What it is expected to come to, what is held, and the way to the payment page. */
export function payPage({ offer, estimate, wanted, isSimulated, problem, contact, reader, carried }: PayPage, nonce: string): string {
  const { currency, energyWh, durationMs, totalMinor, holdMinor } = estimate;
  const money = (minor: bigint): string => e(moneyText(minor, currency, reader));
  const number = (value: number): string => new Intl.NumberFormat(reader.locale, { maximumFractionDigits: 1 }).format(value);
  const tile = (name: string, value: string): string => `<div><dt>${name}</dt><dd>${value}</dd></div>`;
  const isFree = holdMinor === 0n;
  const choice = hidden({ want: wanted.want, amount: wanted.amount, energy: wanted.energy, minutes: wanted.minutes, ...carried });
  const back = new URLSearchParams({ ...wanted, ...carried }).toString();
  const goal = wanted.want === 'full' ? 'It goes on until your vehicle is full, you stop it, or that much is used.' : 'It stops by itself then. You can stop it before.';
  const body = `${header(placeOf(offer), plugOf(offer, reader))}
<h2>What it costs</h2>${isFree ? '<p class="total">Nothing</p>' : `<p class="total">${money(holdMinor)}</p>
<p>is held now. <strong>Only what you use is taken</strong>, and the rest is released when you have finished.</p>`}
<dl>${tile(wanted.want === 'full' ? 'Enough for about' : 'Energy, about', `${number(energyWh / 1000)} kWh`)}${tile('Time, at full power', minutesText(durationMs))}${
  tile('Expected cost', money(totalMinor))}</dl><p>${goal}</p>
${problemBox(problem)}<form method="post">${choice}
<p>You are told what becomes of it, and what it came to, if you leave an address.</p>
<div class="field"><label for="email">E-mail (optional)</label><input class="wide" id="email" name="email" type="email" autocomplete="email" maxlength="254" value="${
  e(contact.email)}"></div>
<div class="field"><label for="phone">Phone (optional)</label><input class="wide" id="phone" name="phone" type="tel" autocomplete="tel" maxlength="30"
 aria-describedby="phone-hint" value="${e(contact.phone)}"><span class="hint" id="phone-hint">With its country code, like +49 151 23456789</span></div>
${isFree ? '' : isSimulated ? '<p class="note">Payments here are a simulator: no money moves.</p>'
    : '<p class="hint">You pay at a payment provider. Your card is not seen here.</p>'}
<p class="row"><button>${isFree ? 'Charge' : 'Pay and charge'}</button><a class="button quiet" href="?${e(back)}">Change</a></p></form>`;
  return htmlPage({ title: `Pay at ${offer.location.name}`, body, style: STYLE }, nonce);
}

function minutesText(ms: number): string {
  const minutes = Math.ceil(ms / 60_000);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h${minutes % 60 === 0 ? '' : ` ${minutes % 60} min`}`;
}

export interface WaitPage {
  place: Place;
  /** nothing is paid yet, it is paid and the charger is asked, or it is over and never began */
  state: { is: 'to_pay'; url: string | null } | { is: 'to_plug'; until: string | null } | { is: 'cancelled'; reason: string | null };
  amount: string | null;
  /** where it begins anew */
  again: string;
  /** where its state is read, and what that says now */
  stateUrl: string;
  mark: string;
}

/** Loads the page anew when something has changed, and not before: whoever reads it is not interrupted. */
const FOLLOW = `const { url, mark } = document.currentScript.dataset;
setInterval(async () => {
  const answer = await fetch(url, { cache: 'no-store' }).catch(() => undefined);
  if (!answer?.ok) return;
  const { status, payment } = await answer.json();
  if ([status, payment?.status, payment?.url].join(' ') !== mark) location.reload();
}, 1500);`;

/** What a change of makes the page another. */
export function markOf(status: string, payment: { status: string; url: string | null } | null): string {
  return [status, payment?.status, payment?.url].join(' ');
}

const CANCELLED: Record<string, string> = {
  payment_failed: 'The payment did not go through.', not_started: 'The charger did not start in time.', station_rejected: 'The charger refused to start.',
  gave_way: 'Somebody else has started there meanwhile.', cancelled_by_driver: 'You have cancelled it.',
};

/** Before it charges, or when it never will. It looks by itself how it goes on. */
export function waitPage({ place, state, amount, again, stateUrl, mark }: WaitPage, nonce: string): string {
  const cancel = '<form method="post"><button class="quiet" name="do" value="stop">Cancel</button></form>';
  const payLink = state.is === 'to_pay' && state.url !== null ? `<a class="button" href="${e(state.url)}">Pay${amount === null ? '' : ` ${e(amount)}`}</a>` : '';
  const parts = state.is === 'to_pay' ? `<p class="status"><span role="status">Not paid yet</span></p>
<p>Charging begins when the payment is made.</p><div class="row">${payLink}${cancel}</div>`
    : state.is === 'to_plug' ? `<p class="status"><span role="status">${amount === null ? '' : 'Paid. '}Plug in now</span></p><p>The charger has been asked to start.${
      state.until === null ? '' : ` It waits until ${e(state.until)}; if nothing has begun by then, you get everything back.`}</p><div class="row">${cancel}</div>`
      : `<p class="status"><span role="status">Not charging</span></p>
<p>${e(CANCELLED[state.reason ?? ''] ?? 'It was cancelled.')} You pay nothing: whatever was held is released.</p>
<p class="row"><a class="button" href="${e(again)}">Begin again</a></p>`;
  const follows = state.is === 'cancelled' ? '' : `<script nonce="${nonce}" data-url="${e(stateUrl)}" data-mark="${e(mark)}">${FOLLOW}</script>`;
  const head = state.is === 'cancelled' ? '' : '<noscript><meta http-equiv="refresh" content="5"></noscript>';
  return htmlPage({ title: state.is === 'cancelled' ? 'Not charging' : 'Starting', body: header(place) + parts + follows, head, style: STYLE }, nonce);
}

/** What a guest can do with a session that charges, or has. */
export function guestControls({ isOver, problem, receipt, receiptUrl, paid }: {
  isOver: boolean; problem?: string; receipt: 'none' | 'coming' | 'there'; receiptUrl: string; paid: string | null;
}): string {
  if (!isOver) return `${problemBox(problem)}<form method="post" class="row"><button name="do" value="stop">Stop charging</button></form>`;
  const link = receipt === 'there' ? `<p class="row"><a class="button" href="${e(receiptUrl)}">Receipt (PDF)</a></p>`
    : receipt === 'coming' ? '<p class="soft" role="status">The receipt is being written. <a href="">Look again</a></p>' : '';
  return `${paid === null ? '' : `<p>${e(paid)}</p>`}${link}`;
}

export function noStartPage(title: string, text: string, nonce: string): string {
  return htmlPage({ title, body: `<h1>${e(title)}</h1><p>${e(text)}</p>` }, nonce);
}
