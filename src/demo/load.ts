/** Puts the demo network into a sandbox, through the same use cases as everybody. Running it again adds nothing. */
import { addVehicle, createDriver, listDrivers } from '../domain/drivers/index.ts';
import { setLegalProfile } from '../domain/invoices/index.ts';
import {
  createOrganisation, findOrganisationBySlug, inContext, issueKey, SCOPES, type Actor, type Context, type Network, type Organisation, type Runtime,
} from '../domain/organisations/index.ts';
import { getLocationPolicy, getOperatorPolicy, setLocationPolicy, setOperatorPolicy } from '../domain/reservations/index.ts';
import { importLocations } from '../domain/calendar/index.ts';
import { createRule, listRules } from '../domain/pricing/index.ts';
import { addMembers, createProgramme, listProgrammes } from '../domain/programmes/index.ts';
import { listLocations } from '../domain/stations/index.ts';
import { legalProfileOf } from './legal-profiles.ts';
import { demoNetwork, type DemoNetwork } from './network.ts';
import { DEMO_PROGRAMMES, EVENING_SURCHARGE, FIRST_OFFER, tariffOf } from './prices.ts';

/** The organisation of the demo key: a provider that may also be an operator, so that one key can try everything. */
export const DEMO_ORGANISATION = { slug: 'demo', name: 'Plugtime Demo', roles: ['operator', 'provider'] as ('operator' | 'provider')[], countryCode: 'IN', partyId: 'PTD' };

const SYSTEM: Actor = { kind: 'system' };

/** Loads what is missing and returns the ids of the demo organisation. */
export async function loadDemo(runtime: Runtime, network: Network): Promise<Organisation> {
  const demo = demoNetwork();
  const run = <T>(work: (ctx: Context) => Promise<T>) => inContext(runtime, { networkId: network.id, actor: SYSTEM }, work);
  const bySlug = new Map<string, Organisation>();
  for (const organisation of [DEMO_ORGANISATION, ...demo.organisations]) {
    bySlug.set(organisation.slug, await run(async (ctx) => (await findOrganisationBySlug(ctx.tx, network.id, organisation.slug)) ?? createOrganisation(ctx, organisation)));
  }
  for (const operator of demo.organisations.filter(({ roles }) => roles.includes('operator'))) {
    await inContext(runtime, { networkId: network.id, actor: asOrganisation(bySlug.get(operator.slug)!) }, (ctx) => loadOperator(ctx, demo, operator.slug));
  }
  await inContext(runtime, { networkId: network.id, actor: asOrganisation(bySlug.get(DEMO_ORGANISATION.slug)!) }, (ctx) => loadDrivers(ctx, demo, () => true));
  for (const provider of demo.organisations.filter(({ roles }) => roles.includes('provider'))) {
    const actor = asOrganisation(bySlug.get(provider.slug)!);
    await inContext(runtime, { networkId: network.id, actor }, (ctx) => loadDrivers(ctx, demo, (driver) => driver.providerSlug === provider.slug));
  }
  return bySlug.get(DEMO_ORGANISATION.slug)!;
}

function asOrganisation(organisation: Organisation): Actor {
  return { kind: 'key', keyId: 'demo', organisationId: organisation.id, roles: organisation.roles, scopes: SCOPES };
}

async function loadOperator(ctx: Context, demo: DemoNetwork, slug: string): Promise<void> {
  const operatorId = ctx.actor.kind === 'key' ? ctx.actor.organisationId : '';
  const own = demo.locations.filter((location) => location.operatorSlug === slug);
  await importLocations(ctx, operatorId, own.map((location) => location.input));
  const policy = demo.operatorPolicies.find((candidate) => candidate.operatorSlug === slug)?.policy;
  if (policy && (await getOperatorPolicy(ctx, operatorId)).version === 0) await setOperatorPolicy(ctx, policy);
  if ((await listRules(ctx, 'tariff', { operatorId, limit: 1 })).length === 0) {
    await createRule(ctx, 'tariff', 'standard', tariffOf(slug));
    await createRule(ctx, 'surcharge', 'evening', EVENING_SURCHARGE);
    await createRule(ctx, 'offer', 'welcome', FIRST_OFFER);
    const profile = legalProfileOf(slug, demo.organisations.find((operator) => operator.slug === slug)!.name);
    if (profile) await setLegalProfile(ctx, profile);
  }
  await loadProgrammes(ctx, operatorId, slug);
  const loaded = await listLocations(ctx, { operatorId, limit: 1_000 });
  for (const { input, policy: special } of own) {
    const location = loaded.find((candidate) => candidate.ref === input.ref);
    if (special && location && (await getLocationPolicy(ctx, location.id)).locationId === null) await setLocationPolicy(ctx, location.id, special);
  }
}

async function loadProgrammes(ctx: Context, operatorId: string, slug: string): Promise<void> {
  if ((await listProgrammes(ctx, { operatorId, limit: 1 })).length > 0) return;
  for (const { programme, members, offer } of DEMO_PROGRAMMES.filter(({ operatorSlug }) => operatorSlug === slug)) {
    const { id } = await createProgramme(ctx, programme);
    await addMembers(ctx, id, members);
    await createRule(ctx, 'offer', offer.ref, { ...offer.content, programmeIds: [id] });
  }
}

async function loadDrivers(ctx: Context, demo: DemoNetwork, isWanted: (driver: DemoNetwork['drivers'][number]) => boolean): Promise<void> {
  for (const { ref, name, vehicles } of demo.drivers.filter(isWanted)) {
    const [known] = await listDrivers(ctx, { ref, limit: 1 });
    if (known) continue;
    const driver = await createDriver(ctx, { ref, name });
    for (const { ref: _ref, ...vehicle } of vehicles) await addVehicle(ctx, driver.id, vehicle);
  }
}

/** Makes sure that the demo organisation has this secret key; returns it. */
export async function ensureDemoKey(runtime: Runtime, network: Network, organisation: Organisation, secret: string): Promise<void> {
  await inContext(runtime, { networkId: network.id, actor: SYSTEM }, (ctx) => issueKey(ctx, organisation.id, { name: 'demo', kind: 'secret', secret }));
}
