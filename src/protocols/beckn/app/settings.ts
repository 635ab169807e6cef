/** What an external network of this protocol needs to know, as it is set up, and the way to a place that was found there. */
import { Ajv } from 'ajv';
import Type, { type Static } from 'typebox';
import type { ExternalNetwork } from '../../../domain/external/index.ts';
import { DomainError } from '../../../platform/errors/index.ts';

const Settings = Type.Object({
  generation: Type.Enum(['A', 'B']),
  /** where searches go: a gateway, or the provider that is named */
  search_url: Type.String({ pattern: '^https?://', maxLength: 2_000 }),
  provider_id: Type.Optional(Type.String({ minLength: 1, maxLength: 255 })),
  domain: Type.String({ minLength: 1, maxLength: 255 }),
  country: Type.Optional(Type.String({ minLength: 2, maxLength: 3 })),
  city: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
  network_id: Type.Optional(Type.Array(Type.String({ maxLength: 255 }), { maxItems: 10 })),
  /** what we ask of each order for bringing the driver */
  finder_fee_percent: Type.Optional(Type.String({ pattern: String.raw`^\d{1,2}(\.\d{1,4})?$` })),
}, { additionalProperties: false });

export type NetworkSettings = Static<typeof Settings>;

const isSettings = new Ajv({ strict: false }).compile(Settings);

/** Throws `invalid_request` with the place of what is wrong. */
export function settingsOf(settings: ExternalNetwork['settings']): NetworkSettings {
  if (isSettings(settings)) return settings;
  const [error] = isSettings.errors!;
  throw new DomainError('invalid_request', 'The network is not set up as it has to be.', {
    errors: [{ pointer: `/settings${error!.instancePath}`, message: error!.message ?? 'is not valid' }],
  });
}

/** How messages get to a provider: the URL that the registry has of it. */
export interface Route extends Record<string, unknown> {
  url: string;
}

export const routeOf = (route: Record<string, unknown>): Route => route as Route;
