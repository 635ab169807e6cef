import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isPublicAddress } from './addresses.ts';

const NOT_PUBLIC = {
  'this network': ['0.0.0.0', '0.1.2.3'],
  loopback: ['127.0.0.1', '127.255.255.254', '::1'],
  private: ['10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.0.1', 'fc00::1', 'fdff::1'],
  'link-local, cloud metadata': ['169.254.0.1', '169.254.169.254', 'fe80::1', 'febf::1', 'fd00:ec2::254'],
  'site-local': ['fec0::1'],
  'carrier-grade NAT': ['100.64.0.1', '100.127.255.255'],
  multicast: ['224.0.0.1', '239.255.255.255', 'ff02::1', 'ff0e::1'],
  broadcast: ['255.255.255.255'],
  reserved: ['192.0.0.8', '192.88.99.1', '240.0.0.1', '2001::1', '2001:1ff::1'],
  'documentation, benchmarks': ['192.0.2.1', '198.51.100.1', '203.0.113.1', '198.18.0.1', '2001:db8::1', '3fff::1', '2001:2::1'],
  'IPv4 in IPv6: mapped': ['::ffff:127.0.0.1', '::ffff:7f00:1', '::ffff:8.8.8.8'],
  'IPv4 in IPv6: translated, compatible': ['::ffff:0:127.0.0.1', '::127.0.0.1', '::7f00:1', '::8.8.8.8'],
  'IPv4 in IPv6: NAT64': ['64:ff9b::7f00:1', '64:ff9b::169.254.169.254', '64:ff9b:1::a00:1'],
  'IPv4 in IPv6: 6to4, Teredo': ['2002:7f00:1::1', '2002:a9fe:a9fe::1', '2001:0:4136:e378:8000:63bf:3fff:fdd2'],
  'not given out': ['::', '100::1', '4000::1', '5f00::1', 'e000::1'],
  'no address': ['', 'localhost', '0x7f.1', '127.1', '8.8.8', '08.8.8.8', '2130706433', '8.8.8.8 ', '[::1]', 'fe80::1%eth0'],
};

describe('isPublicAddress', () => {
  for (const [why, addresses] of Object.entries(NOT_PUBLIC)) {
    it.each(addresses)(`says no to ${why}: %s`, (address) => expect(isPublicAddress(address)).toBe(false));
  }

  it.each([
    '1.1.1.1', '8.8.8.8', '93.184.216.34', '172.15.255.255', '172.32.0.1', '100.63.255.255', '100.128.0.1', '223.255.255.255',
    '2606:4700:4700::1111', '2a00:1450:4001::1',
  ])('says yes to %s', (address) => expect(isPublicAddress(address)).toBe(true));

  it('never says yes to an IPv6 address that carries an IPv4 address in a known form', () => {
    const prefixes = ['::ffff:', '::ffff:0:', '::', '64:ff9b::'];
    fc.assert(fc.property(fc.constantFrom(...prefixes), fc.ipV4(), (prefix, v4) => !isPublicAddress(`${prefix}${v4}`)));
  });
});
