export { ACCESS, may, requireAccess, rolesOf, type Action, type Cell, type Owners, type Role } from './access.ts';
export { SCOPES, type Scope } from './scopes.ts';
export { audit } from './audit.ts';
export {
  actingOrganisation, contextAt, inContext, openContext, type Actor, type Caller, type Context, type ContextEvent, type KeyActor, type Network,
    type PaymentProviderFacts, type Runtime,
} from './context.ts';
export { newSecret, type ApiKey, type KeyKind } from './key.ts';
export { type Organisation, type OrganisationRole, type SupportContact } from './organisation.ts';
export { findOrganisation, findOrganisationBySlug, listNetworks, listOrganisations, lockOrganisation, touchKeys, type AuditEntry } from './store.ts';
export {
  actorFor, actorOf, authenticate, createNetwork, createOrganisation, issueKey, listAudit, listKeys, listKeysOf, ownersOfCaller, ownOrganisation, revokeAnyKey, revokeKey,
  updateOwnOrganisation,
  type NewKey, type NewOrganisation,
} from './use-cases.ts';
export { holdTestClock, keepTestClock, moveTestClock, readClock, requireAdvance, tryKeepTestClock } from './test-clock.ts';
