import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

export type Settings = Readonly<Record<string, string>>;

/** KEY=VALUE lines, one setting each. Throws on a name or value that such a line cannot hold. */
export function formatSettings(settings: Settings): string {
  const lines = Object.entries(settings).map(([name, value]) => {
    if (!/^[A-Z][A-Z0-9_]*$/.test(name)) throw new Error(`Setting name ${name} is not usable.`);
    if (/[\r\n]/.test(value)) throw new Error(`Setting ${name} holds a line break.`);
    return `${name}=${value}\n`;
  });
  return lines.join('');
}

/** Reads what `formatSettings` wrote; blank lines and lines that begin with `#` are skipped. */
export function parseSettings(text: string): Settings {
  const settings: Record<string, string> = {};
  for (const line of text.split(/\r?\n/)) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const equals = line.indexOf('=');
    if (equals <= 0) throw new Error('A settings line is not KEY=VALUE.');
    settings[line.slice(0, equals)] = line.slice(equals + 1);
  }
  return settings;
}

/** Writes the file, readable by its owner only: it holds the identity endpoint's secret. */
export function writeSettings(file: string, settings: Settings): void {
  mkdirSync(path.dirname(path.resolve(file)), { recursive: true });
  writeFileSync(file, formatSettings(settings), { mode: 0o600 });
}
