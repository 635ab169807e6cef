/** The bill of an object: what was used, and what it comes to. */
import type { EpochMs } from '../../platform/clock/index.ts';
import { priceFees, type Bill, type BillLine, type FixedFee } from '../pricing/index.ts';
import type { ContextEvent } from '../organisations/index.ts';

/** A line as it is stored: JSON has no bigint. */
export type StoredLine = Omit<BillLine, 'exclTaxMinor' | 'taxMinor'> & { exclTaxMinor: number; taxMinor: number };

/** What a bill says of itself, as plain data. */
export interface BillContent {
  lines: StoredLine[];
  exclTaxMinor: number;
  taxMinor: number;
  energyWh: number;
  /** of what was used; of a fee, when it fell due */
  startedAt: EpochMs;
  endedAt: EpochMs;
  locationId: string | null;
  /** versions of what was promised */
  rules: { id: string; version: number }[];
  /** why there is a bill */
  reason: 'charging' | 'cancellation' | 'no_show' | 'nothing';
}

export interface ObjectBill {
  id: string;
  networkId: string;
  organisationId: string;
  operatorId: string;
  driverId: string | null;
  object: 'reservation' | 'session';
  objectId: string;
  sessionId: string | null;
  currency: string;
  content: BillContent;
  totalMinor: bigint;
  /** what of an older debt is collected with it */
  carriedMinor: bigint;
  /** what of it is written down as owed */
  outstandingMinor: bigint;
  /** once it was looked at: its newest invoice, or why there is none */
  invoiceId: string | null;
  invoiceProblem: string | null;
  version: number;
  createdAt: EpochMs;
  updatedAt: EpochMs;
}

/** The lines and sums of what the engine priced, as plain data. */
export function billContent(bill: Pick<Bill, 'lines' | 'exclTaxMinor' | 'taxMinor' | 'energyWh'>): Pick<BillContent, 'lines' | 'exclTaxMinor' | 'taxMinor' | 'energyWh'> {
  return {
    lines: bill.lines.map((line) => ({ ...line, exclTaxMinor: Number(line.exclTaxMinor), taxMinor: Number(line.taxMinor) })),
    exclTaxMinor: Number(bill.exclTaxMinor), taxMinor: Number(bill.taxMinor), energyWh: Math.round(bill.energyWh.valueOf()),
  };
}

/** Fees alone, priced by the one engine. */
export function billFees(currency: string, fees: readonly FixedFee[]): ReturnType<typeof billContent> {
  return billContent(priceFees(currency, fees));
}

/** A bill of nothing: what was paid is to be given back. */
export const EMPTY_BILL: ReturnType<typeof billContent> = { lines: [], exclTaxMinor: 0, taxMinor: 0, energyWh: 0 };

export type BillEventData = Omit<ObjectBill, 'totalMinor' | 'carriedMinor' | 'outstandingMinor'> & Record<'totalMinor' | 'carriedMinor' | 'outstandingMinor', string>;

export function billEvent(type: 'bill.issued' | 'bill.corrected' | 'bill.updated', bill: ObjectBill): ContextEvent {
  const data: BillEventData = {
    ...bill, totalMinor: String(bill.totalMinor), carriedMinor: String(bill.carriedMinor), outstandingMinor: String(bill.outstandingMinor),
  };
  return {
    type, object: 'bill', objectId: bill.id, objectVersion: bill.version, isPublic: false, audience: [...new Set([bill.organisationId, bill.operatorId])], touches: [], data,
  };
}
