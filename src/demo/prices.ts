/** What charging costs in the demo network, with the goods and services tax of India. */
import type { MemberInput, ProgrammeInput } from '../domain/programmes/index.ts';
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

export interface DemoProgramme {
  operatorSlug: string;
  programme: ProgrammeInput;
  members: MemberInput[];
  /** for its members only */
  offer: { ref: string; content: Omit<RuleContents['offer'], 'programmeIds'> };
}

/** A club that a number or a phone opens, and the contract of a taxi firm, which wants a password. Nobody has these phones. */
export const DEMO_PROGRAMMES: DemoProgramme[] = [
  {
    operatorSlug: 'hakki-charge', programme: { kind: 'loyalty', ref: 'hakki-club', name: 'Hakki Club', description: 'Ten percent off, every day' },
    members: [{ memberNumber: 'HC-1001' }, { phone: '+919900000001', memberNumber: 'HC-1002' }],
    offer: { ref: 'club', content: { name: 'Hakki Club: 10 % off', currency: 'INR', discount: { percent: '10' }, isCombinable: true } },
  },
  {
    operatorSlug: 'hakki-charge', programme: { kind: 'fleet', ref: 'namma-taxi', name: 'Namma Taxi', description: 'The contract of Namma Taxi' },
    members: [{ phone: '+919900000002' }],
    offer: { ref: 'namma-taxi', content: { name: 'Namma Taxi: 15 % off', currency: 'INR', discount: { percent: '15' }, isCombinable: false } },
  },
];
