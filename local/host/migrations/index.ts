import { initial } from './0001-initial.js';
import { awaits } from './0002-awaits.js';

/** All migrations in order; the state's version is how many of them it has had. */
export const migrations: readonly string[] = [initial, awaits];
