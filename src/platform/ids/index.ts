import { typeidUnboxed } from 'typeid-js';

/**
 * Ids are TypeIDs: a prefix that names the object and a UUIDv7 in base 32, so they sort by the time of their
 * making. They sort bytewise (columns of ids are `COLLATE "C"`).
 */
export const ID_PREFIXES = {
  network: 'net',
  organisation: 'org',
  apiKey: 'key',
  audit: 'aud',
  location: 'loc',
  station: 'chst',
  pendingStation: 'pst',
  stationCommand: 'cmd',
  stationReport: 'srp',
  stationVariable: 'svr',
  stationFrame: 'sfr',
  certificateRequest: 'csr',
  quarantinedMessage: 'qua',
  evse: 'evse',
  connector: 'con',
  driver: 'drv',
  vehicle: 'veh',
  token: 'tok',
  booking: 'bkg',
  block: 'blk',
  outage: 'out',
  occupancy: 'occ',
  conflict: 'cfl',
  policy: 'pol',
  tariff: 'tar',
  surcharge: 'sur',
  offer: 'off',
  quote: 'quo',
  programme: 'prg',
  programmeMember: 'mem',
  membership: 'mbr',
  notice: 'ntc',
  pushSubscription: 'psh',
  reservation: 'res',
  reservationSeries: 'ser',
  waitlistEntry: 'wle',
  session: 'ses',
  rating: 'rat',
  ticket: 'tkt',
  ticketMessage: 'tkm',
  externalNetwork: 'xnet',
  externalLocation: 'xloc',
  externalEvse: 'xevse',
  externalConnector: 'xcon',
  externalSearch: 'xsrch',
  externalReservation: 'xres',
  ledgerAccount: 'acc',
  ledgerTransfer: 'trf',
  invoice: 'inv',
  payment: 'pay',
  refund: 'rfd',
  paymentCall: 'pcl',
  bill: 'bil',
  topUp: 'top',
  paymentMethod: 'pm',
  statementLine: 'stl',
  event: 'evt',
  webhookEndpoint: 'we',
  webhookDelivery: 'whd',
  request: 'req',
  importRun: 'imp',
  becknReceived: 'bkr',
  becknSent: 'bks',
} as const;

export type IdKind = keyof typeof ID_PREFIXES;

/** A fresh id, for example `res_01jq8y3k5wf0xr7q1m3zs5c9tb`. */
export function newId(kind: IdKind): string {
  return typeidUnboxed(ID_PREFIXES[kind]);
}

/** The pattern that an id of this kind matches; used in request schemas. */
export function idPattern(kind: IdKind): string {
  return `^${ID_PREFIXES[kind]}_[0-9a-hjkmnp-tv-z]{26}$`;
}
