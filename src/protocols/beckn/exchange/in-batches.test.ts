import { describe, expect, it } from 'vitest';
import { inBatches } from './in-batches.ts';

describe('inBatches', () => {
  it('writes what comes while it writes together, and gives each its own result', async () => {
    const batches: number[][] = [];
    const write = inBatches<number, string>(async (items) => {
      batches.push([...items]);
      await new Promise((resolve) => setTimeout(resolve, 5));
      return items.map(String);
    });
    const first = write(1);
    await Promise.resolve();
    const results = await Promise.all([first, write(2), write(3)]);
    expect(results).toEqual(['1', '2', '3']);
    expect(batches).toEqual([[1], [2, 3]]);
    expect(await write(4)).toBe('4');
  });

  it('fails only the one that can not be written', async () => {
    const write = inBatches<number, number>((items) => (items.includes(2) ? Promise.reject(new Error('not two')) : Promise.resolve(items)));
    const results = await Promise.allSettled([write(1), write(2), write(3)]);
    expect(results.map((result) => (result.status === 'fulfilled' ? result.value : (result.reason as Error).message))).toEqual([1, 'not two', 3]);
  });
});
