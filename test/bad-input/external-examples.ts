/** Requests about charging in networks of others that are accepted. */
import type { Examples } from './example.ts';

const page = (cursor: string) => [{ query: { limit: '5', after: cursor } }, { query: { before: cursor } }];

export const external: Record<string, Examples> = {
  listExternalNetworks: () => [{}],
  getExternalLocation: ({ ours }) => [{ id: ours.xloc }],
  quoteExternal: ({ ours, make }) => {
    const { start, end } = make.slot();
    return [
      { body: { connector: ours.xcon, ideal_start: start, ideal_end: end, energy_wh: 5_000, driver: ours.drv, vehicle: ours.veh, metadata: { trip: 'north' } } },
      { body: { connector: ours.xcon, spend: { amount: 1_000, currency: 'eur' } } },
    ];
  },
  listExternalReservations: ({ ours }) => [...page(ours.xres), { query: { status: 'quoted', driver: ours.drv } }],
  getExternalReservation: ({ ours }) => [{ id: ours.xres }],
  holdExternal: async ({ make }) => [{ id: await make.external(), body: { tax_id: '29AAACP0000P1ZK', organisation: 'Example' } }],
  confirmExternal: async ({ make }) => [{ id: await make.external('hold'), body: { otp: '1234' } }],
  startExternal: async ({ make }) => [{ id: await make.external('hold', 'confirm'), body: { otp: '1234' } }],
  stopExternal: async ({ make }) => [{ id: await make.external('hold', 'confirm', 'start') }],
  refreshExternal: async ({ make }) => [{ id: await make.external('hold') }],
  trackExternal: async ({ make }) => [{ id: await make.external('hold', 'confirm', 'start') }],
  quoteExternalCancellation: async ({ make }) => [{ id: await make.external('hold') }],
  cancelExternal: async ({ make }) => [{ id: await make.external('hold'), body: { reason: 'rain' } }],
  rateExternal: async ({ make }) => [{ id: await make.external('hold', 'confirm', 'start', 'stop'), body: { value: 5, category: 'Order', feedback: 'Fine' } }],
  askExternalSupport: async ({ make }) => [{ id: await make.external('hold') }],
};
