import { noteVariables, type ReportedVariable } from '../../../domain/chargers/index.ts';
import type { Handler } from '../message.ts';

/** A part of the answer to GetBaseReport or GetReport, or what a station tells of itself unasked. */
export const notifyReport: Handler = async (ctx, { link }, payload) => {
  const { requestId, reportData = [], tbc = false } = payload as unknown as { requestId: number; reportData?: ReportedVariable[]; tbc?: boolean };
  await noteVariables(ctx, link, requestId, reportData, !tbc);
  return {};
};
