/** Loyalty programmes and fleets: what operators do with them, and how drivers become members. */
import type { FastifyInstance } from 'fastify';
import Type from 'typebox';
import {
  addMembers, changeProgramme, claimMembership, createProgramme, endMembership, getProgramme, listMembers, listMemberships, listProgrammes, removeMembers, retireProgramme,
  verifyMembership,
} from '../../../domain/programmes/index.ts';
import {
  decodeClaim, decodeMemberNames, decodeMembers, encodeMember, encodeMembership, encodeOutcome, encodeProgramme, refuse,
} from '../encode/programmes.ts';
import { toList, toPage } from '../paging.ts';
import { addRoute, type RestOptions } from '../route.ts';
import { Deleted, Id, List, pageOf, Strict } from '../schemas/common.ts';
import {
  MemberNamesIn, MemberOut, MembersAdded, MembershipIn, MembershipOut, MembersIn, MembersRemoved, OtpIn, ProgrammeIn, ProgrammeOut, ProgrammePatch,
} from '../schemas/programmes.ts';

const tag = 'Programmes';

export function addProgrammeRoutes(app: FastifyInstance, options: RestOptions): void {
  const params = Strict({ id: Id('programme') });
  addRoute(app, options, {
    method: 'POST', url: '/v1/programmes', operationId: 'createProgramme', tag, summary: 'Add a loyalty programme or a fleet', body: ProgrammeIn, reply: ProgrammeOut,
    creates: true,
    description: 'Offers name the programmes that they are for.',
    handle: async (ctx, { body: { unlocked_by: unlockedBy, ...body }, encoding }) => encodeProgramme(await createProgramme(ctx, { ...body, unlockedBy }), encoding),
  });
  addRoute(app, options, {
    method: 'GET', url: '/v1/programmes', operationId: 'listProgrammes', tag, summary: 'List programmes, newest first; of one operator, or of all', isPublic: true,
    query: Strict({ ...pageOf('programme'), operator_id: Type.Optional(Id('organisation')) }), reply: List(ProgrammeOut),
    handle: async (ctx, { query, request, encoding }) => {
      const page = toPage(query);
      return toList(request, page, await listProgrammes(ctx, { ...page, operatorId: query.operator_id }), (found) => encodeProgramme(found, encoding));
    },
  });
  addRoute(app, options, {
    method: 'GET', url: '/v1/programmes/:id', operationId: 'getProgramme', tag, summary: 'Read a programme', isPublic: true, params, reply: ProgrammeOut,
    handle: async (ctx, { params: { id }, encoding }) => encodeProgramme(await getProgramme(ctx, id), encoding),
  });
  addRoute(app, options, {
    method: 'PATCH', url: '/v1/programmes/:id', operationId: 'updateProgramme', tag, summary: 'Change a programme', params, body: ProgrammePatch, reply: ProgrammeOut,
    handle: async (ctx, { params: { id }, body: { unlocked_by: unlockedBy, ...body }, encoding }) => (
      encodeProgramme(await changeProgramme(ctx, id, { ...body, unlockedBy }), encoding)),
  });
  addRoute(app, options, {
    method: 'DELETE', url: '/v1/programmes/:id', operationId: 'deleteProgramme', tag, summary: 'End a programme; nobody is a member of it any more', params, reply: Deleted,
    handle: async (ctx, { params: { id } }) => {
      await retireProgramme(ctx, id);
      return { id, object: 'programme', deleted: true };
    },
  });
  addMemberRoutes(app, options);
  addMembershipRoutes(app, options);
}

function addMemberRoutes(app: FastifyInstance, options: RestOptions): void {
  const params = Strict({ id: Id('programme') });
  addRoute(app, options, {
    method: 'POST', url: '/v1/programmes/:id/members', operationId: 'addProgrammeMembers', tag, summary: 'Register members, up to 1000 at a time: all of them, or none', params,
    body: MembersIn, reply: MembersAdded,
    handle: async (ctx, { params: { id }, body }) => ({ object: 'members_added', programme: id, ...await addMembers(ctx, id, decodeMembers(body)) }),
  });
  addRoute(app, options, {
    method: 'GET', url: '/v1/programmes/:id/members', operationId: 'listProgrammeMembers', tag, summary: 'List who is registered, newest first', params,
    query: Strict(pageOf('programmeMember')), reply: List(MemberOut),
    handle: async (ctx, { params: { id }, query, request, encoding }) => {
      const page = toPage(query);
      return toList(request, page, await listMembers(ctx, id, page), (found) => encodeMember(found, encoding));
    },
  });
  addRoute(app, options, {
    method: 'POST', url: '/v1/programmes/:id/members/remove', operationId: 'removeProgrammeMembers', tag, params, body: MemberNamesIn, reply: MembersRemoved,
    summary: 'Register these no more; their memberships end',
    handle: async (ctx, { params: { id }, body }) => ({ object: 'members_removed', programme: id, ...await removeMembers(ctx, id, decodeMemberNames(body)) }),
  });
}

function addMembershipRoutes(app: FastifyInstance, options: RestOptions): void {
  const driver = Strict({ id: Id('driver') });
  const membership = Strict({ id: Id('driver'), mid: Id('membership') });
  addRoute(app, options, {
    method: 'POST', url: '/v1/drivers/:id/memberships', operationId: 'createMembership', tag, summary: 'Claim that a driver is a member', params: driver, body: MembershipIn,
    reply: MembershipOut, creates: true,
    description: 'By a member number, or by the phone number that their provider tells, it is `active` at once. In a fleet, and with a driver\'s own key, a password is '
      + 'sent to the phone if it is registered, and the membership is `pending` until it is given back. Asked again while it is pending, another password is sent.',
    handle: async (ctx, { params: { id }, body, encoding }) => encodeOutcome(await claimMembership(ctx, id, body.programme, decodeClaim(body)), encoding),
    settle: async (body) => refuse(body),
  });
  addRoute(app, options, {
    method: 'POST', url: '/v1/drivers/:id/memberships/:mid/verify', operationId: 'verifyMembership', tag, summary: 'Give the password back', params: membership, body: OtpIn,
    reply: MembershipOut,
    handle: async (ctx, { params: { id, mid }, body, encoding }) => encodeOutcome(await verifyMembership(ctx, id, mid, body.otp), encoding),
    settle: async (body) => refuse(body),
  });
  addRoute(app, options, {
    method: 'GET', url: '/v1/drivers/:id/memberships', operationId: 'listMemberships', tag, summary: "List a driver's memberships", params: driver, reply: List(MembershipOut),
    handle: async (ctx, { params, request, encoding }) => (
      toList(request, { limit: 1001 }, await listMemberships(ctx, params.id), (found) => encodeMembership(found, encoding))),
  });
  addRoute(app, options, {
    method: 'DELETE', url: '/v1/drivers/:id/memberships/:mid', operationId: 'deleteMembership', tag, summary: 'End a membership', params: membership, reply: Deleted,
    handle: async (ctx, { params: { id, mid } }) => {
      await endMembership(ctx, id, mid);
      return { id: mid, object: 'membership', deleted: true };
    },
  });
}
