import { promises as dns } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { isPublicAddress } from './addresses.ts';

export interface Address {
  address: string;
  family: number;
}

/** Resolves a host name to all its addresses; rejects when it has none. */
export type Resolve = (hostname: string) => Promise<Address[]>;

export const systemResolve: Resolve = (hostname) => dns.lookup(hostname, { all: true });

/** The code of the error of a name that resolves to an address that is not public. */
export const REFUSED_ADDRESS = 'REFUSED_ADDRESS';

/**
 * A look-up for `net.connect` that gives only addresses that were checked. The socket connects to what it is given here and
 * asks no second time, so a name that answers differently from one moment to the next (DNS rebinding) gains nothing.
 * One address that is not public refuses the name: no honest name has both.
 */
export function guardedLookup(resolve: Resolve, allowPrivate: boolean): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname).then(
      (addresses) => {
        const [first] = addresses;
        if (!first) return callback(Object.assign(new Error('The name has no address.'), { code: 'ENOTFOUND' }), '');
        if (!allowPrivate && !addresses.every(({ address }) => isPublicAddress(address))) {
          return callback(Object.assign(new Error('The name resolves to an address that is not public.'), { code: REFUSED_ADDRESS }), '');
        }
        if (options.all) callback(null, addresses);
        else callback(null, first.address, first.family);
      },
      (error: NodeJS.ErrnoException) => callback(error, ''),
    );
  };
}
