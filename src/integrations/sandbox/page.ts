/** The payment page of the sandbox provider: a tester plays the driver and the bank. */
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Runtime } from '../../domain/organisations/index.ts';
import { decimalOfUnits, minorDigits } from '../../domain/pricing/index.ts';
import { sendNotice } from './notices.ts';
import { DECLINED, PAGE_PATH, paid } from './provider.ts';
import { change, findByRef, type SandboxPayment } from './store.ts';

interface Choice {
  label: string;
  hint: string;
  /** seconds after which each notice is sent */
  notices: readonly number[];
  result(p: SandboxPayment): SandboxPayment;
}

/** Whoever pays on the page does it while the payment is pending; a late payment is one that comes after it was withdrawn. */
const CHOICES: Record<string, Choice> = {
  pay: { label: 'Pay', hint: 'the bank agrees, and tells at once', notices: [0], result: paid },
  decline: {
    label: 'Decline', hint: 'the bank refuses', notices: [0], result: (p) => ({ ...p, state: 'failed', failure: { code: 'declined', message: 'The sandbox bank declined it.' } }),
  },
  pend: { label: 'Leave pending', hint: 'the bank has not decided; come back to this page later', notices: [0], result: (p) => p },
  silent: { label: 'Pay, without a notice', hint: 'the bank agrees, and its notice never comes', notices: [], result: paid },
  save_declined: {
    label: 'Pay, and decline what is saved', hint: 'the bank agrees now, and refuses what the saved method is to pay later', notices: [0],
    result: (p) => ({ ...paid({ ...p, label: 'Sandbox card •••• 0002' }), instrument: DECLINED }),
  },
  twice: { label: 'Pay, told twice', hint: 'the notice comes twice', notices: [0, 1], result: paid },
  late: { label: 'Pay, told late', hint: 'the notice comes after 20 seconds', notices: [20], result: paid },
  late_money: {
    label: 'Pay, although it was withdrawn', hint: 'money that arrives after its time', notices: [0], result: (p) => (p.state === 'cancelled' ? paid(p) : p),
  },
};

export function addSandboxPages(app: FastifyInstance, { database, jobs }: Pick<Runtime, 'database' | 'jobs'>): void {
  app.register((scope, _options, done) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string', bodyLimit: 1_000 }, (_request, body, parsed) => parsed(null,
      new URLSearchParams(String(body))));
    scope.get(`${PAGE_PATH}/:ref`, { schema: { hide: true } }, async (request, reply) => {
      const found = await findByRef(database, (request.params as { ref: string }).ref);
      return sendPage(reply, found ? 200 : 404, found ? pageOf(found) : page('No such payment', '<p>That payment is not known here.</p>'));
    });
    scope.post(`${PAGE_PATH}/:ref`, { schema: { hide: true } }, async (request, reply) => {
      const word = request.body instanceof URLSearchParams ? request.body.get('choice') ?? '' : '';
      const choice = Object.hasOwn(CHOICES, word) ? CHOICES[word] : undefined;
      if (!choice) return sendPage(reply, 400, page('Choose', '<p>Choose one of what the page offers.</p>'));
      const changed = await change(database, (request.params as { ref: string }).ref, async (p, tx) => {
        const isOpen = p.state === 'pending' || (word === 'late_money' && p.state === 'cancelled');
        if (!isOpen) return p;
        for (const [nth, afterSeconds] of choice.notices.entries()) await sendNotice(jobs, tx, p.paymentId, { afterSeconds, nth });
        return choice.result(p);
      });
      if (!changed) return sendPage(reply, 404, page('No such payment', '<p>That payment is not known here.</p>'));
      if (changed.returnUrl !== null && changed.state !== 'pending') return reply.redirect(changed.returnUrl, 303);
      return sendPage(reply, 200, pageOf(changed));
    });
    done();
  });
}

function sendPage(reply: FastifyReply, status: number, html: string): FastifyReply {
  return reply.code(status).type('text/html; charset=utf-8').headers({
    'cache-control': 'no-store', 'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; form-action *; base-uri 'none'; frame-ancestors 'none'",
    'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer',
  }).send(html);
}

const WORDS: Record<SandboxPayment['state'], string> = {
  pending: 'is waiting for you', authorized: 'is authorised: it is held, and captured later', captured: 'is paid', failed: 'was declined', cancelled: 'was withdrawn',
};

function pageOf(p: SandboxPayment): string {
  const amount = shown(p.amountMinor, p.currency);
  const isOffered = (word: string): boolean => (p.state === 'pending' ? word !== 'late_money' && (p.saves || word !== 'save_declined')
    : p.state === 'cancelled' && word === 'late_money');
  const offered = Object.entries(CHOICES).filter(([word]) => isOffered(word));
  const buttons = offered.map(([word, { label, hint }]) => (
    `<li><button name="choice" value="${word}" aria-describedby="${word}">${label}</button><span id="${word}">${hint}</span></li>`)).join('');
  const form = buttons === '' ? '' : `<form method="post"><ul>${buttons}</ul></form>`;
  const back = p.returnUrl === null ? '' : `<p><a href="${escape(p.returnUrl)}">Back to where you came from</a></p>`;
  return page(`Payment of ${amount}`, `<p class="amount">${escape(amount)}</p><p>Reference ${escape(p.description)}. It ${WORDS[p.state]}.</p>${form}${back}`);
}

function shown(amountMinor: bigint, currency: string): string {
  const digits = minorDigits(currency);
  const format = new Intl.NumberFormat('en', { style: 'currency', currency, minimumFractionDigits: digits, maximumFractionDigits: digits });
  return format.format(Number(decimalOfUnits(amountMinor, digits)));
}

function escape(text: string): string {
  return text.replaceAll(/[&<>"']/g, (sign) => `&#${sign.codePointAt(0)};`);
}

function page(title: string, body: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(title)} · sandbox</title>
<style>:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:34rem;margin:2rem auto;padding:0 1rem}.note{border:1px solid;border-radius:.5rem;
padding:.5rem .75rem}
.amount{font-size:2rem;font-weight:600;margin:0}ul{list-style:none;padding:0}li{display:grid;gap:.25rem .75rem;align-items:center;margin:.6rem 0}
@media (min-width:34rem){li{grid-template-columns:14rem 1fr}}
button{font:inherit;min-height:2.75rem;padding:.3rem 1rem;border-radius:.5rem;cursor:pointer}</style></head>
<body><main><h1>Sandbox payment</h1><p class="note">This is a simulator: no money moves. You play the driver and the bank.</p>${body}</main></body></html>`;
}
