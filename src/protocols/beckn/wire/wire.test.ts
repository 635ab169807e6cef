import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ERRORS, DomainError, type ErrorCode } from '../../../platform/errors/index.ts';
import { REASONS, Refused, type Reason } from '../refusal.ts';
import {
  errorOfDomain, errorOfRefusal, formatDuration, formatMoment, generationOf, generationOfText, hasAction, parseBody, parseDuration, parseMoment, pathOfAction, plainAction,
  readAcknowledgement, writeAcknowledgement, writeContext, type Generation,
} from './index.ts';

const v2 = { version: '2.0.0', domain: 'beckn.one:deg:ev-charging' };

describe('generations', () => {
  it.each<[string, object, Generation | undefined]>([
    ['the version 1.1', { context: { version: '1.1.0' } }, 'A'],
    ['the draft\'s discovery beside the context', { context: v2, text_search: 'EV' }, 'B'],
    ['the draft\'s catalogs', { context: v2, catalogs: [] }, 'B'],
    ['the draft\'s state', { context: v2, message: { order: { 'beckn:state': 'DRAFT' } } }, 'B'],
    ['the seed\'s domain', { context: { version: '2.0.0', domain: 'deg:ev-charging' }, message: {} }, 'B'],
    ['the candidate\'s state, whatever the domain', { context: { version: '2.0.0', domain: 'deg:ev-charging' }, message: { order: { 'beckn:orderStatus': 'CREATED' } } }, 'C'],
    ['the candidate\'s domain', { context: v2, message: { text_search: 'EV' } }, 'C'],
    ['no domain', { context: { version: '2.0.0' }, message: {} }, 'C'],
    ['camelCase', { context: { version: '2.0.0', transactionId: 'x' } }, 'D'],
    ['nothing', { context: {} }, undefined],
    ['no context', {}, undefined],
    ['the first version', { context: { version: '0.9.4' } }, undefined],
  ])('BKN-9: are told by %s', (_what, body, generation) => expect(generationOf(body as Record<string, unknown>)).toBe(generation));

  it('BKN-9: are told from the beginning of what is too long', () => {
    const of = (context: object) => generationOfText(JSON.stringify({ context, message: {} }).slice(0, 200));
    expect([of({ version: '1.1.0' }), of({ version: '2.0.0', domain: 'deg:ev-charging' }), of(v2), of({ version: '2.0.0', messageId: 'x' }), generationOfText('')]).toEqual(['A',
      'B', 'C', 'D', 'A']);
  });

  it('BKN-22: know their actions, and the catalogue\'s in every spelling', () => {
    expect([hasAction('A', 'search'), hasAction('A', 'discover'), hasAction('C', 'on_discover'), hasAction('C', 'on_search'), hasAction('D', 'rate')]).toEqual([true, false, true,
      false, true]);
    for (const text of ['catalog/publish', 'catalog_publish']) expect(plainAction(text)).toBe('catalog_publish');
    expect([pathOfAction('catalog_publish'), pathOfAction('on_catalog_publish'), pathOfAction('select')]).toEqual(['catalog/publish', 'catalog/on_publish', 'select']);
  });
});

