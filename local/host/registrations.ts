import type {
  Binding,
  FunctionMetadata,
  Handler,
  HookCallback,
  ProgrammingModel,
} from './programming-model.js';

/** One function as the app registered it, with its trigger found. */
export interface RegisteredFunction {
  readonly name: string;
  readonly metadata: FunctionMetadata;
  readonly handler: Handler;
  readonly trigger: Binding;
  readonly triggerName: string;
}

type HookName = 'appStart' | 'appTerminate' | 'preInvocation' | 'postInvocation' | 'log';
const hookNames: readonly string[] = [
  'appStart',
  'appTerminate',
  'preInvocation',
  'postInvocation',
  'log',
];

/** What an app has told the host while its modules were imported. */
export class Registrations {
  readonly functions: RegisteredFunction[] = [];
  readonly hookData: Record<string, unknown> = {};
  /** How long one invocation may take, in milliseconds. */
  functionTimeout = Infinity;
  #model: ProgrammingModel | undefined;
  #open = true;
  readonly #hooks = new Map<HookName, HookCallback[]>();

  /** The model that `@azure/functions` handed over; without one the app registered nothing. */
  get model(): ProgrammingModel | undefined {
    return this.#model;
  }

  setModel(model: ProgrammingModel): void {
    this.#model = model;
  }

  /** @throws when the app has started, or when the function has no trigger. */
  add(metadata: FunctionMetadata, handler: Handler): void {
    if (!this.#open) throw new Error('A function can only be registered during app startup.');
    const [triggerName, trigger] =
      Object.entries(metadata.bindings).find(([, binding]) => /trigger$/i.test(binding.type)) ?? [];
    if (triggerName === undefined || !trigger)
      throw new Error(`Function "${metadata.name}" has no trigger.`);
    this.functions.push({ name: metadata.name, metadata, handler, trigger, triggerName });
  }

  /** Adds a hook and says how to take it away again. */
  addHook(name: string, callback: HookCallback): () => void {
    if (!hookNames.includes(name)) throw new RangeError(`Unrecognized hook "${name}"`);
    const list = this.#hooks.get(name as HookName) ?? [];
    this.#hooks.set(name as HookName, list);
    list.push(callback);
    return () => {
      const at = list.indexOf(callback);
      if (at >= 0) list.splice(at, 1);
    };
  }

  has(name: HookName): boolean {
    return (this.#hooks.get(name)?.length ?? 0) > 0;
  }

  /** Runs one kind of hook in the order of registration. */
  async run(name: HookName, context: object): Promise<void> {
    for (const callback of this.#hooks.get(name) ?? []) await callback(context);
  }

  /** Log hooks are synchronous: they may change a line before it is written. */
  runLog(context: object): void {
    for (const callback of this.#hooks.get('log') ?? []) callback(context);
  }

  close(): void {
    this.#open = false;
  }
}
