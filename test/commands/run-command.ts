import { spawn } from 'node:child_process';
import path from 'node:path';

export const root = path.resolve(import.meta.dirname, '../..');
export const main = path.join(root, 'dist/local/main.js');

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs one of our commands to its end, as npm would; one that stays is stopped after `timeoutMs`. */
export function runCommand(
  args: readonly string[],
  options: {
    readonly env?: NodeJS.ProcessEnv;
    readonly cwd?: string;
    readonly timeoutMs?: number;
  } = {},
): Promise<Ran> {
  const { LOCAL_CONTROL: _, ENTRA_REWIND_TOKEN: __, ...env } = { ...process.env, ...options.env };
  const child = spawn(process.execPath, ['--no-warnings', main, ...args], {
    cwd: options.cwd ?? root,
    timeout: options.timeoutMs,
    env: options.env === undefined ? env : { ...env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  return new Promise((resolve) => {
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
}
