/** What pages for people have in common: plain HTML that needs no script, in the reader's own light or dark. */
import { randomBytes } from 'node:crypto';
import type { FastifyReply } from 'fastify';

const STYLE = `:root{color-scheme:light dark;--line:color-mix(in srgb,CanvasText 18%,Canvas);
--soft:color-mix(in srgb,CanvasText 68%,Canvas);--warn:#8a4b00;--warn-back:#fff3dc;--bar:#1b7f3b;--on-bar:#fff}
@media (prefers-color-scheme:dark){:root{--warn:#ffd591;--warn-back:#3a2a10;--bar:#7bd88f;--on-bar:#06210d}}
*{box-sizing:border-box}body{font:1rem/1.5 system-ui,sans-serif;margin:0 auto;max-width:52rem;padding:1.25rem}h1{font-size:1.35rem;line-height:1.3;margin:0}
p{margin:0}.soft{color:var(--soft)}.status{font-size:1.15rem;font-weight:600;margin:1.25rem 0 .25rem;display:flex;flex-wrap:wrap;gap:.25rem 1rem;align-items:baseline}
.status .soft{font-size:.9rem;font-weight:400}.note{color:var(--warn);background:var(--warn-back);border:1px solid;border-radius:.5rem;padding:.75rem 1rem;margin:.75rem 0}
[hidden]{display:none!important}
dl{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,9.5rem),1fr));gap:.75rem;margin:1.25rem 0}
dl div{border:1px solid var(--line);border-radius:.5rem;padding:.6rem .8rem}dt{color:var(--soft);font-size:.9rem}
dd{margin:0;font-size:1.2rem;font-weight:600;font-variant-numeric:tabular-nums}
button,.button{font:inherit;font-weight:600;display:inline-block;min-height:2.75rem;padding:.55rem 1.25rem;border:1px solid var(--bar);border-radius:.5rem;cursor:pointer;
background:var(--bar);color:var(--on-bar);text-decoration:none;text-align:center}
button.quiet,.button.quiet{background:transparent;color:inherit;border-color:var(--line);font-weight:400}
:focus-visible{outline:3px solid var(--bar);outline-offset:2px}.row{display:flex;flex-wrap:wrap;gap:.75rem;margin:1rem 0}`;

export const escapeHtml = (text: string): string => text.replaceAll(/[&<>"']/g, (sign) => `&#${sign.codePointAt(0)};`);

export interface Page {
  title: string;
  /** in `<main>` */
  body: string;
  /** of this page besides */
  style?: string;
  head?: string;
}

export function htmlPage({ title, body, style = '', head = '' }: Page, nonce: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)} · Plugtime</title><link rel="icon" href="data:,">${head}
<style nonce="${nonce}">${STYLE}${style}</style></head><body><main>${body}</main></body></html>`;
}

/** Nothing of it is kept on the way, found by search engines, or told to where it leads. */
const HEADERS = { 'cache-control': 'no-store', 'x-robots-tag': 'noindex', 'referrer-policy': 'no-referrer', 'x-content-type-options': 'nosniff' };

/**
 * @param make gets the nonce of the policy that lets the page's own script and style run, and no others
 * @param formsGo where its forms may lead in the end; nowhere unless told
 */
export function sendPage(reply: FastifyReply, status: number, make: (nonce: string) => string, formsGo = "'none'"): FastifyReply {
  const nonce = randomBytes(16).toString('base64');
  return reply.code(status).type('text/html; charset=utf-8').headers({
    ...HEADERS, 'content-security-policy': `default-src 'none'; script-src 'nonce-${nonce}'; style-src 'nonce-${nonce}'; connect-src 'self'; img-src data:; base-uri 'none'; `
      + `form-action ${formsGo}; frame-ancestors 'none'`,
  }).send(make(nonce));
}
