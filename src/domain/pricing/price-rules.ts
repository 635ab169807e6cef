/** What operators do with their tariffs, surcharges and offers. */
import { DomainError, notFound } from '../../platform/errors/index.ts';
import { newId } from '../../platform/ids/index.ts';
import { actingOrganisation, audit, requireAccess, type Context } from '../organisations/index.ts';
import { findOwnProgrammes } from '../programmes/index.ts';
import { findOwnLocations } from '../stations/index.ts';
import { checkRule } from './check-rule.ts';
import type { PriceRule, RuleContents, RuleKind } from './price-rule.ts';
import * as store from './store.ts';

/** Each quote looks through all of an operator's. */
const MOST_RULES = 500;

/** Adds one to the caller's own. Throws `already_exists` when the ref is taken, and `invalid_request` for what can't be meant (PRC-10). */
export async function createRule<K extends RuleKind>(ctx: Context, kind: K, ref: string, content: RuleContents[K]): Promise<PriceRule<K>> {
  const operatorId = actingOrganisation(ctx);
  requireAccess(ctx, 'tariff.write', { operatorId });
  await requireSound(ctx, kind, content);
  if ((await store.countRules(ctx.tx, operatorId!, kind)) >= MOST_RULES) {
    throw new DomainError('invalid_state', `You have ${MOST_RULES} ${kind}s already: delete some.`);
  }
  const rule: PriceRule<K> = {
    id: newId(kind), networkId: ctx.network.id, operatorId: operatorId!, kind, ref, version: 1, content, createdAt: ctx.now, updatedAt: ctx.now, retiredAt: null,
  };
  if (!(await store.insertRule(ctx.tx, rule))) throw new DomainError('already_exists', `You have a ${kind} with the ref "${ref}" already.`);
  await tell(ctx, 'created', rule);
  return rule;
}

/** Puts another content in the place of the old; what was promised under that keeps it (PRC-18). */
export async function changeRule<K extends RuleKind>(ctx: Context, kind: K, id: string, change: (content: RuleContents[K]) => RuleContents[K]): Promise<PriceRule<K>> {
  const rule = await lockOwn(ctx, kind, id);
  const content = change(rule.content);
  await requireSound(ctx, kind, content);
  const changed: PriceRule<K> = { ...rule, content, version: rule.version + 1, updatedAt: ctx.now };
  await store.updateRule(ctx.tx, changed);
  await tell(ctx, 'updated', changed);
  return changed;
}

/** Offers it no more. It can still be read by its id; its ref is free again. */
export async function retireRule(ctx: Context, kind: RuleKind, id: string): Promise<void> {
  const rule = await lockOwn(ctx, kind, id);
  const retired = { ...rule, version: rule.version + 1, updatedAt: ctx.now, retiredAt: ctx.now };
  await store.updateRule(ctx.tx, retired);
  await tell(ctx, 'deleted', retired);
}

export async function getRule<K extends RuleKind>(ctx: Context, kind: K, id: string): Promise<PriceRule<K>> {
  requireAccess(ctx, 'tariff.read');
  const rule = await store.findRule(ctx.tx, kind, id);
  if (rule?.networkId !== ctx.network.id) throw notFound(kind, id);
  return rule;
}

/** Those of an operator, or of all, newest first. */
export async function listRules<K extends RuleKind>(
  ctx: Context, kind: K, { operatorId, ...page }: { operatorId?: string; after?: string; before?: string; limit: number },
): Promise<PriceRule<K>[]> {
  requireAccess(ctx, 'tariff.read');
  return store.listRules(ctx.tx, kind, { networkId: ctx.network.id, operatorId }, page);
}

async function lockOwn<K extends RuleKind>(ctx: Context, kind: K, id: string): Promise<PriceRule<K>> {
  const rule = await store.lockRule(ctx.tx, kind, id);
  if (rule?.networkId !== ctx.network.id || rule.retiredAt !== null) throw notFound(kind, id);
  requireAccess(ctx, 'tariff.write', rule);
  return rule;
}

async function requireSound<K extends RuleKind>(ctx: Context, kind: K, content: RuleContents[K]): Promise<void> {
  checkRule(kind, content);
  const locationIds = 'locationIds' in content ? content.locationIds ?? [] : [];
  requireOwn('location', locationIds, await findOwnLocations(ctx, locationIds));
  const programmeIds = 'programmeIds' in content ? content.programmeIds ?? [] : [];
  requireOwn('programme', programmeIds, await findOwnProgrammes(ctx, programmeIds));
}

function requireOwn(what: 'location' | 'programme', named: readonly string[], own: ReadonlySet<string>): void {
  const unknown = named.findIndex((id) => !own.has(id));
  if (unknown < 0) return;
  throw new DomainError('invalid_request', `That is no ${what} of yours.`, { errors: [{ pointer: `/${what}Ids/${unknown}`, message: `is no ${what} of yours` }] });
}

async function tell(ctx: Context, what: 'created' | 'updated' | 'deleted', rule: PriceRule): Promise<void> {
  await ctx.emit({
    type: `${rule.kind}.${what}`, object: rule.kind, objectId: rule.id, objectVersion: rule.version, isPublic: true, audience: [rule.operatorId], touches: [], data: rule,
  });
  await audit(ctx, `${rule.kind}.${what === 'created' ? 'create' : what === 'updated' ? 'update' : 'delete'}`, rule.kind, rule.id, { ref: rule.ref });
}
