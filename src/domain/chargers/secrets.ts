/** What of a command nobody is shown, and what is not kept once the command is over: passwords. */
import type { StationCommand } from './command.ts';

/** Settings of a station that hold a password. */
export const SECRET_KEY = /AuthorizationKey|Password|SharedSecret/i;
/** Names of parameters that do. */
const SECRET_NAME = /password$/i;
/** URLs with a password, to be replaced by `$1:@`. */
export const WITH_PASSWORD = /^([a-z][a-z0-9+.-]*:\/\/[^/@:]*):[^/@]*@/i;

/** The parameters with every password blank: those of their own, values of settings that are one, and those in URLs. */
export function withoutSecrets(parameters: StationCommand['parameters']): StationCommand['parameters'] {
  return blanked(parameters) as StationCommand['parameters'];
}

function blanked(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(WITH_PASSWORD, '$1:@');
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(blanked);
  const holdsSecret = 'key' in value && typeof value.key === 'string' && SECRET_KEY.test(value.key);
  return Object.fromEntries(Object.entries(value).map(([name, inner]: [string, unknown]) => (
    [name, typeof inner === 'string' && (SECRET_NAME.test(name) || (holdsSecret && name === 'value')) ? '' : blanked(inner)])));
}
