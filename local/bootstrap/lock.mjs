import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { at } from './places.mjs';

const lock = at('.bootstrap-lock');
const owner = at('.bootstrap-lock', 'pid');
const abandonedAfterMs = 20 * 60_000;

/**
 * Runs `work` while no other command of this checkout installs or builds. A lock whose process is gone
 * is taken over; one of another machine or container, whose processes cannot be seen, after 20 minutes.
 */
export async function locked(work) {
  let told = false;
  while (!take()) {
    if (!told) process.stderr.write('Waiting for another command that installs or builds …\n');
    told = true;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  process.once('exit', release);
  try {
    return work();
  } finally {
    process.off('exit', release);
    release();
  }
}

function take() {
  try {
    mkdirSync(lock);
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    if (abandoned()) release();
    return false;
  }
  writeFileSync(owner, String(process.pid));
  return true;
}

const release = () => rmSync(lock, { recursive: true, force: true });

function abandoned() {
  try {
    const age = Date.now() - statSync(lock).mtimeMs;
    const pid = Number(readFileSync(owner, 'utf8'));
    return age > abandonedAfterMs || (pid > 0 && !runs(pid));
  } catch (error) {
    // Taken or released between two looks, or its owner died before it wrote its number.
    return error.code === 'ENOENT' && isOld();
  }
}

function isOld() {
  try {
    return Date.now() - statSync(lock).mtimeMs > 5000;
  } catch {
    return false;
  }
}

function runs(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
