import { describe, expect, it } from 'vitest';
import { DomainError } from '../errors/index.ts';
import { PRIVATE_SPELLINGS } from './private-url-samples.ts';
import { checkUrlForm } from './url.ts';

function codeOf(url: string, allowPrivate: boolean): string {
  try {
    checkUrlForm(url, { allowPrivate });
    return 'allowed';
  } catch (error) {
    if (error instanceof DomainError) return error.code;
    throw error;
  }
}

describe('checkUrlForm', () => {
  it.each(PRIVATE_SPELLINGS)('refuses %s unless private addresses are allowed', (url) => {
    expect(codeOf(url, false)).toBe('url_not_allowed');
    expect(codeOf(url, true)).toBe('allowed');
  });

  it.each([
    'http://example.com/', 'ftp://example.com/', 'file:///etc/passwd', 'gopher://example.com/', 'javascript:alert(1)', 'data:text/plain,x',
    '//example.com/', 'example.com', '', 'https://', 'https://user@example.com/', 'https://user:secret@example.com/', 'https://:secret@example.com/',
    'https://[::1',
    'https://1.2.3.4.5/', 'https://256.1.1.1/', 'https://exa mple.com/', `https://example.com/${'x'.repeat(2_048)}`,
  ])('refuses %s', (url) => expect(codeOf(url, false)).toBe('url_not_allowed'));

  it.each(['ftp://example.com/', 'https://user:secret@example.com/', 'file:///etc/passwd'])(
    'refuses %s even where private addresses are allowed', (url) => expect(codeOf(url, true)).toBe('url_not_allowed'));

  it.each([
    'https://example.com/hooks?tenant=1', 'https://example.com:8443/', 'https://1.1.1.1/', 'https://[2606:4700:4700::1111]/',
    'https://localhost.example.com/', 'https://bücher.example/',
  ])('lets %s pass', (url) => expect(codeOf(url, false)).toBe('allowed'));

  it('takes plain http only where private addresses are allowed', () => {
    expect(codeOf('http://127.0.0.1:3000/', true)).toBe('allowed');
    expect(codeOf('http://1.1.1.1/', false)).toBe('url_not_allowed');
  });
});
