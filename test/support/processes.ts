import { execFileSync } from 'node:child_process';

interface Line {
  readonly pid: number;
  readonly parent: number;
  readonly residentBytes: number;
}

/** The processes that a process has started and that still run. */
export const childrenOf = (pid: number): readonly number[] =>
  processes()
    .filter(({ parent }) => parent === pid)
    .map((child) => child.pid);

/** What a process holds in memory now; 0 when it has ended. */
export const residentBytesOf = (pid: number): number =>
  processes().find((line) => line.pid === pid)?.residentBytes ?? 0;

function processes(): readonly Line[] {
  // Windows has no ps: whoever needs it there is told by the error.
  const table = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,rss='], { encoding: 'utf8' });
  return table
    .trim()
    .split('\n')
    .map((line) => {
      const [pid = 0, parent = 0, kilobytes = 0] = line.trim().split(/\s+/).map(Number);
      return { pid, parent, residentBytes: kilobytes * 1024 };
    });
}