describe('times', () => {
  it.each([
    ['2023-07-16T04:41:16Z', 'UTC', '2023-07-16T04:41:16.000Z'], ['2023-07-16T10:00:00+05:30', 'UTC', '2023-07-16T04:30:00.000Z'],
    ['2025:09:24:10:00:00', 'Asia/Kolkata', '2025-09-24T04:30:00.000Z'], ['2025-09-24T10:00:00', 'Asia/Kolkata', '2025-09-24T04:30:00.000Z'],
    ['2025-09-24 10:00:00', 'UTC', '2025-09-24T10:00:00.000Z'],
    ['2026-03-29T02:30:00', 'Europe/Berlin', '2026-03-29T01:30:00.000Z'], // in the gap of daylight saving: check 49
  ])('BKN-10: %s in %s is %s', (text, zone, instant) => expect(formatMoment(parseMoment(text, zone)!)).toBe(instant));

  it.each(['', 'soon', '2025:13:24:10:00:00', '2025-09-31T10:00:00Z', 7, null])('BKN-10: %j is no time', (text) => expect(parseMoment(text)).toBeUndefined());

  it.each([['PT15S', 15_000], ['15S', 15_000], ['PT10M', 600_000], ['10M', 600_000], ['1H30M', 5_400_000], ['P1M', 31 * 86_400_000], ['P1D',
    86_400_000]])('BKN-10: %s lasts %i ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });
  it.each(['', 'soon', '-PT5S', 'PT', '15 s', 15])('BKN-10: %j is no duration', (text) => expect(parseDuration(text)).toBeUndefined());

  it('BKN-10: are written as the standards have them', () => {
    const context = writeContext({ generation: 'A', action: 'on_select', version: '1.1.0', bapId: 'a', bapUri: 'https://a', transactionId: 't', messageId: 'm', now: 0 });
    expect(context).toEqual({ action: 'on_select', version: '1.1.0', bap_id: 'a', bap_uri: 'https://a', transaction_id: 't', message_id: 'm',
      timestamp: '1970-01-01T00:00:00.000Z', ttl: 'PT30S' });
    expect(writeContext({ generation: 'D', action: 'on_select', version: '2.0.0', bapId: 'a', bapUri: 'u', transactionId: 't', messageId: 'm',
      now: 0 })).toMatchObject({ bapId: 'a', transactionId: 't' });
    expect(formatDuration(90_000)).toBe('PT90S');
  });
});

describe('acknowledgements', () => {
  it.each([
    [200, { message: { ack: { status: 'ACK' } } }, true], [202, { message: { ack: { status: 'ACK' } } }, true], [200, { transaction_id: 't', ack_status: 'ACK' }, true],
    [200, { message: { status: 'ACK', messageId: 'm' } }, true], [200, { status: 'ACK', signature: 's' }, true], [200, '', true], [202, 'accepted', true], [200,
      { message: { ack: { status: 'ACK' } }, error: {} }, true],
    [200, { message: { ack: { status: 'NACK' } }, error: { code: 400, message: 'no' } }, false], [200, { ack_status: 'NACK', error: { code: '30000', message: 'no' } }, false],
    [400, { message: { status: 'NACK', error: { code: 'CTX_INVALID_FIELD', message: 'no' } } }, false], [200, { error: { code: '1', message: 'no' } }, false], [500, '', false],
      [302, '', false],
  ])('BKN-14, check 14: %i %j is an ACK: %s', (status, body, isAck) => {
    const read = readAcknowledgement(status, typeof body === 'string' ? body : JSON.stringify(body));
    expect(read.isAck).toBe(isAck);
    expect(read.error === undefined).toBe(isAck);
  });

  it('BKN-14: are read as they are written, in every form', () => {
    for (const generation of ['A', 'B', 'C', 'D'] as const) {
      for (const candidateForm of ['flat', 'message'] as const) {
        const write = (error?: { code: string; message: string }) => JSON.stringify(writeAcknowledgement({ generation, transactionId: 't', messageId: 'm', now: 0,
          candidateForm }, error));
        expect(readAcknowledgement(200, write())).toEqual({ isAck: true });
        expect(readAcknowledgement(400, write({ code: '30004', message: 'No such item.' }))).toEqual({ isAck: false, error: { code: '30004', message: 'No such item.' } });
      }
    }
  });

  it('BKN-15: every reason and every error of the network has a code in every generation', () => {
    for (const reason of Object.keys(REASONS) as Reason[]) {
      expect(errorOfRefusal('A', new Refused(reason, 'x')).code).toMatch(/^[345]000\d$/);
      expect(errorOfRefusal('D', new Refused(reason, 'x')).code).toMatch(/^(CTX|AUT|SCH|NET|BIZ|POL)_[A-Z_]+$/);
    }
    for (const code of Object.keys(ERRORS) as ErrorCode[]) {
      expect(errorOfDomain('C', new DomainError(code, 'x')).code).toMatch(/^[345]00\d\d$/);
      expect(errorOfDomain('D', new DomainError(code, 'x')).code).toMatch(/^(CTX|AUT|SCH|NET|BIZ|POL)_[A-Z_]+$/);
    }
  });
});

describe('bodies', () => {
  it('BKN-25: whatever comes is read or refused', () => {
    const isHandled = (bytes: Uint8Array): boolean => {
      try {
        parseBody(bytes);
      } catch (error) {
        return error instanceof Refused;
      }
      return true;
    };
    fc.assert(fc.property(fc.uint8Array(), isHandled));
    fc.assert(fc.property(fc.json(), (text) => isHandled(Buffer.from(text))));
    fc.assert(fc.property(fc.nat(39), (depth) => isHandled(Buffer.from(`{"a":${'['.repeat(depth)}${']'.repeat(depth)}}`))));
  });
});
