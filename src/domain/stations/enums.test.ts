import { describe, expect, it } from 'vitest';
import { CONNECTOR_STANDARDS, connectorStandardOf } from './enums.ts';

describe('connector standards', () => {
  it('STA-10 are known by their OCPI names, however they are spelt', () => {
    for (const standard of CONNECTOR_STANDARDS) {
      expect([
        standard, standard.toLowerCase(), standard.replaceAll('_', '-'), ` ${standard.replaceAll('_', ' ')} `,
      ].map(connectorStandardOf)).toEqual(Array(4).fill(standard));
    }
  });

  it('STA-10 are known by what people call them', () => {
    const words = ['CCS2', 'ccs', 'Combo 2', 'CCS1', 'Type 2', 'type-2', 'Mennekes', 'J1772', 'CHAdeMO', 'GB/T DC', 'NACS', 'Schuko'];
    expect(words.map(connectorStandardOf)).toEqual([
      'IEC_62196_T2_COMBO', 'IEC_62196_T2_COMBO', 'IEC_62196_T2_COMBO', 'IEC_62196_T1_COMBO', 'IEC_62196_T2', 'IEC_62196_T2', 'IEC_62196_T2',
      'IEC_62196_T1', 'CHADEMO', 'GBT_DC',
      'TESLA_S', 'DOMESTIC_F',
    ]);
  });

  it('STA-10 are not guessed', () => {
    expect(['', 'Type', 'Type 22', 'constructor', '__proto__', 'IEC'].map(connectorStandardOf)).toEqual(Array(6).fill(undefined));
  });
});
