import { expect, it } from 'vitest';
import { plainPlate } from './plate.ts';

it('PGM-9 a plate is the same however it is written', () => {
  expect(['ka-01 ab 1234', 'KA01AB1234', 'B·ÄÖ 1'].map(plainPlate)).toEqual(['KA01AB1234', 'KA01AB1234', 'BÄÖ1']);
});
