/** The page by which people follow a session. It is whole without a script; with one it changes as the session does, and speaks the reader's locale. */
import { minorDigits } from '../../domain/pricing/index.ts';
import { escapeHtml, htmlPage } from './page-shell.ts';

/** As `GET /v1/track/{token}` answers it, with times in RFC 3339. */
export interface TrackedState {
  status: string;
  connection: string;
  energy_wh: number;
  power_w: number | null;
  soc_percent: number | null;
  charging_state: string | null;
  cost: number | null;
  currency: string | null;
  started_at: string;
  ended_at: string | null;
  estimated_end: string | null;
  read_at: string | null;
  location: { name: string; address: string; city: string; time_zone: string; evse: string | null };
}

/** How amounts and times are written for one reader. */
export interface Reader {
  locale: string | undefined;
  /** of the currency */
  digits: number;
  /** where the reader is; undefined where nobody knows */
  timeZone: string | undefined;
}

/** What the page says, field by field. The page's script is this very function, so it must not refer to anything outside of itself. */
export function trackingView(state: TrackedState, { locale, digits, timeZone }: Reader): Record<string, string> {
  const NONE = '–';
  const zone = state.location.time_zone;
  const written = (at: string, more: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(locale, { timeZone: zone, ...more }).format(new Date(at));
  const time = (at: string | null) => (at === null ? NONE : written(at, { hour: 'numeric', minute: '2-digit' }));
  const zoneName = () => new Intl.DateTimeFormat(locale, { timeZone: zone, timeZoneName: 'short' }).formatToParts(new Date(state.started_at))
    .find(({ type }) => type === 'timeZoneName')?.value ?? zone;
  const number = (value: number, most: number) => new Intl.NumberFormat(locale, { maximumFractionDigits: most, minimumFractionDigits: most }).format(value);
  const isOver = state.status === 'ended' || state.status === 'cancelled';
  const isParked = state.charging_state === 'suspended_ev';
  const isAway = !isOver && state.connection === 'interrupted';
  const words: Record<string, string> = {
    created: 'Waiting for the charger', started: isParked ? 'Not charging any more' : 'Charging', paused: 'Paused', ended: 'Finished', cancelled: 'Cancelled',
  };
  const currency = state.currency?.toUpperCase();
  const money = (minor: number) => new Intl.NumberFormat(locale, { style: 'currency', currency, minimumFractionDigits: digits, maximumFractionDigits: digits })
    .format(minor / 10 ** digits);
  return {
    status: isAway ? 'Paused (site offline)' : words[state.status] ?? state.status,
    banner: isAway ? 'Session interrupted—only actual energy will be billed. You may unplug or wait for power to resume.' : '',
    energy: `${number(state.energy_wh / 1000, 2)} kWh`,
    power: isOver || state.power_w === null ? NONE : `${number(state.power_w / 1000, 1)} kW`,
    battery: state.soc_percent === null ? NONE : new Intl.NumberFormat(locale, { style: 'percent' }).format(state.soc_percent / 100),
    costName: isOver ? 'Cost' : 'Cost so far',
    cost: state.cost === null || currency === undefined ? NONE : money(state.cost),
    started: written(state.started_at, { day: 'numeric', month: 'short', hour: 'numeric', minute: '2-digit' }),
    endName: isOver ? 'Ended' : 'Estimated end',
    end: time(isOver ? state.ended_at : state.estimated_end),
    read: time(state.read_at),
    zone: timeZone === zone ? '' : `Times at the charger (${zoneName()})`,
  };
}

/** The script: shows the state anew in the reader's own locale, and each one that comes. */
const SCRIPT = `${trackingView.toString()}
const { state, digits, stream, reloads } = JSON.parse(document.getElementById('data').textContent);
const reader = { locale: navigator.languages, digits, timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone };
const link = document.getElementById('link');
function show(state) {
  for (const [name, text] of Object.entries(trackingView(state, reader))) {
    for (const place of document.querySelectorAll('[data-field="' + name + '"]')) if (place.textContent !== text) place.textContent = text;
  }
  document.getElementById('banner').hidden = state.connection !== 'interrupted' || state.ended_at !== null;
  const meter = document.getElementById('meter');
  meter.hidden = state.soc_percent === null;
  meter.value = state.soc_percent ?? 0;
}
show(state);
if (state.ended_at === null) {
  const source = new EventSource(stream);
  source.addEventListener('open', () => (link.textContent = 'Live'));
  source.addEventListener('error', () => (link.textContent = 'Connecting again…'));
  source.addEventListener('state', ({ data }) => show(JSON.parse(data)));
  source.addEventListener('ended', () => { source.close(); link.textContent = ''; if (reloads) setTimeout(() => location.reload(), 1500); });
}`;

const STYLE = `.big{font-size:clamp(2.5rem,12vw,4rem);font-weight:700;line-height:1.15;font-variant-numeric:tabular-nums}
meter{display:block;width:100%;height:1rem;margin:.5rem 0 0;accent-color:var(--bar)}`;

/** In a script nothing may end it. */
const inScript = (value: unknown): string => JSON.stringify(value).replaceAll('<', String.raw`\u003c`);

export interface PageOptions {
  /** of the policy that lets the page's own script and style run, and no others */
  nonce: string;
  /** where the stream is, from the page */
  streamUrl: string;
  /** what its reader can do besides; then it is loaded anew when the session has ended */
  besides?: string;
}

export function trackingPage(state: TrackedState, { nonce, streamUrl, besides }: PageOptions): string {
  const digits = state.currency === null ? 2 : minorDigits(state.currency.toUpperCase());
  const view = trackingView(state, { locale: 'en', digits, timeZone: undefined });
  const field = (name: string): string => `<span data-field="${name}">${escapeHtml(view[name]!)}</span>`;
  const tile = (name: string, value: string): string => `<div><dt>${name}</dt><dd>${value}</dd></div>`;
  const { name, address, city, evse } = state.location;
  const body = `<header><h1>${escapeHtml(name)}</h1><p class="soft">${escapeHtml(`${address}, ${city}`)}${evse === null ? '' : ` · ${escapeHtml(evse)}`}</p></header>
<p class="status"><span role="status">${field('status')}</span> <span class="soft" id="link"></span></p>
<p id="banner" class="note" role="status"${view.banner === '' ? ' hidden' : ''}>${field('banner')}</p>
<p class="big">${field('energy')}</p>
<meter id="meter" min="0" max="100" value="${state.soc_percent ?? 0}" aria-label="Battery"${state.soc_percent === null ? ' hidden' : ''}></meter>
<dl>${tile(field('costName'), field('cost'))}${tile('Power', field('power'))}${tile('Battery', field('battery'))}${tile('Started', field('started'))}
${tile(field('endName'), field('end'))}${tile('Last reading', field('read'))}</dl>
<p class="soft">${field('zone')}</p>
${besides ?? ''}
<script type="application/json" id="data" nonce="${nonce}">${inScript({ state, digits, stream: streamUrl, reloads: besides !== undefined })}</script>
<script type="module" nonce="${nonce}">${SCRIPT}</script>`;
  const head = state.ended_at === null ? '<noscript><meta http-equiv="refresh" content="20"></noscript>' : '';
  return htmlPage({ title: 'Charging', body, head, style: STYLE }, nonce);
}

export function noTrackingPage(nonce: string): string {
  return htmlPage({ title: 'Not found', body: '<h1>That link is not valid, or not any more.</h1><p class="soft">Ask whoever gave it to you for another.</p>' }, nonce);
}
