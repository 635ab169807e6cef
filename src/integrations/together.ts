import { ConfigError, type Config } from '../platform/config/index.ts';

/** Settings that are of use together only. Throws a ConfigError where some of them are missing. */
export function together(config: Config, names: readonly (keyof Config)[]): Config {
  const missing = names.filter((name) => config[name] === undefined);
  if (missing.length === 0 || missing.length === names.length) return config;
  const present = names.filter((name) => config[name] !== undefined);
  throw new ConfigError(missing.map((name) => `${name}: is needed with ${present.join(' and ')}`));
}
