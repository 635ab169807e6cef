/** `plugtime story`: the story of the seeds on a program of its own. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const BIN = fileURLToPath(new URL('../bin/plugtime.js', import.meta.url));

describe('plugtime story', () => {
  it('is told to its end, and the money in it adds up', { timeout: 180_000 }, () => {
    const { stdout, stderr, status } = spawnSync(process.execPath, [BIN, 'story'], { encoding: 'utf8', timeout: 170_000 });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('"Session interrupted—only actual energy will be billed. You may unplug or wait for power to resume.');
    expect(stdout).toMatch(/The session has ended: (\d+\.\d+ kWh), and the meter says \1\./);
    const amount = (pattern: RegExp): number => Number(pattern.exec(stdout)![1]);
    const [held, taken, back] = [amount(/₹(\d+\.\d\d) for 20\.00 kWh are held/), amount(/, ₹(\d+\.\d\d) are taken/), amount(/taken; ₹(\d+\.\d\d) go back/)];
    expect(Math.round((taken + back) * 100)).toBe(Math.round(held * 100));
    expect(amount(/Her wallet has ₹(\d+\.\d\d)/)).toBeCloseTo(1_000 - taken, 2);
    expect(amount(/Invoice \S+ is ₹(\d+\.\d\d)/)).toBe(taken);
    expect(stdout).toContain('The reservation is completed.');
  });
});

describe('plugtime story --network beckn', () => {
  it('BKN-70, BKN-71: is told between two processes over signed HTTP, and both sides agree', { timeout: 620_000 }, () => {
    const { stdout, stderr, status } = spawnSync(process.execPath, [BIN, 'story', '--network', 'beckn'], { encoding: 'utf8', timeout: 600_000 });
    expect({ status, stderr }, stdout).toEqual({ status: 0, stderr: '' });
    expect(stdout).not.toContain('NOT THE SAME');
    const told = stdout.split('== The story of seed ').slice(1);
    expect(told.map((story) => story.slice(0, 3))).toEqual(['001', '000']);
    for (const story of told) {
      expect(story.match(/both sides agree on/g)).toHaveLength(9);
      expect(story).toContain('Her app says: interrupted');
      const amount = (pattern: RegExp): number => Number(pattern.exec(story)![1]);
      expect(amount(/kWh for ₹(\d+\.\d\d)\./) + amount(/paid, ₹(\d+\.\d\d) are given back/)).toBeCloseTo(amount(/She pays ₹(\d+\.\d\d)/), 2);
    }
  });
});
