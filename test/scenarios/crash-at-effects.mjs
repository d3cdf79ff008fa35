// Loaded before the function app by kill-9.test.ts only: ends the process at a chosen outside effect.
// EFFECT_FAULT=before:N | after:N, counted in this process; what only reads is no effect.
const [kind, at] = (process.env.EFFECT_FAULT ?? '').split(':');
const send = globalThis.fetch;
let effects = 0;

const reads = /\/oauth2\/|\/token$|\/query$|getByIds$|getMemberObjects$|\/api\//;

function isEffect(url, { method = 'GET', body } = {}) {
  if (method === 'GET' || reads.test(new URL(url).pathname)) return false;
  if (!url.endsWith('/$batch')) return true;
  return JSON.parse(String(body)).requests.some((request) => request.method !== 'GET');
}

globalThis.fetch = async (input, init) => {
  if (!isEffect(String(input), init)) return send(input, init);
  effects += 1;
  const now = effects === Number(at);
  if (now && kind === 'before') process.kill(process.pid, 'SIGKILL');
  const answer = await send(input, init);
  if (now && kind === 'after') process.kill(process.pid, 'SIGKILL');
  return answer;
};
