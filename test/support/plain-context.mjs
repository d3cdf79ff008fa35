import { constants, createContext } from 'node:vm';
import { TestEnvironment } from 'jest-environment-node';

/** Of these the values of Node's own realm count, as in jest's environment: buffers are made there. */
const ofNode = new Set(['ArrayBuffer', 'Buffer', 'Uint8Array']);

/**
 * jest's Node environment on an ordinary global object. The one that jest makes has interceptors: every
 * `Object`, `JSON` or `Date` of a module asks a proxy first, which costs a simulated incident a third of
 * its time (https://nodejs.org/api/vm.html, `vm.constants.DONT_CONTEXTIFY`).
 */
export default class PlainContext extends TestEnvironment {
  constructor(config, context) {
    super(config, context);
    const prepared = this.global;
    const plain = createContext(constants.DONT_CONTEXTIFY);
    for (const [key, descriptor] of entriesOf(Object.getOwnPropertyDescriptors(prepared))) {
      if (Object.hasOwn(plain, key) && !ofNode.has(key)) continue;
      Object.defineProperty(plain, key, descriptor.get ? lazily(plain, prepared, key) : descriptor);
    }
    plain.global = plain;
    plain.Error.stackTraceLimit = prepared.Error.stackTraceLimit;
    this.context = plain;
    this.global = plain;
    const { moduleMocker, fakeTimersModern } = this;
    this.moduleMocker = new moduleMocker.constructor(plain);
    this.fakeTimersModern = new fakeTimersModern.constructor({
      config: config.projectConfig,
      global: plain,
    });
  }
}

const entriesOf = (record) => Reflect.ownKeys(record).map((key) => [key, record[key]]);

/** A global that Node loads when it is first used becomes a plain value of `plain` then. */
function lazily(plain, prepared, key) {
  const put = (value) => {
    const settled = { value, configurable: true, enumerable: true, writable: true };
    Object.defineProperty(plain, key, settled);
    return value;
  };
  return { configurable: true, enumerable: true, get: () => put(prepared[key]), set: put };
}
