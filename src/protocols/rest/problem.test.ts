import { describe, expect, it } from 'vitest';
import { DomainError, ERRORS, type ErrorCode } from '../../platform/errors/index.ts';
import { RFC3339 } from './encode/encoding.ts';
import { STATUS, toProblem } from './problem.ts';

const request = { id: 'req_1', path: '/v1/reservations/res_1/confirm' };

describe('problem documents', () => {
  it('have an HTTP error status for every code of the catalogue', () => {
    expect(Object.keys(STATUS).sort()).toEqual(Object.keys(ERRORS).sort());
    for (const code of Object.keys(ERRORS) as ErrorCode[]) {
      expect(toProblem(new DomainError(code, 'Because.'), request, RFC3339).status).toBeGreaterThanOrEqual(400);
    }
  });

  it('carry what the error tells beside their own members', () => {
    const problem = toProblem(new DomainError('lead_time_not_allowed', 'Too late.', { min_lead_minutes: 15, retryAfterSeconds: 3 }), request, RFC3339);
    expect(problem).toMatchObject({ status: 422, code: 'lead_time_not_allowed', min_lead_minutes: 15, retry_after: 3, request_id: 'req_1', instance: request.path });
  });

  it('never lose a member of their own to what the error tells', () => {
    const details = { status: 'confirmed', title: 'mine', code: 'mine', type: 'mine', request_id: 'mine' };
    const problem = toProblem(new DomainError('invalid_state', 'Too late.', details), request, RFC3339);
    expect(problem).toMatchObject({
      status: 409, title: ERRORS.invalid_state.title, code: 'invalid_state', type: '/docs/errors#invalid_state', request_id: 'req_1',
      current_status: 'confirmed',
    });
  });
});
