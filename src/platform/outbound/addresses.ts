import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

const GLOBAL_UNICAST: [ipaddr.IPv6, number] = [ipaddr.IPv6.parse('2000::'), 3];

/**
 * Whether an address is one of the public Internet, by the special-purpose registries of IANA (RFC 6890). Everything that
 * leads elsewhere is not: private, loopback, link-local (cloud metadata), carrier-grade NAT, multicast, reserved, and the
 * forms of IPv6 that carry an IPv4 address (mapped, NAT64, 6to4, Teredo), since what they reach is not what they seem.
 *
 * @param address an IP address in its canonical form; anything else is not public.
 */
export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 0) return false;
  const parsed = ipaddr.parse(address);
  if (parsed.range() !== 'unicast') return false;
  // Of IPv6, only 2000::/3 is given out: outside it lie forms that no registry lists any more (::127.0.0.1).
  return parsed.kind() === 'ipv4' || (parsed as ipaddr.IPv6).match(GLOBAL_UNICAST);
}
