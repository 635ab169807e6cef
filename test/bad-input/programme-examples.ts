/** Requests about programmes, members and memberships that are accepted. */
import type { Examples } from './example.ts';

const page = (cursor: string) => [{ query: { limit: '5', after: cursor } }, { query: { before: cursor } }];

export const programmes: Record<string, Examples> = {
  createProgramme: ({ make }) => [
    { body: { kind: 'loyalty', ref: make.ref(), name: 'Gold', description: 'For regulars', unlocked_by: ['phone'] } }, { body: { kind: 'fleet', ref: make.ref(), name: 'Taxis' } },
  ],
  listProgrammes: ({ ours }) => [...page(ours.prg), { query: { operator_id: ours.org } }],
  getProgramme: ({ ours }) => [{ id: ours.prg }],
  updateProgramme: ({ ours }) => [{ id: ours.prg, body: { name: 'Gold and silver', description: null, unlocked_by: ['member_number', 'phone'] } }],
  deleteProgramme: async ({ make }) => [{ id: (await make.programme()).prg }],
  addProgrammeMembers: async ({ make, ours }) => [
    { id: ours.prg, body: { members: [{ phone: '+91 98450 12345', member_number: make.ref() }] } },
    { id: await make.fleet(), body: { members: [{ phone: '+919845012345', license_plate: 'KA 01' }] } },
  ],
  listProgrammeMembers: ({ ours }) => page(ours.mem).map((example) => ({ ...example, id: ours.prg })),
  removeProgrammeMembers: async ({ make }) => {
    const { prg: id, mem } = await make.programme();
    return [{ id, body: { members: [{ id: mem }, { phone: '+91 98450 12345' }, { member_number: 'nobody' }] } }];
  },
  createMembership: async ({ make }) => {
    const [{ drv: id }, { prg, number }] = [await make.driver(), await make.programme()];
    await make.call('POST', `/v1/programmes/${prg}/members`, { members: [{ phone: '+919845054321' }] });
    return [{ id, body: { programme: prg, member_number: number } }, { id: (await make.driver()).drv, body: { programme: prg, phone: '+91 98450 54321' } }];
  },
  listMemberships: ({ ours }) => [{ id: ours.drv }],
  verifyMembership: async ({ make }) => {
    const { drv: id, mbr: mid, otp } = await make.asked();
    return [{ id, params: { mid }, body: { otp } }];
  },
  deleteMembership: async ({ make }) => {
    const { drv: id, mbr: mid } = await make.asked();
    return [{ id, params: { mid } }];
  },
  listSandboxNotices: ({ ours }) => [...page(ours.ntc), { query: { driver: ours.drv } }],
};
