import { describe, expect, it } from 'vitest';
import { DomainError } from '../../platform/errors/index.ts';
import { checkTariffValues, wrongTariff } from './check-tariff.ts';
import type { PriceComponent, Tariff, TariffRestrictions } from './tariff.ts';

const energy: PriceComponent = { type: 'ENERGY', price: '0.3', stepSize: 1 };
const one = (change: Partial<PriceComponent>): Tariff => ({ currency: 'EUR', elements: [{ components: [{ ...energy, ...change }] }] });
const restricted = (...list: (TariffRestrictions | undefined)[]): Tariff => (
  { currency: 'EUR', elements: list.map((restrictions) => ({ components: [energy], ...(restrictions ? { restrictions } : {}) })) });

function wrongWith(check: (tariff: Tariff) => void, tariff: Tariff): string[] {
  try {
    check(tariff);
    return [];
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return error.details.errors!.map(({ pointer }) => pointer);
  }
}

const checkTariff = (tariff: Tariff): void => {
  const errors = wrongTariff(tariff);
  if (errors.length > 0) throw new DomainError('invalid_request', 'wrong', { errors });
};

describe('a tariff', () => {
  it.each<[string, Tariff, string[]]>([
    ['an unknown currency', { ...one({}), currency: 'XXZ' }, ['/currency']],
    ['no elements', { currency: 'EUR', elements: [] }, ['/elements']],
    ['an element without a price', { currency: 'EUR', elements: [{ components: [] }] }, ['/elements/0/components']],
    ['two prices of a kind', { currency: 'EUR', elements: [{ components: [energy, energy] }] }, ['/elements/0/components/1/type']],
    ['a negative price', one({ price: '-0.1' }), ['/elements/0/components/0/price']],
    ['too many decimals', one({ price: '0.1234567890123' }), ['/elements/0/components/0/price']],
    ['a price that is no number', one({ price: '1e3' }), ['/elements/0/components/0/price']],
    ['a negative tax', one({ taxPercent: '-1' }), ['/elements/0/components/0/taxPercent']],
    ['a negative step', one({ stepSize: -1 }), ['/elements/0/components/0/stepSize']],
    ['half a step', one({ stepSize: 0.5 }), ['/elements/0/components/0/stepSize']],
    ['a negative bound', restricted({ minEnergyWh: -1 }), ['/elements/0/restrictions/minEnergyWh']],
    ['a time that is none', restricted({ startTime: '25:00', endTime: '1:00' }), ['/elements/0/restrictions/startTime', '/elements/0/restrictions/endTime']],
    ['a day that is none', restricted({ startDate: '2026-02-30' }), ['/elements/0/restrictions/startDate']],
    ['a limit that is none', { ...one({}), maxPrice: { exclTax: 'all' } }, ['/maxPrice/exclTax']],
  ])('PRC-10 with %s prices nothing, whoever made it', (_what, tariff, pointers) => {
    expect(wrongWith(checkTariffValues, tariff)).toEqual(pointers);
    expect(wrongWith(checkTariff, tariff)).toEqual(expect.arrayContaining(pointers));
  });

  it.each<[string, Tariff, string[]]>([
    ['bounds that cross', restricted({ minEnergyWh: 10, maxEnergyWh: 10 }), ['/elements/0/restrictions/maxEnergyWh']],
    ['an upper bound of nothing', restricted({ maxDurationS: 0 }), ['/elements/0/restrictions/maxDurationS']],
    ['dates that cross', restricted({ startDate: '2026-01-02', endDate: '2026-01-02' }), ['/elements/0/restrictions/endDate']],
    ['no day of the week', restricted({ daysOfWeek: [] }), ['/elements/0/restrictions/daysOfWeek']],
    ['limits that cross', { ...one({}), minPrice: { exclTax: '5' }, maxPrice: { exclTax: '4.99' } }, ['/maxPrice']],
    ['an end before its beginning', { ...one({}), validFrom: 2, validUntil: 1 }, ['/validUntil']],
    ['an element that is never reached', restricted({ minEnergyWh: 5 }, undefined, { startTime: '10:00' }), ['/elements/2']],
    ['a reservation element that is never reached', restricted({ reservation: 'RESERVATION' }, { reservation: 'RESERVATION', startTime: '10:00' }), ['/elements/1']],
  ])('PRC-10 with %s is none of ours, and harmless of others', (_what, tariff, pointers) => {
    expect(wrongWith(checkTariff, tariff)).toEqual(pointers);
    expect(wrongWith(checkTariffValues, tariff)).toEqual([]);
  });

  it('PRC-10 that means something passes', () => {
    const night: TariffRestrictions = { startTime: '22:00', endTime: '06:00', daysOfWeek: ['MONDAY'] };
    expect(wrongWith(checkTariff, restricted(night, { reservation: 'RESERVATION_EXPIRES' }, { reservation: 'RESERVATION' }, undefined))).toEqual([]);
  });
});
