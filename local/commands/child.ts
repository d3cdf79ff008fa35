import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { CommandFailed } from './usage.js';

/** The folder that `main.js` lies in: the same relative layout as in the sources. */
const local = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

export interface ChildOptions {
  /** What people call it, e.g. `the simulated tenant`. */
  readonly name: string;
  /** File below `local`, without extension, e.g. `main`. */
  readonly entry: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  /** Its output goes there; to our stderr without one. */
  readonly logFile?: string;
}

const startsWithinMs = 120_000;
const stopsWithinMs = 15_000;

/** A program of ours in a process of its own, tied to ours: it stops when we stop or die. */
export class Child {
  readonly name: string;
  readonly #process: ChildProcess;
  readonly #logFile: string | null;
  readonly #messages: unknown[] = [];
  #lines = '';
  #address: string | null = null;

  constructor({ name, entry, args, env, logFile }: ChildOptions) {
    this.name = name;
    this.#logFile = logFile ?? null;
    if (logFile !== undefined) mkdirSync(path.dirname(logFile), { recursive: true });
    const log = logFile === undefined ? 2 : openSync(logFile, 'a');
    const file = path.join(local, `${entry}${path.extname(fileURLToPath(import.meta.url))}`);
    this.#process = spawn(process.execPath, ['--no-warnings', file, ...args], {
      stdio: ['ignore', 'pipe', log, 'ipc'],
      env: env ?? process.env,
    });
    if (logFile !== undefined) closeSync(log);
    this.#process.on('message', (message) => this.#messages.push(message));
    this.#process.stdout?.setEncoding('utf8').on('data', (text: string) => {
      if (this.#address === null) this.#read(text);
      else if (logFile === undefined) process.stderr.write(text);
    });
  }

  get ended(): boolean {
    return this.#process.exitCode !== null || this.#process.signalCode !== null;
  }

  get exitCode(): number | null {
    return this.#process.exitCode;
  }

  /** Resolves with the code when it ends: null after a signal. */
  async exit(): Promise<number | null> {
    if (!this.ended) await once(this.#process, 'exit');
    return this.#process.exitCode;
  }

  /** The address in its `{"listening": …}` line. Throws CommandFailed when it ends or stays silent. */
  async listening(signal?: AbortSignal): Promise<string> {
    const deadline = Date.now() + startsWithinMs;
    while (Date.now() < deadline) {
      signal?.throwIfAborted();
      if (this.#address !== null) return this.#address;
      if (this.ended) throw this.failure('ended before it accepted requests');
      await sleep(20);
    }
    throw this.failure(`did not accept requests within ${startsWithinMs / 1000} s`);
  }

  /** Asks it to clean up and stop; kills it when it does not. Safe to call again. */
  async stop(): Promise<void> {
    if (this.ended) return;
    const exited = once(this.#process, 'exit');
    if (this.#process.connected) this.#process.send('stop', () => undefined);
    else this.#process.kill('SIGTERM');
    const timer = setTimeout(() => this.#process.kill('SIGKILL'), stopsWithinMs);
    await exited;
    clearTimeout(timer);
  }

  /** The last message it sent that `read` understands. */
  lastMessage<T>(read: (message: unknown) => T | null): T | null {
    for (const message of this.#messages.toReversed()) {
      const value = read(message);
      if (value !== null) return value;
    }
    return null;
  }

  /** An error that names the child and shows the end of its log. */
  failure(what: string): CommandFailed {
    const tail = this.tail();
    return new CommandFailed(
      `${this.name} ${what}${tail === '' ? '' : `. The end of its log:\n${tail}`}`,
    );
  }

  #read(text: string): void {
    this.#lines += text;
    this.#address = /^\{"listening":"([^"]+)"\}$/m.exec(this.#lines)?.[1] ?? null;
  }

  tail(lines = 20): string {
    if (this.#logFile === null) return '';
    const text = readFileSync(this.#logFile, 'utf8').trimEnd();
    return text === ''
      ? ''
      : text
          .split('\n')
          .slice(-lines)
          .map((line) => `  ${line}`)
          .join('\n');
  }
}
