/** What a station's own payment terminal has settled (OCPP 2.1 C20 to C23), and whether a VAT number for a receipt can be one (C21). */
import { readTaxId } from '../../../domain/invoices/index.ts';
import { keepReport } from '../../../domain/chargers/index.ts';
import { noteSettlement } from '../../../domain/sessions/index.ts';
import type { Handler } from '../message.ts';

interface Settlement {
  pspRef: string;
  status: string;
  settlementAmount: number;
  settlementTime: string;
  receiptId?: string;
  receiptUrl?: string;
}

/** It is kept as a report as well: people look after what could not be settled. */
export const notifySettlement: Handler = async (ctx, { link }, payload) => {
  const { pspRef, status, settlementAmount, settlementTime, receiptId, receiptUrl } = payload as unknown as Settlement;
  keepReport(ctx, link, 'NotifySettlement', payload);
  await noteSettlement(ctx, link, {
    reference: pspRef, status: status.toLowerCase(), amount: settlementAmount, at: settlementTime, ...(receiptId === undefined ? {} : { receiptId }),
    ...(receiptUrl === undefined ? {} : { receiptUrl }),
  });
  return {};
};

/** Its form and its check digit are looked at; nobody is asked whether it is registered. */
export const vatNumberValidation: Handler = (_ctx, _sender, payload) => {
  const { vatNumber, evseId } = payload as { vatNumber: string; evseId?: number };
  return { vatNumber, status: readTaxId(vatNumber) ? 'Accepted' : 'Rejected', ...(evseId === undefined ? {} : { evseId }) };
};
