/** What charging costs in the demo network, with the goods and services tax of India. */
import type { RuleContents } from '../domain/pricing/index.ts';

const GST_PERCENT = '18';
/** Rupees for a kWh, before tax. */
const PRICES: Record<string, string> = { 'hakki-charge': '16', 'mallige-volt': '18', 'beladingalu-energy': '17.5' };

/** Energy, parking without charging, and a fee for each session. */
export function tariffOf(operatorSlug: string): RuleContents['tariff'] {
  return {
    name: 'Standard', isDefault: true, currency: 'INR',
    elements: [{
      components: [
        { type: 'ENERGY', price: PRICES[operatorSlug] ?? '15', taxPercent: GST_PERCENT, stepSize: 1 },
        { type: 'PARKING_TIME', price: '120', taxPercent: GST_PERCENT, stepSize: 60 },
      ],
    }],
    serviceFee: { price: { amount: '10' }, taxPercent: GST_PERCENT },
  };
}

/** Seed 001's congestion fee. */
export const EVENING_SURCHARGE: RuleContents['surcharge'] = {
  name: 'Congestion fee', currency: 'INR', price: { type: 'ENERGY', amount: '1' }, taxPercent: GST_PERCENT, restrictions: { startTime: '18:00', endTime: '21:00' },
};

/** Seed 001's offer. */
export const FIRST_OFFER: RuleContents['offer'] = {
  name: '₹20 off when you charge above 5 kWh', currency: 'INR', discount: { amount: '20' }, minEnergyWh: 5_000, isCombinable: false,
};
