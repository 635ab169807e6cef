import fc from 'fast-check';
import { expect, it } from 'vitest';
import { exact, type Tariff } from '../../domain/pricing/index.ts';
import { tariffArbitrary } from '../../domain/pricing/samples.ts';
import { parseTariff } from './tariff.ts';
import { writeTariff } from './write-tariff.ts';

const SHOWN = {
  altText: [{ language: 'en', text: '₹18 a kWh' }, { language: 'kn', text: 'ಪ್ರತಿ ಯೂನಿಟ್‌ಗೆ ₹18' }], altUrl: 'https://example.com/prices',
  energyMix: {
    isGreenEnergy: false, energySources: [{ source: 'WIND' as const, percentage: 62.5 }], environImpact: [{ category: 'CARBON_DIOXIDE' as const, amount: 170 }],
    supplierName: 'BESCOM', energyProductName: 'Green',
  },
};

/** Prices without the noughts behind that nothing depends on. */
function plain(tariff: Tariff): Tariff {
  return JSON.parse(JSON.stringify(tariff), (name, value: unknown) => (
    ['price', 'taxPercent', 'exclTax', 'inclTax'].includes(name) ? exact(value as string).toFraction() : value)) as Tariff;
}

it('PRC-23 a tariff is the same after it was written as OCPI and read again', () => {
  fc.assert(fc.property(tariffArbitrary, fc.boolean(), (tariff, isShown) => {
    const given: Tariff = { ...tariff, ...(isShown ? SHOWN : {}), validFrom: Date.UTC(2026, 10, 21), validUntil: Date.UTC(2027, 0, 1) };
    expect(plain(parseTariff(JSON.parse(JSON.stringify(writeTariff(given)))))).toEqual(plain(given));
  }), { numRuns: 300 });
});

it('PRC-23 texts of a partner that are wrong keep no price from being read', () => {
  const elements = [{ price_components: [{ type: 'ENERGY', price: 0.5, step_size: 1 }] }];
  const texts = { tariff_alt_text: 'Cheap', tariff_alt_url: 'ftp://example.com', energy_mix: { energy_sources: [{ source: 'HAMSTER', percentage: 3 }] } };
  const read = parseTariff({ currency: 'EUR', elements, ...texts });
  expect(read).toEqual({ currency: 'EUR', elements: [{ components: [{ type: 'ENERGY', price: '0.5', stepSize: 1 }] }], energyMix: { isGreenEnergy: false } });
});
