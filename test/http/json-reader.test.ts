import { readJson } from '../../functions/http/json-reader.js';

const read = (text: string) => readJson(Buffer.from(text, 'utf8'));

describe('a body', () => {
  it.each([
    ['an unterminated text of quotes', `"${'\\"'.repeat(400_000)}`],
    ['a text that never closes behind many that do', `[${'"",'.repeat(200_000)}"`],
    ['a backslash at its end', `"${'a'.repeat(500_000)}\\`],
  ])('of nearly a MiB with %s is refused at once', (_case, text) => {
    const began = process.cpuUsage();

    expect(read(text)).toMatchObject({ ok: false });
    // Quadratic reading took minutes of processor time here; linear reading takes a fraction of a second.
    expect(process.cpuUsage(began).user / 1e6).toBeLessThan(10);
  });

  it('with a member twice is refused, also when an escape spells it', () => {
    expect(read('{"a":1,"\\u0061":2}')).toMatchObject({ ok: false });
    expect(read('{"a":{"b":1},"b":"}{\\":,"}')).toMatchObject({ ok: true });
  });
});
