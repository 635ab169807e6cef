/** What operators do with their programmes. */
import { DomainError, notFound } from '../../platform/errors/index.ts';
import { newId } from '../../platform/ids/index.ts';
import { actingOrganisation, audit, requireAccess, type Context } from '../organisations/index.ts';
import type { Programme, ProgrammeKind, Unlock } from './programme.ts';
import * as store from './store.ts';

const MOST_PROGRAMMES = 200;

export interface ProgrammeInput {
  kind: ProgrammeKind;
  ref: string;
  name: string;
  description?: string | null;
  /** of a loyalty programme; by phone and by number unless told */
  unlockedBy?: Unlock[];
}

/** Adds one to the caller's own. Throws `already_exists` when the ref is taken, `invalid_request` for what can't unlock one of its kind. */
export async function createProgramme(ctx: Context, { kind, ref, name, description = null, unlockedBy }: ProgrammeInput): Promise<Programme> {
  const operatorId = actingOrganisation(ctx);
  requireAccess(ctx, 'programme.write', { operatorId });
  const programme: Programme = {
    id: newId('programme'), networkId: ctx.network.id, operatorId: operatorId!, kind, ref, name, description, unlockedBy: unlockedBy ?? DEFAULT_UNLOCKS[kind], version: 1,
    createdAt: ctx.now, updatedAt: ctx.now, retiredAt: null,
  };
  requireFitting(programme);
  if ((await store.countProgrammes(ctx.tx, operatorId!)) >= MOST_PROGRAMMES) throw new DomainError('invalid_state', `You have ${MOST_PROGRAMMES} programmes already: delete some.`);
  if (!(await store.insertProgramme(ctx.tx, programme))) throw new DomainError('already_exists', `You have a programme with the ref "${ref}" already.`);
  await tell(ctx, 'created', programme);
  return programme;
}

/** Throws `invalid_request` for what can't unlock one of its kind. Who is a member stays one. */
export async function changeProgramme(ctx: Context, id: string, change: Partial<Pick<ProgrammeInput, 'name' | 'description' | 'unlockedBy'>>): Promise<Programme> {
  const programme = await lockOwn(ctx, id);
  const { name = programme.name, description = programme.description, unlockedBy = programme.unlockedBy } = change;
  const changed: Programme = { ...programme, name, description, unlockedBy, version: programme.version + 1, updatedAt: ctx.now };
  requireFitting(changed);
  await store.updateProgramme(ctx.tx, changed);
  await tell(ctx, 'updated', changed);
  return changed;
}

/** Nobody is a member of it any more (PGM-7). It can still be read by its id; its ref is free again. */
export async function retireProgramme(ctx: Context, id: string): Promise<void> {
  const programme = await lockOwn(ctx, id);
  const retired: Programme = { ...programme, version: programme.version + 1, updatedAt: ctx.now, retiredAt: ctx.now };
  await store.updateProgramme(ctx.tx, retired);
  await tell(ctx, 'deleted', retired);
}

export async function getProgramme(ctx: Context, id: string): Promise<Programme> {
  requireAccess(ctx, 'programme.read');
  const programme = await store.findProgramme(ctx.tx, id);
  if (programme?.networkId !== ctx.network.id) throw notFound('programme', id);
  return programme;
}

/** Those of an operator, or of all, newest first. */
export async function listProgrammes(ctx: Context, page: { operatorId?: string; after?: string; before?: string; limit: number }): Promise<Programme[]> {
  requireAccess(ctx, 'programme.read');
  return store.listProgrammes(ctx.tx, { ...page, networkId: ctx.network.id });
}

/** Of these, those that are the caller's own and not deleted. */
export async function findOwnProgrammes(ctx: Context, ids: readonly string[]): Promise<Set<string>> {
  const found = await loadProgrammes(ctx, ids);
  return new Set(found.filter(({ operatorId, retiredAt }) => operatorId === actingOrganisation(ctx) && retiredAt === null).map(({ id }) => id));
}

export async function loadProgrammes(ctx: Context, ids: readonly string[]): Promise<Programme[]> {
  return ids.length === 0 ? [] : store.findProgrammes(ctx.tx, ids);
}

/** The caller's own, locked. Throws `not_found`. */
export async function lockOwn(ctx: Context, id: string): Promise<Programme> {
  const programme = await store.lockProgramme(ctx.tx, id);
  if (programme?.networkId !== ctx.network.id || programme.retiredAt !== null) throw notFound('programme', id);
  requireAccess(ctx, 'programme.write', programme);
  return programme;
}

const DEFAULT_UNLOCKS: Record<ProgrammeKind, Unlock[]> = { loyalty: ['phone', 'member_number'], fleet: ['otp'] };

function requireFitting({ kind, unlockedBy }: Programme): void {
  const wrong = kind === 'fleet' ? (unlockedBy.length === 1 && unlockedBy[0] === 'otp' ? undefined : 'must be otp alone: a fleet is unlocked by a password')
    : unlockedBy.length === 0 ? 'must name something' : undefined;
  if (wrong) throw new DomainError('invalid_request', 'Such a programme can not be unlocked by that.', { errors: [{ pointer: '/unlocked_by', message: wrong }] });
}

async function tell(ctx: Context, what: 'created' | 'updated' | 'deleted', programme: Programme): Promise<void> {
  const types = { created: 'programme.created', updated: 'programme.updated', deleted: 'programme.deleted' };
  await ctx.emit({
    type: types[what], object: 'programme', objectId: programme.id, objectVersion: programme.version, isPublic: true, audience: [programme.operatorId], touches: [],
    data: programme,
  });
  await audit(ctx, `programme.${what === 'created' ? 'create' : what === 'updated' ? 'update' : 'delete'}`, 'programme', programme.id, { ref: programme.ref });
}
