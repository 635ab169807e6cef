import { describe, expect, it } from 'vitest';
import { together } from './index.ts';

describe('together', () => {
  it('gives all results in their order', async () => {
    expect(await together([Promise.resolve(1), Promise.resolve('two')])).toEqual([1, 'two']);
  });

  it('waits for what still runs where something fails, and throws what stands first', async () => {
    let isDone = false;
    const slow = new Promise<void>((resolve) => {
      setTimeout(() => {
        isDone = true;
        resolve();
      }, 10);
    });
    await expect(together([slow, Promise.reject(new Error('first')), Promise.reject(new Error('second'))])).rejects.toThrow('first');
    expect(isDone).toBe(true);
  });
});
