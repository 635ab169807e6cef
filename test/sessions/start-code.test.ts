import { PNG } from 'pngjs';
import decodeQR from 'qr/decode.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openWorld, outcome, type Place, type World } from '../support/world.ts';

describe('the code that is printed at a connector', () => {
  let w: World;
  let place: Place;
  beforeAll(async () => {
    w = await openWorld();
    place = await w.place();
  });
  afterAll(() => w.close());

  const codeOf = (query = '') => fetch(`${w.app.url}/v1/connectors/${place.connector}/qr${query}`);

  it('SES-32: is read as the address at which anybody starts to charge there', async () => {
    const answer = await codeOf('?format=png');
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'image/png']);
    const { width, height, data } = PNG.sync.read(Buffer.from(await answer.arrayBuffer()));
    expect(decodeQR({ width, height, data })).toBe(`${w.app.url}/charge/${place.connector}`);
  });

  it('SES-32: is a drawing unless asked for otherwise, and always the same', async () => {
    const answer = await codeOf();
    expect(answer.headers.get('content-type')).toBe('image/svg+xml');
    const svg = await answer.text();
    expect(svg).toMatch(/^<svg[^>]*>.*<\/svg>$/s);
    expect(await (await codeOf('?format=svg')).text()).toBe(svg);
  });

  it('SES-32: there is none of what is not there', async () => {
    expect(outcome(await w.anybody.get(`/v1/connectors/${place.connector.replace(/.$/, 'x')}/qr`))).toBe('not_found');
    expect(outcome(await w.anybody.get(`/v1/connectors/${place.connector}/qr?format=gif`))).toBe('invalid_request');
  });
});
