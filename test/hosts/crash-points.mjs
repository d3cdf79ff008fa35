// Loaded before the host by tests only: ends the process, or refuses to write, at a chosen commit.
// HOST_FAULT=before:N | after:N | full:N, counted in this process.
import { DatabaseSync } from 'node:sqlite';

const [kind, at] = (process.env.HOST_FAULT ?? '').split(':');
const exec = DatabaseSync.prototype.exec;
let commits = 0;

DatabaseSync.prototype.exec = function (sql) {
  if (sql !== 'COMMIT') return exec.call(this, sql);
  commits += 1;
  const now = commits === Number(at);
  if (now && kind === 'full') throw new Error('database or disk is full');
  if (now && kind === 'before') process.kill(process.pid, 'SIGKILL');
  exec.call(this, sql);
  if (now && kind === 'after') process.kill(process.pid, 'SIGKILL');
};
