import { parseArgs } from 'node:util';
import { optionTable, printable, type OptionName, type OptionValues } from './options.js';
import { reasonOf, UsageError } from './usage.js';

export interface CommandSpec<N extends OptionName> {
  readonly name: string;
  /** One sentence for `--help`. */
  readonly summary: string;
  readonly options: readonly N[];
  /** Where this command's default differs from the table's. */
  readonly defaults?: Partial<OptionValues<N>>;
  /** Words besides options, e.g. `FILE`; `[ID]` is one that may be left out. */
  readonly operands?: readonly string[];
}

export type Run = (argv: readonly string[]) => Promise<number>;

/**
 * Makes a command of a specification and a body that answers the exit code. Reads the options by the
 * shared table, answers `--help`, and throws UsageError for what it does not know.
 */
export function defineCommand<N extends OptionName>(
  spec: CommandSpec<N>,
  body: (values: OptionValues<N>, operands: readonly string[]) => Promise<number>,
): Run {
  return async (argv) => {
    const { values, operands } = parse(spec, argv);
    if (values['help'] === true) {
      process.stdout.write(helpOf(spec));
      return 0;
    }
    checkOperands(spec, operands);
    return body(readValues(spec, values), operands);
  };
}

/** The `--help` text: usage, sentence, options with their defaults. */
export function helpOf<N extends OptionName>(spec: CommandSpec<N>): string {
  const rows = spec.options.map((name): readonly [string, string] => {
    const { label, help } = optionTable[name];
    const fallback = defaultOf(spec, name);
    const shown = fallback === null || label === null ? '' : ` (default ${String(fallback)})`;
    return [`--${name}${label === null ? '' : ` ${label}`}`, `${help}${shown}`];
  });
  const width = Math.max(...rows.map(([left]) => left.length), '--help'.length);
  const lines = [...rows, ['--help', 'this text'] as const].map(
    ([left, right]) => `  ${left.padEnd(width)}  ${right}`,
  );
  const operands = (spec.operands ?? []).join(' ');
  const usage = `npm run ${spec.name} -- ${operands === '' ? '' : `${operands} `}[options]`;
  return `${usage}\n\n${spec.summary}\n\n${lines.join('\n')}\n`;
}

function parse<N extends OptionName>(spec: CommandSpec<N>, argv: readonly string[]) {
  const known = Object.fromEntries(
    spec.options.map((name) => [
      name,
      { type: optionTable[name].label === null ? ('boolean' as const) : ('string' as const) },
    ]),
  );
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      options: { ...known, help: { type: 'boolean', short: 'h' } },
      allowPositionals: true,
      strict: true,
    });
    const given: Readonly<Record<string, unknown>> = values;
    return { values: given, operands: positionals };
  } catch (error) {
    throw new UsageError(explain(error));
  }
}

function explain(error: unknown): string {
  const message = reasonOf(error);
  const first = message.split(/\.\s|\n/, 1)[0] ?? message;
  return printableLine(first.charAt(0).toLowerCase() + first.slice(1)).replace(/\.$/, '');
}

const printableLine = (line: string): string =>
  line.replaceAll(/[\p{Cc}\p{Cf}]/gu, '?').slice(0, 120);

function checkOperands<N extends OptionName>(
  spec: CommandSpec<N>,
  operands: readonly string[],
): void {
  const wanted = spec.operands ?? [];
  const missing = wanted.find(
    (name, index) => !name.startsWith('[') && operands[index] === undefined,
  );
  if (missing !== undefined) throw new UsageError(`${missing} is missing`);
  const extra = operands[wanted.length];
  if (extra !== undefined) throw new UsageError(`unexpected "${printable(extra)}"`);
}

function readValues<N extends OptionName>(
  spec: CommandSpec<N>,
  given: Readonly<Record<string, unknown>>,
): OptionValues<N> {
  const entries = spec.options.map((name) => {
    const value = given[name];
    if (typeof value !== 'string') return [name, value ?? defaultOf(spec, name)];
    try {
      return [name, optionTable[name].read(value)];
    } catch (error) {
      if (error instanceof UsageError) throw new UsageError(`--${name}: ${error.message}`);
      throw error;
    }
  });
  return Object.fromEntries(entries) as OptionValues<N>;
}

function defaultOf<N extends OptionName>(
  spec: CommandSpec<N>,
  name: N,
): string | number | boolean | null {
  return spec.defaults?.[name] ?? optionTable[name].fallback;
}
