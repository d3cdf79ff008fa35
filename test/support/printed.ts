import { jest } from '@jest/globals';

/** What a program prints while `during` runs, which sees it grow; nothing reaches the terminal meanwhile. */
export async function printed<T>(
  during: (text: { readonly out: string; readonly err: string }) => Promise<T>,
): Promise<{ readonly out: string; readonly err: string; readonly result: T }> {
  const text = { out: '', err: '' };
  const writing = (to: 'out' | 'err') => (chunk: string | Uint8Array) => {
    text[to] += Buffer.from(chunk as Uint8Array).toString('utf8');
    return true;
  };
  const spies = [
    jest.spyOn(process.stdout, 'write').mockImplementation(writing('out')),
    jest.spyOn(process.stderr, 'write').mockImplementation(writing('err')),
  ];
  try {
    const result = await during(text);
    return { ...text, result };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}
