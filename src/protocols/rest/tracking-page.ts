/** The page by which people follow a session. It is whole without a script; with one it changes as the session does, and speaks the reader's locale. */
import { minorDigits } from '../../domain/pricing/index.ts';

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
const { state, digits, stream } = JSON.parse(document.getElementById('data').textContent);
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
  source.addEventListener('ended', () => { source.close(); link.textContent = ''; });
}`;

const STYLE = `:root{color-scheme:light dark;--line:color-mix(in srgb,CanvasText 18%,Canvas);
--soft:color-mix(in srgb,CanvasText 68%,Canvas);--warn:#8a4b00;--warn-back:#fff3dc;--bar:#1b7f3b}
@media (prefers-color-scheme:dark){:root{--warn:#ffd591;--warn-back:#3a2a10;--bar:#7bd88f}}
*{box-sizing:border-box}body{font:1rem/1.5 system-ui,sans-serif;margin:0 auto;max-width:52rem;padding:1.25rem}h1{font-size:1.35rem;line-height:1.3;margin:0}
p{margin:0}.soft{color:var(--soft)}.status{font-size:1.15rem;font-weight:600;margin:1.25rem 0 .25rem;display:flex;flex-wrap:wrap;gap:.25rem 1rem;align-items:baseline}
.status .soft{font-size:.9rem;font-weight:400}#banner{color:var(--warn);background:var(--warn-back);border:1px solid;border-radius:.5rem;padding:.75rem 1rem;margin:.75rem 0}
#banner[hidden],meter[hidden]{display:none}.big{font-size:clamp(2.5rem,12vw,4rem);font-weight:700;line-height:1.15;font-variant-numeric:tabular-nums}
meter{display:block;width:100%;height:1rem;margin:.5rem 0 0;accent-color:var(--bar)}
dl{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,9.5rem),1fr));gap:.75rem;margin:1.25rem 0}
dl div{border:1px solid var(--line);border-radius:.5rem;padding:.6rem .8rem}dt{color:var(--soft);font-size:.9rem}
dd{margin:0;font-size:1.2rem;font-weight:600;font-variant-numeric:tabular-nums}`;

const escape = (text: string): string => text.replaceAll(/[&<>"']/g, (sign) => `&#${sign.codePointAt(0)};`);
/** In a script nothing may end it. */
const inScript = (value: unknown): string => JSON.stringify(value).replaceAll('<', String.raw`\u003c`);

export interface PageOptions {
  /** of the policy that lets the page's own script and style run, and no others */
  nonce: string;
  /** where the stream is, from the page */
  streamUrl: string;
}

export function trackingPage(state: TrackedState, { nonce, streamUrl }: PageOptions): string {
  const digits = state.currency === null ? 2 : minorDigits(state.currency.toUpperCase());
  const view = trackingView(state, { locale: 'en', digits, timeZone: undefined });
  const field = (name: string): string => `<span data-field="${name}">${escape(view[name]!)}</span>`;
  const tile = (name: string, value: string): string => `<div><dt>${name}</dt><dd>${value}</dd></div>`;
  const { name, address, city, evse } = state.location;
  return page('Charging', nonce, `<header><h1>${escape(name)}</h1><p class="soft">${escape(`${address}, ${city}`)}${evse === null ? '' : ` · ${escape(evse)}`}</p></header>
<p class="status"><span role="status">${field('status')}</span> <span class="soft" id="link"></span></p>
<p id="banner" role="status"${view.banner === '' ? ' hidden' : ''}>${field('banner')}</p>
<p class="big">${field('energy')}</p>
<meter id="meter" min="0" max="100" value="${state.soc_percent ?? 0}" aria-label="Battery"${state.soc_percent === null ? ' hidden' : ''}></meter>
<dl>${tile(field('costName'), field('cost'))}${tile('Power', field('power'))}${tile('Battery', field('battery'))}${tile('Started', field('started'))}
${tile(field('endName'), field('end'))}${tile('Last reading', field('read'))}</dl>
<p class="soft">${field('zone')}</p>
<script type="application/json" id="data" nonce="${nonce}">${inScript({ state, digits, stream: streamUrl })}</script>
<script type="module" nonce="${nonce}">${SCRIPT}</script>`, state.ended_at === null);
}

export function noTrackingPage(nonce: string): string {
  return page('Not found', nonce, '<h1>That link is not valid, or not any more.</h1><p class="soft">Ask whoever gave it to you for another.</p>');
}

function page(title: string, nonce: string, body: string, changes = false): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · Plugtime</title><link rel="icon" href="data:,">${changes ? '<noscript><meta http-equiv="refresh" content="20"></noscript>' : ''}
<style nonce="${nonce}">${STYLE}</style></head><body><main>${body}</main></body></html>`;
}
