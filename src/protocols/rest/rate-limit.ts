/** Limits per key, or per address where there is none, in this process; said in every answer (draft-ietf-httpapi-ratelimit-headers). */
import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { DomainError } from '../../platform/errors/index.ts';

export interface RateLimiter {
  /** Counts a request and writes the headers; throws `rate_limited` when it is one too many. */
  take(request: FastifyRequest, reply: FastifyReply): Promise<void>;
  /** Says that the request's key is a live one. Until then its requests count for their address, so that guessing keys is slow. */
  trust(request: FastifyRequest): void;
}

const WINDOW_SECONDS = 60;
const MOST_TRUSTED = 100_000;

export function createRateLimiter(limits: { perKey: number; perAddress: number }): RateLimiter {
  const byKey = new RateLimiterMemory({ points: limits.perKey, duration: WINDOW_SECONDS });
  const byAddress = new RateLimiterMemory({ points: limits.perAddress, duration: WINDOW_SECONDS });
  const trusted = new Set<string>();
  return {
    trust: (request) => {
      const name = keyName(request);
      if (name !== undefined && trusted.size < MOST_TRUSTED) trusted.add(name);
    },
    take: async (request, reply) => {
      const key = keyName(request);
      const [limiter, policy, name] = key === undefined || !trusted.has(key) ? [byAddress, 'address', request.ip] as const : [byKey, 'key', key] as const;
      void reply.header('ratelimit-policy', `"${policy}";q=${limiter.points};w=${WINDOW_SECONDS}`);
      try {
        const state = await limiter.consume(name);
        void reply.header('ratelimit', `"${policy}";r=${state.remainingPoints};t=${Math.ceil(state.msBeforeNext / 1000)}`);
      } catch (state) {
        if (!(state instanceof RateLimiterRes)) throw state;
        const seconds = Math.ceil(state.msBeforeNext / 1000);
        void reply.header('ratelimit', `"${policy}";r=0;t=${seconds}`);
        throw new DomainError('rate_limited', `No more than ${limiter.points} requests a minute.`, { retryAfterSeconds: seconds });
      }
    },
  };
}

/** A name for the key that a request presents, live or not; the key itself is not kept. */
function keyName({ headers: { authorization } }: FastifyRequest): string | undefined {
  return authorization === undefined ? undefined : createHash('sha256').update(authorization).digest('base64url');
}
