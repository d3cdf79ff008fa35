import { registerHooks } from 'node:module';
import type {
  FunctionMetadata,
  Handler,
  HookCallback,
  ProgrammingModel,
} from './programming-model.js';
import type { Registrations } from './registrations.js';

const specifier = '@azure/functions-core';
const slot = Symbol.for('embedded-host.functions-core');
const version = '3.9.1';

type CoreLog = (level: string, category: string, message: string) => void;

interface Current {
  registrations: Registrations;
  log: CoreLog;
}

let current: Current | undefined;
let installed = false;

/**
 * Makes `@azure/functions-core` resolvable in this process, for `require` and `import` alike, and
 * points it at the given registrations. One app is loaded at a time: a later call redirects it.
 */
export function provideCoreModule(registrations: Registrations, log: CoreLog): void {
  current = { registrations, log };
  if (installed) return;
  installed = true;
  (globalThis as Record<symbol, unknown>)[slot] = coreApi();
  const url = new URL('functions-core.cjs', import.meta.url).href;
  registerHooks({
    resolve: (name, context, next) =>
      name === specifier ? { url, format: 'commonjs', shortCircuit: true } : next(name, context),
    load: (at, context, next) =>
      at === url
        ? {
            format: 'commonjs',
            shortCircuit: true,
            source: `module.exports = globalThis[Symbol.for('embedded-host.functions-core')];`,
          }
        : next(at, context),
  });
}

function active(): Current {
  if (!current) throw new Error('No app is being loaded by the embedded host.');
  return current;
}

class Disposable {
  readonly #release: () => void;
  constructor(release: () => void) {
    this.#release = release;
  }
  dispose(): void {
    this.#release();
  }
}

function coreApi() {
  return {
    version,
    hostVersion: '4.1037.0',
    Disposable,
    setProgrammingModel: (model: ProgrammingModel) => active().registrations.setModel(model),
    getProgrammingModel: () => active().registrations.model,
    registerFunction: (metadata: FunctionMetadata, handler: Handler) => {
      active().registrations.add(metadata, handler);
      return new Disposable(() => undefined);
    },
    registerHook: (name: string, callback: HookCallback) =>
      new Disposable(active().registrations.addHook(name, callback)),
    log: (level: string, category: string, message: string) =>
      active().log(level, category, message),
  };
}
