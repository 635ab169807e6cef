import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { checkOcpiExamples, checkStationFiles } from './conformance.ts';

it('checks of station files fail, and do not throw, where files are missing or differ', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'plugtime-conformance-'));
  try {
    await writeFile(join(folder, 'us_afdc_points_2022.csv'), 'Station Name,ZIP,Latitude,Longitude,ID\nA,1,40,-100,1\n');
    await writeFile(
      join(folder, 'location_example.json'),
      JSON.stringify({ id: 'L', country: 'IND', name: 'x', coordinates: { latitude: '1', longitude: '1' }, evses: [] }),
    );
    await writeFile(join(folder, 'location_example_bad.json'), '{');
    const checks = [...(await checkStationFiles(folder)), ...(await checkOcpiExamples(folder))];
    expect(checks).toHaveLength(9);
    expect(checks.filter((check) => check.passed).map((check) => check.name)).toEqual(['ocpi/location_example.json']);
    expect(checks.find((check) => check.name.includes('afdc'))?.detail).toContain('locations: 1 instead of 50270');
  } finally {
    await rm(folder, { recursive: true });
  }
});
