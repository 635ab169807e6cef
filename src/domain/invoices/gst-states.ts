/** States and union territories of India, by the code that stands in a GSTIN (GST state codes). */

interface State {
  code: string;
  /** ISO 3166-2, without `IN-`; where it has changed, both */
  iso: readonly string[];
  name: string;
  /** its own share of the tax is UTGST (UTGST Act, section 1): a union territory without a legislature */
  isUnionTerritory: boolean;
}

const state = (code: string, iso: string, name: string, isTerritory = false): State => ({ code, iso: iso.split(' '), name, isUnionTerritory: isTerritory });

const STATES: readonly State[] = [
  state('01', 'JK', 'Jammu and Kashmir'), state('02', 'HP', 'Himachal Pradesh'), state('03', 'PB', 'Punjab'), state('04', 'CH', 'Chandigarh', true),
  state('05', 'UK UT', 'Uttarakhand'), state('06', 'HR', 'Haryana'), state('07', 'DL', 'Delhi'), state('08', 'RJ', 'Rajasthan'), state('09', 'UP', 'Uttar Pradesh'),
  state('10', 'BR', 'Bihar'), state('11', 'SK', 'Sikkim'), state('12', 'AR', 'Arunachal Pradesh'), state('13', 'NL', 'Nagaland'), state('14', 'MN', 'Manipur'),
  state('15', 'MZ', 'Mizoram'), state('16', 'TR', 'Tripura'), state('17', 'ML', 'Meghalaya'), state('18', 'AS', 'Assam'), state('19', 'WB', 'West Bengal'),
  state('20', 'JH', 'Jharkhand'), state('21', 'OD OR', 'Odisha'), state('22', 'CG CT', 'Chhattisgarh'), state('23', 'MP', 'Madhya Pradesh'), state('24', 'GJ', 'Gujarat'),
  state('26', 'DH DN DD', 'Dadra and Nagar Haveli and Daman and Diu', true), state('27', 'MH', 'Maharashtra'), state('29', 'KA', 'Karnataka'), state('30', 'GA', 'Goa'),
  state('31', 'LD', 'Lakshadweep', true), state('32', 'KL', 'Kerala'), state('33', 'TN', 'Tamil Nadu'), state('34', 'PY', 'Puducherry'),
  state('35', 'AN', 'Andaman and Nicobar Islands', true), state('36', 'TS TG', 'Telangana'), state('37', 'AP', 'Andhra Pradesh'), state('38', 'LA', 'Ladakh', true),
  state('97', 'OT', 'Other Territory', true),
];

const byWord = new Map(STATES.flatMap((found) => [found.code, ...found.iso, ...found.iso.map((iso) => `IN-${iso}`), found.name.toUpperCase()].map((word) => [word, found])));

/** The code of a state that is named by it, by ISO 3166-2 (`KA`, `IN-KA`) or in English; undefined for any other word. */
export function gstStateCode(word: string): string | undefined {
  return byWord.get(word.trim().toUpperCase())?.code;
}

export function isUnionTerritory(code: string): boolean {
  return byWord.get(code)?.isUnionTerritory ?? false;
}
export function gstStateName(code: string): string {
  return byWord.get(code)?.name ?? code;
}

