import net from 'node:net';
import type { SocketLimits } from '../../local/host/connections.js';
import { type FrontDoor, openFrontDoor } from '../../local/host/front-door.js';
import { until } from './child-host.js';

const limits: SocketLimits = { headersMs: 150, requestMs: 300, lookEveryMs: 20, mostIdle: 50 };
const rpcPath = '/runtime/rpc/secret/';
/** Read whole before it is answered 404: the management API knows no such path. */
const head = `POST ${rpcPath} HTTP/1.1\r\nHost: a\r\n`;

let door: FrontDoor;
let logged: string[];

beforeEach(async () => {
  logged = [];
  door = await openFrontDoor('127.0.0.1', 0, (_, __, message) => logged.push(message), limits);
  const keys = { master: 'm', default: 'd', system: 's' };
  door.open({ functions: {} as never, management: {} as never, keys, rpcPath });
});
afterEach(() => door.close(0));

interface Caller {
  readonly got: () => string;
  readonly isOpen: () => boolean;
  readonly socket: net.Socket;
}

function call(text: string): Promise<Caller> {
  return new Promise((resolve) => {
    let got = '';
    let open = true;
    const socket = net.connect(door.port, '127.0.0.1', () => {
      socket.write(text);
      resolve({ got: () => got, isOpen: () => open, socket });
    });
    socket.on('data', (part: Buffer) => (got += part.toString('latin1')));
    socket.on('error', () => (open = false));
    socket.on('close', () => (open = false));
  });
}

const ended = (caller: Caller) =>
  until(
    () => !caller.isOpen(),
    () => `still open after: ${caller.got()}`,
  );

const answered = (caller: Caller) =>
  until(
    () => caller.got() !== '',
    () => 'no answer came',
  );

it.each([
  ['headers that never end', `${head}X-Slow: `, 'HTTP/1.1 408'],
  ['a body that never ends', `${head}Content-Length: 10\r\n\r\n12345`, 'HTTP/1.1 408'],
  ['silence after a whole request', `${head}Content-Length: 2\r\n\r\n{}`, 'HTTP/1.1 404'],
])('%s: the caller is told, and nothing is logged', async (_, text, status) => {
  const caller = await call(text);
  await answered(caller);

  expect(caller.got().slice(0, 12)).toBe(status);
  if (status.endsWith('408')) await ended(caller);
  else expect(caller.isOpen()).toBe(true);
  expect(logged).toEqual([]);
});

it('a byte now and then does not keep a request alive', async () => {
  const caller = await call(`${head}Content-Length: 100000\r\n\r\n`);
  const drip = setInterval(() => caller.socket.write('x'), 20);

  await ended(caller);

  clearInterval(drip);
  expect(caller.got().slice(0, 12)).toBe('HTTP/1.1 408');
});

it('chunks without an end are answered at once as an empty body, and cut off in time', async () => {
  const caller = await call(`${head}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n`);
  await answered(caller);

  expect(caller.got().slice(0, 12)).toBe('HTTP/1.1 404');
  await ended(caller);
});

it('chunks beyond the largest body are cut off at once', async () => {
  await door.close(0);
  const patient = { ...limits, requestMs: 60_000 };
  door = await openFrontDoor('127.0.0.1', 0, () => undefined, patient);
  const caller = await call(`${head}Transfer-Encoding: chunked\r\n\r\n`);
  const mebibyte = 1024 * 1024;
  const chunk = Buffer.concat([
    Buffer.from(`${mebibyte.toString(16)}\r\n`),
    Buffer.alloc(mebibyte),
    Buffer.from('\r\n'),
  ]);
  let sent = 0;
  const pump = (): void => {
    while (caller.isOpen() && sent < 400) {
      sent += 1;
      if (!caller.socket.write(chunk)) return void caller.socket.once('drain', pump);
    }
  };
  pump();

  await ended(caller);

  expect(sent).toBeGreaterThanOrEqual(100);
  expect(sent).toBeLessThan(400);
});

it('a body that is announced too large is refused unread', async () => {
  const caller = await call(`${head}Content-Length: 5000000000\r\n\r\n`);
  await answered(caller);

  expect(caller.got().slice(0, 12)).toBe('HTTP/1.1 413');
  await ended(caller);
});

it('silent connections make room for new ones, the oldest first, and no request is turned away', async () => {
  const silent: Caller[] = [];
  for (let count = 0; count < limits.mostIdle; count += 1) silent.push(await call(''));
  const genuine = await call(`${head}Content-Length: 2\r\n\r\n{}`);
  await answered(genuine);

  expect(genuine.got().slice(0, 12)).toBe('HTTP/1.1 404');
  await ended(silent[0] as Caller);
  expect(silent.slice(1).every(({ isOpen }) => isOpen())).toBe(true);
  for (const { socket } of silent) socket.destroy();
});
