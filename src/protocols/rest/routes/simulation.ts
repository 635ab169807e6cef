import type { FastifyInstance, FastifyRequest } from 'fastify';
import Type, { type Static } from 'typebox';
import { simulatePolicy } from '../../../domain/reservations/index.ts';
import { decodeSimulation, encodeSimulation } from '../encode/simulation.ts';
import { answerOnce, bearerOf, encodingOf, identify, IDEMPOTENCY_KEY, requireKey, sendAnswer, TIME_FORMAT, type RestOptions } from '../route.ts';
import { ProblemSchema, Strict } from '../schemas/common.ts';
import { SimulationIn, SimulationOut } from '../schemas/simulation.ts';

/** A simulation takes seconds, in which no transaction may stay open: so this route is not written like the others. */
export function addSimulationRoute(app: FastifyInstance, options: RestOptions): void {
  app.route({
    method: 'POST', url: '/v1/policies/simulate',
    schema: {
      operationId: 'simulatePolicy', tags: ['Policies'], summary: 'What a policy would have done to what drivers asked for',
      description: 'Replays the requests of a period, the refused ones too, under the policy in force and under that policy with your change. Changes nothing.',
      security: [{ apiKey: [] }], headers: Type.Interface([IDEMPOTENCY_KEY, TIME_FORMAT], {}), querystring: Strict({}), body: SimulationIn,
      response: { 200: SimulationOut, '4xx': ProblemSchema },
    },
    onRequest: async (request, reply) => {
      await options.limiter.take(request, reply);
      requireKey(request);
    },
    handler: async (request, reply) => {
      const { database } = options.runtime;
      const { actor, network } = await identify(options, request, database, bearerOf(request)!);
      const input = decodeSimulation(request.body as Static<typeof SimulationIn>);
      const simulation = await simulatePolicy(options.runtime, { networkId: network.id, actor, requestId: request.id }, input);
      const answer = { status: 200, body: encodeSimulation(simulation, encodingOf(request)) };
      return sendAnswer(reply, isOnce(request)
        ? await database.transaction((tx) => answerOnce(options, request, encodingOf(request), tx, actor, () => Promise.resolve(answer)))
        : answer);
    },
  });
}

/** Repeated with the same key, it is computed again, but answered as before. */
function isOnce(request: FastifyRequest): boolean {
  return request.headers['idempotency-key'] !== undefined;
}
