import { appendFileSync, existsSync } from 'node:fs';
import * as df from 'durable-functions';

const activity = (name, handler) => df.app.activity(name, { handler });
const attempts = new Map();

activity('join', ({ words }) => ({ text: words.join(' ') }));
activity('double', ({ value }) => ({ value: value * 2 }));
activity('nothing', () => undefined);
activity('refuse', ({ why }) => {
  throw new Error(why);
});
activity('failUntil', ({ key, attempt }) => {
  const now = (attempts.get(key) ?? 0) + 1;
  attempts.set(key, now);
  if (now < attempt) throw new Error(`attempt ${now}`);
  return { attempt: now };
});
activity('date', () => ({ at: new Date(0) }));
activity('mark', ({ file, line }) => {
  appendFileSync(file, `${line}\n`);
  return { line };
});
/** Marks its begin, waits for a file to appear, marks its end. */
activity('markWhenReleased', async ({ file, line, release }) => {
  appendFileSync(file, `${line} begins\n`);
  while (!existsSync(release)) await new Promise((resolve) => setTimeout(resolve, 10));
  appendFileSync(file, `${line} ends\n`);
  return { line };
});
