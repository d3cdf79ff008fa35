import { initial } from './0001-initial.js';

/** All migrations in order; the state's version is how many of them it has had. */
export const migrations: readonly string[] = [initial];
